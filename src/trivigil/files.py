"""Writing our own files: whole or not at all, under names that every system takes."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

SMALL: Final = 32 * 1024 * 1024


def write(path: str, text: str | Iterable[str]) -> None:
    """Write UTF-8 text, or the pieces of one, through a temporary sibling, so that a reader never sees half a file.

    Raises InputError where the place cannot be written.
    """
    folder = os.path.dirname(os.path.abspath(path))
    temporary = os.path.join(folder, f".trivigil-{os.getpid()}-{time.monotonic_ns()}")
    try:
        os.makedirs(folder, exist_ok=True)
        # Not tempfile: its imports (random, shutil, hashlib) cost more than the whole analysis.
        try:
            with open(temporary, "x", encoding="utf-8", newline="\n") as file:
                file.writelines([text] if isinstance(text, str) else text)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise InputError(
            f"it cannot be written: {error.strerror}.", path=printable(path)
        ) from error


def ready(path: str) -> None:
    """Find out, before long work is begun, that its outcome can be written there; nothing is made.

    Raises InputError where it cannot.
    """
    if os.path.isdir(path):
        raise InputError("it is a directory; name a file.", path=printable(path))
    folder = os.path.dirname(os.path.abspath(path))
    while not os.path.lexists(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)  # on Windows a drive need not be there
    if not os.path.isdir(folder):
        raise InputError("it cannot be written: Not a directory.", path=printable(path))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InputError("it cannot be written: Permission denied.", path=printable(path))


def read(path: str, *, shown: str | None = None, empty: bool = False, limit: int = SMALL) -> str:
    """The UTF-8 text of a file that a person or we wrote, a small one where no limit is given; `shown` is its name in errors.

    Raises InputError for a missing, empty (unless it may be), oversize or badly encoded file and for a folder.
    """
    shown = printable(shown or path)
    try:
        if os.path.isdir(path):
            raise InputError("it is a directory; name a file.", path=shown)
        with open(path, "rb") as file:
            # Not the limit alone: so much room is taken before anything is read.
            data = file.read(min(limit, max(os.fstat(file.fileno()).st_size, SMALL)) + 1)
    except FileNotFoundError:
        raise InputError("there is no such file.", path=shown) from None
    except OSError as error:
        raise InputError(f"it cannot be read: {error.strerror}.", path=shown) from error
    if (not data or data.isspace()) and not empty:
        raise InputError("the file is empty.", path=shown)
    if len(data) > limit:
        raise InputError(f"it is larger than {limit // 1048576} MiB.", path=shown)
    return _decoded(data, shown)


def _decoded(data: bytes, path: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("it is UTF-16; save it as UTF-8.", path=path, line=1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("it is not UTF-8; save it as UTF-8.", path=path, line=line) from None


def slug(name: str) -> str:
    """A name as part of a path, other for every name: where something is lost, a hash stands for it."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:60]
    if plain == name and not _HASHED.search(name):
        return plain
    from hashlib import sha256

    return f"{plain or 'x'}-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


_HASHED = re.compile(r"-[0-9a-f]{8}\Z")
