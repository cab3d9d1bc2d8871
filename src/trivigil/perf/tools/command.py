"""Starting any command that writes a format which Trivigil reads: `hey -z {duration}s -c {users} -o csv {host}`.

The command's line is split into words as a shell would split it, and no shell sees it. In its words `{host}`, `{users}`,
`{rate}`, `{ramp}`, `{duration}` (seconds), `{profile}` and `{output}` (a folder of its own) stand for the profile's values. Its results are
what it writes into `{output}`, else what it prints on standard output; or the files that `results` names. An exit code other than 0
fails the run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.perf.tool import Ended, Job

NAME: Final = "command"
PROGRAM: Final = ""
PACKAGE: Final = ""
DEFAULT_VERSION: Final = ""
LOADS: Final = True
ENVIRON: Final[Mapping[str, str]] = {}
SHARES: Final[frozenset[str]] = frozenset()
VERSIONED: Final = False
ARRIVALS: Final = False
STDOUT: Final = "command.out"


def filled(job: Job, word: str) -> str:
    """A word with the profile's values in place of the names in braces."""
    profile = job.profile
    values = {
        "host": job.host,
        "users": str(profile.users),
        "rate": f"{profile.spawn_rate:g}",
        "ramp": f"{profile.ramp:g}",
        "duration": f"{profile.run_time:g}",
        "profile": profile.name,
        "output": job.output,
    }
    for name, value in values.items():
        word = word.replace(f"{{{name}}}", value)
    return word


def addresses(job: Job) -> Sequence[str]:
    """The URLs among its words: what it will load."""
    found = [filled(job, word) for word in job.command]
    parts = [part for word in found for part in (word, word.partition("=")[2])]
    return [part for part in parts if part.startswith(("http://", "https://"))]


def command(job: Job, program: str, version: tuple[int, ...]) -> list[str]:  # noqa: ARG001 (it has none)
    """The user's own words, with the profile's values."""
    return [program, *(filled(job, word) for word in job.command[1:])]


def files(job: Job) -> Mapping[str, str]:  # noqa: ARG001 (it needs none)
    """Nothing besides the command."""
    return {}


def companions(job: Job, program: str) -> Sequence[Sequence[str]]:  # noqa: ARG001 (it runs alone)
    """None."""
    return ()


def outputs(job: Job) -> Sequence[str]:
    """The files that `results` names, else those in its folder, else its standard output."""
    if job.results:
        return [filled(job, spec) for spec in job.results]
    own = (STDOUT, f"{NAME}.log")
    written = sorted(name for name in os.listdir(job.output) if name not in own)
    return [os.path.join(job.output, name) for name in written or (STDOUT,)]


def progress(job: Job) -> str | None:  # noqa: ARG001 (its format is not known before it ends)
    """Nothing."""
    return None


def verdicts(ended: Ended) -> Sequence[Result]:
    """Every exit code but 0 is a failure: what it means, only the command knows."""
    if ended.timed_out or ended.code == 0:
        return ()
    return (
        Result(
            rule=Rule("run.exit-code", "the load tool's own exit code"),
            kind="fail",
            severity=Severity.HIGH,
            message=f"The command ended with exit code {ended.code}.",
            location=Location(OVERALL),
            fix=f"See the log: {os.path.basename(ended.log)}.",
            tools=(NAME,),
        ),
    )
