"""A stack of containers, by Docker Compose version 2 or later.

Options are those of docker/compose v2.40: `up --detach --build --wait --wait-timeout`, `logs
--no-color`, `down --volumes --timeout`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from trivigil.core.errors import InputError
from trivigil.stack.logs import ending

HEALTHY_WITHIN_S = 300
"""How long the services may take to be healthy after they started."""
UP_LIMIT_S = 1800.0
"""How long images may be pulled and built, and the services started, at most."""
_DOWN_GRACE_S = 10
_DOWN_LIMIT_S = 180.0


def up(file: Path, *, environ: Mapping[str, str], logs: Path, say: Callable[[str], None]) -> None:
    """Build and start the services of a compose file and wait until they are healthy.

    Raises InputError where Docker or its Compose plugin is missing, or a service does not come up.
    """
    docker = _docker(file, environ)
    log = logs / "compose-up.log"
    # Without --build a machine that is used again would test the image of an older commit.
    words = ["up", "-d", "--build", "--wait", "--wait-timeout", str(HEALTHY_WITHIN_S)]
    say(f"Starting the services of {file}; what Docker says goes to {log}")
    status = _run([docker, "compose", "-f", str(file), *words], environ, log, UP_LIMIT_S)
    if status != 0:
        raise InputError(
            f"the services did not come up: docker compose {_how(status, UP_LIMIT_S)}.",
            path=str(file),
            detail=ending(log),
        )


def down(file: Path, *, environ: Mapping[str, str], logs: Path) -> None:
    """Keep the services' logs, then remove the containers, networks and volumes.

    Raises InputError where Docker does not do so.
    """
    docker = _docker(file, environ)
    base = [docker, "compose", "-f", str(file)]
    _run([*base, "logs", "--no-color"], environ, logs / "compose.log", _DOWN_LIMIT_S)
    log = logs / "compose-down.log"
    words = ["down", "-v", "--timeout", str(_DOWN_GRACE_S)]
    status = _run([*base, *words], environ, log, _DOWN_LIMIT_S)
    if status != 0:
        raise InputError(
            f"the services were not removed: docker compose {_how(status, _DOWN_LIMIT_S)}.",
            path=str(file),
            detail=ending(log),
        )


def check(file: Path, environ: Mapping[str, str]) -> None:
    """Raise InputError where Docker or its Compose plugin is missing."""
    _docker(file, environ)


def _docker(file: Path, environ: Mapping[str, str]) -> str:
    docker = shutil.which("docker", path=environ.get("PATH"))
    if docker is None:
        raise InputError(
            "docker is not installed here, and a compose file needs it.", path=str(file), tip=_TIP
        )
    import subprocess

    answer = subprocess.run(
        [docker, "compose", "version"],
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if answer.returncode != 0:
        raise InputError(
            "docker has no `compose` command here, and a compose file needs it.",
            path=str(file),
            tip=f"Install the Compose plugin. {_TIP}",
        )
    return docker


_TIP = "A Procfile or a command line starts an application without containers."


def _run(words: list[str], environ: Mapping[str, str], log: Path, limit: float) -> int | None:
    """The exit status, None where the time was up."""
    import subprocess

    with log.open("wb") as output:
        try:
            done = subprocess.run(
                words,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    return done.returncode


def _how(status: int | None, limit: float) -> str:
    return f"was not done after {limit:.0f} s" if status is None else f"ended with status {status}"
