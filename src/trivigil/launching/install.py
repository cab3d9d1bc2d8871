"""Installing a program in a folder of its own, once per version.

Of the Python registry, in an environment of its own; of the npm registry; or of its project's releases (see `launching.release`).
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Final, Protocol

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_VERSION: Final = re.compile(r"\d+(\.\d+){0,3}((a|b|rc|\.post|\.dev)\d+)?")
_SECONDS: Final = 600


class Installable(Protocol):
    """What is to be known of a program to install it."""

    @property
    def NAME(self) -> str:  # noqa: N802 (a module's constant)
        """How users call it."""
        ...

    @property
    def PROGRAM(self) -> str:  # noqa: N802 (the protocol's constant)
        """What is started, as it is called on PATH."""
        ...

    @property
    def PACKAGE(self) -> str:  # noqa: N802 (likewise)
        """The Python registry's name of the package; `npm:NAME` of npm's, `github:OWNER/NAME` where its releases are there.

        Empty where only the user's own is started.
        """
        ...

    @property
    def DEFAULT_VERSION(self) -> str:  # noqa: N802 (likewise)
        """What is installed where the user named no version and none is on PATH."""
        ...


def program(
    tool: Installable, version: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> str:
    """The tool's executable: of the version that is asked for, else the one on PATH, else our default.

    Raises InputError where the version is none, or cannot be installed.
    """
    if not version and (found := shutil.which(tool.PROGRAM, path=environ.get("PATH"))):
        return found
    if not tool.PACKAGE:
        raise _not_installed(tool, version)
    wanted = version or tool.DEFAULT_VERSION
    if not _VERSION.fullmatch(wanted):
        raise InputError(
            f"`{printable(wanted, 40)}` is not a version such as 2.47.0.", key="tool-version"
        )
    registry, _, package = tool.PACKAGE.rpartition(":")
    kind = registry or f"py{sys.version_info[0]}{sys.version_info[1]}"
    home = os.path.join(_shelf(environ), f"{tool.PROGRAM}-{wanted}-{kind}")
    if not os.path.isfile(os.path.join(home, "complete")):
        npm = _npm(tool, environ) if registry == "npm" else ""
        say(f"Installing {tool.NAME} {wanted} …")
        shutil.rmtree(home, ignore_errors=True)
        if registry == "github":
            _install_release(package, wanted, home, environ)
        elif registry == "npm":
            _install_from_npm(npm, f"{package}@{wanted}", home, environ)
        else:
            _install(f"{package}=={wanted}", home, environ)
        _complete(home, f"{tool.PACKAGE} {wanted}")
    return os.path.join(
        home, *_PLACES.get(registry, _BIN), tool.PROGRAM + _ENDINGS.get(registry, _EXE)
    )


def _not_installed(tool: Installable, version: str) -> InputError:
    if version:
        message = (
            f"{tool.NAME} is the one of your own environment, so its version cannot be chosen."
        )
        return InputError(
            message, key="tool-version", tip="Install the version that you want there."
        )
    return InputError(f"there is no `{tool.PROGRAM}` on PATH to start {tool.NAME}.", key="tool")


def _npm(tool: Installable, environ: Mapping[str, str]) -> str:
    found = shutil.which("npm", path=environ.get("PATH"))
    if found is None:
        message = f"there is neither `{tool.PROGRAM}` nor `npm` on PATH."
        raise InputError(message, key="tool", tip="Set Node.js up before this step.")
    return found


def _install_from_npm(npm: str, requirement: str, home: str, environ: Mapping[str, str]) -> None:
    os.makedirs(home)
    step = [npm, "install", "--prefix", home, "--no-audit", "--no-fund", "--loglevel=error"]
    _call([*step, requirement], home, environ, requirement)


_WINDOWS: Final = os.name == "nt"
_BIN: Final = ("Scripts",) if _WINDOWS else ("bin",)
_EXE: Final = ".exe" if _WINDOWS else ""
_PLACES: Final = {"github": ("bin",), "npm": ("node_modules", ".bin")}
_ENDINGS: Final = {"npm": ".cmd" if _WINDOWS else ""}


def _shelf(environ: Mapping[str, str]) -> str:
    """The folder for tools: the runner's own, else the user's cache. Never the workspace."""
    for name in ("RUNNER_TOOL_CACHE", "RUNNER_TEMP", "XDG_CACHE_HOME"):
        if environ.get(name):
            return os.path.join(environ[name], "trivigil", "tools")
    return os.path.join(os.path.expanduser("~"), ".cache", "trivigil", "tools")


def _install_release(repository: str, version: str, home: str, environ: Mapping[str, str]) -> None:
    from trivigil.launching import release

    release.install(repository, version, home, environ)


def _install(requirement: str, home: str, environ: Mapping[str, str]) -> None:
    """Make the environment and install into it."""
    os.makedirs(home)
    python = os.path.join(home, *_BIN, "python" + _EXE)
    uv = shutil.which("uv", path=environ.get("PATH"))
    if uv:
        steps = [
            [
                uv,
                "--no-config",
                "venv",
                "--quiet",
                "--python",
                sys.executable,
                "--allow-existing",
                home,
            ],
            [uv, "--no-config", "pip", "install", "--quiet", "--python", python, requirement],
        ]
    else:
        steps = [
            [sys.executable, "-I", "-m", "venv", home],
            [
                python,
                "-I",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                requirement,
            ],
        ]
    for step in steps:
        _call(step, home, environ, requirement)


def _complete(home: str, requirement: str) -> None:
    """Say that the folder is whole; written last, so that half an installation is never used."""
    with open(os.path.join(home, "complete"), "w", encoding="utf-8") as file:
        file.write(requirement)


def _call(step: list[str], home: str, environ: Mapping[str, str], requirement: str) -> None:
    import subprocess

    try:
        done = subprocess.run(
            step,
            cwd=home,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(
            f"{requirement} cannot be installed: {type(error).__name__}.", key="tool"
        ) from error
    if done.returncode:
        lines = [
            line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()
        ]
        last = printable(lines[-1], 300) if lines else f"exit code {done.returncode}"
        # An index may have its password in its address.
        raise InputError(
            f"{requirement} cannot be installed; pip ended with exit code {done.returncode}.",
            key="tool-version",
            detail=f"pip said: {last}",
        )
