"""Where the monitor's memory is kept between runs: hidden in an issue of its own, or a file of a store.

    recollect   read it, from the first home that has it
    keep        write it, where nobody else has written since; False is "somebody has"

GitHub has no conditional write for issues, so who has to be sure (because people are about to be told) looks again after a
moment: of two writers the last one finds its own text, and the other one gives way.
"""

from __future__ import annotations

import re
import time
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from trivigil import files
from trivigil.core.store import Conflict, StoreError
from trivigil.core.untrusted import printable
from trivigil.github import issues
from trivigil.github.refusal import Refused
from trivigil.monitor import memory as memories
from trivigil.publish import hidden
from trivigil.publish.comment import BETWEEN, MAX_CHARS
from trivigil.publish.hidden import normal
from trivigil.publish.issue import TITLE_CHARS
from trivigil.render.escape import inline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.core.store import Store
    from trivigil.github.client import Client
    from trivigil.github.records import Issue, Viewer
    from trivigil.monitor.memory import Memory

PAUSE_SECONDS: Final = 2.0
"""How long another writer may be between its reading and its writing and still be noticed."""
TRIES: Final = 5
"""A store may be written by others at the same moment, each to a file of their own."""

_MARKER = re.compile(r"<!-- trivigil:monitor-memory:1 (\{[^\n]{0,4000}\}) -->(?:\n|\Z)")
_STATE = re.compile(r"<!-- trivigil:monitor-state:1 ([A-Za-z0-9+/=]{1,60000}) -->")


class Home(Protocol):
    """One place. Both methods raise Refused or StoreError where it cannot be used."""

    title: str
    """What it is called in a sentence."""

    def load(self) -> str | None:
        """The text that is there; None where nothing is."""
        ...

    def keep(self, text: str, *, sure: bool) -> bool:
        """Write over what `load` has read; False, and nothing, where that is no longer there."""
        ...


class Recollection(NamedTuple):
    """What is remembered, and where it is kept."""

    memory: Memory | None
    lost: str | None
    """Why nothing is remembered, as a clause; None where something is."""
    homes: tuple[Home, ...]
    """Where it may be kept, the best first."""


def recollect(homes: Sequence[Home], watch: str) -> Recollection:
    """The memory of the first home that has one; that home is then the only one."""
    lost, usable = "there is no memory of earlier runs", []
    for home in homes:
        try:
            text = home.load()
        except (Refused, StoreError) as refused:
            lost = f"the memory of earlier runs could not be read from {home.title} ({_short(refused)})"
            continue
        usable.append(home)
        if text is None:
            continue
        try:
            return Recollection(memories.load(text, watch), None, (home,))
        except memories.Unreadable as unreadable:
            return Recollection(None, str(unreadable), (home,))
    return Recollection(None, lost, tuple(usable))


def keep(homes: Sequence[Home], memory: Memory, *, sure: bool) -> tuple[Home | None, str | None]:
    """Keep a memory in the first home that takes it.

    That home, or None where somebody else has written meanwhile (no reason) or where no home takes it (the reason, as a clause).
    """
    reason = "there is no place for it"
    for home in homes:
        try:
            return (home, None) if home.keep(memories.dump(memory), sure=sure) else (None, None)
        except (Refused, StoreError) as refused:
            reason = f"{home.title} refuses it ({_short(refused)})"
    return None, f"nothing can be remembered from run to run: {reason}"


def _short(refused: Exception) -> str:
    return printable(str(refused), 200).rstrip(".")


# --- a file of a store -------------------------------------------------------------------------


class StoreHome:
    """A file on the data branch, or in a folder."""

    def __init__(self, store: Store, watch: str, title: str) -> None:
        self.title = title
        self._store = store
        self._found: bytes | None = None
        mark = sha256(watch.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        self._path: Final = f"monitor/{files.slug(watch)}-{mark}.json"

    def load(self) -> str | None:
        """The file's text; what is no UTF-8 is a text all the same, and no memory."""
        self._found = self._store.read(self._path)
        return None if self._found is None else self._found.decode("utf-8", "replace")

    def keep(self, text: str, *, sure: bool) -> bool:  # noqa: ARG002 -- a store is always sure
        """Compare and swap; a change elsewhere in the store is none here."""
        for _ in range(TRIES):
            try:
                view = self._store.view()
                if view.read(self._path) != self._found:
                    return False
                self._store.write({self._path: text.encode()}, "Monitor", expected=view.head)
            except Conflict:
                continue
            self._found = text.encode()
            return True
        return False


# --- an issue ----------------------------------------------------------------------------------


class IssueHome:
    """An issue of ours that is closed as soon as it is opened, found by our own marker."""

    title = "its issue"

    def __init__(
        self,
        connect: Callable[[], Client],
        watch: str,
        repository: str,
        *,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connect = connect
        self._mark: Final[dict[str, object]] = {"repository": repository, "watch": watch}
        self._watch = watch
        self._wait = wait
        self._number: int | None = None
        self._found: str | None = None

    def load(self) -> str | None:
        """The text in the oldest issue of ours about this watch."""
        client = self._connect()
        viewer = client.viewer()
        found = self._ours(issues.listed(client, viewer.login), viewer)
        self._number = found.number if found else None
        self._found = _packed(found) if found else None
        return _text(self._found)

    def keep(self, text: str, *, sure: bool) -> bool:
        """Write the body; with `sure` look again after a moment whether it is still ours."""
        client, packed = self._connect(), hidden.pack(text)
        body = self._body(packed)
        if len(body) > MAX_CHARS:
            raise StoreError("the memory is too large for an issue")
        if self._number is None:
            self._number = self._opened(client, body)
        else:
            if _packed(issues.read(client, self._number)) != self._found:
                return False
            issues.update(client, self._number, {"body": body})
        self._found = packed
        if not sure:
            return True
        self._wait(PAUSE_SECONDS)
        viewer = client.viewer()
        now = self._ours(issues.listed(client, viewer.login), viewer)
        return now is not None and (now.number, _packed(now)) == (self._number, packed)

    def _opened(self, client: Client, body: str) -> int:
        viewer = client.viewer()
        named = printable(self._watch, TITLE_CHARS - 40)
        made = issues.create(
            client,
            {"title": f"Trivigil remembers: {named}", "body": body},
            lambda: self._ours(issues.listed(client, viewer.login), viewer),
        ).issue
        issues.update(client, made.number, {"state": "closed", "state_reason": "completed"})
        return made.number

    def _ours(self, listed: Sequence[Issue], viewer: Viewer) -> Issue | None:
        """The oldest, so that of two that a race has made everybody takes the same one."""
        mine = [one for one in listed if viewer.wrote(one.author, one.author_id)]
        return next((one for one in mine if self._is_ours(one.body)), None)

    def _is_ours(self, body: str) -> bool:
        match = _MARKER.match(normal(body))
        return match is not None and hidden.parsed(match[1]) == self._mark

    def _body(self, packed: str) -> str:
        told = (
            f"Between two runs, the monitor {inline(self._watch)} keeps here what it has seen: how often each check failed or "
            "held in a row, and who was told of it. It is closed because there is nothing to do; please leave it as it is. "
            "Deleted, it is made again, and the next failure is told at once."
        )
        state = f"<!-- trivigil:monitor-state:1 {packed} -->"
        return BETWEEN.join((hidden.marker("monitor-memory:1", self._mark), told, state))


def _packed(issue: Issue) -> str:
    """The packed state in an issue's body; empty where there is none."""
    found = _STATE.findall(normal(issue.body))
    return found[-1] if found else ""


def _text(packed: str | None) -> str | None:
    if packed is None:
        return None
    text = hidden.unpack(packed) if packed else None
    return text if isinstance(text, str) else ""
