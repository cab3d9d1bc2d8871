from __future__ import annotations

import json

from trivigil.publish import parse_wanted, payloads, plan, prepare

from .scene import CHECKOUT, Scene, finding, report


def test_payloads_are_what_is_sent(scene: Scene) -> None:
    """A dry run's files are the very bodies of a first publish."""
    told = report(results=tuple(finding(index) for index in range(60)))
    environ = scene.environ()
    scene.run(told, scene.token(), environ)
    event = scene.event()._replace(run_id=int(environ["GITHUB_RUN_ID"]))
    files = payloads(plan(told, event, parse_wanted("auto"), {}), prepare(told, event, CHECKOUT))
    [created] = scene.github.calls("POST", "*/check-runs")
    [appended] = scene.github.calls("PATCH", "*/check-runs/*")
    assert json.loads(files["check-run.json"]) == created.request_body
    assert json.loads(files["check-run-2.json"]) == appended.request_body
    assert files["comment.md"].rstrip() == scene.bodies()[0].rstrip()


def test_payloads_without_github() -> None:
    """Outside Actions everything is shown, and the plan says that nothing is sent."""
    told = report(results=(finding(),))
    chosen = plan(told, None, parse_wanted("auto"), {})
    files = payloads(chosen, prepare(told, None, CHECKOUT), "out/report.json")
    assert set(files) == {
        "publish-plan.json", "comment.md", "issue.json", "check-run.json", "summary.md",
        "annotations.txt", "outputs.txt",
    }  # fmt: skip
    steps = json.loads(files["publish-plan.json"])["steps"]
    assert {step["channel"] for step in steps if step["act"] == "do"} == {"outputs", "file"}
    assert "::error title=" in files["annotations.txt"]
    assert "report=out/report.json\n" in files["outputs.txt"]


def test_unwanted_channels_have_no_file() -> None:
    """A channel that was not asked for leaves no file."""
    told = report()
    files = payloads(plan(told, None, parse_wanted("summary"), {}), prepare(told, None, CHECKOUT))
    assert set(files) == {"publish-plan.json", "summary.md", "outputs.txt"}
