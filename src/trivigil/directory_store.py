"""A store in a folder, for local use and for folders that a cache keeps.

The files lie as they are, for people to read. Beside them `.trivigil-store/` holds the lock, the
version, and while a change is made, its journal: new contents and the list of changes are written
first, then the journal gets its name (from here on the change is made, whatever happens), then the
contents are moved to their places. Whoever opens the folder next finishes what a journal lists. So a
process that dies at any moment leaves the old version or the new one.

The lock is the system's own (flock, on Windows LockFile), on a file that stays: the system takes it
from a process that ends, so none is ever stale, and no age has to be guessed.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from trivigil.core.store import (
    MAX_FILE_BYTES,
    Changes,
    Conflict,
    Store,
    StoreError,
    View,
    checked,
    checked_path,
    folders,
    in_the_way,
    is_path,
    too_large,
)
from trivigil.core.untrusted import printable

CONTROL: Final = ".trivigil-store"
WAIT_SECONDS: Final = 20.0
PAUSE_SECONDS: Final = 0.01


class DirectoryStore(Store):
    """A folder that several threads and processes of one machine may use at once."""

    def __init__(self, folder: str, *, wait: float = WAIT_SECONDS) -> None:
        self._root = os.path.abspath(folder)
        self._wait = wait

    def __repr__(self) -> str:
        return f"DirectoryStore({self._root!r})"

    def view(self) -> View:
        """The present version. Reading from it raises Conflict once somebody has written."""
        with self._opened():
            return _Version(self, self._head())

    def read(self, path: str) -> bytes | None:
        """A file's present content."""
        with self._opened():
            return self._read(path)

    def paths(self, prefix: str = "") -> list[str]:
        """All present paths that begin with the prefix; hidden files and links are none."""
        with self._opened():
            return self._paths(prefix)

    def write(self, changes: Changes, message: str, *, expected: str | None) -> str | None:  # noqa: ARG002 (the protocol has a message)
        """See `Store.write`; the message is for stores that keep a log."""
        with self._opened(writing=True):
            if self._head() != expected:
                raise Conflict("another writer has changed the store; read it again")
            return self._commit(checked(changes))

    def update(self, change: Callable[[View], Changes], message: str) -> str | None:  # noqa: ARG002 (likewise)
        """See `Store.update`; the lock is held meanwhile, so that one try is enough."""
        with self._opened(writing=True):
            return self._commit(checked(change(_Held(self, self._head()))))

    # --- under the lock ----------------------------------------------------------------------

    def _head(self) -> str | None:
        content = self._control("head")
        return content.decode("ascii", "replace") if content else None

    def _read(self, path: str) -> bytes | None:
        place = self._place(path)
        try:
            with open(place, "rb") as file:
                content = file.read(MAX_FILE_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        if len(content) > MAX_FILE_BYTES:
            raise too_large(path)
        return content

    def _paths(self, prefix: str) -> list[str]:
        found = []
        for folder, names, files in os.walk(self._root):
            names[:] = [name for name in names if is_path(name)]
            below = os.path.relpath(folder, self._root).replace(os.sep, "/")
            for name in files:
                path = name if below == "." else f"{below}/{name}"
                if is_path(path) and not os.path.islink(os.path.join(folder, name)):
                    found.append(path)
        return sorted(path for path in found if path.startswith(prefix))

    def _commit(self, changes: Changes) -> str | None:
        news = {path: new for path, new in changes.items() if new != self._read(path)}
        if not news:
            return self._head()
        for path, new in news.items():
            self._refuse_clash(path, new, news)
        head = os.urandom(16).hex()
        self._sweep()
        listed: dict[str, str | None] = {}
        for index, (path, new) in enumerate(news.items()):
            listed[path] = None if new is None else f"new-{index}"
            if new is not None:
                self._put(f"new-{index}", new)
        self._put("journal.part", json.dumps({"head": head, "changes": listed}).encode())
        os.replace(self._inside("journal.part"), self._inside("journal"))
        self._finish()
        return head

    def _refuse_clash(self, path: str, new: bytes | None, news: Changes) -> None:
        if new is None:
            return
        # What the same change deletes is not in the way; it goes first.
        if os.path.isdir(self._place(path)):
            below = self._paths(f"{path}/")
            if any(one not in news for one in below):
                raise in_the_way(path, path)
        for folder in folders(path):
            if os.path.isfile(self._place(folder)) and news.get(folder, b"") is not None:
                raise in_the_way(folder, path)

    def _finish(self) -> None:
        """Carry out what the journal lists, however often it was begun."""
        content = self._control("journal")
        if content is None:
            return
        head, changes = _journal(content)
        for path in (path for path, name in changes.items() if name is None):
            self._delete(path)
        for path, name in changes.items():
            if name is not None and os.path.exists(self._inside(name)):
                os.makedirs(os.path.dirname(self._place(path)), exist_ok=True)
                os.replace(self._inside(name), self._place(path))
        self._put("head.part", head.encode("ascii"))
        os.replace(self._inside("head.part"), self._inside("head"))
        os.unlink(self._inside("journal"))

    def _delete(self, path: str) -> None:
        if os.path.isfile(self._place(path)):  # else an earlier try has gone further
            os.unlink(self._place(path))
        for folder in reversed(folders(path)):
            with suppress(OSError):  # it still holds something
                os.rmdir(self._place(folder))

    def _sweep(self) -> None:
        """Remove what a change left that came to nothing."""
        for name in os.listdir(self._inside("")):
            if name.startswith("new-") or name.endswith(".part"):
                os.unlink(self._inside(name))

    def _place(self, path: str) -> str:
        """Where a path lies; raises StoreError where a link on the way could lead elsewhere."""
        checked_path(path)
        for part in (*folders(path), path):
            if os.path.islink(os.path.join(self._root, *part.split("/"))):
                raise StoreError("it is a link, which a store does not follow", path=part)
        return os.path.join(self._root, *path.split("/"))

    # --- our own files -----------------------------------------------------------------------

    def _inside(self, name: str) -> str:
        return os.path.join(self._root, CONTROL, name)

    def _control(self, name: str) -> bytes | None:
        try:
            with open(self._inside(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _put(self, name: str, content: bytes) -> None:
        with open(self._inside(name), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    # --- the lock ----------------------------------------------------------------------------

    @contextmanager
    def _opened(self, *, writing: bool = False) -> Iterator[None]:
        try:
            if os.path.islink(self._inside("").rstrip("/\\")):
                raise StoreError("it is a link, which a store does not follow", path=CONTROL)
            if writing:
                os.makedirs(self._inside(""), exist_ok=True)
            elif not os.path.isdir(self._inside("")):
                yield  # nobody has written with us: the files are as people put them there
                return
            with self._locked():
                yield
        except OSError as error:
            raise StoreError(
                f"the store cannot be used: {error.strerror or type(error).__name__}",
                path=printable(self._root),
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        descriptor = self._lock_file()
        try:
            until = time.monotonic() + self._wait
            while not _try_lock(descriptor):
                if time.monotonic() > until:
                    raise StoreError(
                        f"another process has held the store for {self._wait:.0f} s; "
                        "end it or try again",
                        path=printable(self._root),
                    )
                time.sleep(PAUSE_SECONDS)
            self._finish()
            yield
        finally:
            os.close(descriptor)  # and with it the lock

    def _lock_file(self) -> int:
        try:
            return os.open(self._inside("lock"), os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
                raise
            return os.open(self._inside("lock"), os.O_RDONLY)  # a folder that we may only read


class _Held:
    """The version under the lock that we hold."""

    def __init__(self, store: DirectoryStore, head: str | None) -> None:
        self._store = store
        self._version = head

    @property
    def head(self) -> str | None:
        return self._version

    def read(self, path: str) -> bytes | None:
        return self._store._read(path)  # noqa: SLF001 -- a part of the store

    def paths(self, prefix: str = "") -> list[str]:
        return self._store._paths(prefix)  # noqa: SLF001 -- likewise


class _Version(_Held):
    """A version that is read later: it is the same one, or an error."""

    def read(self, path: str) -> bytes | None:
        with self._still():
            return super().read(path)

    def paths(self, prefix: str = "") -> list[str]:
        with self._still():
            return super().paths(prefix)

    @contextmanager
    def _still(self) -> Iterator[None]:
        with self._store._opened():  # noqa: SLF001 -- likewise
            if self._store._head() != self.head:  # noqa: SLF001 -- likewise
                raise Conflict("another writer has changed the store; read it again")
            yield


def _journal(content: bytes) -> tuple[str, dict[str, str | None]]:
    """The version and the changes of a journal; a folder may come from anywhere, so it is checked."""
    try:
        data: Any = json.loads(content)
        changes = {checked_path(path): _own(name) for path, name in data["changes"].items()}
        return _own(data["head"]) or "", changes
    except (ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(
            "it is no journal of ours; delete the file to keep the store as it is",
            path=f"{CONTROL}/journal",
        ) from None


def _own(name: object) -> str | None:
    if name is not None and not (isinstance(name, str) and name.replace("-", "").isalnum()):
        raise ValueError("a name that we never give")
    return name


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
