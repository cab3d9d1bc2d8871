"""The store that a setting names: the data branch, or a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.core.store import Store
    from trivigil.github.client import Client
    from trivigil.github.event import Event

BRANCH: Final = "branch"


def open_store(
    spec: str,
    *,
    event: Event | None = None,
    connect: Callable[[], Client] | None = None,
) -> Store:
    """The store of `branch` (trivigil-data), `branch:NAME`, or a folder's path.

    A folder of the name `branch` is `./branch`. `connect` gives the client for the branch; whether the event lets its token write is asked here,
    so that nothing is tried that cannot work. Raises InputError where the place needs GitHub and
    there is none, Refused where no connection can be made, StoreError for a name that is none.
    """
    kind, _, name = spec.partition(":")
    if kind != BRANCH:
        from trivigil.directory_store import DirectoryStore

        if not spec.strip():
            raise InputError("the store has no name; say `branch` or name a folder.")
        return DirectoryStore(spec)
    if event is None or connect is None:
        raise InputError(
            "the data branch needs GitHub; name a folder, or run it in a workflow.", key="store"
        )
    from trivigil.github.branch_store import BRANCH as DEFAULT
    from trivigil.github.branch_store import BranchStore
    from trivigil.github.event import writable

    return BranchStore(connect(), name or DEFAULT, permit=writable(event))
