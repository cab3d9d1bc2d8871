"""The sticky comment, delivered: read, rebuild, write, read again, until nothing is left to change.

Every writer creates its check run first and then comes here. Who writes last reads all check runs
before and after writing, so the last text holds every section, whatever the overlap. Twins that a
race made are folded into the oldest. Without check runs the comment itself is all there is to merge
with, and two writers at the same moment may lose one section: best effort, and it says so.

Where the comment is to be written anew, the one to write is the oldest that knows of this commit: the
first watch of a commit makes it, at the end of the thread, the others join it, and what is older goes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.github.client import MOST_CHECK_RUNS
from trivigil.github.refusal import GONE, NOT_FOUND, Refused
from trivigil.publish import section as sections
from trivigil.publish.comment import Place, compose, is_ours, outdated
from trivigil.publish.comment import sections as sections_of
from trivigil.publish.hidden import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trivigil.github.client import Client
    from trivigil.github.records import CheckRun, Comment, Issue, Viewer
    from trivigil.publish.plan import CommentMode, Recreate
    from trivigil.publish.section import Section

ROUNDS: Final = 5
"""One writes, one looks; more only where other writers come in between."""
BEST_EFFORT: Final = (
    "without check runs the comment's sections are merged as far as the comment shows them"
)
MANY_CHECK_RUNS: Final = (
    f"the commit has {MOST_CHECK_RUNS:,} check runs or more: the sections of the older ones are taken "
    "from the comment"
)


class Thread(NamedTuple):
    """Our comments as they were found before anything was written."""

    viewer: Viewer
    ours: tuple[Comment, ...]
    since: str | None
    """From when on a second listing is of interest; None: from ever."""


class Outcome(NamedTuple):
    """Where the comment is; `skipped` says why it was left alone, `notes` what is to be told."""

    url: str | None
    skipped: str | None = None
    notes: tuple[str, ...] = ()


def publish(
    client: Client,
    place: Place,
    own: Section,
    run: CheckRun | None,
    mode: CommentMode = "always",
    recreate: Recreate = "false",
    thread: Thread | None = None,
) -> Outcome:
    """Bring the comment up to date. `run` is the writer's own check run. Raises Refused.

    `thread` is what `read` has found a moment ago; without it the comments are read here.
    """
    found = thread or read(client, place)
    conversation = _Conversation(client, place, own, run, found, recreate)
    reason = conversation.first() or conversation.needless(mode)
    if reason is not None:
        return Outcome(conversation.url, skipped=reason)
    return conversation.settle()


def read(client: Client, place: Place) -> Thread:
    """Read all comments once. Raises Refused."""
    viewer = client.viewer()
    listed = client.list_comments(place.pull)
    ours = (one for one in listed if is_ours(one, place, viewer))
    return Thread(viewer, tuple(ours), just_before(listed))


def last(thread: Thread, name: str) -> Section | None:
    """What the comments say of a watch's last run, or None."""
    known = sections.newest(*(sections_of(one.body) for one in thread.ours))
    return next((section for section in known if section.name == name), None)


class _Conversation:
    """What is known of the comments while one writer works on them."""

    def __init__(
        self,
        client: Client,
        place: Place,
        own: Section,
        run: CheckRun | None,
        thread: Thread,
        recreate: Recreate,
    ) -> None:
        self._client = client
        self._place = place
        self._own = own
        self._run = run
        self._thread = thread
        self._recreate = recreate
        self._ours = {one.id: one for one in thread.ours}
        self._shared: tuple[Section, ...] = ()
        self._notes: list[str] = [] if run is not None else [BEST_EFFORT]
        self._written = False

    def first(self) -> str | None:
        """Read what else there is; why the comment is not ours to change any more, or None.

        The pull request is asked last, so that little time lies between its answer and the write.
        """
        self._share()
        head = self._client.pull(self._place.pull).head_sha
        if head == self._own.head_sha:
            return None
        return (
            f"this run is about commit {self._own.head_sha[:12]}, "
            f"and the pull request has moved on to {head[:12]}"
        )

    def needless(self, mode: CommentMode) -> str | None:
        """Why the mode wants nothing written now, None where it wants it."""
        before = last(self._thread, self._own.name)
        if mode == "on-failure" and not self._ours and self._own.verdict != "failure":
            return "comment-mode is on-failure, and nothing failed"
        if mode == "on-change" and before is not None and sections.says_the_same(before, self._own):
            return f"comment-mode is on-change, and nothing changed since {before.head_sha[:12]}"
        return None

    @property
    def url(self) -> str | None:
        """Where our comment is, if there is one."""
        home = min(self._ours, default=None)
        return self._ours[home].url if home is not None else None

    def settle(self) -> Outcome:
        """Write and look again until nothing changes."""
        try:
            for _ in range(ROUNDS):
                if not self._write():
                    break
                self._take(self._client.list_comments(self._place.pull, self._thread.since))
                self._share()
        except Refused as refused:
            if not self._written:
                raise
            self._notes.append(f"the comment is written, but not checked again: {refused}")
        return Outcome(self.url, notes=tuple(self._notes))

    def _take(self, listed: Iterable[Comment]) -> None:
        for one in listed:
            if is_ours(one, self._place, self._thread.viewer):
                self._ours[one.id] = one
            else:  # another writer has hidden it meanwhile
                self._ours.pop(one.id, None)

    def _share(self) -> None:
        """Read the sections in the check runs of our own app on this commit."""
        if self._run is None:
            return
        found = self._client.list_check_runs(self._own.head_sha, app_id=self._run.app_id)
        if len(found) >= MOST_CHECK_RUNS and MANY_CHECK_RUNS not in self._notes:
            self._notes.append(MANY_CHECK_RUNS)
        self._shared = tuple(
            section
            for one in found
            if one.app_id == self._run.app_id and (section := kept_in(one)) is not None
        )

    def _write(self) -> bool:
        """Make one comment what it should be, and the only one; whether anything changed."""
        body = self._body()
        home = self._home()
        if home is None:
            created = self._client.create_comment(self._place.pull, body, self._same_as(body))
            self._ours[created.id] = created
            home, changed = created.id, True
        else:
            changed = normal(self._ours[home].body) != normal(body)
            if changed and not self._edit(home, body):
                return True
        self._written = self._written or changed
        others = [one for one in self._ours if one != home]
        for one in others:
            self._put_away(one)
        return changed or bool(others)

    def _home(self) -> int | None:
        """The comment to write: the oldest, or the oldest that knows of this commit."""
        if self._recreate == "false":
            return min(self._ours, default=None)
        return min((one for one in self._ours if self._is_fresh(one)), default=None)

    def _is_fresh(self, comment: int) -> bool:
        """Whether any watch has written about this commit there."""
        found = sections_of(self._ours[comment].body)
        return any(section.head_sha == self._own.head_sha for section in found)

    def _put_away(self, comment: int) -> None:
        """Delete a twin, or what is outdated; or hide the latter, where that is wanted."""
        if self._recreate == "hide" and not self._is_fresh(comment):
            self._hide(self._ours[comment])
        else:
            self._client.delete_comment(comment)
        self._ours.pop(comment, None)

    def _hide(self, comment: Comment) -> None:
        """Fold it away; first its marker says that it is not to be written any more."""
        if not self._edit(comment.id, outdated(comment.body)):
            return
        try:
            if self._client.minimize_comment(comment.node_id):
                return
            reason = "GitHub refused"
        except Refused as refused:
            reason = refused.message
        self._notes.append(f"the outdated comment is marked as such, but not hidden: {reason}")

    def _same_as(self, body: str) -> Callable[[Comment], bool]:
        """Recognises the comment whose creation was not answered."""
        wanted = normal(body)

        def same(one: Comment) -> bool:
            return normal(one.body) == wanted and is_ours(one, self._place, self._thread.viewer)

        return same

    def _edit(self, home: int, body: str) -> bool:
        """Change a comment's text; False where it is gone."""
        try:
            self._ours[home] = self._client.edit_comment(home, body)
        except Refused as refused:
            # Somebody deleted it, or another writer folded it into another.
            if refused.status not in {NOT_FOUND, GONE}:
                raise
            del self._ours[home]
            return False
        return True

    def _body(self) -> str:
        shown = (sections_of(one.body) for one in self._ours.values())
        known = sections.newest((self._own,), self._shared, *shown)
        return compose(self._place, known, self._own.head_sha)


def kept_in(run: CheckRun) -> Section | None:
    """The section that a check run keeps, where it is bound to this check run."""
    found = sections.decode(run.text)
    if found is None or run.external_id != sections.identity(found.name):
        return None
    return found if found.head_sha == run.head_sha else None


def just_before(listed: Iterable[Comment] | Iterable[Issue]) -> str | None:
    """From when on a second listing is of interest, by the server's own clock; None: from ever.

    A second listing need not walk through all pages: what a race adds has changed since the first.
    """
    latest = max((one.updated_at for one in listed), default="")
    try:
        moment = datetime.fromisoformat(latest) - timedelta(seconds=2)
    except ValueError:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
