"""A store on a branch of the repository, through GitHub's API alone: no checkout, no push.

Writing: blobs, a tree on the head's tree, a commit on the head, and the branch moves to it only if
that is a fast-forward. So of two writers that read the same head one wins, and the other reads again
and does its change anew; nothing is ever forced over what somebody else wrote. docs/store.md
has the reasoning, also for squashing.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.store import Changes, Conflict, Store, StoreError, View, checked
from trivigil.github import git_data, ledger
from trivigil.github.branch_view import BranchView, Objects
from trivigil.github.event import Permit
from trivigil.github.ledger import Ledger
from trivigil.github.refusal import Refused

if TYPE_CHECKING:
    from trivigil.github.client import Client

BRANCH: Final = "trivigil-data"
PERMISSION: Final = "contents: write"
CONFLICT, UNPROCESSABLE = 409, 422
FOREIGN_COMMITS: Final = 10
"""How far back the last commit of ours is looked for, where people have pushed to the branch."""
REFUSED_TRIES: Final = 3
"""How often a refusal of the branch's move is taken for a race without being one by its words."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(?:/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,3}")
# "Update is not a fast forward", "Reference already exists", "Reference does not exist".
_RACE = re.compile("fast.forward|already exists|does not exist", re.IGNORECASE)


class History(NamedTuple):
    """When a history is old: a new one with the same files takes its place."""

    commits: int = 500
    days: int = 90

    def is_old(self, past: Ledger, now: int) -> bool:
        """Whether the next commit begins a new history."""
        age = now - past.since
        return past.commits >= self.commits or (past.commits > 1 and age >= self.days * 86_400)


class Contention(NamedTuple):
    """How a writer behaves among others: tries, and the bounds of its random pauses in seconds.

    Forty writers that start together, with a second and a half from reading to writing, all come
    through with these within two minutes.
    """

    tries: int = 12
    pause: float = 2.0
    longest: float = 30.0


class BranchStore(Store):
    """A branch that many jobs write at once. Not for several threads of one process."""

    def __init__(
        self,
        client: Client,
        branch: str = BRANCH,
        *,
        permit: Permit = Permit(True),  # noqa: B008 -- immutable
        history: History = History(),  # noqa: B008 -- immutable
        contention: Contention = Contention(),  # noqa: B008 -- immutable
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not _NAME.fullmatch(branch) or branch.endswith((".lock", ".")) or ".." in branch:
            raise StoreError("the name of the data branch is not one that Git takes")
        self._client = client
        self._branch = branch
        self._permit = permit
        self._history = history
        self._contention = contention
        self._sleep = sleep
        self._clock = clock
        self._objects = Objects(client, self._error)
        self._seen: BranchView | None = None
        self.notes: list[str] = []
        """What went otherwise than planned without harm, a sentence each, for the log."""

    def __repr__(self) -> str:
        return f"BranchStore({self._branch!r})"

    def view(self) -> View:
        """The present version."""
        return self._look()

    def write(self, changes: Changes, message: str, *, expected: str | None) -> str | None:
        """See `Store.write`. A version is the commit's id."""
        self._may_write()
        seen = self._seen
        view = seen if seen is not None and seen.head == expected else self._look()
        if view.head != expected:
            raise self._conflict()
        attempt = _Write(message)
        try:
            return self._try(view, checked(changes), attempt)
        except _NotMoved as trouble:
            now = self._look()
            if attempt.landed(now):
                return attempt.version(now)
            # As long as the head is the same one, a call without an answer may still be carried out.
            if now.head == expected and (trouble.refused.unclear or not trouble.is_race):
                raise self._error(trouble.refused) from None
            raise self._conflict() from None

    def update(self, change: Callable[[View], Changes], message: str) -> str | None:
        """See `Store.update`."""
        self._may_write()
        attempt = _Write(message)
        for turn in range(self._contention.tries):
            view = self._look()
            if attempt.landed(view):
                return attempt.version(view)
            try:
                return self._try(view, checked(change(view)), attempt)
            except _NotMoved as trouble:
                if not trouble.is_race and turn + 1 >= REFUSED_TRIES:
                    raise self._error(trouble.refused) from None
            self._sleep(self._pause(turn))
        view = self._look()
        if attempt.landed(view):
            return attempt.version(view)
        raise self._conflict()

    # --- reading -----------------------------------------------------------------------------

    def _look(self) -> BranchView:
        try:
            head = git_data.branch_head(self._client, self._branch)
            past = self._past(head) if head else None
        except Refused as refused:
            raise self._error(refused) from None
        self._seen = BranchView(self._objects, head, past)
        return self._seen

    def _past(self, head: git_data.Commit) -> Ledger:
        """What the latest commit of ours says; people may have pushed since."""
        commit = head
        for _ in range(FOREIGN_COMMITS):
            found = ledger.read(commit.message)
            if found is not None:
                return found
            if not commit.parents:
                break
            commit = git_data.commit(self._client, commit.parents[0])
        return self._beginning()

    def _beginning(self) -> Ledger:
        return Ledger(0, int(self._clock()))

    # --- writing -----------------------------------------------------------------------------

    def _may_write(self) -> None:
        if not self._permit.allowed:
            raise StoreError(f"the data branch is not written: {self._permit.reason}")

    def _try(self, view: BranchView, changes: Changes, attempt: _Write) -> str | None:
        """One read-modify-write's second half. Raises _NotMoved where the branch did not move."""
        entries = view.entries(changes)
        if not entries:
            return view.head
        base = view.commit.tree if view.commit else None
        try:
            tree = git_data.create_tree(self._client, base, entries)
            made = self._publish(view, tree, attempt)
        except Refused as refused:
            raise self._error(refused) from None
        self._seen = made
        return made.head

    def _publish(self, view: BranchView, tree: str, attempt: _Write) -> BranchView:
        past, head = view.ledger, view.head
        if past is None or head is None:
            made = self._commit(attempt, tree, (), self._beginning())
            self._move(made, git_data.create_branch)
            return made
        old = self._history.is_old(past, int(self._clock()))
        if old:
            past = past.anew(int(self._clock()))
            root = self._commit(attempt, tree, (), past)
            if self._swapped(head, root):
                return root
        # Where the swap was refused, whatever for, the ordinary way decides, and a later commit
        # tries again.
        made = self._commit(attempt, tree, (head,), past)
        self._move(made, git_data.advance_branch)
        if old:
            self.notes.append(
                f"the old history of the branch {self._branch} stays: GitHub did not let it be "
                f"replaced; it is tried again after {self._history.commits} more commits"
            )
        return made

    def _commit(
        self, attempt: _Write, tree: str, parents: tuple[str, ...], past: Ledger
    ) -> BranchView:
        now = past.after(attempt.id)
        message = now.message(attempt.message)
        sha = git_data.create_commit(self._client, message, tree, parents)
        attempt.commits.append(sha)
        return BranchView(self._objects, git_data.Commit(sha, tree, message, parents), now)

    def _move(self, made: BranchView, move: Callable[[Client, str, str], None]) -> None:
        try:
            move(self._client, self._branch, str(made.head))
        except Refused as refused:
            if refused.unclear or refused.status in {CONFLICT, UNPROCESSABLE}:
                raise _NotMoved(refused) from None
            raise

    def _swapped(self, before: str, root: BranchView) -> bool:
        """Whether the new history took the old one's place; where that is unclear, it may have."""
        try:
            return git_data.swap_branch(self._client, self._branch, before, str(root.head))
        except Refused:
            return False

    # --- among others ------------------------------------------------------------------------

    def _pause(self, turn: int) -> float:
        """A random pause, on average longer from turn to turn, so that writers do not march in step."""
        longest = min(self._contention.pause * 2.0**turn, self._contention.longest)
        return longest * int.from_bytes(os.urandom(2), "big") / 0xFFFF

    def _conflict(self) -> Conflict:
        return Conflict(f"other writers have changed the branch {self._branch} in the meantime")

    def _error(self, refused: Refused) -> StoreError:
        known = "; it is not known whether it was done" if refused.unclear else ""
        advice = f"; add `{PERMISSION}` to the job's permissions" if refused.forbidden else ""
        return StoreError(f"the data branch {self._branch}: {refused.message}{known}{advice}")


class _Write:
    """One write, over all its tries: its id, and the commits that were made for it."""

    def __init__(self, message: str) -> None:
        self.id = os.urandom(8).hex()
        self.message = message
        self.commits: list[str] = []

    def landed(self, view: BranchView) -> bool:
        """Whether a try whose answer was lost was carried out after all."""
        return view.ledger is not None and self.id in view.ledger.writes

    def version(self, view: BranchView) -> str | None:
        """The version that the write made; others may have written since."""
        return view.head if view.head in self.commits else self.commits[-1]


class _NotMoved(Exception):
    """The branch did not move, or nobody knows."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.message)
        self.refused = refused

    @property
    def is_race(self) -> bool:
        """Whether the refusal speaks of other writers, or there was no answer at all."""
        refused = self.refused
        words = _RACE.search(refused.message) is not None
        return refused.unclear or refused.status == CONFLICT or words
