"""`*_check.py`: each function `check_…` is a check; of several in a file, each has its own name behind the file's stem."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from trivigil.core.untrusted import printable
from trivigil.monitor.planned import Planned
from trivigil.monitor.probing import moment

from .py import functions
from .sending import TOTAL_S

if TYPE_CHECKING:
    from trivigil.monitor.facts import Attempt
    from trivigil.monitor.planned import Bounds

    from .check_file import CheckFile

_START_S: Final = 10.0
"""Seconds for the process to start and to end, beside those of the check."""


def planned(file: CheckFile, _bounds: Bounds) -> tuple[Planned, ...]:
    """The checks of a file, by its syntax alone. Raises CheckFileError."""
    found = functions.read(file)
    return tuple(
        Planned(
            printable(f"{file.name} {one.name}" if len(found) > 1 else file.name, 300),
            "synthetic",
            partial(attempt, one.function, file),
            file=file.path,
            line=one.place.line,
            retries=one.said.retries,
            depends_on=one.said.depends_on,
            runbook=one.said.runbook,
            tags=one.said.tags,
        )
        for one in found
    )


def attempt(function: str, file: CheckFile, bounds: Bounds, *, total: float = TOTAL_S) -> Attempt:
    """One try at a function, in a process of its own, at most `total` seconds."""
    from .py import process, verdict

    started = moment(time.time())
    given = {
        "bounds": {
            **bounds._asdict(),
            "variables": dict(bounds.variables),
            "secrets": dict(bounds.secrets),
        },
        "total": total,
        "file": os.path.abspath(file.file),
        "text": file.text,
        "function": function,
        "chromium": _chromium(),
    }
    ended = process.run(given, os.environ, total + min(_START_S, total))
    return verdict.attempt(ended, file.text, started, total, bounds.secrets.values())


def _chromium() -> str | None:
    from shutil import which

    from .py.browser import NAMES

    named = os.environ.get("TRIVIGIL_CHROMIUM")
    return which(named) if named else next(filter(None, map(which, NAMES)), None)
