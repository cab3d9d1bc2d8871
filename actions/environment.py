"""Makes the Python environment that Trivigil runs in, from a lock with hashes.

`--shared` (the actions): an environment in the runner's tool cache, found again by its key, built
beside its place and moved there whole; the outputs `python`, `launch` and `state` (a new folder for
what the steps of this one use hand each other) go to GITHUB_OUTPUT.
`--into DIR` (make): an environment in DIR, made again when the lock or the Python has changed.

Standard library only, since it runs before anything is installed. Nothing of the working directory
is read: the installers run in an empty folder, with environment variables of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
MARKER = "trivigil-complete"

# What the installers may know of the user's settings: where packages come from and how to get
# there. The rest of PIP_* and UV_* (targets, build options, constraints, configuration of other
# projects) would change what is installed.
INDEX_SETTINGS = re.compile(
    r"""(?x)
    PIP_( INDEX_URL | EXTRA_INDEX_URL | FIND_LINKS | NO_INDEX | TRUSTED_HOST | PROXY | CERT
        | CLIENT_CERT | CONFIG_FILE | CACHE_DIR | NO_CACHE_DIR | DEFAULT_TIMEOUT | TIMEOUT
        | RETRIES | KEYRING_PROVIDER )
    | UV_( INDEX(_.+)? | DEFAULT_INDEX | EXTRA_INDEX_URL | FIND_LINKS | NO_INDEX | INSECURE_HOST
        | KEYRING_PROVIDER | NATIVE_TLS | SYSTEM_CERTS | HTTP_TIMEOUT | HTTP_RETRIES | HTTP_PROXY
        | HTTPS_PROXY | NO_PROXY | CACHE_DIR | NO_CACHE | OFFLINE )
    """
)
# Interpreter settings, and what the runner tells a step: tokens and command files are no business
# of an installer.
WITHHELD = (
    "PYTHON",
    "PIP_",
    "UV_",
    "GITHUB_",
    "ACTIONS_",
    "INPUT_",
    "TRIVIGIL_",
    "VIRTUAL_ENV",
    "CONDA_",
)
PIP_INSTALL = (
    "install", "--quiet", "--require-hashes", "--no-deps", "--no-user", "--no-compile",
    "--no-input", "--disable-pip-version-check", "--no-warn-script-location",
    "--root-user-action", "ignore",
)  # fmt: skip
NO_PLACE = (
    "There is no folder outside the workspace to install into: RUNNER_TOOL_CACHE or RUNNER_TEMP "
    "must name a folder that can be written (GitHub's runner sets both)."
)
WRONG_HASH = re.compile(r"hash mismatch|do not match the hashes", re.IGNORECASE)


class Refused(Exception):
    """The environment cannot be made; the text is one sentence that says why and what to do."""


class Plan(NamedTuple):
    """What an environment is made from. Two plans with the same `key` give the same environment."""

    lock: Path
    python: Path
    digest: str
    key: str
    wheels_only: bool


def plan(lock: Path, *, wheels_only: bool) -> Plan:
    """Reads the lock and describes the interpreter that runs this."""
    try:
        digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    except OSError as error:
        message = (
            f"The lock {lock} cannot be read ({error.strerror}): check out the whole repository."
        )
        raise Refused(message) from error
    # An activated environment is not built upon: it may be the one that is about to be made again.
    python = Path(getattr(sys, "_base_executable", None) or sys.executable)
    tag = hashlib.sha256(os.fsencode(os.path.realpath(python))).hexdigest()[:8]
    libc = "-musl" if "musl" in str(sysconfig.get_config_var("SOABI")) else ""
    version = ".".join(map(str, sys.version_info[:3]))
    key = f"{digest[:16]}-{sysconfig.get_platform()}{libc}-{version}-{tag}"
    return Plan(lock, python, digest, key, wheels_only)


def interpreter(environment: Path) -> Path:
    """The Python inside an environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def complete(environment: Path, wanted: Plan) -> bool:
    """Whether an environment was finished from this plan and still starts."""
    try:
        marked = (environment / MARKER).read_text(encoding="utf-8")
    except OSError:
        return False
    if marked != f"{wanted.digest} {wanted.key}\n":
        return False
    with contextlib.suppress(OSError):
        done = subprocess.run(
            [interpreter(environment), "-I", "-c", ""], check=False, capture_output=True
        )
        return done.returncode == 0
    return False


def build(
    environment: Path, wanted: Plan, environ: Mapping[str, str], source: Path | None = None
) -> None:
    """Makes an environment in a folder that does not exist yet; the marker comes last."""
    settings = installer_settings(environ)
    with tempfile.TemporaryDirectory(prefix="trivigil-") as empty:
        uv = find_uv(environ)
        if uv is None:
            install_with_pip(environment, wanted, settings, empty)
        else:
            install_with_uv(uv, environment, wanted, settings, empty)
    if source is not None:
        link(environment, source)
    (environment / MARKER).write_text(f"{wanted.digest} {wanted.key}\n", encoding="utf-8")


def installer_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of the installers: all, less what could steer or leak."""
    return {
        name: value
        for name, value in environ.items()
        if INDEX_SETTINGS.fullmatch(name.upper()) or not name.upper().startswith(WITHHELD)
    }


def find_uv(environ: Mapping[str, str]) -> str | None:
    """The uv on PATH; relative entries are passed over, they may lead into the workspace."""
    entries = environ.get("PATH", "").split(os.pathsep)
    path = os.pathsep.join(entry for entry in entries if Path(entry).is_absolute())
    return shutil.which("uv", path=path) if path else None


def install_with_uv(
    uv: str, environment: Path, wanted: Plan, settings: dict[str, str], empty: str
) -> None:
    """uv: about three seconds for the action's packages, one where its cache has them."""
    say("Installing by hash with uv.")
    settings = settings | {"UV_PYTHON_DOWNLOADS": "never"}
    uv_alone = [uv, "--no-config", "--no-progress"]
    venv = ["venv", "--quiet", "--python", str(wanted.python), str(environment)]
    start([*uv_alone, *venv], settings, empty)
    sync = ["pip", "sync", "--quiet", "--require-hashes", "--link-mode", "copy"]
    if wanted.wheels_only:
        sync += ["--only-binary", ":all:"]
    target = ["--python", str(interpreter(environment)), str(wanted.lock)]
    start([*uv_alone, *sync, *target], settings, empty)


def install_with_pip(environment: Path, wanted: Plan, settings: dict[str, str], empty: str) -> None:
    """pip: the Python's own, from outside; where that is too old, one inside the environment."""
    python = [str(wanted.python), "-I", "-m"]
    if pip_version(wanted.python, settings, empty) >= (22, 3):  # the first with --python
        say("Installing by hash with pip, up to a minute (with uv on PATH: seconds).")
        start([*python, "venv", "--without-pip", str(environment)], settings, empty)
        pip = [*python, "pip", "--python", str(interpreter(environment))]
    else:
        say("Installing by hash with the pip that comes with this Python.")
        try:
            start([*python, "venv", str(environment)], settings, empty)
        except Refused as error:
            message = (
                f"The Python at {wanted.python} has neither pip 22.3 or later nor ensurepip: "
                "install uv, python3-pip or python3-venv, or use the one of actions/setup-python."
            )
            raise Refused(message) from error
        pip = [str(interpreter(environment)), "-I", "-m", "pip"]
    install = list(PIP_INSTALL)
    if wanted.wheels_only:
        install += ["--only-binary", ":all:"]
    start([*pip, *install, "--requirement", str(wanted.lock)], settings, empty)


def pip_version(python: Path, settings: dict[str, str], empty: str) -> tuple[int, int]:
    """The version of a Python's pip, (0, 0) where it has none."""
    done = subprocess.run(
        [python, "-I", "-m", "pip", "--version"],
        check=False, capture_output=True, text=True, env=settings, cwd=empty,
    )  # fmt: skip
    match = re.match(r"pip (\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def start(command: Sequence[str], settings: dict[str, str], empty: str) -> None:
    """Runs an installer and shows what it says; a wrong hash has a sentence of its own."""
    done = subprocess.run(
        command, check=False, env=settings, cwd=empty, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    quote(done.stdout)
    if done.returncode and WRONG_HASH.search(done.stdout):
        message = (
            "The package index served a file that is not the one in the lock (its hash differs, "
            "see above); nothing was installed: find out who changed the file or the lock first."
        )
        raise Refused(message)
    if done.returncode:
        message = (
            f"Installing the locked packages failed with exit {done.returncode} (see above): check "
            "that this machine reaches the package index, or the mirror that PIP_INDEX_URL or "
            "UV_INDEX_URL names."
        )
        raise Refused(message)


def quote(text: str) -> None:
    """Prints an installer's text so that the runner reads no commands out of it."""
    if not text.strip():
        return
    if os.environ.get("GITHUB_ACTIONS") != "true":
        say(text.rstrip())
        return
    token = secrets.token_hex(16)
    say(f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::")


def shared(wanted: Plan, environ: Mapping[str, str]) -> Path:
    """An environment in the runner's tool cache (or temporary folder), made now or found again."""
    for home in homes(environ):
        environment = home / wanted.key
        if complete(environment, wanted):
            say(f"Found again: {environment}")
            return environment
        try:
            home.mkdir(parents=True, exist_ok=True)
            workshop = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
        except OSError as error:
            say(f"{home} cannot be written ({error.strerror}); trying the next place.")
            continue
        try:
            build(workshop / "env", wanted, environ)
            return settle(workshop / "env", environment, wanted)
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
    raise Refused(NO_PLACE)


def homes(environ: Mapping[str, str]) -> Iterator[Path]:
    """Where environments may be: the tool cache of a lasting runner, else the job's own folder."""
    workspace = environ.get("GITHUB_WORKSPACE")
    for name in ("RUNNER_TOOL_CACHE", "RUNNER_TEMP"):
        folder = Path(environ.get(name, ""))
        if not folder.is_absolute():
            continue
        if workspace and folder.resolve().is_relative_to(Path(workspace).resolve()):
            say(f"{name} lies inside the workspace; passed over.")
            continue
        yield folder / "trivigil"


def state_folder(environ: Mapping[str, str]) -> Path:
    """A new folder for this use of the action, the job's own temporary folder before the cache."""
    for home in reversed(list(homes(environ))):
        with contextlib.suppress(OSError):
            home.mkdir(parents=True, exist_ok=True)
            return Path(tempfile.mkdtemp(prefix="state-", dir=home))
    raise Refused(NO_PLACE)


def settle(built: Path, place: Path, wanted: Plan) -> Path:
    """Moves a finished environment to its place; who comes second uses what is there."""
    for attempt in range(3):
        try:
            built.rename(place)
        except OSError:
            if complete(place, wanted):
                say(f"Another job made it first: {place}")
                return place
            # Damaged, for example half deleted; or, on Windows, a virus scanner that holds a file
            # for a moment.
            aside = built.parent / f"damaged-{attempt}"
            with contextlib.suppress(OSError):
                place.rename(aside)
            time.sleep(0.2 * attempt)
        else:
            return place
    message = (
        f"The environment cannot be moved to {place}: "
        "remove that folder, or make it writable for this runner."
    )
    raise Refused(message)


def renewed(
    environment: Path, wanted: Plan, source: Path | None, environ: Mapping[str, str]
) -> Path:
    """An environment in a given folder, made again where it does not fit any more."""
    if complete(environment, wanted):
        return environment
    if environment.exists():
        if not (environment / "pyvenv.cfg").exists() and any(environment.iterdir()):
            message = (
                f"{environment} is not a Python environment: name another folder, or remove it."
            )
            raise Refused(message)
        say(f"The lock or the Python has changed: making {environment.name} again.")
        shutil.rmtree(environment)
    say(f"Making {environment.name} from {wanted.lock.name} with Python {sys.version.split()[0]}.")
    started = time.monotonic()
    build(environment, wanted, environ, source)
    say(f"Ready in {time.monotonic() - started:.0f} s.")
    return environment


def link(environment: Path, source: Path) -> None:
    """Puts a folder of modules on the import path of an environment."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = [str(interpreter(environment)), "-I", "-c", ask]
    site = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    (Path(site) / "trivigil.pth").write_text(f"{source}\n", encoding="utf-8")


def write_outputs(environ: Mapping[str, str], outputs: Mapping[str, str]) -> None:
    """Writes step outputs as heredocs whose delimiter nobody can guess."""
    file = environ.get("GITHUB_OUTPUT")
    if not file:
        for name, value in outputs.items():
            say(f"{name}={value}")
        return
    with Path(file).open("a", encoding="utf-8", newline="\n") as stream:
        for name, value in outputs.items():
            delimiter = f"trivigil-{secrets.token_hex(16)}"
            stream.write(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, flush=True)


def prepare_action(wanted: Plan, environ: Mapping[str, str]) -> None:
    """The actions' set-up: a group in the log, the environment, the outputs."""
    grouped = environ.get("GITHUB_ACTIONS") == "true"
    say("::group::Trivigil: Python environment" if grouped else "Python environment of the actions")
    try:
        say(
            f"Python {sys.version.split()[0]} at {wanted.python}, "
            f"packages as {wanted.lock.name} pins them."
        )
        started = time.monotonic()
        environment = shared(wanted, environ)
        say(f"Ready in {time.monotonic() - started:.1f} s.")
    finally:
        if grouped:
            say("::endgroup::")
    places = {
        "python": interpreter(environment),
        "launch": ROOT / "actions" / "launch.py",
        "state": state_folder(environ),
    }
    write_outputs(environ, {name: place.as_posix() for name, place in places.items()})


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Exit 0 made or found, 2 refused with one sentence."""
    parser = argparse.ArgumentParser(
        prog="environment.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--lock", type=Path, required=True, help="a lock with hashes")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--shared", action="store_true", help="in the runner's tool cache")
    where.add_argument("--into", type=Path, metavar="DIR", help="in DIR")
    parser.add_argument(
        "--source", type=Path, metavar="DIR", help="with --into: a folder to import from"
    )
    asked = parser.parse_args(argv)
    lock, into, source = (
        path and path.absolute() for path in (asked.lock, asked.into, asked.source)
    )
    # On Windows a program is looked for in the working directory first: leave the workspace.
    os.chdir(ROOT / "actions")
    try:
        wanted = plan(lock, wheels_only=asked.shared)
        if into is None:
            prepare_action(wanted, environ)
        else:
            renewed(into, wanted, source, environ)
    except Refused as refusal:
        say(f"::error title=Trivigil::{refusal}" if asked.shared else f"error: {refusal}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
