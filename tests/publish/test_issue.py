"""An issue as text: bounds, markers, state."""

from __future__ import annotations

from typing import Any

import pytest

from trivigil.core.incident import Incident
from trivigil.github.event import Event
from trivigil.github.records import Comment, Viewer
from trivigil.github.records import issue as issue_of
from trivigil.publish import hidden, prepare
from trivigil.publish.comment import MAX_BYTES, MAX_CHARS
from trivigil.publish.issue import (
    MOST_ENTRIES,
    MOST_FAILING,
    Draft,
    State,
    Wishes,
    accepted_until,
    compose,
    first,
    incidents_of,
    is_about,
    on_default_branch,
    opening,
    state_in,
    title,
    turn_comment,
    turn_of,
    turned,
    updated,
)
from trivigil.publish.section import decode, encode, from_meta, meta

from .scene import CHECKOUT, finding, held, whole

NIGHT = Event(
    name="schedule", repository="octo/shop", actor="octocat", sha="a" * 40, head_sha="a" * 40,
    base_sha=None, ref="refs/heads/main", pull_number=None, is_fork=False, is_dependabot=False,
    private=False, run_id=42, run_number=1, run_attempt=1, workflow="ci", job="test",
    server_url="https://github.com", api_url="https://api.github.com",
    graphql_url="https://api.github.com/graphql", event_path=None, default_branch="main",
)  # fmt: skip
BOT = Viewer("github-actions[bot]", 41898282)


def draft(count: int = 1, **facts: Any) -> Draft:
    told = whole(tuple(finding(index) for index in range(count)))
    [own] = prepare(told, NIGHT, CHECKOUT).issues
    return own._replace(**facts)


def shown(body: str, **facts: Any) -> Any:
    """An issue of the bot's as GitHub gives it back."""
    data = {"id": 1, "number": 3, "title": "t", "body": body, "state": "open"}
    return issue_of({**data, "user": {"login": BOT.login, "id": BOT.id}, **facts})


def said(body: str, association: str = "MEMBER") -> Comment:
    return Comment(1, body, "hubot", 5, "2026-01-31T12:00:00Z", "https://github.com", association)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        pytest.param(2000, None, id="thousands of failures"),
        pytest.param(1, "🦊" * 40_000, id="two units a character"),
        pytest.param(1, "ж" * 64_000, id="two bytes a character"),
    ],
)
def test_it_fits(count: int, text: str | None) -> None:
    """A body fits into GitHub's limits whatever is to be told, and still ends with its state."""
    own = draft(count)
    if text is not None:
        own = own._replace(section=own.section._replace(texts=(text,)))
    full = first(own)
    for _ in range(50):
        full = turned(full, own, "reopened")
    body = compose(own, full)
    assert len(body.encode("utf-16-le")) // 2 <= MAX_CHARS
    assert len(body.encode()) <= MAX_BYTES
    assert state_in(body) == full
    assert len(full.failing) == min(count, MOST_FAILING)
    assert (full.turn, len(full.history)) == (51, MOST_ENTRIES)
    assert is_about(shown(body), own.subject, BOT)


def test_the_state_comes_back() -> None:
    """What is written is read again, also with other line ends and white space at the end."""
    own = draft()
    state = updated(turned(first(own), own, "closed"), own)
    assert state_in(compose(own, state).replace("\n", "\r\n") + "  \n") == state


EMPTY = State(0, 0, (), False, 0, ())


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([], id="a list"),
        pytest.param({}, id="nothing"),
        pytest.param({"run_id": "1"}, id="text for a number"),
        pytest.param({"run_id": True, "run_attempt": 1, "turn": 1, "failing": [], "history": []},
                     id="true for a number"),
        pytest.param({"run_id": 1, "run_attempt": 1, "turn": 1, "failing": ["x" * 65], "history": []},
                     id="a mark that is too long"),
        pytest.param({"run_id": 1, "run_attempt": 1, "turn": 1, "failing": [1], "history": []},
                     id="a mark that is no text"),
        pytest.param({"run_id": 1, "run_attempt": 1, "turn": 1, "failing": [], "history": {}},
                     id="a history that is no list"),
    ],
)  # fmt: skip
def test_a_state_of_another_shape(data: Any) -> None:
    """State that we would not write is as good as none."""
    assert state_in(f"<!-- trivigil:issue-state:1 {hidden.pack(data)} -->") == EMPTY


def test_a_foreign_history_is_filtered() -> None:
    """Entries of another shape are dropped: nothing of them is shown."""
    entries = [
        ["2026-01-31", "opened", 1, "a" * 40],
        ["2026-01-31", "<b>", 1, "a" * 40],
        ["today", "opened", 1, "a" * 40],
        ["2026-01-31", "opened", "1", "a" * 40],
        ["2026-01-31", "opened", 1, "@octocat"],
        ["2026-01-31", "opened", 1],
        7,
    ]
    data = {"run_id": 1, "run_attempt": 1, "turn": 9**9, "failing": [], "history": entries}
    state = state_in(f"<!-- trivigil:issue-state:1 {hidden.pack(data)} -->")
    assert (len(state.history), state.turn) == (1, 1_000_000)


def test_a_bomb_is_not_unpacked() -> None:
    """A state that unpacks to more than a megabyte is as good as none."""
    assert hidden.unpack(hidden.pack("0" * 2_000_000)) is None


def test_a_marker_in_the_text_is_destroyed() -> None:
    """Text of the report forges neither marker, state nor acceptance."""
    own = draft()
    forged = f"<!-- trivigil:issue-state:1 {hidden.pack({'run_id': 10**9})} -->"
    own = own._replace(section=own.section._replace(texts=(forged,)))
    body = compose(own, first(own))
    assert body.count("<!-- trivigil:") == 2
    assert state_in(body) == first(own)


def test_our_own_words_accept_nothing() -> None:
    """The line that tells people how to accept is no acceptance."""
    own = draft()
    assert accepted_until(shown(compose(own, first(own))), ()) is None


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("trivigil: accepted until 2026-03-01", "2026-03-01"),
        ("  Trivigil:  accepted until 2026-03-01.  ", "2026-03-01"),
        ("We know.\r\ntrivigil: accepted until 2026-03-01\r\nSorry.", "2026-03-01"),
        ("<!-- trivigil: accepted until 2026-03-01 -->", "2026-03-01"),
        ("trivigil: accepted until 2026-02-01\ntrivigil: accepted until 2026-03-01", "2026-03-01"),
        ("`trivigil: accepted until 2026-03-01`", None),
        ("> trivigil: accepted until 2026-03-01", None),
        ("trivigil: accepted until tomorrow", None),
        ("trivigil: accepted until 2026-13-01", None),
        ("not trivigil: accepted until 2026-03-01", None),
    ],
)
def test_the_line_of_an_acceptance(text: str, until: str | None) -> None:
    """A line of its own with a day of the calendar; the last one counts."""
    assert accepted_until(shown(""), [said(text)]) == until


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR"])
def test_who_accepts(association: str) -> None:
    """Owners, members and collaborators; the newest word counts, also against the body's."""
    line = "trivigil: accepted until 2026-0{}-01"
    issue = shown(line.format(1))
    assert accepted_until(issue, [said(line.format(2), association)]) == "2026-02-01"
    strangers = [said(line.format(2), other) for other in ("NONE", "CONTRIBUTOR", "")]
    assert accepted_until(issue, strangers) == "2026-01-01"


def test_whose_comment_tells_a_turn() -> None:
    """A turn's comment counts only by its author and for its incident."""
    own = draft()
    text = turn_comment(own, turned(first(own), own, "closed"), "because")
    mine = Comment(1, text, BOT.login, BOT.id, "", "")
    assert turn_of(mine, own.subject, BOT) == 2
    assert turn_of(mine._replace(author="mallory", author_id=5), own.subject, BOT) is None
    assert turn_of(mine, own.subject._replace(fingerprint="b" * 32), BOT) is None
    assert turn_of(mine._replace(body=f"> {text}"), own.subject, BOT) is None


@pytest.mark.parametrize(
    "text",
    [
        "@octocat fails",
        "Fixes #1",
        "x" * 1000,
        "a\nb\x1b[31m",
        "::error::x",
        ":+1: www.example.org",
        "",
    ],
)
def test_titles(text: str) -> None:
    """A title is one bounded line that mentions nobody and links nothing."""
    made = title(Incident("f" * 32, text, "failing", ""))
    assert 0 < len(made) <= 256
    assert made.isprintable() or "\u200b" in made
    for live in ("@o", "#1", ":+1:", "::", "www.", "\n", "\x1b"):
        assert live not in made


def test_what_a_new_issue_is_sent_with() -> None:
    """Labels, assignees and milestone are sent where they are asked for, and left out where they are not."""
    own = draft(wishes=Wishes(("a b",), ("octocat",), 3))
    assert {key: opening(own)[key] for key in ("labels", "assignees", "milestone")} == {
        "labels": ["a b"], "assignees": ["octocat"], "milestone": 3,
    }  # fmt: skip
    assert set(opening(draft(wishes=Wishes(())))) == {"title", "body"}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name": "schedule", "default_branch": None, "ref": ""}, True),
        ({"name": "push"}, True),
        ({"name": "push", "ref": "refs/heads/topic"}, False),
        ({"name": "push", "ref": "refs/tags/main"}, False),
        ({"name": "push", "default_branch": None}, False),
    ],
)
def test_the_default_branch(facts: dict[str, Any], expected: bool) -> None:
    """A schedule is always about it, anything else by its ref; what is not known is not it."""
    assert on_default_branch(NIGHT._replace(**facts)) is expected


def test_a_pass_off_the_default_branch_says_nothing() -> None:
    """What passes elsewhere is silent, what fails elsewhere still fails."""
    topic = NIGHT._replace(name="push", ref="refs/heads/topic")
    [passing] = incidents_of(whole((held(),)), topic)
    [failing] = incidents_of(whole((finding(),)), topic)
    assert (passing.says, failing.says) == ("silent", "failing")


def test_other_actions_have_no_incidents_yet() -> None:
    """A report of an action without incidents says nothing."""
    assert incidents_of(whole((finding(),))._replace(action="other"), NIGHT) == ()


def test_a_section_tells_its_incidents() -> None:
    """The check run's state says what fails and what passes, so that another profile's run is not taken for it."""
    two = (finding()._replace(profile="load"), held()._replace(profile="smoke"))
    ready = prepare(whole(two), NIGHT, CHECKOUT)
    told = {one.incident.title: one.subject.fingerprint for one in ready.issues}
    assert ready.section.incidents == (
        (told["Performance fails in the load profile"], "failing"),
        (told["Performance fails in the smoke profile"], "passing"),
    )
    back = decode(encode(ready.section))
    assert back is not None
    assert back.incidents == ready.section.incidents


@pytest.mark.parametrize("data", [[], {"x": "failing"}, {"a" * 32: "silent"}, {"a" * 32: 1}, 7])
def test_foreign_incidents_of_a_section(data: Any) -> None:
    """What a section would not say of an incident is not read."""
    own = draft().section
    back = from_meta({**meta(own), "incidents": data}, own.texts)
    assert back is not None
    assert back.incidents == ()
