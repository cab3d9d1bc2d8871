"""Starting ZAP's baseline scan: a running web application, spidered and looked at without attacking it (docs: ZAP - Baseline Scan).

It is a container on the host's network, so that it reaches an application of this machine, with a folder of its own that its
user can write. Exit codes: 0 no warning; 1 at least one rule that is set to fail; 2 at least one warning; 3 any other failure, also where it reached no
page; 125 to 127 are the container engine's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security.tool import CONTAINER, EITHER, FOUND, failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.tool import Job, Meaning

NAME: Final = "zap"
TOOL: Final = "zap"
PROGRAM: Final = "docker"
PACKAGE: Final = ""
DEFAULT_VERSION: Final = "2.16.1"
IMAGE: Final = "ghcr.io/zaproxy/zaproxy"
NEEDS: Final = frozenset({"target"})
ENVIRON: Final[Mapping[str, str]] = {}
ASK: Final[Sequence[str]] = ()
FILE: Final = "zap.json"
STDOUT: Final = False
CODES: Final[Mapping[int, Meaning]] = {
    0: EITHER,
    1: FOUND,
    2: FOUND,
    3: failed("it failed, or reached no page"),
    **CONTAINER,
}
DOUBTS: Final[Mapping[str, str]] = {
    "No URLs found|Failed to (start|load)|Automation plan (errors|failures)|failed to access URL": (
        "ZAP did not reach everything; its log says more."
    )
}


def command(job: Job, program: str) -> list[str]:
    """`docker run … zap-baseline.py -t URL` into JSON."""
    line = [program, "run", "--rm", "--name", job.container, "--network", "host"]
    line += ["--volume", f"{job.output}:/zap/wrk:rw", f"{IMAGE}:{job.tag}"]
    return [*line, "zap-baseline.py", "-t", job.target, "-J", FILE, *job.arguments]


def after(job: Job, program: str) -> Sequence[Sequence[str]]:
    """The container, which outlives a client that was killed."""
    return ([program, "rm", "--force", job.container],)
