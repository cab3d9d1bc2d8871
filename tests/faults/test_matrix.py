"""Each fault at each call of each scenario, before and after the server has done it."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

import pytest

from tests.publish.scene import WITHOUT_PULL, Scene, Told
from trivigil.publish import Published
from trivigil.publish.channels import NAMES
from trivigil.publish.comment import sections
from trivigil.publish.issue import state_in
from trivigil.publish.plan import OUTPUTS

from .scenarios import MANNERS, SCENARIOS, End, Stage, issues


class Fault(NamedTuple):
    """A kind of the double's faults, and what may come of one of it."""

    kind: Any
    harmless: bool
    """Whether the end is the fault-free one: the call is repeated, or found to be done."""
    retry_after: int | None = None
    seconds: float = 0.0


FAULTS: Final = {
    "no answer": Fault("timeout", harmless=True, seconds=0.01),
    "reset": Fault("reset", harmless=True),
    "500": Fault("500", harmless=True),
    "502 in HTML": Fault("502", harmless=True),
    "cut short": Fault("truncated", harmless=True),
    "secondary limit, soon over": Fault("secondary", harmless=True, retry_after=1),
    "secondary limit": Fault("secondary", harmless=False),
    "429, soon over": Fault("429", harmless=True, retry_after=1),
    "429": Fault("429", harmless=False),
    "404": Fault("404", harmless=False),
    "410": Fault("410", harmless=False),
    "422": Fault("422", harmless=False),
}
REFUSALS: Final = frozenset({"secondary", "429"})
"""GitHub says them instead of doing anything, so they exist before the commit alone."""
MORE_CALLS: Final = 12
"""Beyond the fault-free ones: repeats, looking whether something is there, folding."""


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_one_fault(scene: Scene, name: str, fault: Fault) -> None:
    """The end is the fault-free one, or what is missing is named; the next run makes it whole."""
    stage = Stage(scene, SCENARIOS[name])
    before = len(scene.github.journal)
    told = stage.play()
    calls = scene.github.journal[before:]
    whole, usual = stage.end(), told.published
    assert len(scene.mine()) == (0 if SCENARIOS[name].event in WITHOUT_PULL else 1)
    assert len(issues(scene)) == (1 if SCENARIOS[name].event in WITHOUT_PULL else 0)
    assert len(stage.annotated()) in {0, stage.annotations}
    _nothing_is_lost(stage, told, "without a fault")
    for number, call in enumerate(calls, 1):
        moments = (
            ["before", "after"] if call.is_write and fault.kind not in REFUSALS else ["before"]
        )
        for moment in moments:
            stage.reset()
            where = f"call {number}, {call.method} {call.path}, {moment}"
            _plan(scene, fault, number, moment)
            begun = len(scene.github.journal)
            told = stage.play()
            assert [one for one in scene.github.journal[begun:] if one.fault], where
            assert len(scene.github.journal) - begun <= len(calls) + MORE_CALLS, where
            assert stage.clock.slept <= MANNERS.ceiling, where
            _nothing_is_lost(stage, told, where)
            if fault.harmless:
                assert told.published.refused == usual.refused, where
                assert told.published.done == usual.done, where
                assert stage.end() == whole, where
            elif stage.end() != whole:
                assert _named(told.published, told.log), where
                scene.github.faults.clear()
                _the_next_run_is_whole(stage, whole, where)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_that_stays(scene: Scene, fault: Fault) -> None:
    """From any call on for good: a bounded number of calls, a bounded wait, and the summary tells it."""
    stage = Stage(scene, SCENARIOS["other watches"])
    before = len(scene.github.journal)
    stage.play()
    usual = len(scene.github.journal) - before
    for number in range(1, usual + 1):
        stage.reset()
        _plan(scene, fault, number, "before", times=None)
        begun = len(scene.github.journal)
        told = stage.play()
        where = f"from call {number} on"
        assert len(scene.github.journal) - begun <= usual + MORE_CALLS, where
        assert stage.clock.slept <= MANNERS.ceiling, where
        _nothing_is_lost(stage, told, where)
        assert _named(told.published, told.log), where
        assert "#### Publishing" in told.summary, where


@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        pytest.param("120 annotations", "PATCH", "*/check-runs/*", id="a batch of annotations"),
        pytest.param("update", "PATCH", "*/issues/comments/*", id="the comment's new text"),
        pytest.param("first comment", "POST", "*/check-runs", id="the check run"),
    ],
)
def test_an_answer_that_comes_too_late(scene: Scene, name: str, method: str, path: str) -> None:
    """Where the client gives up waiting, and the server has done it all the same, it happens once."""
    stage = Stage(scene, SCENARIOS[name])
    stage.play()
    whole = stage.end()
    stage.reset()
    scene.github.faults.add("timeout", method=method, path=path, moment="after", seconds=1.5)
    told = stage.play(timeout=1)
    assert told.published.refused == ()
    assert stage.end() == whole


def _plan(scene: Scene, fault: Fault, call: int, moment: Any, times: int | None = 1) -> None:
    scene.github.faults.add(
        fault.kind,
        call=call,
        times=times,
        moment=moment,
        retry_after=fault.retry_after,
        seconds=fault.seconds,
    )


def _nothing_is_lost(stage: Stage, told: Told, where: str) -> None:
    """No traceback, no twin, no channel without a word, no annotation without one."""
    assert "Traceback" not in told.log, where
    assert len(stage.scene.mine()) <= max(1, stage.twins_before), where
    assert len(issues(stage.scene)) <= max(1, stage.twin_issues_before), where
    assert len(stage.created()) == len(set(stage.created())), where
    spoken = {*told.published.done, *(one.channel for one in told.published.skipped)}
    spoken |= {one.channel for one in told.published.refused}
    assert spoken == {*NAMES, OUTPUTS}, where
    assert {"summary", "outputs"} <= set(told.published.done), where
    assert "budget" in told.summary.lower(), where
    assert stage.annotations <= _carried(stage, told), where


def _carried(stage: Stage, told: Told) -> int:
    """How many annotations reached people: by check run, by command, or as a number that is told."""
    by_command = len(re.findall(r"^::error .*line=", told.log, re.MULTILINE))
    left_out = sum(
        int(n)
        for n in re.findall(r"(\d+) (?:more )?annotations are (?:left out|missing)", told.log)
    )
    carried = len(stage.annotated())
    if by_command:  # the check run was refused, though GitHub may have made it
        return by_command + left_out
    return carried + left_out


def _named(published: Published, log: str) -> bool:
    """Whether the run says what it could not do."""
    words = [*published.notes, *(one.reason for one in published.refused)]
    words += [one.reason for one in published.skipped if one.act == "do" or "refused" in one.reason]
    return bool(words) and all(word[:40] in log for word in published.notes)


def _the_next_run_is_whole(stage: Stage, whole: End, where: str) -> None:
    """Another attempt without faults: one comment with the sections of all, and a whole check run."""
    stage.play(attempt=2)
    after = stage.end()
    assert len(after.comments) == len(whole.comments), where
    for one, other in zip(after.comments, whole.comments, strict=True):
        assert _names(one) == _names(other), where
    assert [_core(one) for one in after.issues] == [_core(one) for one in whole.issues], where


def _names(body: str) -> list[tuple[str, str]]:
    return [(section.name, section.verdict) for section in sections(body)]


def _core(issue: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is the same of an issue after another attempt: its state, its history, and its comments' number."""
    title, body, state, reason, _, told = issue
    kept = state_in(body or "")
    history = [one.what for one in kept.history]
    # A server that refuses the word leaves a twin closed for another reason, for good.
    reason = reason if kept.turn else None
    return title, state, reason, kept.recovered, kept.turn, history, len(told)
