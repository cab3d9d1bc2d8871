"""Procfiles: one process a line, `name: command`; `#` starts a comment line.

The format is Heroku's ("The Procfile"), as foreman and honcho read it, with one comment of ours:

    # optional: redis worker
    # optional: proxy needs nginx

The processes of one such line start together or not at all: where a program of one of them, or one
that is named after `needs`, is not installed, all of them are skipped, and it is said. The program
of any other process must be there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable
from trivigil.stack.command import (
    Command,
    Place,
    find_program,
    missing_program,
    read_command,
)

SIZE_LIMIT = 64 * 1024
_PROCESS = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,63}):\s*(\S.*)")
_OPTIONAL = re.compile(r"#\s*optional:\s*(.*)")


class OptionalGroup(NamedTuple):
    """Processes that are skipped together where one of their programs is not installed."""

    names: tuple[str, ...]
    needs: tuple[str, ...]
    place: Place


class Procfile(NamedTuple):
    """What a Procfile says. All its processes run in `folder`, its own."""

    folder: Path
    commands: tuple[Command, ...]
    optional: tuple[OptionalGroup, ...]


class Skipped(NamedTuple):
    """Processes that do not start, and the programs that are not installed."""

    names: tuple[str, ...]
    missing: tuple[str, ...]


def read_procfile(path: Path, environ: Mapping[str, str]) -> Procfile:
    """Read a Procfile; its commands run in its folder. Raises InputError with the line."""
    commands: dict[str, Command] = {}
    optional: list[OptionalGroup] = []
    for number, line in enumerate(_lines(path), start=1):
        place = Place(str(path), number)
        if match := _OPTIONAL.fullmatch(line):
            optional.append(_optional(match[1], place))
        elif line and not line.startswith("#"):
            command = _command(line, path, environ, place)
            if command.name in commands:
                raise place.error(f"process {command.name} is there twice.", "Rename one of them.")
            commands[command.name] = command
    if not commands:
        raise InputError("no process in this Procfile.", path=str(path), tip=_FORM)
    _check_names(optional, commands)
    return Procfile(path.parent, tuple(commands.values()), tuple(optional))


def find_skipped(procfile: Procfile, environ: Mapping[str, str]) -> tuple[Skipped, ...]:
    """The optional processes that cannot start here."""
    commands = {command.name: command for command in procfile.commands}
    skipped = []
    for group in procfile.optional:
        own = [missing_program(commands[name], environ) for name in group.names]
        path = environ.get("PATH")
        needed = [
            program
            for program in group.needs
            if find_program(program, directory=procfile.folder, path=path) is None
        ]
        if missing := tuple(dict.fromkeys([*filter(None, own), *needed])):
            skipped.append(Skipped(group.names, missing))
    return tuple(skipped)


_FORM = "Write one process a line, as `name: command`."


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = printable(getattr(error, "strerror", None) or "it is not UTF-8 text")
        raise InputError(f"cannot be read: {reason}.", path=str(path), tip=_FORM) from None
    if len(content) > SIZE_LIMIT:
        raise InputError(f"is larger than {SIZE_LIMIT} bytes.", path=str(path), tip=_FORM)
    return [line.strip() for line in text.split("\n")]


def _command(line: str, path: Path, environ: Mapping[str, str], place: Place) -> Command:
    match = _PROCESS.fullmatch(line)
    if match is None:
        raise place.error(f"`{printable(line, 60)}` is not a process.", _FORM)
    return read_command(match[1], match[2], directory=path.parent, environ=environ, place=place)


def _optional(text: str, place: Place) -> OptionalGroup:
    names, _, needs = text.partition(" needs ")
    return OptionalGroup(tuple(names.split()), tuple(needs.split()), place)


def _check_names(optional: list[OptionalGroup], commands: Mapping[str, Command]) -> None:
    for group in optional:
        for name in group.names:
            if name not in commands:
                raise group.place.error(
                    f"no process is called {printable(name, 60)}.",
                    "Write: # optional: NAME ... [needs PROGRAM ...]",
                )
