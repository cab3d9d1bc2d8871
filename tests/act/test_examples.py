from __future__ import annotations

import re
from typing import Any

import pytest

from .bench import Bench
from .project import ROOT, find_tool
from .seen import the_comment, verdicts
from .test_application import LOCUSTFILE, Service

EXAMPLE = ROOT / "examples" / "workflows" / "performance.yml"
SHORT = """\
perf:
  users: 2
  spawn-rate: 10
  run-time: 3s
  profiles:
    stress: {users: 4, rate: 40, duration: 12s, steps: 2}
    endurance: {duration: 4s}
"""
"""What the example would do for two hours, in half a minute."""

pytestmark = pytest.mark.skipif(find_tool("locust") is None, reason="Locust is not installed here")


@pytest.fixture
def service(bench: Bench) -> Service:
    return Service(bench)


def prepare(bench: Bench, service: Service) -> str:
    """The example as a team copies it, with its own application in place of the compose file's; its path."""
    replaced = {
        r"start: docker-compose\.test\.yml": f"start: {service.variables['START']}",
        r"http://localhost:8080": service.url,
    }
    text = EXAMPLE.read_text(encoding="utf-8")
    for pattern, own in replaced.items():
        text, count = re.subn(pattern, own, text)
        assert count, f"the example does not say {pattern} any more"
    workflow = bench.root / "performance.yml"
    workflow.write_text(text, encoding="utf-8")
    bench.consumer.write("load/locustfile.py", LOCUSTFILE)
    bench.consumer.write(".trivigil.yml", SHORT)
    limits = {"default": {"p95_response_time": 5000, "error_rate": 0}, "OVERALL": {"requests": 1}}
    bench.consumer.write_budgets(limits, "performance-thresholds.json")
    return str(workflow)


def profiles(report: Any) -> list[str]:
    """Which profiles have measurements, in their order."""
    return list(dict.fromkeys(each["profile"] for each in report["measurements"]))


def test_a_pull_request_gets_a_smoke_test(bench: Bench, service: Service) -> None:
    """The seed's workflow in its mended form: the example, executed, comments on the pull request."""
    bench.repository.pull(7)
    run = bench.run(prepare(bench, service))
    assert run.code == 0
    report = run.report()
    assert (report["passed"], profiles(report)) == (True, ["smoke"])
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    assert "Every request succeeded" in the_comment(bench.repository).body
    assert not service.answers()


def test_the_night_gets_every_profile(bench: Bench, service: Service) -> None:
    """One after the other in one job, each measured, judged and shown by itself."""
    workflow = prepare(bench, service)
    payload = bench.github.event("schedule", bench.repository)
    run = bench.run(workflow, event="schedule", payload=payload)
    report = run.report()
    assert profiles(report) == ["smoke", "load", "stress", "endurance"]
    assert [planned["name"] for planned in report["facts"]["profiles"]] == profiles(report)
    assert report["figures_profile"] == "load"
    assert report["problems"] == []
    for name in profiles(report):
        assert f"Profile {name}" in run.summary()
    assert not service.answers()


@pytest.mark.parametrize("choice", ["load", "smoke"])
def test_by_hand_the_choice_is_run(bench: Bench, service: Service, choice: str) -> None:
    """What is chosen in GitHub's form, and nothing else."""
    workflow = prepare(bench, service)
    payload = bench.github.event("workflow_dispatch", bench.repository, inputs={"profile": choice})
    run = bench.run(workflow, event="workflow_dispatch", payload=payload)
    assert run.code == 0
    assert profiles(run.report()) == [choice]
