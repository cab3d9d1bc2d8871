"""Starting Locust headless (docs: running-without-web-ui; options read in locust/argument_parser.py).

A stepped load is a shape (docs: custom-load-shape), in a locustfile of ours beside the user's (`-f A,B`). On
several cores Locust is a master with a worker a core (docs: running-distributed). Not by `--processes`, whose workers write
the same `--json-file` as the master.

Exit codes, with `--exit-code-on-error 0`: 0 finished, whatever the requests' outcome; 2 an unhandled
exception in Locust's own loops; anything else comes from the script (`environment.process_exit_code`) or from a failed start.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
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

SHARES: Final = frozenset({"processes", "workers"})
VERSIONED: Final = True
ARRIVALS: Final = False
STDOUT: Final = ""

_MASTER_PORT: Final = 5557
"""Locust's own; workers on other machines expect it."""
_WORKERS_WAIT: Final = 60
_GAVE_UP: Final = "Gave up waiting for workers to connect"
_SATURATED: Final = (
    "CPU usage was too high at some point",
    "CPU usage above ",
    "CPU usage threshold was exceeded",
)
"""What Locust logs when a process of its own was above 90 % of its core (locust/runners.py)."""
_SHAPE_FILE: Final = "locust_steps.py"
_SHAPE: Final = '''"""The steps of this run, which Locust reads beside the locustfile."""

from locust import LoadTestShape

STEPS = {steps!r}
"""Until which second of the run how many users."""


class Steps(LoadTestShape):
    """Climbs in equal steps, and falls back to the first one."""

    def tick(self):
        """Users, and how many of them come a second; None at the end."""
        now = self.get_run_time()
        return next(((users, {rate!r}) for until, users in STEPS if now < until), None)
'''
_HAS_JSON_FILE: Final = (2, 37)
"""The first release whose argument parser knows --json-file."""
_HAS_FILES: Final = (2, 12)
"""By this release `-f` takes several files (locustio/locust#2137, merged in August 2022)."""
_UNHANDLED: Final = 2


def command(job: Job, program: str, version: tuple[int, ...]) -> list[str]:
    """`locust --headless …` that writes every CSV, the JSON with its histograms, and the HTML report."""
    prefix = os.path.join(job.output, "locust")
    profile = job.profile
    if profile.levels and version and version < _HAS_FILES:
        raise InputError(
            f"Locust {'.'.join(map(str, version))} cannot run a stepped load.",
            key="profile",
            tip="Use Locust 2.12 or later.",
        )
    line = [program, "-f", _scripts(job), "--headless", "--host", job.host]
    if not profile.levels:  # a shape brings its own
        line += ["--users", str(profile.users), "--spawn-rate", f"{profile.spawn_rate:g}"]
        line += ["--run-time", f"{profile.run_time:g}s"]
    line += _master(job)
    line += [
        "--stop-timeout",
        "5",
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


def _scripts(job: Job) -> str:
    """The locustfile; before it the shape, so that it goes before one of the locustfile's own."""
    if not job.profile.levels:
        return job.script
    return f"{os.path.join(job.output, _SHAPE_FILE)},{job.script}"


def _master(job: Job) -> list[str]:
    """What makes it a master of workers here and elsewhere; nothing where it works alone."""
    if not job.processes and not job.workers:
        return []
    where = ["--master-bind-port", str(_port(job))]
    where += [] if job.workers else ["--master-bind-host", "127.0.0.1"]
    wait = ["--expect-workers", str(job.processes + job.workers)]
    return ["--master", *where, *wait, "--expect-workers-max-wait", str(_WORKERS_WAIT)]


def _port(job: Job) -> int:
    return _MASTER_PORT if job.workers else job.port


def files(job: Job) -> Mapping[str, str]:
    """The shape of a stepped load."""
    if not job.profile.levels:
        return {}
    profile = job.profile
    ends = [(round(profile.hold * n, 3), users) for n, users in enumerate(profile.levels, start=1)]
    return {_SHAPE_FILE: _SHAPE.format(steps=ends, rate=profile.spawn_rate)}


def companions(job: Job, program: str) -> Sequence[Sequence[str]]:
    """The workers on this machine."""
    worker = [program, "-f", _scripts(job), "--headless", "--worker"]
    worker += ["--master-host", "127.0.0.1", "--master-port", str(_port(job))]
    return [worker] * job.processes


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
    if len(cells) < 13 or not cells[1].isdigit() or not totals[0].isdigit():  # noqa: PLR2004 (columns)
        return None
    return f"{cells[1]} users, {totals[0]} requests, {totals[1]} failures"


def verdicts(ended: Ended) -> Sequence[Result]:
    """A script's own exit code is its own gate; Locust's 2 is worth a warning. A saturated Locust proves nothing."""
    saturated = (_overloaded(),) if _says(ended.log, *_SATURATED) else ()
    if ended.timed_out or ended.code == 0:
        return saturated
    return (*saturated, *_ended(ended))


def _ended(ended: Ended) -> Sequence[Result]:
    """What an exit code means."""
    own = ended.code != _UNHANDLED
    said = f"Locust ended with exit code {ended.code}"
    if _says(ended.log, _GAVE_UP):
        return (_waited(said, ended),)
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


def _says(log: str, *phrases: str) -> bool:
    """Whether Locust logged one of these."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            return any(phrase in line for line in file for phrase in phrases)
    except OSError:
        return False


def _overloaded() -> Result:
    return Result(
        rule=Rule("run.invalid", "the run does not prove what it should"),
        kind="fail",
        severity=Severity.HIGH,
        message="Locust itself used more than 90 % of a core, so its times are partly its own.",
        location=Location(OVERALL),
        fix="Spread it over more processes (`processes`) or machines (`workers`), or ask for fewer users.",
        tools=(NAME,),
    )


def _waited(said: str, ended: Ended) -> Result:
    return Result(
        rule=Rule("run.workers", "workers of the load tool"),
        kind="fail",
        severity=Severity.HIGH,
        message=f"{said}, because its workers did not come in {_WORKERS_WAIT} s.",
        location=Location(OVERALL),
        fix=f"Start the workers before this step, and let them reach this machine's port {_MASTER_PORT}; "
        f"see the log: {os.path.basename(ended.log)}.",
        tools=(NAME,),
    )
