"""Issues over the double, from runs by schedule and push on the default branch."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.github_double import Request
from tests.github_double.state.people import ACTIONS_APP
from tests.github_double.subjects.issues import Issue, change
from trivigil.core.report import Report
from trivigil.github.event import read_event
from trivigil.publish import Wanted, parse_wanted, payloads, plan, prepare
from trivigil.publish.issue import State, Wishes, state_in

from .scene import CHECKOUT, Scene, Told, finding, held, report, whole

FAILED = whole((finding(), held(1)))
OTHERWISE = whole((finding(), finding(1)))
PASSED = whole((held(), held(1)))
ACTIONS = "github-actions[bot]"
ONLY = Wanted(frozenset({"issue"}))


def run(scene: Scene, told: Report, event: str = "schedule", **values: Any) -> Told:
    """One run of the watch."""
    return scene.run(told, scene.token(), scene.environ(event), **values)


@pytest.fixture(autouse=True)
def at_noon(scene: Scene) -> None:
    """GitHub's clock and the reports' agree."""
    scene.github.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))


def ours(scene: Scene) -> list[Issue]:
    """The issues that carry our marker, by whomever."""
    return [
        one
        for one in scene.shop.issues().values()
        if (one.body or "").startswith("<!-- trivigil:issue:1 ")
    ]


def the_one(scene: Scene) -> tuple[Issue, State]:
    """The one issue of ours, and what it remembers."""
    [issue] = ours(scene)
    return issue, state_in(issue.body or "")


def texts(scene: Scene, number: int) -> list[str]:
    """The comments under an issue."""
    return [one.body for one in scene.shop.comments(number)]


def advance(scene: Scene, days: int) -> str:
    """Let days pass; the report's time for then. The double's time begins on 2026-01-31."""
    scene.github.clock.advance(days * 86_400)
    return scene.github.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


# --- the life of an issue ----------------------------------------------------------------------


@pytest.mark.parametrize("event", ["schedule", "push"])
def test_a_failure_opens_one_issue(scene: Scene, event: str) -> None:
    """A failed gate on the default branch opens one issue with its label, and the outputs lead to it."""
    told = run(scene, FAILED, event)
    issue, state = the_one(scene)
    assert told.published.refused == ()
    assert (issue.state, issue.labels, issue.title) == ("open", ("trivigil",), "Performance fails")
    assert "GET /login" in (issue.body or "")
    assert (state.turn, state.recovered, [one.what for one in state.history]) == (
        1, False, ["opened"],
    )  # fmt: skip
    assert told.outputs["issue-url"].endswith(f"/octo/shop/issues/{issue.number}")


def test_a_second_failure_updates_it(scene: Scene) -> None:
    """The next failed run brings the text up to date, without a comment, and leaves what people changed."""
    run(scene, FAILED)
    issue, _ = the_one(scene)
    with scene.github.world.lock:
        change(scene.shop, issue.number, title="Login is slow again", labels=())
    run(scene, OTHERWISE)
    issue, state = the_one(scene)
    assert "GET /login/1" in (issue.body or "")
    assert (issue.title, issue.labels) == ("Login is slow again", ())
    assert len(state.failing) == 2
    assert texts(scene, issue.number) == []


def test_the_same_run_again_writes_nothing(scene: Scene) -> None:
    """A repeated publish of one run leaves the issue untouched."""
    environ = scene.environ("schedule")
    scene.run(FAILED, scene.token(), environ)
    before = len(scene.github.journal)
    scene.run(FAILED, scene.token(), environ, wanted=ONLY)
    assert [one.method for one in scene.github.journal[before:] if one.path != "/graphql"] == [
        "GET"
    ]


def test_a_proven_recovery_closes_it(scene: Scene) -> None:
    """A complete passing run that judged what failed closes the issue as completed, and a comment says so."""
    run(scene, FAILED)
    told = run(scene, PASSED)
    issue, state = the_one(scene)
    assert "issue" in told.published.done
    assert (issue.state, issue.state_reason, state.recovered) == ("closed", "completed", True)
    [text] = texts(scene, issue.number)
    assert "Holds again, closed by" in text
    assert f"Before: opened on {state.history[0].day}." in text


def test_a_relapse_reopens_it_with_its_history(scene: Scene) -> None:
    """A failure after a recovery opens the same issue again, and the comment tells what was before."""
    for told in (FAILED, PASSED, OTHERWISE):
        run(scene, told)
    issue, state = the_one(scene)
    assert (issue.state, state.recovered, state.turn) == ("open", False, 3)
    assert [one.what for one in state.history] == ["opened", "closed", "reopened"]
    _, text = texts(scene, issue.number)
    assert "Fails again, reopened by" in text
    assert "it fails again after it had recovered" in text
    assert "Before: opened on 2026-01-31, holds again, closed on 2026-01-31." in text
    assert "GET /login/1" in (issue.body or "")


@pytest.mark.parametrize(
    ("told", "event", "reason"),
    [
        pytest.param(whole((held(), held(1)), state="partial"), "schedule", "not complete (partial)",
                     id="partial results"),
        pytest.param(whole((held(), held(1)), state="stale"), "schedule", "not complete (stale)",
                     id="stale results"),
        pytest.param(report(results=(held(), held(1))), "schedule", "not complete (not there)",
                     id="no results"),
        pytest.param(whole(()), "schedule", "judged by no criterion", id="nothing judged"),
        pytest.param(whole((held(1),)), "schedule", "not judged again", id="what failed was not judged"),
        pytest.param(whole((held(), held(1)), name="other"), "schedule", "nothing is known to fail",
                     id="another watch"),
    ],
)  # fmt: skip
def test_silence_closes_nothing(scene: Scene, told: Report, event: str, reason: str) -> None:
    """Without proof the issue stays open and untouched, and the log says why."""
    run(scene, FAILED)
    before = the_one(scene)
    done = run(scene, told, event)
    assert the_one(scene) == before
    assert reason in done.log
    assert "issue" not in done.published.done


def test_a_pass_elsewhere_proves_nothing(scene: Scene) -> None:
    """A passing run by hand, or of another branch, closes nothing, even where the channel is named."""
    run(scene, FAILED)
    before = the_one(scene)
    elsewhere = scene.environ("push", GITHUB_REF="refs/heads/topic")
    scene.run(PASSED, scene.token(), elsewhere, wanted=ONLY)
    told = run(scene, PASSED, "workflow_dispatch", wanted=ONLY)
    assert the_one(scene) == before
    assert "only a run by push or schedule on the default branch proves a recovery" in told.log


def test_another_profile_is_another_incident(scene: Scene) -> None:
    """A smoke run that passes does not close what failed under load."""
    load, smoke = ({"profile": name} for name in ("load", "smoke"))
    run(scene, FAILED._replace(facts=load))
    run(scene, PASSED._replace(facts=smoke), "push")
    issue, _ = the_one(scene)
    assert (issue.state, issue.title) == ("open", "Performance fails in the load profile")


def test_an_unusable_input_opens_an_issue_too(scene: Scene) -> None:
    """A nightly run that cannot be judged is an incident, over with the first proven pass."""
    broken = report()._replace(
        conclusion=FAILED.conclusion._replace(exit_code=2), problems=("no file matches",)
    )
    run(scene, broken)
    assert the_one(scene)[0].state == "open"
    run(scene, PASSED)
    assert the_one(scene)[0].state == "closed"


def test_an_older_run_ends_late(scene: Scene) -> None:
    """A run that was overtaken neither writes nor closes, whatever it says."""
    older = scene.environ("schedule")
    run(scene, FAILED)
    before = the_one(scene)
    told = scene.run(PASSED, scene.token(), older)
    assert the_one(scene) == before
    assert "a newer run has spoken already" in told.log


def test_a_turn_that_was_told_and_not_done(scene: Scene) -> None:
    """Where closing is refused after its comment, the next run closes, and the one comment names that run."""
    run(scene, FAILED)
    number = the_one(scene)[0].number
    scene.github.faults.add("422", method="PATCH", path=f"*/issues/{number}")
    told = run(scene, PASSED)
    assert [one.channel for one in told.published.refused] == ["issue"]
    assert the_one(scene)[0].state == "open"
    run(scene, PASSED)
    assert the_one(scene)[0].state == "closed"
    [text] = texts(scene, number)
    assert "closed by run 1003" in text


def test_profiles_have_issues_of_their_own(scene: Scene) -> None:
    """A night of several profiles opens an issue for each that fails, and each is closed by its own proof."""
    smoke, load = (finding()._replace(profile=name) for name in ("smoke", "load"))
    run(scene, whole((smoke, load)))
    assert {one.title for one in ours(scene)} == {
        "Performance fails in the smoke profile",
        "Performance fails in the load profile",
    }
    run(scene, whole((smoke, load._replace(kind="pass"))))
    states = {one.title.split()[-2]: one.state for one in ours(scene)}
    assert states == {"smoke": "open", "load": "closed"}


# --- acceptance --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "comment", "author", "days", "reopened"),
    [
        pytest.param("not_planned", "", "", 90, False, id="not planned, the last day"),
        pytest.param("not_planned", "", "", 91, True, id="not planned, the day after"),
        pytest.param("completed", "", "", 90, False, id="closed by hand without a recovery"),
        pytest.param("completed", "", "", 91, True, id="closed by hand, the day after"),
        pytest.param(
            "not_planned", "We know.\ntrivigil: accepted until 2026-02-10", "hubot", 10, False,
            id="until a day, that day",
        ),
        pytest.param(
            "not_planned", "trivigil: accepted until 2026-02-10", "hubot", 11, True,
            id="until a day, the day after",
        ),
        pytest.param(
            "not_planned", "<!-- trivigil: accepted until 2026-12-31 -->", "hubot", 200, False,
            id="a hidden line, longer than ninety days",
        ),
        pytest.param(
            "not_planned", "trivigil: accepted until 2030-01-01", "mallory", 91, True,
            id="a stranger's word does not count",
        ),
        pytest.param(
            "not_planned", "trivigil: accepted until 2026-02-31", "hubot", 80, False,
            id="no day of the calendar",
        ),
        pytest.param(
            "not_planned", "> trivigil: accepted until 2026-02-02", "hubot", 80, False, id="quoted",
        ),
    ],
)  # fmt: skip
def test_acceptance(
    scene: Scene, reason: str, comment: str, author: str, days: int, reopened: bool
) -> None:
    """What a person closed stays closed until the acceptance ends; then the issue opens again and says why."""
    scene.shop.collaborators.add("hubot")
    run(scene, FAILED)
    issue, _ = the_one(scene)
    if comment:
        scene.shop.comment(issue.number, comment, author=author)
    scene.shop.close(issue.number, reason=reason, by="hubot")
    told = run(scene, FAILED._replace(generated_at=advance(scene, days)))
    issue, _ = the_one(scene)
    assert issue.state == ("open" if reopened else "closed")
    if reopened:
        assert "its acceptance ended on" in texts(scene, issue.number)[-1]
    else:
        assert "counts as accepted until" in told.log


def test_acceptance_in_the_body(scene: Scene) -> None:
    """A maintainer may also write the line into the issue's own text."""
    run(scene, FAILED)
    issue, _ = the_one(scene)
    with scene.github.world.lock:
        change(
            scene.shop, issue.number, body=f"{issue.body}\n\ntrivigil: accepted until 2026-12-31"
        )
    scene.shop.close(issue.number)
    run(scene, FAILED._replace(generated_at=advance(scene, 200)))
    assert the_one(scene)[0].state == "closed"


def test_a_bot_accepts_nothing(scene: Scene) -> None:
    """An issue that a bot closed as completed without a recovery opens again with the next failure."""
    run(scene, FAILED)
    scene.shop.close(the_one(scene)[0].number, by="stale[bot]")
    run(scene, FAILED)
    issue, _ = the_one(scene)
    assert issue.state == "open"
    assert "closed without a recovery, and not by a person" in texts(scene, issue.number)[0]


def test_mended_by_hand_and_failing_later(scene: Scene) -> None:
    """Where a person closes it and a proven pass follows, the next failure is a new one: it opens again."""
    run(scene, FAILED)
    scene.shop.close(the_one(scene)[0].number)
    run(scene, PASSED)
    issue, state = the_one(scene)
    assert (issue.state, state.recovered, texts(scene, issue.number)) == ("closed", True, [])
    run(scene, FAILED)
    assert the_one(scene)[0].state == "open"


# --- whose issue -------------------------------------------------------------------------------


def test_a_forged_marker_is_left_alone(scene: Scene) -> None:
    """An issue by anybody else with our marker and state is not ours."""
    run(scene, FAILED)
    issue, _ = the_one(scene)
    body = issue.body or ""
    scene.shop.delete_issue(issue.number)
    for author in ("mallory", "other[bot]"):
        scene.shop.issue("Performance fails", body=body, author=author)
    run(scene, OTHERWISE)
    assert [one.body for one in ours(scene)[:2]] == [body, body]
    assert (len(ours(scene)), ours(scene)[2].author.login) == (3, ACTIONS)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(
            lambda body: body.replace("octo/shop", "octo/other", 1), id="another repository"
        ),
        pytest.param(lambda body: body.replace('"perf"', '"web"', 1), id="another name"),
        pytest.param(lambda body: f"> {body}", id="quoted"),
        pytest.param(lambda body: body.replace("{", "[", 1), id="not JSON"),
    ],
)
def test_another_subject_is_left_alone(scene: Scene, spoil: Any) -> None:
    """The marker is bound to repository, watch, name and fingerprint."""
    run(scene, FAILED)
    issue, _ = the_one(scene)
    spoiled = spoil(issue.body)
    with scene.github.world.lock:
        change(scene.shop, issue.number, body=spoiled)
    run(scene, OTHERWISE)
    assert scene.shop.issues()[issue.number].body == spoiled
    assert len(scene.shop.issues()) == 2


@pytest.mark.parametrize("state", ["", "<!-- trivigil:issue-state:1 eJwDAAAAAAE= -->", "AAAA"])
def test_a_broken_state_is_as_good_as_none(scene: Scene, state: str) -> None:
    """Hidden state that is not ours does no harm: the issue is brought up to date, and closed by a proven pass."""
    run(scene, FAILED)
    issue, _ = the_one(scene)
    head, _, _ = (issue.body or "").partition("<!-- trivigil:issue-state:1")
    with scene.github.world.lock:
        change(scene.shop, issue.number, body=head + state)
    run(scene, OTHERWISE)
    assert len(the_one(scene)[1].failing) == 2
    run(scene, PASSED)
    assert the_one(scene)[0].state == "closed"


def test_it_is_found_behind_hundreds(scene: Scene) -> None:
    """One listing by creator finds it among the bot's other issues; there is no search and no second issue."""
    run(scene, FAILED)
    for index in range(250):
        scene.shop.issue(f"Bump {index}", author=ACTIONS, app=ACTIONS_APP)
    before = len(scene.github.journal)
    run(scene, OTHERWISE)
    assert len(ours(scene)) == 1
    # 6, and one for each further 100 issues of ours: 251 of them are three pages.
    assert len(scene.github.journal) - before <= 6 + 2


def test_a_deleted_issue_is_opened_anew(scene: Scene) -> None:
    """An issue that is deleted between reading and writing is opened again, once."""
    run(scene, FAILED)
    number = the_one(scene)[0].number
    once = threading.Event()

    def due(request: Request) -> bool:
        return request.method == "PATCH" and not once.is_set()

    def delete(request: Request) -> None:
        once.set()
        scene.shop.delete_issue(number)

    scene.github.on_call(due, delete)
    told = run(scene, OTHERWISE)
    assert the_one(scene)[0].number != number
    assert told.published.refused == ()


# --- writers at the same moment ----------------------------------------------------------------


def interrupted(scene: Scene, call: int, first: Report, second: Report, *, newer: bool) -> None:
    """Publish `first`, and before its call of this number `second` from start to end."""
    older, younger = scene.environ("push"), scene.environ("push")
    environs = (older, younger) if newer else (younger, older)
    counter, inside = itertools.count(), threading.Event()

    def due(request: Request) -> bool:
        return not inside.is_set() and next(counter) == call

    def interrupt(request: Request) -> None:
        inside.set()
        scene.run(second, scene.token(), environs[1])

    scene.github.on_call(due, interrupt)
    scene.run(first, scene.token(), environs[0])
    assert inside.is_set(), f"there is no call {call}"


@pytest.mark.parametrize("newer", [True, False], ids=["by a newer run", "by an older run"])
@pytest.mark.parametrize("call", range(6))
def test_two_writers_open_one_issue(scene: Scene, call: int, newer: bool) -> None:
    """Wherever a second writer comes in between, one open issue with the newest content remains."""
    first, second = (FAILED, OTHERWISE) if newer else (OTHERWISE, FAILED)
    interrupted(scene, call, first, second, newer=newer)
    issue, state = the_one(scene)
    assert issue.state == "open"
    assert "GET /login/1" in (issue.body or "")
    assert state.run_id == 1002
    rest = [one for one in scene.shop.issues().values() if one.number != issue.number]
    assert all((one.state, one.state_reason) == ("closed", "duplicate") for one in rest)
    assert all((one.body or "").startswith(f"Duplicate of #{issue.number}") for one in rest)


@pytest.mark.parametrize("newer", [True, False], ids=["by a newer run", "by an older run"])
@pytest.mark.parametrize("call", range(5))
def test_two_writers_update_one_issue(scene: Scene, call: int, newer: bool) -> None:
    """The same where the issue is there before both."""
    run(scene, FAILED)
    first, second = (FAILED, OTHERWISE) if newer else (OTHERWISE, FAILED)
    interrupted(scene, call, first, second, newer=newer)
    issue, state = the_one(scene)
    assert (issue.state, state.run_id, len(scene.shop.issues())) == ("open", 1003, 1)
    assert "GET /login/1" in (issue.body or "")


DISAGREEMENTS = {
    "closing, and a newer run fails": (PASSED, OTHERWISE, True, "open", 8),
    "failing, and a newer run closes": (OTHERWISE, PASSED, True, "closed", 5),
    "both close": (PASSED, PASSED, True, "closed", 8),
    "closing, and an older run fails": (PASSED, FAILED, False, "closed", 8),
}


@pytest.mark.parametrize(
    ("call", "first", "second", "newer", "state"),
    [
        pytest.param(call, *facts, id=f"{name}, call {call}")
        for name, (*facts, calls) in DISAGREEMENTS.items()
        for call in range(calls)
    ],
)
def test_two_writers_disagree(
    scene: Scene, call: int, first: Report, second: Report, newer: bool, state: str
) -> None:
    """The newer run has the last word on whether the issue is open, and each turn is told once."""
    run(scene, FAILED)
    interrupted(scene, call, first, second, newer=newer)
    issue, kept = the_one(scene)
    assert (issue.state, kept.recovered) == (state, state == "closed")
    told = texts(scene, issue.number)
    assert sum("Holds again" in text for text in told) <= 1
    assert len(scene.shop.issues()) == 1


@pytest.mark.parametrize("call", range(8))
@pytest.mark.parametrize(
    ("second", "state"),
    [
        pytest.param(PASSED, "closed", id="a newer run passes"),
        pytest.param(OTHERWISE, "open", id="a newer run fails"),
    ],
)
def test_reopening_is_interrupted(scene: Scene, call: int, second: Report, state: str) -> None:
    """The same while an older run reopens the issue."""
    run(scene, FAILED)
    run(scene, PASSED)
    interrupted(scene, call, FAILED, second, newer=True)
    issue, _ = the_one(scene)
    assert issue.state == state
    told = texts(scene, issue.number)
    assert sum("Fails again, reopened" in text for text in told) <= 1


def test_twins_are_healed(scene: Scene) -> None:
    """Of several issues of ours the oldest stays, with the newest content; the others say of which they are doubles."""
    run(scene, FAILED)
    run(scene, OTHERWISE)
    issue, _ = the_one(scene)
    for _ in range(2):
        scene.shop.issue("Performance fails", body=issue.body, author=ACTIONS, app=ACTIONS_APP)
    with scene.github.world.lock:
        change(scene.shop, issue.number, body=(issue.body or "").replace("/login/1", "/log"))
    run(scene, FAILED)
    home, state = the_one(scene)
    assert (home.number, home.state, len(state.failing)) == (issue.number, "open", 1)
    assert [one.state_reason for one in scene.shop.issues().values()] == [
        None, "duplicate", "duplicate",
    ]  # fmt: skip


def test_a_newer_twin_hands_its_content_over(scene: Scene) -> None:
    """A late older run heals twins as well, and takes the newer twin's content for the oldest."""
    late = scene.environ("schedule")
    run(scene, FAILED)
    first, _ = the_one(scene)
    run(scene, OTHERWISE)
    newest = the_one(scene)[0].body
    with scene.github.world.lock:
        change(scene.shop, first.number, body=first.body)
    scene.shop.issue("Performance fails", body=newest, author=ACTIONS, app=ACTIONS_APP)
    scene.run(PASSED, scene.token(), late)
    home, _ = the_one(scene)
    assert (home.number, home.body, home.state) == (first.number, newest, "open")


def test_servers_that_know_no_duplicates(scene: Scene) -> None:
    """Where `duplicate` is no reason yet, the twin is closed as not planned."""
    run(scene, FAILED)
    issue, _ = the_one(scene)
    twin = scene.shop.issue("x", body=issue.body, author=ACTIONS, app=ACTIONS_APP)
    scene.github.faults.add("422", method="PATCH", path=f"*/issues/{twin.number}")
    told = run(scene, OTHERWISE)
    assert f"issue {twin.number} says in its text alone that it is a duplicate" in told.log
    assert scene.shop.issues()[twin.number].state_reason == "not_planned"
    assert len(ours(scene)) == 1


# --- what GitHub does not take -----------------------------------------------------------------


def test_wishes(scene: Scene) -> None:
    """A new issue gets labels (made where they are missing), assignees and milestone; a later run does not renew them."""
    scene.shop.collaborators.add("octocat")
    scene.shop.milestone("Soon")
    wishes = Wishes(("good first issue", "perf"), ("octocat",), 1)
    told = scene.run(FAILED, scene.token(), scene.environ("schedule"), wanted=Wanted(issue=wishes))
    issue, _ = the_one(scene)
    assert (issue.labels, issue.assignees, issue.milestone) == wishes
    assert told.published.notes == ()


def test_a_dropped_label_is_noticed(scene: Scene) -> None:
    """Where GitHub drops label, assignee and milestone without a word, we say it."""
    scene.shop.triage = False
    wishes = Wishes(("trivigil",), ("octocat",), 1)
    told = scene.run(FAILED, scene.token(), scene.environ("schedule"), wanted=Wanted(issue=wishes))
    assert the_one(scene)[0].labels == ()
    assert "left out of the new issue: label trivigil, assignee octocat, milestone 1" in told.log


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        pytest.param(Wishes(assignees=("nobody",)), "assignee nobody", id="not a collaborator"),
        pytest.param(Wishes(milestone=9), "milestone 9", id="no such milestone"),
    ],
)
def test_a_refused_wish_costs_no_issue(scene: Scene, wishes: Wishes, said: str) -> None:
    """What GitHub refuses is left out, and the issue is opened all the same."""
    told = scene.run(FAILED, scene.token(), scene.environ("schedule"), wanted=Wanted(issue=wishes))
    assert the_one(scene)[0].labels == ("trivigil",)
    assert f"left out of the new issue: {said}" in told.log


def test_issues_that_are_switched_off(scene: Scene) -> None:
    """A repository without issues is a skip with its reason; where the channel is named it is a warning."""
    scene.shop.has_issues = False
    told = run(scene, FAILED)
    assert told.published.refused == ()
    assert "issue: skipped, issues are switched off in this repository" in told.log
    told = run(scene, FAILED, wanted=ONLY)
    assert "issue not published: issues are switched off in this repository (410" in told.log


def test_a_locked_issue(scene: Scene) -> None:
    """Under a locked issue no comment is written: it is closed all the same, and the reason is told."""
    run(scene, FAILED)
    scene.shop.lock(the_one(scene)[0].number)
    told = run(scene, PASSED)
    issue, state = the_one(scene)
    assert (issue.state, texts(scene, issue.number)) == ("closed", [])
    assert [one.what for one in state.history] == ["opened", "closed"]
    assert "history stands in its text alone: the conversation is locked" in told.log


def test_an_archived_repository(scene: Scene) -> None:
    """An archived repository takes no issue, and the sentence says so."""
    scene.shop.archived = True
    told = run(scene, FAILED, wanted=ONLY)
    assert "issue not published: the repository is archived and takes no writes" in told.log


@pytest.mark.parametrize("told", [FAILED, OTHERWISE], ids=["opening", "updating"])
def test_a_missing_permission(scene: Scene, told: Report) -> None:
    """The line that mends it is `issues: write`, though GitHub would take another for pull requests."""
    if told is OTHERWISE:
        run(scene, FAILED)
    token = scene.token({"checks": "write", "issues": "read", "contents": "read"})
    done = scene.run(told, token, scene.environ("schedule"))
    assert [(one.channel, one.permission) for one in done.published.refused] == [
        ("issue", "issues: write")
    ]
    assert "add `issues: write` to the job's permissions" in done.log


def test_a_pass_without_permission_is_no_warning(scene: Scene) -> None:
    """Where nothing failed and the token may not even look, that is a line of the log."""
    scene.shop.private = True
    token = scene.token({"checks": "write"})
    told = scene.run(PASSED, token, scene.environ("schedule"))
    assert told.published.refused == ()
    assert "issue: skipped, whether one is to be closed is not known" in told.log


# --- where, and how dear -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "wanted", "does"),
    [
        pytest.param("schedule", "auto", True, id="a schedule"),
        pytest.param("push", "auto", True, id="a push to the default branch"),
        pytest.param("workflow_dispatch", "auto", False, id="by hand, not by itself"),
        pytest.param("workflow_dispatch", "issue", True, id="by hand, where it is named"),
        pytest.param("pull_request", "auto", False, id="a pull request"),
        pytest.param("pull_request", "issue", False, id="a pull request, even where it is named"),
        pytest.param("pull_request_target", "issue", False, id="pull_request_target"),
        pytest.param("merge_group", "issue", False, id="a merge queue"),
    ],
)
def test_where(scene: Scene, event: str, wanted: str, does: bool) -> None:
    """Issues are about branches, by themselves about the default branch alone."""
    told = run(scene, FAILED, event, wanted=parse_wanted(wanted))
    assert ("issue" in told.published.done) is does
    assert len(ours(scene)) == does


def test_another_branch(scene: Scene) -> None:
    """A push to another branch opens an issue only where the channel is named; a tag is no branch."""
    for ref in ("refs/heads/topic", "refs/tags/main"):
        scene.run(FAILED, scene.token(), scene.environ("push", GITHUB_REF=ref))
    assert ours(scene) == []
    environ = scene.environ("push", GITHUB_REF="refs/heads/topic")
    scene.run(FAILED, scene.token(), environ, wanted=ONLY)
    assert len(ours(scene)) == 1


def test_call_budget(scene: Scene) -> None:
    """Of a whole publish with check run and issue, at most 8 calls and 3 writes, whatever becomes of the issue."""
    spent = {}
    for what, told in (
        ("nothing known", PASSED),
        ("opened", FAILED),
        ("updated", OTHERWISE),
        ("closed", PASSED),
        ("reopened", FAILED),
    ):
        before = len(scene.github.journal)
        run(scene, told)
        calls = scene.github.journal[before:]
        spent[what] = (len(calls), sum(one.is_write for one in calls))
    assert spent == {
        "nothing known": (3, 1),
        "opened": (6, 2),
        "updated": (5, 2),
        "closed": (8, 3),
        "reopened": (8, 3),
    }


def test_the_budget_of_an_ended_acceptance(scene: Scene) -> None:
    """Who closed an issue, and until when, is asked only where it matters: 10 calls and 3 writes."""
    run(scene, FAILED)
    scene.shop.close(the_one(scene)[0].number)
    before = len(scene.github.journal)
    run(scene, FAILED._replace(generated_at=advance(scene, 91)))
    calls = scene.github.journal[before:]
    assert (len(calls), sum(one.is_write for one in calls)) == (10, 3)


def test_nothing_to_say_costs_nothing(scene: Scene) -> None:
    """A report that judged nothing asks GitHub nothing about issues."""
    run(scene, report(), wanted=ONLY)
    assert len(scene.github.journal) == 0


def test_without_check_runs(scene: Scene) -> None:
    """Without check runs issues work the same; only a newer run at the same moment is not noticed."""
    token = scene.token({"issues": "write"})
    for told in (FAILED, PASSED, OTHERWISE):
        scene.run(told, token, scene.environ("schedule"), wanted=ONLY)
    issue, state = the_one(scene)
    assert (issue.state, state.turn) == ("open", 3)
    assert scene.github.calls(path="*/check-runs") == []


def test_the_payload_is_what_is_sent(scene: Scene) -> None:
    """A dry run's issue.json is the very body of the first issue."""
    environ = scene.environ("schedule")
    scene.run(FAILED, scene.token(), environ)
    event = read_event(environ)
    chosen = plan(FAILED, event, Wanted(), {})
    [created] = scene.github.calls("POST", "*/issues")
    files = payloads(chosen, prepare(FAILED, event, CHECKOUT))
    assert json.loads(files["issue.json"]) == created.request_body
    assert "issue.json" not in payloads(chosen, prepare(PASSED, event, CHECKOUT))
