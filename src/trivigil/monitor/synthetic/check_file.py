"""A check file as it lies in its folder, and the files beside it; nothing outside that folder is ever read."""

from __future__ import annotations

import os
import stat
from typing import Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

from .model import Place
from .problem import CheckFileError

LARGEST: Final = 1024 * 1024
"""Bytes of a check file."""
LARGEST_BESIDE: Final = 8 * 1024 * 1024
"""Bytes of a file that a check sends or expects."""


class CheckFile(NamedTuple):
    """One file of the tests folder."""

    path: str
    """As it is shown: relative to the working directory, with `/`."""
    file: str
    """Where it is."""
    root: str
    """The tests folder, links followed: the fence."""
    name: str
    """The stem: what its check is called."""
    text: str

    def __repr__(self) -> str:
        return f"<CheckFile {self.path}>"

    def beside(self, name: str) -> bytes:
        """The bytes of a file named in the check, from its own folder on. Raises OSError for one outside the tests folder."""
        if os.path.isabs(name) or "\0" in name:
            raise PermissionError
        return _bytes(os.path.join(os.path.dirname(self.file), name), self.root, LARGEST_BESIDE)


def read(path: str, file: str, root: str, name: str) -> CheckFile:
    """The file with its text. Raises InputError, with its place, for one that cannot be used."""
    try:
        data = _bytes(file, root, LARGEST)
    except PermissionError:
        raise InputError(
            "leads out of the tests folder, or may not be read.",
            path=path,
            tip="Put the file itself there.",
        ) from None
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}.", path=path) from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8").rpartition("\n")
        place = Place(data.count(b"\n", 0, error.start) + 1, len(good[2]) + 1)
        raise CheckFileError("expected UTF-8", path=path, place=place) from None
    return CheckFile(path, file, root, printable(name, 200), text)


def _bytes(file: str, root: str, limit: int) -> bytes:
    """Raises OSError; PermissionError for what lies outside `root`, links followed."""
    real = os.path.realpath(file)
    if os.path.commonpath((real, root)) != root:
        raise PermissionError
    found = os.stat(real)
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is no regular file")
    with open(real, "rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise OSError(f"it has more than {limit} bytes")
    return data
