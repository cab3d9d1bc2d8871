"""What every watch stands on: its folders, the application that is started for it, and what may be said aloud."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.disclosure import discloses
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.cli.console import Console
    from trivigil.config import Common

NOT_TOLD: Final = (
    "What it printed is not shown in the log of a public repository, because it may hold secrets: set "
    "`disclose: true`, or run it on your machine."
)


class Ground(NamedTuple):
    """Where a watch works."""

    workspace: str
    directory: str
    """The working directory, absolute."""
    output: str
    """Absolute folder for everything that is written."""

    def fence(self, environ: Mapping[str, str]) -> tuple[str, ...]:
        """The folders that results may lie in."""
        from trivigil.cli import outcome

        temporary = environ.get("RUNNER_TEMP") or self.workspace
        return (self.workspace, outcome.folder(environ), temporary)

    def shown(self, path: str) -> str:
        """A path of the working directory as the repository has it."""
        absolute = os.path.join(self.directory, path)
        return os.path.relpath(absolute, self.workspace).replace(os.sep, "/")


def disclosed(environ: Mapping[str, str], *, asked: bool) -> bool:
    """Private repositories show everything; where it is not known, the repository counts as public."""
    from trivigil.github.event import read_event

    event = read_event(environ)
    return discloses(private=event.private if event else True, asked=asked)


def teller(
    settings: Common | None, environ: Mapping[str, str], console: Console
) -> Callable[[str], None]:
    """Where the words of a tool or of the application go: the log of a public repository is public too."""
    if disclosed(environ, asked=settings.disclose if settings else False):
        return console.say
    return lambda _: console.say(NOT_TOLD)


def refuse_privileged(key: str, environ: Mapping[str, str]) -> None:
    """Nothing of a pull request's code is started where the token may write."""
    from trivigil.github.event import read_event, refuses_run

    event = read_event(environ)
    reason = refuses_run(event) if event else None
    if reason:
        raise InputError(f"{reason}.", key=key)


def start(settings: Common, ground: Ground, environ: Mapping[str, str], console: Console) -> None:
    """Start the application, where there is one, and wait until it is healthy. A later step stops it."""
    from trivigil.cli import application, outcome

    stack = os.path.join(ground.output, "stack")
    if settings.start:
        refuse_privileged("start", environ)
        outcome.note_start(environ, stack)
    application.start(
        settings.start,
        settings.wait_for,
        directory=ground.directory,
        state=stack,
        environ=environ,
        say=console.say,
    )


def stop(environ: Mapping[str, str], console: Console) -> None:
    """Stop whatever was started in this use of the action."""
    from pathlib import Path

    from trivigil import stack
    from trivigil.cli import outcome

    for folder in outcome.started(environ):
        stack.stop(Path(folder), environ=environ, say=console.say)
