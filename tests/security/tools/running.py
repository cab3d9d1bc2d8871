"""Running an order as a step would, and programs that stand in for scanners."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from trivigil import security
from trivigil.security.analysis import Context

if TYPE_CHECKING:
    from trivigil.core.report import Report, SourceRecord

SYSTEM = "/usr/bin:/bin"
_PLAY = """\
#!{python}
import argparse, json, os, signal, sys, time
if sys.argv[1:] == {ask!r}:
    print({said!r}); sys.exit(0)
assert not [n for n in os.environ if n in ("GITHUB_TOKEN", "GH_TOKEN") or n.startswith(("TRIVIGIL_", "ACTIONS_", "INPUT_"))]
parser = argparse.ArgumentParser(allow_abbrev=False)
{options}
given = parser.parse_args()
{body}
"""


def program(
    folder: Path,
    name: str,
    options: str,
    body: str,
    *,
    ask: tuple[str, ...] = ("--version",),
    said: str = "1.2.3",
) -> Path:
    """A program on PATH that takes the documented options only, and then does what the body says."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    text = _PLAY.format(python=sys.executable, ask=list(ask), said=said, options=options, body=body)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return folder


def judged(
    project: Path,
    order: security.Order,
    *,
    path: str | Path = "",
    context: Context | None = None,
    environ: dict[str, str] | None = None,
    told: list[str] | None = None,
    fence: tuple[str, ...] | None = None,
) -> Report:
    """The report of an order; `path` goes before the system's own folders, and nothing else is on PATH."""
    said = told if told is not None else list[str]()
    return security.judge_order(
        order,
        context or Context("security", "2026-06-15T10:00:00Z"),
        directory=str(project),
        output=str(project / "results" / "raw"),
        environ={
            "PATH": f"{path}{os.pathsep}{SYSTEM}" if path else SYSTEM,
            "HOME": str(project),
            "GITHUB_TOKEN": "opens nothing",
            "TRIVIGIL_GITHUB_TOKEN": "opens nothing",
            "ACTIONS_RUNTIME_TOKEN": "opens nothing",
            **(environ or {}),
        },
        say=said.append,
        tell=lambda words: said.append(f"TOLD {words}"),
        fence=fence,
    )


def only(report: Report) -> SourceRecord:
    """The one source of a report."""
    (source,) = report.sources
    return source
