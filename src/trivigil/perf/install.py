"""Installing a load tool of the Python or the npm registry in an environment of its own, once per version."""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.perf.tool import Tool

_VERSION: Final = re.compile(r"\d+(\.\d+){0,3}((a|b|rc|\.post|\.dev)\d+)?")
_SECONDS: Final = 600


def program(
    tool: Tool, version: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> str:
    """The tool's executable: of the version that is asked for, else the one on PATH, else our default.

    Raises InputError where the version is none, or cannot be installed.
    """
    if not version and (found := shutil.which(tool.PROGRAM, path=environ.get("PATH"))):
        return found
    if not tool.REGISTRY:
        raise _not_installed(tool, version)
    wanted = version or tool.DEFAULT_VERSION
    if not _VERSION.fullmatch(wanted):
        raise InputError(
            f"`{printable(wanted, 40)}` is not a version such as 2.47.0.", key="tool-version"
        )
    if tool.REGISTRY == "npm":
        return _from_npm(tool, wanted, environ, say)
    home = os.path.join(
        _shelf(environ), f"{tool.NAME}-{wanted}-py{sys.version_info[0]}{sys.version_info[1]}"
    )
    executable = os.path.join(home, *_BIN, tool.PROGRAM + _EXE)
    if not os.path.isfile(os.path.join(home, "complete")):
        say(f"Installing {tool.NAME} {wanted} …")
        _install(f"{tool.PACKAGE}=={wanted}", home, environ)
    return executable


def _not_installed(tool: Tool, version: str) -> InputError:
    if version:
        message = (
            f"{tool.NAME} is the one of your own environment, so its version cannot be chosen."
        )
        return InputError(
            message, key="tool-version", tip="Install the version that you want there."
        )
    return InputError(f"there is no `{tool.PROGRAM}` on PATH to start {tool.NAME}.", key="tool")


def _from_npm(
    tool: Tool, version: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> str:
    """The tool's program in a folder of its own; npm has to be there, as Node.js has."""
    npm = shutil.which("npm", path=environ.get("PATH"))
    if npm is None:
        message = f"there is neither `{tool.PROGRAM}` nor `npm` on PATH."
        raise InputError(message, key="tool", tip="Set Node.js up before this step.")
    home = os.path.join(_shelf(environ), f"{tool.NAME}-{version}-npm")
    requirement = f"{tool.PACKAGE}@{version}"
    if not os.path.isfile(os.path.join(home, "complete")):
        say(f"Installing {tool.NAME} {version} …")
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(home)
        step = [npm, "install", "--prefix", home, "--no-audit", "--no-fund", "--loglevel=error"]
        _call([*step, requirement], home, environ, requirement)
        _complete(home, requirement)
    suffix = ".cmd" if _WINDOWS else ""
    return os.path.join(home, "node_modules", ".bin", tool.PROGRAM + suffix)


_WINDOWS: Final = os.name == "nt"
_BIN: Final = ("Scripts",) if _WINDOWS else ("bin",)
_EXE: Final = ".exe" if _WINDOWS else ""


def _shelf(environ: Mapping[str, str]) -> str:
    """The folder for tools: the runner's own, else the user's cache. Never the workspace."""
    for name in ("RUNNER_TOOL_CACHE", "RUNNER_TEMP", "XDG_CACHE_HOME"):
        if environ.get(name):
            return os.path.join(environ[name], "trivigil", "tools")
    return os.path.join(os.path.expanduser("~"), ".cache", "trivigil", "tools")


def _install(requirement: str, home: str, environ: Mapping[str, str]) -> None:
    """Make the environment; its `complete` file is written last, so half an environment is never used."""
    shutil.rmtree(home, ignore_errors=True)
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
    _complete(home, requirement)


def _complete(home: str, requirement: str) -> None:
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
        raise InputError(f"{requirement} cannot be installed: {last}", key="tool-version")
