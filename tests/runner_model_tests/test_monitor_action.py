"""The monitoring action, executed in the model of the runner: what it sees, whom it tells, what it keeps to itself."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.alert.service import Service
from tests.alert.slack_server import PATH, slack
from tests.certificates import Authority, server_context
from tests.github_double import GitHubDouble, Repository
from tests.github_double.subjects.issues import Issue, change
from tests.monitor.shop import CANARY, Shop, half_an_hour_passes, memory
from tests.runner_model import Finished, Hook, Stage

from .machine import Machine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the model starts bash and sends signals")
ACTION = "actions/monitor/action.yml"
CHECKS = Path(__file__).parents[1] / "data" / "monitor" / "shop"
LEAST = {"contents": "read", "issues": "write"}
"""What the example workflow grants."""


class Run(NamedTuple):
    """One run of the action that has ended."""

    done: Finished
    machine: Machine

    @property
    def report(self) -> Any:
        """The result file."""
        told = self.done.outputs
        path = told.get("report") or told["monitor-report"]
        return json.loads(Path(path).read_text(encoding="utf-8"))

    @property
    def causes(self) -> dict[str, str | None]:
        """What is not up, with its cause."""
        checks = self.report["checks"]
        return {one["name"]: one["cause"] for one in checks if one["status"] != "up"}

    @property
    def events(self) -> dict[str, str]:
        """What came of each check in this run, where there is something to say."""
        return {one["name"]: one["events"][0] for one in self.report["incidents"]}

    def shown(self) -> str:
        """Everything that people or GitHub can see of it: log, summary, outputs, files."""
        folder = self.machine.job.workspace / "trivigil-results"
        files = "".join(p.read_text("utf-8") for p in folder.rglob("*") if p.is_file())
        outputs = json.dumps([dict(step.outputs) for step in self.done.steps.values()])
        return self.done.text + self.done.summary + outputs + files


class Production:
    """A shop in production, its repository on the double, and the runs that look at it, each on a machine of its own."""

    def __init__(self, place: Path, github: GitHubDouble, shop: Shop, slack: Service) -> None:
        self.place, self.github, self.shop, self.slack = place, github, shop, slack
        self.repository: Repository = github.repository("octo/shop")
        self.runs = 0

    def machine(
        self, event: str = "schedule", may: dict[str, str] | None = None, **variables: str
    ) -> Machine:
        """The next run's machine."""
        self.runs += 1
        machine = Machine(
            self.place / f"machine-{self.runs}", self.github, event=event,
            may=LEAST if may is None else may, repository=self.repository,
            variables={"GITHUB_RUN_ID": str(5000 + self.runs), **variables},
        )  # fmt: skip
        shutil.copytree(CHECKS, machine.job.workspace / "checks")
        return machine

    def use(self, machine: Machine, hooks: dict[str, Hook] | None = None, /, **inputs: str) -> Run:
        """Use the action there."""
        given = {"target": self.shop.url, "tests": "checks", **inputs}
        return Run(machine.run(hooks, ACTION, **given), machine)

    def tick(
        self, event: str = "schedule", may: dict[str, str] | None = None, **inputs: str
    ) -> Run:
        """One run, half an hour after the one before, that tells Slack."""
        if self._remembers():
            half_an_hour_passes(self.repository)
        given = {"slack_webhook": self.slack.url(PATH), **inputs}
        return self.use(self.machine(event, may), **given)

    def _remembers(self) -> bool:
        return any(
            one.title.startswith("Trivigil remembers") for one in self.repository.issues().values()
        )

    @property
    def told(self) -> list[str]:
        """What Slack got, as texts."""
        return [json.loads(one.body)["text"] for one in self.slack.posted]

    @property
    def issues(self) -> list[Issue]:
        """The incidents' issues."""
        found = self.repository.issues().values()
        return [one for one in found if (one.body or "").startswith("<!-- trivigil:issue:1 ")]


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Production]:
    """A shop in health, and a Slack that checks every message."""
    with GitHubDouble() as github, Shop() as shop, slack() as service:
        yield Production(tmp_path, github, shop, service)
        github.assert_clean()


# --- what it sees ------------------------------------------------------------------------------


def test_health(production: Production) -> None:
    """All checks are up: exit 0, nobody is told, no issue but the closed one that remembers, few calls, and no warning."""
    run = production.tick()
    assert (run.done.outcome, run.causes) == ("success", {})
    assert [one["name"] for one in run.report["checks"]] == [
        "front",
        "health",
        "product",
        "products",
    ]
    assert run.done.outputs["conclusion"] == "success"
    assert json.loads(run.done.outputs["counts"])["failed"] == 0
    assert run.report["headers"]["grade"]
    assert (production.told, production.issues) == ([], [])
    assert production.repository.issues()[memory(production.repository)].state == "closed"
    assert run.done.shown("warning") + run.done.shown("error") == []
    [upload] = run.machine.uploads
    assert upload["name"] == "trivigil-monitor"
    before = len(production.github.journal)
    assert production.tick().done.outcome == "success"
    assert len(production.github.journal) - before == 6


def test_every_fault_of_one_day(production: Production) -> None:
    """Each check has the cause of its own fault, in the file and in the summary; what a customer might read there is shown to nobody."""
    production.shop.shop.faults = {"/": "500", "/health": "content", "/products": "slow"}
    run = production.use(production.machine())
    assert run.causes == {"front": "http-5xx", "health": "assertion", "products": "slow"}
    statuses = {one["name"]: one["status"] for one in run.report["checks"]}
    assert statuses == {"front": "down", "health": "down", "product": "up", "products": "degraded"}
    assert run.done.outcome == "failure"
    assert run.done.shown("error")[-1].message == "Process completed with exit code 1."
    assert json.loads(run.done.outputs["counts"])["warnings"] >= 1
    assert all(cause in run.done.summary for cause in ("http-5xx", "assertion", "slow"))
    assert CANARY not in run.shown()


@pytest.mark.parametrize(
    ("least_grade", "outcome"),
    [pytest.param("", "success", id="told"), pytest.param("B", "failure", id="a gate where asked")],
)
def test_a_header_that_is_gone(production: Production, least_grade: str, outcome: str) -> None:
    """The check that asks for it fails; the grade alone fails only where a least one is given."""
    production.shop.lose_headers()
    machine = production.machine()
    (machine.job.workspace / "checks" / "front.hurl").unlink()
    run = production.use(machine, least_grade=least_grade)
    assert run.done.outcome == outcome
    assert "Content-Security-Policy" in run.done.summary
    assert run.report["headers"]["strict_grade"] in {"D", "D-", "F"}


def test_down(production: Production) -> None:
    """Nothing listens: every check says so, and the grades have no ground."""
    production.shop.close()
    run = production.use(production.machine())
    assert set(run.causes.values()) == {"refused"}
    assert run.report["headers"]["grade"] is None


def test_a_certificate_that_has_ended(production: Production, tmp_path: Path) -> None:
    """The certificate has its own check and cause."""
    authority = Authority(tmp_path)
    context = server_context(authority.sign(begins=-30, ends=-1))
    machine = production.machine(SSL_CERT_FILE=str(authority.roots))
    with Shop(context) as shop:
        run = production.use(machine, target=shop.url)
    assert set(run.causes.values()) == {"tls-expired"}
    assert "certificate" in run.causes


@pytest.mark.parametrize(
    ("fail", "outcome"), [pytest.param("true", "failure"), pytest.param("false", "success")]
)
def test_fail(production: Production, fail: str, outcome: str) -> None:
    """`fail` decides whether a failure is the step's; what is said is the same."""
    production.shop.shop.faults = {"/health": "500"}
    run = production.use(production.machine(), fail=fail)
    assert (run.done.outcome, run.done.outputs["passed"]) == (outcome, "false")


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        pytest.param({"target": ""}, "name a URL", id="no target"),
        pytest.param({"tests": "nowhere"}, "no such tests folder", id="no folder"),
        pytest.param({"least_grade": "Z"}, "none or a grade was expected", id="no grade"),
    ],
)
def test_what_can_be_mended(production: Production, inputs: dict[str, str], words: str) -> None:
    """One sentence, exit 2, and people are told that nobody looks."""
    run = production.use(production.machine(), **inputs)
    assert run.done.shown("error")[-1].message == "Process completed with exit code 2."
    assert words in run.done.summary
    [issue] = production.issues
    assert "cannot look" in issue.title


# --- whom it tells -----------------------------------------------------------------------------


def test_an_outage_from_its_beginning_to_its_end(production: Production) -> None:
    """Two failures before an alert, two passes before its end; one message and one issue each, whoever starts the runs."""
    seen = []
    for fault, event in (
        (False, "schedule"), (True, "schedule"), (True, "repository_dispatch"),
        (True, "schedule"), (False, "schedule"), (False, "workflow_dispatch"),
    ):  # fmt: skip
        production.shop.shop.faults = {"/health": "500"} if fault else {}
        run = production.tick(event, fail="false")
        states = [one.state for one in production.issues]
        seen.append((run.events.get("health"), len(production.told), states))
        assert run.done.outcome == "success"
    assert seen == [
        (None, 0, []),
        ("pending", 0, []),
        ("opened", 1, ["open"]),
        ("failing", 1, ["open"]),
        ("recovering", 1, ["open"]),
        ("recovered", 2, ["closed"]),
    ]
    assert "health" in production.told[0]
    assert "holds again" in production.told[1]


def test_a_lost_memory(production: Production) -> None:
    """A memory that somebody has destroyed costs no alert: it goes out at once, and says why."""
    production.tick()
    number = memory(production.repository)
    body = production.repository.issues()[number].body or ""
    with production.github.world.lock:
        change(production.repository, number, body=body.split("<!-- trivigil:monitor-state")[0])
    production.shop.shop.faults = {"/health": "500"}
    run = production.use(production.machine(), slack_webhook=production.slack.url(PATH))
    assert run.events["health"] == "opened"
    assert "memory of earlier runs" in production.slack.posted[0].body.decode()


def test_two_runs_at_once(production: Production) -> None:
    """Both see the second failure, one message goes out."""
    production.shop.shop.faults = {"/health": "500"}
    production.tick(failures_before_alert="3")
    production.tick(failures_before_alert="3")
    half_an_hour_passes(production.repository)
    machines = [production.machine() for _ in range(2)]
    address = production.slack.url(PATH)
    runs = [
        threading.Thread(target=production.use, args=(one,), kwargs={"slack_webhook": address})
        for one in machines
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join(120)
    assert len(production.told) == 1


def test_nothing_secret_is_needed(production: Production) -> None:
    """Without receivers, and with a token that may only read, it looks, passes, and says that nothing is remembered."""
    for fault in (False, True):
        production.shop.shop.faults = {"/health": "500"} if fault else {}
        run = production.use(production.machine(may={"contents": "read"}))
        assert run.done.outcome == ("failure" if fault else "success")
    assert run.events["health"] == "opened"
    assert "issues: write" in run.done.text
    assert production.repository.issues() == {}


# --- what it keeps to itself ---------------------------------------------------------------------


def test_a_name_in_place_of_the_address(production: Production) -> None:
    """`target-name` stands in every file, log, issue and message; host, port and path of the target in none."""
    production.shop.shop.faults = {"/health": "500", "/": "content"}
    address = production.shop.url
    run = production.tick(target_name="the shop", failures_before_alert="1")
    production.shop.close()
    away = production.tick(target_name="the shop", failures_before_alert="1")
    bodies = "".join(one.body or "" for one in production.repository.issues().values())
    told = "".join(one.body.decode() for one in production.slack.posted)
    shown = (run.shown(), away.shown(), bodies, told)
    port = address.rpartition(":")[2]
    assert len(production.told) > 1
    for text in shown:
        assert address not in text
        assert f":{port}" not in text
    assert "the shop" in run.report["target"]


def test_who_sees_the_receivers(production: Production) -> None:
    """The step that works, and what it starts, have neither an input's address nor the job's own, nor the token; nothing of it is shown."""
    production.shop.shop.faults = {"/health": "500"}
    machine, seen = production.machine(), {}
    address = production.slack.url(PATH)
    machine.job.env["TRIVIGIL_WEBHOOK_SECRET"] = "canary-of-the-signature"

    def look(stage: Stage) -> None:
        values = " ".join(stage.environment.values())
        secrets = (machine.token, address, "canary-of-the-signature")
        seen[stage.id] = tuple(one in values for one in secrets)

    machine.consumer.write(
        "checks/spy_check.py",
        "import os, pathlib\n\ndef check_spy(site):\n"
        f"    pathlib.Path({str(machine.job.place / 'spied.txt')!r}).write_text(repr(dict(os.environ)))\n",
    )
    spy = "import os, pathlib, time; pathlib.Path('seen.txt').write_text(repr(dict(os.environ))); time.sleep(60)"
    machine.consumer.write("spy.py", spy)
    hooks = {name: Hook(before=look) for name in ("setup", "watch", "tell", "publish")}
    run = production.use(
        machine,
        hooks,
        slack_webhook=address,
        failures_before_alert="1",
        start=f"{sys.executable} spy.py",
    )
    assert seen == {
        "setup": (False, False, True), "watch": (False, False, False),
        "tell": (True, True, True), "publish": (True, False, True),
    }  # fmt: skip
    started = (machine.job.workspace / "seen.txt").read_text(encoding="utf-8")
    started += (machine.job.place / "spied.txt").read_text(encoding="utf-8")
    for secret in (machine.token, "canary-slack-path", "canary-of-the-signature"):
        assert secret not in run.shown()
        assert secret not in started
    assert len(production.told) == 1


# --- the front door ------------------------------------------------------------------------------


def test_the_front_door(production: Production) -> None:
    """`watch: monitor` with its settings in the file and the receiver in the environment tells and publishes as the action does."""
    production.shop.shop.faults = {"/health": "500"}
    machine = production.machine()
    machine.job.env["TRIVIGIL_SLACK_WEBHOOK"] = production.slack.url(PATH)
    machine.consumer.write(
        ".trivigil.yml",
        f"monitor:\n  target: {production.shop.url}\n  target-name: the shop\n  tests: checks\n  allow-private: true\n"
        "  retries: 0\n  failures-before-alert: 1\n  fail: false\n",
    )
    run = Run(machine.run(None, "action.yml", watch="monitor"), machine)
    assert (run.done.outcome, run.done.outputs["monitor-passed"]) == ("success", "false")
    assert run.causes == {"health": "http-5xx"}
    assert len(production.told) == 1
    assert [one.state for one in production.issues] == ["open"]
    assert run.done.outputs["monitor-issue-url"].endswith(f"/issues/{production.issues[0].number}")
    assert "canary-slack-path" not in run.shown()
    assert production.shop.url not in run.shown()
