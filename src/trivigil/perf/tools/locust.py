"""Starting Locust headless (docs: running-without-web-ui; options read in locust/argument_parser.py).

Exit codes, with `--exit-code-on-error 0`: 0 finished, whatever the requests' outcome; 2 an unhandled
exception in Locust's own loops; anything else comes from the script (`environment.process_exit_code`) or from a failed start.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.perf.tool import Ended, Job

NAME: Final = "locust"
PROGRAM: Final = "locust"
PACKAGE: Final = "locust"
DEFAULT_VERSION: Final = "2.47.0"
LOADS: Final = True
ENVIRON: Final[Mapping[str, str]] = {}

_HAS_JSON_FILE: Final = (2, 37)
"""The first release whose argument parser knows --json-file."""
_UNHANDLED: Final = 2


def command(job: Job, program: str, version: tuple[int, ...]) -> list[str]:
    """`locust --headless …` that writes every CSV, the JSON with its histograms, and the HTML report."""
    prefix = os.path.join(job.output, "locust")
    profile = job.profile
    line = [program, "-f", job.script, "--headless", "--host", job.host]
    line += ["--users", str(profile.users), "--spawn-rate", f"{profile.spawn_rate:g}"]
    line += ["--run-time", f"{profile.run_time:g}s", "--stop-timeout", "5"]
    line += [
        "--exit-code-on-error",
        "0",
        "--csv",
        prefix,
        "--csv-full-history",
        "--html",
        f"{prefix}.html",
    ]
    if version >= _HAS_JSON_FILE:
        line += ["--json-file", prefix]
    return line


def outputs(job: Job) -> Sequence[str]:
    """The CSVs and the JSON; the HTML report is for people."""
    return (f"locust={job.output}/locust_*.csv", f"locust={job.output}/locust*.json")


def progress(job: Job) -> str | None:
    """The newest line about the whole run in the history file, in words."""
    try:
        with open(os.path.join(job.output, "locust_stats_history.csv"), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in reversed(lines[:-1] if len(lines) > 1 else []):
        if ",,Aggregated," in line:
            return _words(line.split(","))
    return None


def _words(cells: list[str]) -> str | None:
    """Columns: Timestamp, User Count, Type, Name, Requests/s, Failures/s, percentiles, totals (7)."""
    totals = cells[-7:]
    if len(cells) < 13 or not cells[1].isdigit() or not totals[0].isdigit():  # noqa: PLR2004
        return None
    return f"{cells[1]} users, {totals[0]} requests, {totals[1]} failures"


def verdicts(ended: Ended) -> Sequence[Result]:
    """A script's own exit code is its own gate; Locust's 2 is worth a warning."""
    if ended.timed_out or ended.code == 0:
        return ()
    own = ended.code != _UNHANDLED
    said = f"Locust ended with exit code {ended.code}"
    why = ", which the script asked for." if own else " after an unhandled exception of its own."
    return (
        Result(
            rule=Rule("run.exit-code", "the load tool's own exit code"),
            kind="fail",
            severity=Severity.HIGH if own else Severity.LOW,
            message=said + why,
            location=Location(OVERALL),
            gates=own,
            fix=f"See the log: {os.path.basename(ended.log)}.",
            tools=(NAME,),
        ),
    )
