"""Starting pytest-benchmark in the user's own environment: `python -m pytest` (docs: usage, command line options).

Exit codes are pytest's (`pytest.ExitCode`): 1 a test failed, or `--benchmark-compare-fail` found a regression (then
pytest-benchmark ends with 1, before 4.0 with 4); 2 interrupted; 3 an error inside pytest; 4 wrong usage; 5 no test found. A test
that failed after its measurement is in the results like any other, so the code decides.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.perf.tool import Ended, Job

NAME: Final = "pytest-benchmark"
PROGRAM: Final = "python"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
LOADS: Final = False
ENVIRON: Final[Mapping[str, str]] = {}
SHARES: Final[frozenset[str]] = frozenset()
VERSIONED: Final = False
ARRIVALS: Final = False
STDOUT: Final = ""

_CODES: Final = {
    1: "a test failed, or `--benchmark-compare-fail` found a regression",
    2: "it was interrupted",
    3: "an error inside pytest",
    4: "pytest was called wrongly",
    5: "no test was found",
}


def command(job: Job, program: str, version: tuple[int, ...]) -> list[str]:  # noqa: ARG001 (every version knows these)
    """`python -m pytest --benchmark-only` that writes its results with every round."""
    results = os.path.join(job.output, f"{NAME}.json")
    line = [program, "-m", "pytest", job.script, "--benchmark-only"]
    return [*line, "--benchmark-json", results]


def files(job: Job) -> Mapping[str, str]:  # noqa: ARG001 (it needs none)
    """Nothing besides the script."""
    return {}


def companions(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it runs alone)
    """None: it uses the machine's cores by itself."""
    return ()


def outputs(job: Job) -> Sequence[str]:
    """The JSON; without a benchmark there is none."""
    return (f"{NAME}={job.output}/{NAME}*.json",)


def progress(job: Job) -> str | None:  # noqa: ARG001 (nothing is written before the end)
    """Nothing: pytest-benchmark says its numbers at the end."""
    return None


def verdicts(ended: Ended) -> Sequence[Result]:
    """What pytest's exit code says, and its results do not."""
    if ended.timed_out or ended.code == 0:
        return ()
    why = _CODES.get(ended.code, "which is none of pytest's own")
    return (
        Result(
            rule=Rule("run.exit-code", "the tool's own exit code"),
            kind="fail",
            severity=Severity.HIGH,
            message=f"pytest ended with exit code {ended.code}: {why}.",
            location=Location(OVERALL),
            fix=f"See the log: {os.path.basename(ended.log)}.",
            tools=(NAME,),
        ),
    )
