"""The languages of check files, and the checks of a folder.

A language is a module with `planned(file, bounds) -> tuple[Planned, ...]` and a line in TABLE; it raises InputError, with file,
line and column, for a file that it cannot read. The tests folder is read whole before anything is sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.monitor.planned import Bounds, Planned

from . import check_file, hurl_checks, python_checks, yaml_checks
from .check_file import CheckFile

if TYPE_CHECKING:
    from collections.abc import Iterable

Language = Callable[[CheckFile, Bounds], tuple[Planned, ...]]

TABLE: Final[dict[str, Language]] = {
    ".hurl": hurl_checks.planned,
    ".yml": yaml_checks.planned,
    ".yaml": yaml_checks.planned,
    "_check.py": python_checks.planned,
}
"""By how a file's name ends."""
MOST: Final = 2000
"""Check files in one folder."""
_SHOWN: Final = 10


class CheckFilesError(InputError):
    """Several things are wrong with the check files; it says all, the first one first."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__("; ".join(map(str, errors)))
        self.errors: Final = errors


class _File(NamedTuple):
    shown: str
    file: str
    name: str
    language: Language


def load(
    folder: str,
    bounds: Bounds,
    *,
    directory: str = ".",
    say: Callable[[str], None] = lambda _note: None,
) -> tuple[Planned, ...]:
    """The checks of all check files below `folder`, by path; `say` gets a note on what was left out.

    A relative `folder` starts at `directory`, as the paths that are shown do. Raises InputError: for a folder without a check, for
    check files that cannot be read and for two checks of one name (all of them at once). Dependencies are the runner's: it knows all checks.
    """
    root = os.path.join(directory, folder)
    if not os.path.isdir(root):
        tip = "Name the folder with the check files."
        raise InputError("there is no such tests folder.", path=printable(folder), tip=tip)
    found, others = _found(root, directory)
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        say(f"no check files, left out: {', '.join(others[:_SHOWN])}{more}")
    planned, errors = _read(found, os.path.realpath(root), bounds)
    errors += _same_names(planned)
    if errors:
        raise errors[0] if len(errors) == 1 else CheckFilesError(tuple(errors))
    if not planned:
        known = ", ".join(f"*{ending}" for ending in TABLE)
        tip = f"Put check files there: {known}."
        raise InputError("there is no check in the tests folder.", path=printable(folder), tip=tip)
    return tuple(planned)


def _found(root: str, directory: str) -> tuple[list[_File], list[str]]:
    """The check files by path, and the names of what is none. What begins with a dot or `__` is nobody's concern."""
    files: list[_File] = []
    others: list[str] = []
    for folder, folders, names in os.walk(root):
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        for name in sorted(names) + linked:
            if name.startswith((".", "__")):
                continue
            file = os.path.join(folder, name)
            shown = printable(os.path.relpath(file, directory).replace(os.sep, "/"))
            ending = next((each for each in TABLE if name.endswith(each)), None)
            if ending is None or name in linked:
                others.append(shown)
            else:
                files.append(_File(shown, file, os.path.splitext(name)[0], TABLE[ending]))
        if len(files) > MOST:
            raise InputError(f"there are more than {MOST} check files.", path=printable(root))
    return sorted(files, key=lambda each: each.shown), others


def _read(
    files: Iterable[_File], root: str, bounds: Bounds
) -> tuple[list[Planned], list[InputError]]:
    planned: list[Planned] = []
    errors: list[InputError] = []
    for each in files:
        try:
            file = check_file.read(each.shown, each.file, root, each.name)
            planned += each.language(file, bounds)
        except InputError as error:
            errors.append(error)
    return planned, errors


def _same_names(planned: Iterable[Planned]) -> Iterable[InputError]:
    first: dict[str, Planned] = {}
    for one in planned:
        earlier = first.setdefault(one.name, one)
        if earlier is not one:
            message = f"the name `{one.name}` is that of the check in {earlier.file} too."
            tip = "Give one of them another name."
            yield InputError(message, path=one.file, line=one.line, tip=tip)
