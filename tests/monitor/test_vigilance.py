"""When people are told, and when they are left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivigil.core.incident import Saying
from trivigil.core.result import Severity
from trivigil.monitor import vigilance
from trivigil.monitor.memory import Memory, dump, load
from trivigil.monitor.vigilance import Frame, Policy, Seen, Told

SAYINGS: tuple[Saying, ...] = get_args(Saying)
Weather = Literal["f", "p", "s"]
"""failing, passing, silent"""
WORDS: dict[str, Saying] = {"f": "failing", "p": "passing", "s": "silent"}


def seen(says: Saying, name: str = "login") -> Seen:
    """What a run says about one check."""
    return Seen(
        f"id-{name}", name, says, Severity.HIGH, "down", "reset", f"{name} is down", "It was reset."
    )


def frame(run: int, *, minutes: int = 30, lost: str | None = None) -> Frame:
    """The run of that number, half an hour after the one before."""
    moment = run * minutes
    day, rest = divmod(moment, 24 * 60)
    at = f"2026-01-{1 + day:02d}T{rest // 60:02d}:{rest % 60:02d}:00Z"
    return Frame("shop", "https://shop.example", (100 + run, 1), at, lost=lost)


class Desk:
    """Runs one after the other, with a memory between them that is kept as text."""

    def __init__(self, policy: Policy, receivers: Iterable[str] = ("slack",)) -> None:
        self.policy, self.receivers = policy, tuple(receivers)
        self.text: str | None = None
        self.run = 0
        self.events: list[str] = []
        self.sent: list[tuple[int, str, str]] = []
        self.broken: set[str] = set()

    def tick(self, *saw: Seen, lost: str | None = None) -> None:
        """One run."""
        memory = load(self.text, "shop") if self.text else None
        now = frame(self.run, lost=lost)
        memory, turned = vigilance.turn(memory, saw, self.policy, now)
        told = [
            Told(
                one.notice.fingerprint,
                one.receiver,
                one.notice.turn,
                "away" if one.receiver in self.broken else None,
            )
            for one in vigilance.due(turned, self.receivers, now)
        ]
        self.events += [one.event for one in turned]
        self.sent += [(self.run, one.receiver, one.turn) for one in told if one.problem is None]
        self.text = dump(vigilance.noted(memory, told))
        self.run += 1


@pytest.mark.parametrize(
    ("weather", "sent"),
    [
        pytest.param("f", [], id="one failure of two is told to nobody"),
        pytest.param("ff", [(1, "failing")], id="the second is"),
        pytest.param("ffff", [(1, "failing")], id="and once"),
        pytest.param("fpfpfp", [], id="now and then is not in a row"),
        pytest.param("ffp", [(1, "failing")], id="one pass of two is no recovery"),
        pytest.param("ffpp", [(1, "failing"), (3, "recovered")], id="the second is a recovery"),
        pytest.param(
            "ffpfpp",
            [(1, "failing"), (5, "recovered")],
            id="a relapse on the way is not told again",
        ),
        pytest.param("fsf", [(2, "failing")], id="a run that saw nothing does not interrupt"),
        pytest.param("ffsss", [(1, "failing")], id="silence is no recovery"),
        pytest.param("sss", [], id="silence is no outage"),
        pytest.param(
            "ffppff",
            [(1, "failing"), (3, "recovered"), (5, "failing")],
            id="the next outage is told",
        ),
    ],
)
def test_people_are_told_of_changes_and_of_nothing_else(
    weather: str, sent: list[tuple[int, str]]
) -> None:
    """Two failures in a row open an incident and two passes in a row end it; each is told once."""
    desk = Desk(Policy(2, 2))
    for letter in weather:
        desk.tick(seen(WORDS[letter]))

    assert [(run, turn) for run, _, turn in desk.sent] == sent


WEATHER = st.text("fps", max_size=30)


@settings(max_examples=200)
@given(WEATHER, st.integers(1, 4), st.integers(1, 4))
def test_opened_and_recovered_take_turns(weather: str, failures: int, successes: int) -> None:
    """Whatever happens, no incident is opened twice, none ends that was not open, and notices are as many as turns."""
    desk = Desk(Policy(failures, successes))
    for letter in weather:
        desk.tick(seen(WORDS[letter]))
    turns = [event for event in desk.events if event in {"opened", "recovered"}]

    assert turns == ["opened", "recovered"] * (len(turns) // 2) + ["opened"] * (len(turns) % 2)
    assert len(desk.sent) == len(turns)


@settings(max_examples=200)
@given(WEATHER, st.integers(1, 4))
def test_no_outage_is_missed(weather: str, failures: int) -> None:
    """As many failures in a row as the policy asks for, and somebody was told by then."""
    desk = Desk(Policy(failures, 2))
    row = 0
    for letter in weather:
        desk.tick(seen(WORDS[letter]))
        row = row + 1 if letter == "f" else 0 if letter == "p" else row
        if row >= failures:
            assert desk.sent
            assert desk.sent[-1][2] == "failing"


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from("fps"), st.sampled_from("fps")), max_size=12))
def test_checks_do_not_see_each_other(weather: list[tuple[str, str]]) -> None:
    """Two checks in one watch are told as two checks in two watches are."""
    both, first = Desk(Policy()), Desk(Policy())
    for one, other in weather:
        both.tick(seen(WORDS[one], "login"), seen(WORDS[other], "cart"))
        first.tick(seen(WORDS[one], "login"))
    pairs = both.events[::2]

    assert pairs == first.events


def test_a_receiver_that_was_away_is_told_by_the_next_run() -> None:
    """A notice that could not be sent is owed, to that receiver and to nobody else."""
    desk = Desk(Policy(1, 1), ("slack", "pagerduty"))
    desk.broken = {"slack"}
    desk.tick(seen("failing"))
    desk.broken = set()
    desk.tick(seen("failing"))

    assert desk.sent == [(0, "pagerduty", "failing"), (1, "slack", "failing")]


def test_a_recovery_is_owed_too() -> None:
    """Who heard of the outage and was away at its end hears of the end later; who never heard of it does not."""
    desk = Desk(Policy(1, 1), ("slack", "pagerduty"))
    desk.broken = {"pagerduty"}
    desk.tick(seen("failing"))
    desk.broken = {"slack", "pagerduty"}
    desk.tick(seen("passing"))
    desk.broken = set()
    desk.tick(seen("passing"))

    assert desk.sent == [(0, "slack", "failing"), (2, "slack", "recovered")]


def test_without_a_memory_the_first_failure_is_told() -> None:
    """Nobody can count then: better a notice too many, which says why it comes, than an outage that nobody hears of."""
    now = frame(0, lost="the memory of earlier runs could not be read")
    _, turned = vigilance.turn(None, [seen("failing")], Policy(3, 2), now)
    found = vigilance.due(turned, ["slack"], now)

    assert [one.notice.turn for one in found] == ["failing"]
    assert found[0].notice.notes == (
        "Told at once, because the memory of earlier runs could not be read.",
    )


def test_two_runs_at_once_are_one() -> None:
    """Runs that begin within a minute of each other are no two failures in a row."""
    memory, _ = vigilance.turn(None, [seen("failing")], Policy(2, 2), frame(0))
    beside = frame(0)._replace(age=(101, 1))
    _, turned = vigilance.turn(memory, [seen("failing")], Policy(2, 2), beside)

    assert [one.event for one in turned] == ["pending"]


def test_an_older_run_is_overtaken() -> None:
    """A run that is late, or is run again, does not speak after a newer one."""
    memory, _ = vigilance.turn(None, [seen("failing")], Policy(), frame(5))

    assert vigilance.overtaken(memory, frame(4))
    assert not vigilance.overtaken(memory, frame(6))
    assert not vigilance.overtaken(None, frame(4))


def test_a_check_that_is_gone_is_forgotten() -> None:
    """A month after its file was deleted nothing is remembered of a check, and until then everything is."""
    memory, _ = vigilance.turn(None, [seen("failing", "old")], Policy(), frame(0))
    soon, _ = vigilance.turn(memory, [seen("passing")], Policy(), frame(40))
    later, _ = vigilance.turn(soon, [seen("passing")], Policy(), frame(30, minutes=24 * 60))

    assert "id-old" in soon.rows
    assert "id-old" not in later.rows


def test_what_one_run_is_sending_another_does_not_send() -> None:
    """A run that finds a fresh claim in the memory leaves the notice to the run that made it; an old claim is of a run that died."""
    memory, turned = vigilance.turn(None, [seen("failing")], Policy(1, 1), frame(0))
    first = vigilance.due(turned, ["slack"], frame(0))
    memory = vigilance.claimed(memory, first, frame(0))
    beside, later = frame(0)._replace(age=(101, 1)), frame(1)

    for now, expected in ((beside, 0), (later, 1)):
        _, again = vigilance.turn(memory, [seen("failing")], Policy(1, 1), now)
        assert len(vigilance.due(again, ["slack"], now)) == expected


def test_a_receiver_that_forgets_is_told_in_every_run() -> None:
    """Alertmanager drops what is not repeated; it hears of an open incident whenever somebody saw it."""
    desk = Desk(Policy(1, 1))
    memory: Memory | None = None
    kept = []
    for run, letter in enumerate("ffsf"):
        memory, turned = vigilance.turn(memory, [seen(WORDS[letter])], desk.policy, frame(run))
        found = vigilance.due(
            turned, ["alertmanager"], frame(run), repeating=frozenset({"alertmanager"})
        )
        memory = vigilance.noted(
            memory, [Told(one.notice.fingerprint, one.receiver, one.notice.turn) for one in found]
        )
        kept.append(len(found))

    assert kept == [1, 1, 0, 1]


def test_the_result_file_says_who_was_told_and_why_nobody_was() -> None:
    """Both questions are asked: why was I told, and why was I not."""
    policy = Policy(2, 1)
    memory, turned = vigilance.turn(
        None, [seen("failing"), seen("passing", "cart")], policy, frame(0)
    )
    first = vigilance.as_json(turned, [], policy)
    memory, turned = vigilance.turn(memory, [seen("failing")], policy, frame(1))
    told = [
        Told("id-login", "slack", "failing"),
        Told("id-login", "webhook", "failing", "it answered 500"),
    ]
    second = vigilance.as_json(turned, told, policy)

    assert [(row["state"], row["notices_withheld"]) for row in first] == [
        ("pending", "it failed in 1 of 2 runs before an alert")
    ]
    assert second[0]["notices_sent"] == [{"receiver": "slack", "turn": "failing"}]
    assert second[0]["notices_withheld"] == "webhook: it answered 500"
