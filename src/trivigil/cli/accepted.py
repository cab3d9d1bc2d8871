"""What is accepted, and by which version of the suppressions file.

A pull request cannot silence itself: there the file counts as the base branch has it, and what its own would accept more is
only said. Where the base branch's file is not known, nothing is accepted, and the report says so.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from trivigil import files
from trivigil.cli import base_file
from trivigil.core.errors import InputError
from trivigil.security import suppressions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.cli.base_file import Found
    from trivigil.cli.ground import Ground
    from trivigil.config import Security
    from trivigil.security.analysis import Context
    from trivigil.security.suppressions import Entry


class Accepted(NamedTuple):
    """Entries that count, entries that a pull request would like to count, and what is to be said."""

    path: str
    """The file, as the repository has it."""
    entries: tuple[Entry, ...] = ()
    proposed: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    commit: str | None = None
    """Whose file it is, where that is not the checkout."""

    def applied(self, context: Context) -> Context:
        """The context in which this counts."""
        return context._replace(
            entries=self.entries,
            suppressions=self.path,
            suppressions_commit=self.commit,
            proposed=self.proposed,
            notes=self.notes,
        )


def of(settings: Security, ground: Ground, environ: Mapping[str, str]) -> Accepted:
    """What counts for this run. Raises InputError for a file of the checkout that counts and is wrong."""
    from trivigil.github.event import read_event

    event = read_event(environ)
    path = base_file.located(settings, ground)
    if event is None or event.base_sha is None:
        needed = bool(settings.suppressions)
        return Accepted(path, _of_checkout(ground.workspace, path, needed=needed))
    found = base_file.known(ground.workspace, path, event.base_sha, environ)
    return _of_base(found, ground.workspace, path, event.base_sha)


def by_base(path: str, environ: Mapping[str, str]) -> Accepted | None:
    """What counts for a command in a pull request's run; None in any other, and for a file that is not in the workspace."""
    from trivigil.github.event import read_event

    event = read_event(environ)
    if event is None or event.base_sha is None:
        return None
    workspace = os.path.realpath(environ.get("GITHUB_WORKSPACE") or os.getcwd())
    # The folder's links are followed and the file's own is not: a change may have made it one.
    folder, name = os.path.split(os.path.abspath(path))
    shown = os.path.relpath(os.path.join(os.path.realpath(folder), name), workspace)
    shown = shown.replace(os.sep, "/")
    if shown.startswith("../") or os.path.isabs(shown):
        return None
    found = base_file.known(workspace, shown, event.base_sha, environ)
    return _of_base(found, workspace, shown, event.base_sha)


def _of_checkout(workspace: str, path: str, *, needed: bool) -> tuple[Entry, ...]:
    place = os.path.join(workspace, path)
    if not needed and not os.path.isfile(place):
        return ()
    return suppressions.read(files.read(place, shown=path), path)


def _of_base(found: Found, workspace: str, path: str, commit: str) -> Accepted:
    entries: tuple[Entry, ...] = ()
    proposed: tuple[Entry, ...] = ()
    notes = []
    try:
        entries = _entries(found, path)
    except InputError as error:
        told = f"{path} of the base branch ({commit[:12]}) cannot be used"
        notes.append(f"Nothing is accepted, because {told}: {error}")
    try:
        proposed = _of_checkout(workspace, path, needed=False)
    except InputError as error:
        notes.append(f"The change's own {path}, which counts when it is merged, is wrong: {error}")
    return Accepted(path, entries, proposed, tuple(notes), commit)


def _entries(found: Found, path: str) -> tuple[Entry, ...]:
    if found.unknown is not None:
        raise InputError(f"{found.unknown}.")
    return () if found.text is None else suppressions.read(found.text, path)
