"""The scanners that Trivigil can start, in an explicit table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable
from trivigil.security.tools import (
    actionlint,
    bandit,
    command,
    gitleaks,
    gosec,
    govulncheck,
    npm_audit,
    osv_scanner,
    pip_audit,
    ruff,
    safety,
    semgrep,
    trivy_config,
    trivy_fs,
    trivy_image,
    web_tests,
    zap,
    zizmor,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.security.tool import Scanner

_TABLE: Final[tuple[Scanner, ...]] = (
    trivy_fs,
    trivy_image,
    trivy_config,
    bandit,
    safety,
    zap,
    pip_audit,
    semgrep,
    gitleaks,
    npm_audit,
    zizmor,
    ruff,
    osv_scanner,
    govulncheck,
    gosec,
    actionlint,
    web_tests,
    command,
)
TOOLS: Final[dict[str, Scanner]] = {tool.NAME: tool for tool in _TABLE}
TRIVY: Final = "trivy"
"""Stands for Trivy's scan of the folder, and of the image where there is one."""


def named(names: Sequence[str], *, image: bool = False) -> tuple[Scanner, ...]:
    """The scanners of these names, each once. Raises InputError for a name that is not in the table, and for none."""
    if not names:
        raise InputError("no scanner is named.", key="scanners", tip=_KNOWN)
    whole = ["trivy-fs", "trivy-image"] if image else ["trivy-fs"]
    wanted = [each for name in names for each in (whole if name == TRIVY else [name])]
    for name in wanted:
        if name not in TOOLS:
            message = f"`{printable(name, 60)}` is not a scanner to start."
            raise InputError(message, key="scanners", tip=_KNOWN)
    return tuple(TOOLS[name] for name in dict.fromkeys(wanted))


_KNOWN: Final = f"Known: {', '.join((TRIVY, *TOOLS))}."
