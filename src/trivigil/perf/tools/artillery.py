"""Starting Artillery 2 (docs: reference/cli/run; options as `artillery run --help` of 2.0.21 lists them).

Its load model is open: `spawn-rate` virtual users arrive each second, however many there are; `users` stretches
the ramp, as with Locust, and is no limit. The profile's phases take the place of the script's. Exit codes seen: 0; 1 an `ensure`
check failed, or the script could not be used; 21 an `expect` check failed.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.perf.profiles import Profile
    from trivigil.perf.tool import Ended, Job

NAME: Final = "artillery"
PROGRAM: Final = "artillery"
PACKAGE: Final = "npm:artillery"
DEFAULT_VERSION: Final = "2.0.21"
"""The newest that runs on Node.js 20; later ones need 22."""
LOADS: Final = True
ENVIRON: Final[Mapping[str, str]] = {
    "ARTILLERY_DISABLE_TELEMETRY": "true",
    "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
}
SHARES: Final[frozenset[str]] = frozenset()
VERSIONED: Final = True
ARRIVALS: Final = True
STDOUT: Final = ""

_CHECK_FAILED, _EXPECTATION_FAILED = 1, 21
_FAILED_CHECK: Final = re.compile(r"^fail: .", re.MULTILINE)
_REQUESTS: Final = re.compile(r"^http\.requests: \.+ (\d+)\s*$", re.MULTILINE)
_SUMMARY: Final = "Summary report @"


def command(job: Job, program: str, version: tuple[int, ...]) -> list[str]:  # noqa: ARG001 (every 2.x knows these)
    """`artillery run` against the host, with the profile's phases, that writes its JSON report."""
    import json

    overrides = json.dumps({"config": {"phases": _phases(job.profile)}})
    report = os.path.join(job.output, f"{NAME}.json")
    line = [program, "run", "--target", job.host, "--output", report]
    return [*line, "--overrides", overrides, job.script]


def _phases(profile: Profile) -> list[dict[str, object]]:
    """A ramp and a steady rate. Artillery takes whole numbers only: it shares them out to its workers."""
    rate = max(1, round(profile.spawn_rate))
    if profile.levels:
        return _steps(profile, rate)
    whole = max(1, round(profile.run_time))
    ramp = min(round(profile.users / profile.spawn_rate), whole // 2) if rate > 1 else 0
    steady: dict[str, object] = {"name": "steady", "duration": whole - ramp, "arrivalRate": rate}
    rise = {"name": "ramp", "duration": ramp, "arrivalRate": 1, "rampTo": rate}
    return [rise, steady] if ramp else [steady]


def _steps(profile: Profile, rate: int) -> list[dict[str, object]]:
    """A stepped load: each level has its share of the profile's arrivals, and falls back to the first at the end."""
    hold = max(1, round(profile.hold))
    return [
        {
            "name": f"step {number}",
            "duration": hold,
            "arrivalRate": max(1, round(rate * users / profile.users)),
        }
        for number, users in enumerate(profile.levels, start=1)
    ]


def files(job: Job) -> Mapping[str, str]:  # noqa: ARG001 (it needs none)
    """Nothing besides the script."""
    return {}


def companions(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it runs alone)
    """None: it uses the machine's cores by itself."""
    return ()


def outputs(job: Job) -> Sequence[str]:
    """The report, and what it printed: only there are the results of `ensure`."""
    return (f"{NAME}={job.output}/{NAME}*.json", f"{NAME}={job.output}/{NAME}.log")


def progress(job: Job) -> str | None:
    """How many requests the periods so far had; Artillery prints one every ten seconds."""
    log = _text(os.path.join(job.output, f"{NAME}.log")).partition(_SUMMARY)[0]
    counts = [int(count) for count in _REQUESTS.findall(log)]
    return f"{sum(counts)} requests" if counts else None


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def verdicts(ended: Ended) -> Sequence[Result]:
    """An exit code that no check of `ensure` explains; those checks are results of their own."""
    if ended.timed_out or ended.code == 0:
        return ()
    if ended.code == _CHECK_FAILED and _FAILED_CHECK.search(_text(ended.log)):
        return ()
    expected = ended.code == _EXPECTATION_FAILED
    why = ": an `expect` check failed." if expected else "."
    return (
        Result(
            rule=Rule("run.exit-code", "the load tool's own exit code"),
            kind="fail",
            severity=Severity.HIGH,
            message=f"Artillery ended with exit code {ended.code}{why}",
            location=Location(OVERALL),
            fix=f"See the log: {os.path.basename(ended.log)}.",
            tools=(NAME,),
        ),
    )
