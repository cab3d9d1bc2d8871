"""The scenarios of a publish, each from a state of its own, and what is on GitHub when it has ended."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.github_double.state.people import ACTIONS_APP
from tests.github_double.subjects.check_runs import CheckRuns
from tests.github_double.subjects.comments import Comments
from tests.github_double.subjects.issues import Issue, Issues
from tests.publish.scene import (
    ALL,
    CHECKOUT,
    NUMBER,
    Scene,
    Told,
    finding,
    held,
    outputs_in,
    report,
    whole,
)
from trivigil.core.report import Report
from trivigil.github.client import connect
from trivigil.github.event import Event, read_event
from trivigil.github.patience import Manners, Patience
from trivigil.github.workflow import Workflow
from trivigil.publish import Plan, Publication, Wanted, deliver, plan, prepare

MANNERS: Final = Manners(ceiling=30.0, backoff=1.0, timeout=30)
ONE: Final = report(results=(finding(),))
PASSED: Final = whole((held(), held(1)))
MANY: Final = report(results=tuple(finding(index) for index in range(120)))


class Scenario(NamedTuple):
    """What is there before, and what is published then."""

    told: Report = ONE
    permissions: Mapping[str, str] = ALL
    event: str = "pull_request"
    before: Callable[[Scene], None] | None = None
    """Made once, without faults."""
    wanted: Wanted = Wanted()
    afterwards: Callable[[Scene], None] | None = None
    """Once the event is known, and before anything is published."""


def _earlier(scene: Scene) -> None:
    """The same watch has published an earlier run."""
    scene.run(report(results=(finding(3),)), scene.token())


def _neighbours(scene: Scene) -> None:
    """Two other watches have their sections."""
    scene.run(report("api", (finding(),)), scene.token())
    scene.run(report("web"), scene.token())


def _twins(scene: Scene) -> None:
    """A race has left three comments, each with a section of its own."""
    bodies = []
    for name in ("api", "web"):
        scene.run(report(name), scene.token({**ALL, "checks": "read"}))
        bodies.append(scene.mine()[0])
    for body in bodies:
        scene.shop.comment(NUMBER, body, author="github-actions[bot]")


def _moved(scene: Scene) -> None:
    """The pull request moves on while the run works."""
    scene.shop.push(NUMBER, "b" * 40)


def _next_commit(scene: Scene) -> None:
    """The same watch has published about the commit before."""
    _earlier(scene)
    _moved(scene)


def _failed(scene: Scene) -> None:
    """An earlier nightly run has opened an issue."""
    scene.run(report(results=(finding(1),)), scene.token(), scene.environ("schedule"))


def _recovered(scene: Scene) -> None:
    """And a later one has closed it."""
    scene.run(whole((finding(),)), scene.token(), scene.environ("schedule"))
    scene.run(PASSED, scene.token(), scene.environ("schedule"))


def _accepted(scene: Scene) -> None:
    """A person has closed it, and said until when; the day has passed."""
    _failed(scene)
    [issue] = issues(scene)
    scene.shop.collaborators.add("octocat")
    scene.shop.comment(issue.number, "trivigil: accepted until 2026-01-30")
    scene.github.clock.freeze(datetime(2026, 1, 2, tzinfo=UTC))
    scene.shop.close(issue.number, reason="not_planned")


def _double(scene: Scene) -> None:
    """A race has left two issues."""
    _failed(scene)
    [issue] = issues(scene)
    author = "github-actions[bot]"
    scene.shop.issue("Performance fails", body=issue.body, author=author, app=ACTIONS_APP)


def issues(scene: Scene) -> list[Issue]:
    """The issues that carry our marker."""
    mark = "<!-- trivigil:issue:1 "
    return [one for one in scene.shop.issues().values() if (one.body or "").startswith(mark)]


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "first comment": Scenario(),
    "update": Scenario(before=_earlier),
    "120 annotations": Scenario(MANY),
    "refused check run": Scenario(permissions={**ALL, "checks": "read"}, before=_earlier),
    "stale head": Scenario(before=_earlier, afterwards=_moved),
    "twins": Scenario(before=_twins),
    "other watches": Scenario(before=_neighbours),
    "first issue": Scenario(event="push"),
    "issue update": Scenario(event="schedule", before=_failed),
    "issue closed": Scenario(PASSED, event="schedule", before=_failed),
    "issue reopened": Scenario(event="schedule", before=_recovered),
    "acceptance ended": Scenario(event="schedule", before=_accepted),
    "twin issues": Scenario(event="schedule", before=_double),
    "a new comment": Scenario(wanted=Wanted(recreate="true"), before=_next_commit),
    "hidden": Scenario(wanted=Wanted(recreate="hide"), before=_next_commit),
}


class End(NamedTuple):
    """What people see: comments by anybody, issues, and the check runs on every commit."""

    comments: tuple[str, ...]
    issues: tuple[tuple[Any, ...], ...]
    check_runs: tuple[tuple[Any, ...], ...]


class Clock:
    """Time that passes only by sleeping: nobody waits."""

    def __init__(self) -> None:
        self.slept = 0.0

    def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.slept += seconds

    def now(self) -> float:
        """Seconds since the start."""
        return self.slept


class Stage:
    """One scenario on one double, played again and again from the same state."""

    def __init__(self, scene: Scene, scenario: Scenario) -> None:
        self.scene = scene
        self.scenario = scenario
        self.clock = Clock()
        self._ready: dict[int, tuple[Event, Plan, Publication, Mapping[str, str]]] = {}
        self._token = scene.token(scenario.permissions)
        if scenario.before:
            scenario.before(scene)
        self._environ = scene.environ(scenario.event)
        if scenario.afterwards:
            scenario.afterwards(scene)
        # A new comment is written before the old one goes, which may be refused.
        self.twins_before = len(scene.mine()) + (scenario.wanted.recreate != "false")
        self._comments = dict(self._part(Comments))
        self._check_runs = dict(self._part(CheckRuns))
        self._issues = dict(scene.shop.part(Issues).by_number)
        self.twin_issues_before = len(issues(scene))

    def _part(self, kind: type[Any]) -> dict[int, Any]:
        found: dict[int, Any] = self.scene.shop.part(kind).by_id
        return found

    @property
    def annotations(self) -> int:
        """How many annotations the report makes."""
        return len(self.scenario.told.findings)

    def reset(self) -> None:
        """Take GitHub back to where the scenario begins, and forget all faults."""
        self.scene.github.faults.clear()
        for kind, kept in ((Comments, self._comments), (CheckRuns, self._check_runs)):
            part = self._part(kind)
            part.clear()
            part.update(kept)
        known = self.scene.shop.part(Issues).by_number
        known.clear()
        known.update(self._issues)

    def play(self, attempt: int = 1, timeout: int = MANNERS.timeout) -> Told:
        """Publish, with a clock of its own."""
        self.clock = Clock()
        manners = MANNERS._replace(timeout=timeout)
        patience = Patience(manners, sleep=self.clock.sleep, clock=self.clock.now)
        if attempt not in self._ready:
            self._ready[attempt] = self._prepared(attempt)
        event, chosen, ready, environ = self._ready[attempt]
        files = [Path(environ[name]) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
        for path in files:
            path.write_bytes(b"")
        log = io.StringIO()
        published = deliver(
            chosen,
            ready,
            lambda: connect(event, self._token, manners=manners, patience=patience),
            Workflow(environ, log),
        )
        output, summary = files
        return Told(published, log.getvalue(), outputs_in(output), summary.read_text("utf-8"))

    def _prepared(self, attempt: int) -> tuple[Event, Plan, Publication, Mapping[str, str]]:
        """What a run of this attempt publishes; rendered once for all its plays."""
        environ = {**self._environ, "GITHUB_RUN_ATTEMPT": str(attempt)}
        event = read_event(environ)
        assert event is not None
        chosen = plan(self.scenario.told, event, self.scenario.wanted, {})
        return event, chosen, prepare(self.scenario.told, event, CHECKOUT), environ

    def end(self) -> End:
        """What is on GitHub now."""
        runs = self._part(CheckRuns).values()
        seen = (
            (one.name, one.head_sha, one.conclusion, one.title, one.text, one.annotations)
            for one in runs
        )
        return End(
            tuple(self.scene.bodies()), tuple(map(self._seen, self._numbered())), tuple(seen)
        )

    def _numbered(self) -> list[Issue]:
        known = self.scene.shop.issues()
        return [known[number] for number in sorted(known)]

    def _seen(self, issue: Issue) -> tuple[Any, ...]:
        """An issue as people see it, with its comments; numbers differ from play to play."""
        told = tuple(one.body for one in self.scene.shop.comments(issue.number))
        return (issue.title, issue.body, issue.state, issue.state_reason, issue.labels, told)

    def annotated(self) -> set[int]:
        """The lines of the annotations that this scenario's check runs carry now."""
        fresh = [
            one for number, one in self._part(CheckRuns).items() if number not in self._check_runs
        ]
        return {note.start_line for one in fresh for note in one.annotations}

    def created(self) -> list[str]:
        """The names of the check runs that were created since the start."""
        return [
            one.name
            for number, one in self._part(CheckRuns).items()
            if number not in self._check_runs
        ]
