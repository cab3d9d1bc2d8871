"""A file as the base branch has it: from the checkout's own history, else as a step with the token has fetched it.

The step `base` has the token and runs nothing but one call to GitHub; the step that works runs git, and has no token.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from trivigil import files
from trivigil.core.errors import InputError, TrivigilError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.console import Console
    from trivigil.cli.ground import Ground
    from trivigil.config import Security
    from trivigil.github.event import Event

FETCHED: Final = "base-files.json"
PATIENCE: Final = 30
"""Seconds for one look into the checkout's history."""
NOT_KNOWN: Final = "the checkout does not have that commit, and no step has fetched the file"


class Found(NamedTuple):
    """A file as a commit has it: its text, None where there is no such file; or why that is not known."""

    text: str | None
    unknown: str | None = None


def located(settings: Security, ground: Ground) -> str:
    """The suppressions file, as the repository has it. Raises InputError where it is not in it."""
    from trivigil.security import suppressions

    path = ground.shown(settings.suppressions or suppressions.FILE)
    if path.startswith("../") or os.path.isabs(path):
        raise InputError("it lies outside the workspace.", key="suppressions")
    return path


def known(workspace: str, path: str, commit: str, environ: Mapping[str, str]) -> Found:
    """What is known of a file at a commit, without a token."""
    found = _in_history(workspace, path, commit)
    return _fetched(path, commit, environ) if found is None else found


def _in_history(workspace: str, path: str, commit: str) -> Found | None:
    """By the checkout's own git; None where it does not have the commit, as a shallow clone."""
    if _git(workspace, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        return None
    listed = _git(workspace, "ls-tree", "-z", "--full-tree", commit, "--", path)
    if listed is None:
        return None
    if not listed:
        return Found(None)
    text = _git(workspace, "cat-file", "blob", f"{commit}:{path}")
    return None if text is None else Found(text)


def _git(workspace: str, *words: str) -> str | None:
    """What git says, None where it fails. Nothing is replaced, and nothing is fetched."""
    import subprocess

    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    try:
        done = subprocess.run(
            ["git", "--no-replace-objects", "-C", workspace, *words],  # noqa: S607 (the runner's own git)
            env={**kept, "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"},
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
        )
        return done.stdout.decode("utf-8")
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None


def _fetched(path: str, commit: str, environ: Mapping[str, str]) -> Found:
    """What the step `base` has left."""
    from trivigil.cli import outcome

    place = os.path.join(outcome.state_folder(environ), FETCHED)
    try:
        kept = json.loads(files.read(place))[f"{commit}:{path}"]
        return Found(kept["text"], kept["unknown"])
    except (InputError, ValueError, KeyError, TypeError):
        return Found(None, NOT_KNOWN)


# --- the step that has the token -----------------------------------------------------------------


def fetch(environ: Mapping[str, str], console: Console) -> None:
    """Fetch what the base branch accepts, where the event has one. What goes wrong is left for the report to say."""
    from trivigil import config
    from trivigil.cli import outcome
    from trivigil.github.event import read_event

    try:
        event = read_event(environ)
        if event is None or event.base_sha is None:
            return
        workspace = os.path.abspath(environ.get("GITHUB_WORKSPACE") or os.getcwd())
        if "security" not in config.watches(environ, workspace):
            return
        path = _wanted(environ, workspace)
        kept = {f"{event.base_sha}:{path}": _ask(path, event.base_sha, event, environ)._asdict()}
    except TrivigilError as error:
        console.say(f"What the base branch accepts is not fetched: {error}")
        return
    files.write(os.path.join(outcome.state_folder(environ), FETCHED), json.dumps(kept))


def _wanted(environ: Mapping[str, str], workspace: str) -> str:
    from trivigil import config
    from trivigil.cli.ground import Ground

    settings = cast("Security", config.load("security", environ, workspace))
    directory = os.path.abspath(os.path.join(workspace, settings.working_directory))
    return located(settings, Ground(workspace, directory, workspace))


def _ask(path: str, commit: str, event: Event, environ: Mapping[str, str]) -> Found:
    from trivigil.github.client import connect
    from trivigil.github.contents import file_at
    from trivigil.github.refusal import Refused

    token = environ.get("TRIVIGIL_GITHUB_TOKEN", "")
    try:
        with connect(event, token) as client:
            content = file_at(client, path, commit)
        return Found(None if content is None else content.decode("utf-8"))
    except Refused as refused:
        needed = "; add `contents: read` to the job's permissions" if refused.forbidden else ""
        return Found(None, f"GitHub does not give it ({refused}){needed}")
    except UnicodeDecodeError:
        return Found(None, "it is not UTF-8")
