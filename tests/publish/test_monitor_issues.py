"""Issues of the monitor: one for each failing check, counted by the step that tells, closed by whoever looks at production."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.github_double.subjects.issues import Issue
from tests.monitor.scene import checked, context
from trivigil.cli import outcome, telling
from trivigil.cli.console import Console
from trivigil.cli.outcome import Outcome
from trivigil.cli.written import load
from trivigil.monitor import analysis
from trivigil.monitor.facts import Attempt, Checked, concluded
from trivigil.publish import Wanted
from trivigil.publish.issue import State, state_in
from trivigil.render import json as result_file

from .scene import Scene, Told

LEAST = {"contents": "read", "issues": "write"}
"""What the example workflow grants."""
UP, DOWN = checked("login"), checked("login", "down", "http-5xx", message="it answers 500")
CART_UP, CART_DOWN = checked("cart"), checked("cart", "down", "reset", message="closed too early")
BLOCKED = checked("login", "unknown", "waf-block")
MEMORY = "<!-- trivigil:monitor-memory:1 "
OURS = "<!-- trivigil:issue:1 "


class Production:
    """Runs of one monitor, half an hour apart: it tells, and then it publishes, as the action does."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self.scene, self.folder, self.runs = scene, folder, 0

    def tick(
        self,
        *checks: Checked,
        event: str = "schedule",
        may: dict[str, str] | None = None,
        days: float = 0,
        **environ: str,
    ) -> Told:
        """One run."""
        self.runs += 1
        self.scene.github.clock.advance(days * 86_400 + 1800)
        at = self.scene.github.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        place = self.folder / f"tick-{self.runs}"
        place.mkdir()
        path = place / "monitoring-results.json"
        report = analysis.analyze(checks, context(started_at=at, now=at))
        path.write_text(result_file.dump(report), encoding="utf-8")
        outcome.save(str(place), [_outcome(path)])
        token = self.scene.token(may or LEAST)
        values = {
            **self.scene.environ(event),
            "GITHUB_RUN_ID": str(5000 + self.runs),
            "TRIVIGIL_STATE_FOLDER": str(place),
            **environ,
        }
        telling.run({**values, "TRIVIGIL_GITHUB_TOKEN": token}, Console(values))
        return self.scene.run(load(str(path)), token, values, wanted=Wanted())

    def issues(self) -> list[tuple[Issue, State]]:
        """The incidents' issues, oldest first."""
        found = (
            one for one in self.scene.shop.issues().values() if (one.body or "").startswith(OURS)
        )
        return [(one, state_in(one.body or "")) for one in found]

    def memory(self) -> list[Issue]:
        """The issues that remember."""
        return [
            one for one in self.scene.shop.issues().values() if (one.body or "").startswith(MEMORY)
        ]


def _outcome(path: Path) -> Outcome:
    """What the step before has left."""
    return Outcome(
        watch="monitor", name="shop", report=str(path), output=str(path.parent), exit_code=0, fail=False,
        channels=("auto",), comment_mode="always", comment_recreate="false", publish_required=False,
        artifact="", keep_raw=False,
    )  # fmt: skip


@pytest.fixture
def production(scene: Scene, tmp_path: Path) -> Production:
    """A monitored shop; GitHub's clock and the reports' agree."""
    scene.github.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))
    return Production(scene, tmp_path)


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other run writes here."""
    monkeypatch.setattr("trivigil.publish.memory_home.PAUSE_SECONDS", 0.0)


def states(production: Production) -> dict[str, str]:
    """What fails by its title, and whether its issue is open."""
    return {one.title.rpartition(": ")[2]: one.state for one, _ in production.issues()}


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "repository_dispatch"])
def test_the_life_of_an_incident(production: Production, event: str) -> None:
    """Opened with the alert, brought up to date, closed with the recovery, reopened with its history: by clock, button and API alike."""
    seen = []
    for each in (UP, DOWN, DOWN, DOWN, UP, UP, DOWN, DOWN):
        production.tick(each, event=event)
        seen.append(states(production).get("login is down", "none"))
    assert seen == ["none", "none", "open", "open", "open", "closed", "closed", "open"]
    [(issue, state)] = production.issues()
    assert [one.what for one in state.history] == ["opened", "closed", "reopened"]
    assert issue.labels == ("trivigil", "monitor")
    assert "http-5xx" in (issue.body or "")
    told = [one.body for one in production.scene.shop.comments(issue.number)]
    assert ["Holds again, closed" in text for text in told] == [True, False]
    assert "by push, schedule, workflow_dispatch or repository_dispatch on" in (issue.body or "")


def test_each_check_has_its_own(production: Production) -> None:
    """Two failing checks are two issues, neither of which tells of the other, and each ends by itself."""
    for pair in ((UP, CART_UP), (DOWN, CART_DOWN), (DOWN, CART_DOWN)):
        production.tick(*pair)
    assert states(production) == {"login is down": "open", "cart is down": "open"}
    for issue, _ in production.issues():
        own, other = ("login", "cart") if "login" in issue.title else ("cart", "login")
        assert own in (issue.body or "")
        assert other not in (issue.body or "")
    for _ in range(2):
        production.tick(UP, CART_DOWN)
    assert states(production) == {"login is down": "closed", "cart is down": "open"}


def test_another_branch_proves_nothing(production: Production) -> None:
    """The button on another branch runs that branch's checks: it neither opens nor closes."""
    for each in (UP, DOWN, DOWN):
        production.tick(each)
    for _ in range(3):
        production.tick(UP, event="workflow_dispatch", GITHUB_REF="refs/heads/topic")
    assert states(production) == {"login is down": "open"}


def test_who_is_blocked_proves_nothing(production: Production) -> None:
    """A firewall's answer closes no issue."""
    for each in (UP, DOWN, DOWN, BLOCKED, BLOCKED, BLOCKED):
        production.tick(each)
    assert states(production) == {"login is down": "open"}


def test_a_person_accepts_it(production: Production) -> None:
    """Closed by a person, it stays closed until the day that a member names, and not a day longer."""
    for each in (UP, DOWN, DOWN):
        production.tick(each)
    [(issue, _)] = production.issues()
    shop = production.scene.shop
    until = (production.scene.github.clock.now() + timedelta(days=3)).strftime("%Y-%m-%d")
    shop.collaborators.add("hubot")
    shop.comment(issue.number, f"trivigil: accepted until {until}", author="hubot")
    shop.close(issue.number)
    production.tick(DOWN, days=1)
    assert states(production) == {"login is down": "closed"}
    production.tick(DOWN, days=3)
    assert states(production) == {"login is down": "open"}


def test_an_acceptance_is_no_recovery(production: Production) -> None:
    """What a person closed and what then held is a new failure when it fails again."""
    for each in (UP, DOWN, DOWN):
        production.tick(each)
    production.scene.shop.close(production.issues()[0][0].number)
    for each in (UP, UP, DOWN, DOWN):
        production.tick(each)
    assert states(production) == {"login is down": "open"}


def test_the_memory_is_no_incident(production: Production) -> None:
    """The issue that remembers is closed, has no label, and is touched by no incident; nor is an incident taken for the memory."""
    for each in (UP, DOWN, DOWN, UP, UP):
        production.tick(each)
    [memory] = production.memory()
    assert (memory.state, memory.labels, memory.title) == ("closed", (), "Trivigil remembers: shop")
    assert production.scene.shop.comments(memory.number) == []
    assert len(production.issues()) == 1


def test_an_error_of_our_own_is_told(production: Production) -> None:
    """A monitor that cannot see, because of itself, has an issue, which the next run that sees closes; the target's is left as it is."""
    for each in (UP, DOWN, DOWN):
        production.tick(each)
    attempt = Attempt(
        "2026-01-31T12:07:11.000Z", "unknown", "unknown", "an error of our own", ours=True
    )
    production.tick(concluded(UP._replace(attempts=(attempt,))))
    title = "the monitor cannot look"
    assert states(production) == {"login is down": "open", title: "open"}
    production.tick(UP)
    assert states(production) == {"login is down": "open", title: "closed"}


def test_a_quiet_run_costs_little(production: Production) -> None:
    """All is well: six calls, of which one writes, and no warning, with the two permissions of the example; never more than ten."""
    spent = []
    for each in (UP, UP, DOWN, DOWN, UP, UP, UP):
        before = len(production.scene.github.journal)
        told = production.tick(each)
        calls = production.scene.github.journal[before:]
        spent.append((len(calls), sum(one.is_write for one in calls)))
        assert told.published.refused == ()
        assert "::warning" not in told.log
    assert spent == [(8, 2), (6, 1), (6, 1), (8, 2), (6, 1), (10, 3), (6, 1)]


def test_no_check_run_without_a_commit(production: Production) -> None:
    """How production is at this moment says nothing of a commit, so a schedule asks for no check run, and a push does."""
    may = {**LEAST, "checks": "write"}
    for event in ("schedule", "workflow_dispatch", "repository_dispatch"):
        told = production.tick(UP, event=event, may=may)
        assert "check-run" not in told.published.done
    assert "check-run" in production.tick(UP, event="push", may=may).published.done
