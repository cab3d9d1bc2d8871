"""The monitoring workflow as it is shown, executed: the example service in health and in each fault, from tick to tick."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.alert.service import Service
from tests.alert.slack_server import PATH, slack
from tests.certificates import Authority, server_context
from tests.github_double.subjects.issues import Issue
from tests.monitor.shop import CANARY, Shop, half_an_hour_passes, memory

from .bench import Bench
from .finished import Finished
from .project import ROOT

EXAMPLE = ROOT / "examples" / "workflows" / "monitoring.yml"
CHECKS = ROOT / "tests" / "data" / "monitor" / "shop"
MAY = {"contents": "read", "issues": "write"}
"""What the example grants."""
SAID = """\
      - name: What the step said
        if: always()
        shell: bash
        env:
          STEP: ${{ toJSON(steps.monitor) }}
        run: printf '%s' "$STEP" > "$BENCH/written/monitor.json"
"""
HERE = "monitor:\n  allow-private: true\n  retries: 0\n"
"""The target of these tests is near, and a second attempt sees what the first one saw."""

XPATH = 'GET {{target}}/\nHTTP 200\n[Asserts]\nxpath "string(//h1)" == "The example shop"\n'
PYTHON = """\
def check_account(site):
    with site.client() as client:
        assert client.get("/account").status_code == 401
"""
"""What the environment of the actions has to have libraries for."""


class Production:
    """The shop in production, and the runs of the example that look at it."""

    def __init__(self, bench: Bench, receiver: Service) -> None:
        self.bench, self.receiver, self.runs = bench, receiver, 0
        shutil.copytree(CHECKS, bench.consumer.folder / "checks")
        bench.consumer.write(".trivigil.yml", HERE)
        bench.consumer.write("checks/title.hurl", XPATH)
        bench.consumer.write("checks/account_check.py", PYTHON)

    def workflow(self, **replaced: str) -> str:
        """The example as a team copies it, with an id for the step, and these words in place of others; its path."""
        text = EXAMPLE.read_text(encoding="utf-8") + SAID
        own = {"- uses: trivigil/": "- id: monitor\n        uses: trivigil/", **replaced}
        for word, other in own.items():
            assert text.count(word) == 1, f"the example does not say {word} once"
            text = text.replace(word, other)
        path = self.bench.root / "monitoring.yml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def tick(
        self,
        shop: Shop,
        event: str = "schedule",
        facts: Mapping[str, Any] | None = None,
        replaced: Mapping[str, str] | None = None,
    ) -> Finished:
        """One run, half an hour after the one before."""
        repository, self.runs = self.bench.repository, self.runs + 1
        if repository.issues():
            half_an_hour_passes(repository)
        return self.bench.run(
            self.workflow(**(replaced or {})), event=event, token=self.bench.token(**MAY),
            payload=self.bench.github.event(event, repository, **(facts or {})), run_id=5000 + self.runs,
            variables={"PRODUCTION_URL": shop.url, "PRODUCTION_NAME": "the shop"},
            secrets={"SLACK_WEBHOOK": self.receiver.url(PATH)},
        )  # fmt: skip

    @property
    def told(self) -> list[str]:
        """What Slack got."""
        return [one.body.decode() for one in self.receiver.posted]

    @property
    def issues(self) -> list[Issue]:
        """The incidents' issues."""
        found = self.bench.repository.issues().values()
        return [one for one in found if (one.body or "").startswith("<!-- trivigil:issue:1 ")]


@pytest.fixture
def shop() -> Iterator[Shop]:
    """The example service in health."""
    with Shop() as made:
        yield made


@pytest.fixture
def production(bench: Bench) -> Iterator[Production]:
    """A repository with the example, and a Slack that checks every message."""
    with slack() as receiver:
        yield Production(bench, receiver)


def causes(run: Finished) -> dict[str, str]:
    """What is not up, with its cause."""
    checks = run.report("trivigil-monitor")["checks"]
    return {one["name"]: one["cause"] for one in checks if one["status"] != "up"}


def events(run: Finished) -> set[str]:
    """What came of the checks in this run."""
    told = run.report("trivigil-monitor")["incidents"]
    return {one["events"][0] for one in told}


def test_from_health_through_every_fault_to_health(production: Production, shop: Shop) -> None:
    """Quiet in health; an error, a wrong content, a slow page and a lost header each with its cause; one alert after two runs, one at its end; always green."""
    first = production.tick(shop)
    assert (first.code, causes(first), production.issues) == (0, {}, [])
    names = [one["name"] for one in first.report("trivigil-monitor")["checks"]]
    assert names == ["account_check", "front", "health", "product", "products", "title"]
    assert first.step("monitor").outputs["conclusion"] == "success"
    assert first.report("trivigil-monitor")["scheduled_for"]
    assert first.annotations("warning") + first.annotations("error") == []
    remembers = production.bench.repository.issues()[memory(production.bench.repository)]
    assert (remembers.state, remembers.labels) == ("closed", ())

    healthy = shop.shop.EVERY_ANSWER
    shop.lose_headers()
    shop.shop.faults = {"/health": "500", "/products": "slow", "/products/1": "content"}
    second, third = production.tick(shop), production.tick(shop)
    for run in (second, third):
        assert causes(run) == {
            "front": "assertion", "health": "http-5xx", "product": "assertion", "products": "slow",
        }  # fmt: skip
        outputs = run.step("monitor").outputs
        assert (run.code, outputs["passed"]) == (0, "false")
        counts = json.loads(outputs["counts"])
        assert (counts["down"], counts["degraded"], counts["up"]) == (3, 1, 2)
        assert "http-5xx" in run.summary()
    assert (events(second), events(third)) == ({"pending"}, {"opened"})
    assert (len(production.told), len(production.issues)) == (1, 4)
    assert "front" in production.told[0]

    shop.shop.faults, shop.shop.EVERY_ANSWER = {}, healthy
    fourth, last = production.tick(shop), production.tick(shop, "workflow_dispatch")
    assert (events(fourth), events(last)) == ({"recovering"}, {"recovered"})
    assert (last.code, len(production.told)) == (0, 2)
    assert {one.state for one in production.issues} == {"closed"}

    bodies = "".join(one.body or "" for one in production.bench.repository.issues().values())
    shown = "".join((*production.told, bodies, third.raw, last.raw))
    files = "".join(
        path.read_text("utf-8") for path in Path(third.artifacts).rglob("*") if path.is_file()
    )
    assert CANARY not in shown + files
    assert shop.url not in bodies + files + "".join(production.told)


def test_the_checks_of_the_example(production: Production, shop: Shop) -> None:
    """Every check file under examples/ holds for the example service, which the action starts and stops."""
    folder, url = production.bench.consumer.folder, shop.url
    shop.close()  # its port is free, for the service as a team starts it
    shutil.rmtree(folder / "checks")
    shutil.copytree(ROOT / "examples" / "checks", folder / "checks")
    shutil.copytree(ROOT / "examples" / "service", folder / "service")
    more = f"""\
          headers: true
          allow-writes: true
          start: env PORT={shop.port} {sys.executable} -m service
          wait-for: {url}/health
        env:
          TRIVIGIL_SECRET_password: demo
"""
    workflow = {
        "          headers: true\n": "",
        "          slack-webhook: ${{ secrets.SLACK_WEBHOOK }}\n": more,
    }
    run = production.tick(shop, replaced=workflow)
    assert (run.code, causes(run)) == (0, {})
    names = {one["name"] for one in run.report("trivigil-monitor")["checks"]}
    assert {"home", "cart", "api health", "login_check session"} <= names
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", shop.port)) != 0


def test_down(production: Production, shop: Shop) -> None:
    """Nothing listens; whoever wants a red run says `fail: true`."""
    shop.close()
    run = production.tick(shop, replaced={"fail: false": "fail: true"})
    assert (run.code, run.exit_status("monitor")) == (1, 1)
    assert set(causes(run).values()) == {"refused"}


def test_a_certificate_that_has_ended(production: Production, shop: Shop, tmp_path: Path) -> None:
    """Its own cause; and the button tells at the first failure where that is ticked."""
    authority = Authority(tmp_path)
    context = server_context(authority.sign(begins=-30, ends=-1))
    trust = f"    env: {{SSL_CERT_FILE: {authority.roots}}}\n    steps:\n"
    production.tick(shop)
    with Shop(context) as secured:
        facts = {"inputs": {"alert-at-once": "true"}}
        run = production.tick(secured, "workflow_dispatch", facts, {"    steps:\n": trust})
    assert set(causes(run).values()) == {"tls-expired"}
    assert "certificate" in causes(run)
    assert (run.code, events(run), len(production.told)) == (0, {"opened"}, 1)
    assert "tls-expired" in production.told[0]
