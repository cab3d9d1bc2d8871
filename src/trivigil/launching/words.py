"""Command lines that users write: split as a shell would split them, and no shell sees them."""

from __future__ import annotations

import os
import shlex
import shutil
from typing import TYPE_CHECKING

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


def words(line: str, key: str = "command") -> tuple[str, ...]:
    """A line as words. Raises InputError where a quotation does not end, or there is none."""
    try:
        split = tuple(shlex.split(line, comments=False))
    except ValueError as error:
        raise InputError(f"it cannot be split into words: {error}.", key=key) from error
    if not split:
        raise InputError("a program and its arguments were expected.", key=key)
    return split


def find(line: Sequence[str], directory: str, path: str | None) -> str:
    """The program: a file relative to the folder, or one on PATH. Raises InputError where there is none."""
    name = line[0]
    near = os.path.join(directory, name)
    found = near if os.path.dirname(name) and os.access(near, os.X_OK) else None
    found = found or shutil.which(name, path=path)
    if found is None:
        raise InputError(f"there is no program `{printable(name, 80)}`.", key="command")
    return found
