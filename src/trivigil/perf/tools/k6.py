"""Starting k6 (docs: using-k6/k6-options; options read in internal/cmd of grafana/k6).

The script reads the host from `__ENV.HOST`. The profile's users, ramp and duration take the place of the script's own
`vus`, `stages`, `duration` and `scenarios`, which options on the command line always do in k6.

Exit codes (errext/exitcodes): 0 finished, whatever the requests' outcome and also where iterations raised
exceptions; 99 a threshold of the script was crossed; 104 invalid options; 107 the script raised while it was loaded or in
`setup`; 108 `exec.test.abort()`; 110 `exec.test.fail()`; 255 a command line that k6 does not know.
"""

from __future__ import annotations

import os
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.perf.profiles import Profile
    from trivigil.perf.tool import Ended, Job

NAME: Final = "k6"
PROGRAM: Final = "k6"
PACKAGE: Final = "github:grafana/k6"
DEFAULT_VERSION: Final = "1.5.0"
LOADS: Final = True
ENVIRON: Final[Mapping[str, str]] = {}
SHARES: Final[frozenset[str]] = frozenset({"shard"})
VERSIONED: Final = True
ARRIVALS: Final = False
STDOUT: Final = ""

STATISTICS: Final = "avg,min,med,max,p(90),p(95),p(99),p(99.9),count"
_SUMMARY: Final = "k6_summary.json"
_POINTS: Final = "k6_points.json.gz"
_CROSSED: Final = 99
_REASONS: Final = {
    97: "the test in Grafana's cloud failed",
    98: "Grafana's cloud did not answer",
    99: "a threshold of the script was crossed",
    100: "the script's `setup` did not end in time",
    101: "the script's `teardown` did not end in time",
    102: "something did not end in time",
    103: "it was stopped through its REST API",
    104: "the script's options are not valid",
    105: "it was stopped by a signal",
    106: "its REST API could not start",
    107: "the script raised an exception",
    108: "the script aborted the test (`exec.test.abort()`)",
    109: "k6 itself crashed",
    110: "the script marked the test as failed (`exec.test.fail()`)",
    255: "k6 did not understand its command line",
}
_RUNNING: Final = re.compile(
    r"^running \(([^)]+)\), (\d+)/\d+ VUs, (\d+) complete and (\d+) interrupted", re.MULTILINE
)


def command(job: Job, program: str, _version: tuple[int, ...]) -> list[str]:
    """`k6 run …` that writes the summary with its thresholds, and every sample, packed."""
    line = [program, "run", "--no-usage-report", "--no-color", "--env", f"HOST={job.host}"]
    for option in (*_load(job.profile), *_segment(*job.shard)):
        line += option
    line += ["--summary-trend-stats", STATISTICS]
    line += ["--summary-export", os.path.join(job.output, _SUMMARY)]
    line += ["--out", f"json={os.path.join(job.output, _POINTS)}"]
    return [*line, job.script]


def _segment(part: int, parts: int) -> Sequence[tuple[str, str]]:
    """One of equal parts of the load (docs: using-k6/k6-options, execution segment)."""
    if parts == 1:
        return ()
    ends = [Fraction(end, parts) for end in range(parts + 1)]
    return (
        ("--execution-segment", f"{ends[part - 1]}:{ends[part]}"),
        ("--execution-segment-sequence", ",".join(str(end) for end in ends)),
    )


def _steps(profile: Profile) -> Iterator[tuple[str, str]]:
    """The levels of a stepped load: a climb (or the fall) at the profile's rate, then the level is held."""
    yield ("--vus", "1")
    before = 1
    for users in profile.levels:
        move = min(abs(users - before) / profile.spawn_rate, profile.hold)
        yield ("--stage", f"{move:g}s:{users}")
        if profile.hold > move:
            yield ("--stage", f"{profile.hold - move:g}s:{users}")
        before = users


def _load(profile: Profile) -> Sequence[tuple[str, str]]:
    """Users that come at the profile's rate, then stay; a ramp as long as the run is all of it."""
    if profile.levels:
        return tuple(_steps(profile))
    ramp = profile.ramp
    target, rest = profile.users, profile.run_time - ramp
    if rest <= 0:
        return (("--vus", "1"), ("--stage", f"{profile.run_time:g}s:{target}"))
    return (
        ("--vus", "1"),
        ("--stage", f"{ramp:g}s:{target}"),
        ("--stage", f"{rest:g}s:{target}"),
    )


def files(job: Job) -> Mapping[str, str]:  # noqa: ARG001 (it needs none)
    """Nothing besides the script."""
    return {}


def companions(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it runs alone)
    """None: it uses the machine's cores by itself."""
    return ()


def outputs(job: Job) -> Sequence[str]:
    """The summary and the samples."""
    return (f"k6={job.output}/k6_*.json*",)


def progress(job: Job) -> str | None:
    """What k6 said last of its users and iterations; it does so every few seconds."""
    try:
        with open(os.path.join(job.output, f"{NAME}.log"), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 8192))
            said = file.read().decode("utf-8", "replace")
    except OSError:
        return None
    lines = _RUNNING.findall(said)
    if not lines:
        return None
    at, users, complete, _ = lines[-1]
    return f"{at.strip()}, {users} users, {complete} iterations"


def verdicts(ended: Ended) -> Sequence[Result]:
    """What the exit code says and the summary does not: every code but 0 fails the gate.

    A crossed threshold stands in the summary, as a result of its own; it is said here only where none was
    written.
    """
    if ended.timed_out or ended.code == 0:
        return ()
    summary = os.path.join(os.path.dirname(ended.log), _SUMMARY)
    if ended.code == _CROSSED and os.path.isfile(summary):
        return ()
    reason = _REASONS.get(ended.code, "its documentation does not list this code")
    return (
        Result(
            rule=Rule("run.exit-code", "the load tool's own exit code"),
            kind="fail",
            severity=Severity.HIGH,
            message=f"k6 ended with exit code {ended.code}: {reason}.",
            location=Location(OVERALL),
            fix=f"See the log: {os.path.basename(ended.log)}.",
            tools=(NAME,),
        ),
    )
