"""The watches of the actions: what each does by itself, between its settings and its report.

A new watch is one module with these names, one line in TABLE, and a model in `config.py`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.cli.ground import Ground
    from trivigil.core.report import Report

TABLE: Final = {"perf": "perf", "security": "security", "monitor": "monitor"}
"""Watch and module."""


class Watch(Protocol):
    """One watch; `settings` are those of its own model."""

    REPORT: str
    """Name of its result file."""

    def addresses(self, settings: Any) -> tuple[str, ...]:
        """Addresses of its settings that may hold a password."""
        ...

    def judge(
        self, settings: Any, name: str, ground: Ground, environ: Mapping[str, str], console: Console
    ) -> Report:
        """Do the work. Raises TrivigilError for what the user can mend."""
        ...

    def refused(self, problem: str, name: str, settings: Any, environ: Mapping[str, str]) -> Report:
        """The report of what could not be judged at all; `settings` is None where they are the reason."""
        ...

    def conceal(self, report: Report) -> Report:
        """The report without what a public repository does not tell everybody."""
        ...


def named(watch: str) -> Watch:
    """The watch of this name. Raises InputError where this version has none."""
    if watch not in TABLE:
        raise InputError(f"this version knows no watch `{printable(watch, 40)}`.")
    return cast("Watch", import_module(f"trivigil.cli.watches.{TABLE[watch]}"))
