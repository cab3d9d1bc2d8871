"""One command line as a program and its arguments, without a shell.

What a shell would do and this does not is refused by name, so that nobody passes `&&` to a program.
Two things are kept because Procfiles need them: leading `NAME=value` words, and `${NAME}` and
`${NAME:-default}`, replaced after the line is split, so that a value never becomes two words.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_OF_A_SHELL = re.compile(r"&&|\|\|?|;|&|\d*[<>].*", re.DOTALL)


class Place(NamedTuple):
    """Where a command line stands, for errors about it."""

    path: str | None = None
    line: int | None = None
    key: str | None = None

    def error(self, message: str, tip: str) -> InputError:
        """An InputError at this place."""
        return InputError(message, path=self.path, line=self.line, key=self.key, tip=tip)


class Command(NamedTuple):
    """A named program to start: its words, what it adds to its environment, where it runs."""

    name: str
    words: tuple[str, ...]
    added: tuple[tuple[str, str], ...]
    directory: Path
    place: Place


def read_command(
    name: str, text: str, *, directory: Path, environ: Mapping[str, str], place: Place
) -> Command:
    """Split one command line. Raises InputError where it is no single command."""
    words = [_replaced(word, environ, place) for word in _split(text, place)]
    added: list[tuple[str, str]] = []
    while words and (match := _ASSIGNMENT.fullmatch(words[0])):
        added.append((match[1], match[2]))
        words.pop(0)
    if not words:
        raise place.error("there is no program in this command.", "Write: program argument ...")
    return Command(name, tuple(words), tuple(added), directory, place)


def find_program(program: str, *, directory: Path, path: str | None) -> str | None:
    """The absolute path of a program, None where it is not found or not executable.

    A name with a slash is relative to `directory`, any other is looked up on `path`.
    """
    if "/" in program:
        return shutil.which(str((directory / program).absolute()))
    found = shutil.which(program, path=path or os.defpath)
    return str(Path(found).absolute()) if found else None


def missing_program(command: Command, environ: Mapping[str, str]) -> str | None:
    """The name of the command's program where it is not installed, else None."""
    program = command.words[0]
    path = (dict(environ) | dict(command.added)).get("PATH")
    return None if find_program(program, directory=command.directory, path=path) else program


def _split(text: str, place: Place) -> list[str]:
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise place.error(
            f"the command cannot be split into words: {str(error).lower()}.",
            "Close the quotation, or escape the quotation mark with a backslash.",
        ) from None
    for word in words:
        if _OF_A_SHELL.fullmatch(word):
            raise place.error(
                f"`{printable(word, 40)}` is for a shell, and no shell reads this command.",
                "Put the commands into a script and start that, or write: bash -c '...'.",
            )
    return words


def _replaced(word: str, environ: Mapping[str, str], place: Place) -> str:
    def value(match: re.Match[str]) -> str:
        found = environ.get(match[1])
        if not found and match[2] is not None:
            return match[2]
        if found is None:
            raise place.error(
                f"the command needs ${{{match[1]}}}, and the environment has no such variable.",
                f"Set it, or give a default: ${{{match[1]}:-value}}.",
            )
        return found

    return _REFERENCE.sub(value, word)
