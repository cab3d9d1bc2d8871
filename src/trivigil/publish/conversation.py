"""The sticky comment, delivered: read, rebuild, write, read again, until nothing is left to change.

Every writer creates its check run first and then comes here. Who writes last reads all check runs
before and after writing, so the last text holds every section, whatever the overlap. Twins that a
race made are folded into the oldest. Without check runs the comment itself is all there is to merge
with, and two writers at the same moment may lose one section: best effort, and it says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.github.refusal import GONE, NOT_FOUND, Refused
from trivigil.publish import section as sections
from trivigil.publish.comment import Place, compose, is_ours
from trivigil.publish.comment import sections as sections_of
from trivigil.publish.hidden import normal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trivigil.github.client import Client
    from trivigil.github.records import CheckRun, Comment, Issue, Viewer
    from trivigil.publish.plan import CommentMode
    from trivigil.publish.section import Section

ROUNDS: Final = 5
"""One writes, one looks; more only where other writers come in between."""
BEST_EFFORT: Final = (
    "without check runs the comment's sections are merged as far as the comment shows them"
)


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
) -> Outcome:
    """Bring the comment up to date. `run` is the writer's own check run. Raises Refused."""
    conversation = _Conversation(client, place, own, run)
    reason = conversation.first() or conversation.needless(mode)
    if reason is not None:
        return Outcome(conversation.url, skipped=reason)
    return conversation.settle()


class _Conversation:
    """What is known of the comments while one writer works on them."""

    def __init__(self, client: Client, place: Place, own: Section, run: CheckRun | None) -> None:
        self._client = client
        self._place = place
        self._own = own
        self._run = run
        self._viewer: Viewer = client.viewer()
        self._ours: dict[int, Comment] = {}
        self._since: str | None = None
        self._shared: tuple[Section, ...] = ()
        self._notes: list[str] = [] if run is not None else [BEST_EFFORT]

    def first(self) -> str | None:
        """Read everything once; why the comment is not ours to change any more, or None.

        The pull request is asked last, so that little time lies between its answer and the write.
        """
        listed = self._client.list_comments(self._place.pull)
        self._since = just_before(listed)
        self._take(listed)
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
        known = sections.newest(*(sections_of(one.body) for one in self._ours.values()))
        before = next((section for section in known if section.name == self._own.name), None)
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
        written = False
        try:
            for _ in range(ROUNDS):
                if not self._write():
                    break
                written = True
                self._take(self._client.list_comments(self._place.pull, self._since))
                self._share()
        except Refused as refused:
            if not written:
                raise
            self._notes.append(f"the comment is written, but not checked again: {refused}")
        return Outcome(self.url, notes=tuple(self._notes))

    def _take(self, listed: Iterable[Comment]) -> None:
        fresh = (one for one in listed if is_ours(one, self._place, self._viewer))
        self._ours.update((one.id, one) for one in fresh)

    def _share(self) -> None:
        """Read the sections in the check runs of our own app on this commit."""
        if self._run is None:
            return
        found = self._client.list_check_runs(self._own.head_sha)
        self._shared = tuple(
            section
            for one in found
            if one.app_id == self._run.app_id and (section := sections.kept_in(one)) is not None
        )

    def _write(self) -> bool:
        """Make the oldest comment what it should be, and the only one; whether anything changed."""
        body = self._body()
        home = min(self._ours, default=None)
        if home is None:
            created = self._client.create_comment(self._place.pull, body, self._same_as(body))
            self._ours[created.id] = created
            return True
        twins = [one for one in self._ours if one != home]
        changed = normal(self._ours[home].body) != normal(body) and self._edit(home, body)
        for twin in twins:
            self._client.delete_comment(twin)
            del self._ours[twin]
        return changed or bool(twins)

    def _same_as(self, body: str) -> Callable[[Comment], bool]:
        """Recognises the comment whose creation was not answered."""
        wanted = normal(body)

        def same(one: Comment) -> bool:
            return normal(one.body) == wanted and is_ours(one, self._place, self._viewer)

        return same

    def _edit(self, home: int, body: str) -> bool:
        try:
            self._ours[home] = self._client.edit_comment(home, body)
        except Refused as refused:
            # Somebody deleted it, or another writer folded it into an older twin.
            if refused.status not in {NOT_FOUND, GONE}:
                raise
            del self._ours[home]
        return True

    def _body(self) -> str:
        shown = (sections_of(one.body) for one in self._ours.values())
        known = sections.newest((self._own,), self._shared, *shown)
        return compose(self._place, known, self._own.head_sha)


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
