"""What each commit of a data branch says about itself, in the last lines of its message.

The head's message alone tells how long the history is and since when, so that nobody has to count
commits, and names the latest writes, so that a writer whose answer was lost finds its own: also when
others have written since, and also when the history was squashed meanwhile.

    Trivigil-Store: 1 commits=57 since=1769860800
    Trivigil-Writes: 3f1c0d6a7b2e9f40 8a…
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from trivigil.core.untrusted import printable

REMEMBERED: Final = 40
"""Writes that a message names: more than happen while one writer waits for its answer."""
SUBJECT_CHARS: Final = 120

_STORE = re.compile(r"^Trivigil-Store: 1 commits=([0-9]{1,9}) since=([0-9]{1,12})$", re.MULTILINE)
_WRITES = re.compile(r"^Trivigil-Writes: ([0-9a-f]{16}(?: [0-9a-f]{16})*)$", re.MULTILINE)


class Ledger(NamedTuple):
    """The history up to one commit."""

    commits: int
    """How many commits it has; those of other tools are not counted."""
    since: int
    """When it began, in Unix seconds."""
    writes: tuple[str, ...] = ()
    """The ids of the latest writes, newest first."""

    def after(self, write: str) -> Ledger:
        """One commit more."""
        return Ledger(self.commits + 1, self.since, (write, *self.writes)[:REMEMBERED])

    def anew(self, now: int) -> Ledger:
        """The count begins again; the latest writes are still known."""
        return Ledger(0, now, self.writes)

    def message(self, subject: str) -> str:
        """A commit's message. No build service is to start because of it."""
        lines = [f"Trivigil-Store: 1 commits={self.commits} since={self.since}"]
        if self.writes:
            lines.append(f"Trivigil-Writes: {' '.join(self.writes)}")
        return "\n".join((printable(subject, SUBJECT_CHARS), "", "[skip ci]", "", *lines, ""))


def read(message: str) -> Ledger | None:
    """The ledger in a commit's message; None where the commit is not by a store."""
    stores = _STORE.findall(message)
    if not stores:
        return None
    writes = _WRITES.findall(message)
    commits, since = stores[-1]
    return Ledger(
        int(commits), int(since), tuple(writes[-1].split()[:REMEMBERED]) if writes else ()
    )
