"""The comparison within a run of the monitor: real exchanges, a server whose delay is known."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.monitor.scene import context
from tests.web.faults import closed_port, http, wire
from trivigil import monitor, schemas
from trivigil.core.errors import InputError
from trivigil.core.report import Report
from trivigil.monitor import analysis, baseline, facts
from trivigil.monitor.baseline import kept, reading
from trivigil.monitor.baseline.comparison import Tolerance
from trivigil.monitor.baseline.sampling import Pace, Sampler
from trivigil.monitor.control import Control
from trivigil.monitor.planned import Bounds
from trivigil.render import json as reports
from trivigil.render import monitor_page, text
from trivigil.web.probe import Rules

DELAY = 0.15
PACE = Pace(pause=0.0, luck=lambda: 0.0)
FILE = "usual.json"
TOLERANCE = Tolerance(80, 25)
"""A crowded machine may take its time."""


def usual(folder: Path, target: str, created: float = -1.0, **changes: Any) -> Path:
    """A baseline file of a server that answers at once, measured at one; of so many days ago."""
    with wire(http()) as site:
        found = Sampler(Bounds(site.url(), allow_private=True), PACE).take(20)
    then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + created * 86400))
    made = kept.make(target, then, found.samples, tolerance=TOLERANCE, **changes)
    (folder / FILE).write_text(kept.dump(made), encoding="utf-8")
    return folder


def watched(folder: Path, url: str, **changes: Any) -> Report:
    """What a run of the monitor says of the target."""
    bounds = Bounds(url, allow_private=True, timeout=5)
    order = monitor.Order(bounds, headers=False, retries=0, baseline=FILE, pause=0.01)
    return monitor.watch(
        order._replace(**changes),
        context(target=f"{url}/"),
        directory=str(folder),
        environ={"RUNNER_OS": "Linux", "TRIVIGIL_REGION": "here"},
        say=lambda _: None,
    )


def check(report: Report) -> facts.Checked:
    """The check of the baseline."""
    [found] = [one for one in facts.read(report.facts["checks"]) if one.name == "baseline"]
    return found


def fact(report: Report) -> dict[str, Any]:
    """What the result file says of it."""
    dumped = json.loads(reports.dump(report))
    jsonschema.Draft202012Validator(json.loads(schemas.text("report"))).validate(dumped)
    found: dict[str, Any] = dumped["baseline"]
    return found


def test_as_usual(tmp_path: Path) -> None:
    """The check is up, after the few samples that a healthy target costs; the runner's other region is noted."""
    with wire(http()) as site:
        url = site.url("")
        usual(tmp_path, f"{url}/", runner={"os": "Linux", "region": "there"})
        report = watched(tmp_path, url)
        asked = len(site.heads)
    found = fact(report)
    assert (found["verdict"], found["samples"], found["usual_samples"]) == ("usual", 5, 20)
    assert set(found["phases"]) == {"connect", "ttfb", "transfer", "total"}
    assert set(found["phases"]["ttfb"]) >= {"usual", "spread", "now", "change_ms", "change_percent", "slower"}  # fmt: skip
    assert (check(report).status, report.conclusion.exit_code) == ("up", 0)
    assert asked == 1 + 1 + 5
    assert check(report).phases.ttfb == pytest.approx(found["phases"]["ttfb"]["now"], abs=0.01)
    assert report.notes == (
        "usual.json was measured on another kind of runner (region here, was there).",
    )


def test_slower(tmp_path: Path) -> None:
    """The phase is named at its line of the file; it is a warning, not an outage."""
    with wire(DELAY, http()) as site:
        usual(tmp_path, site.url("/"))
        report = watched(tmp_path, site.url(""))
    found, one = fact(report), check(report)
    assert (found["verdict"], found["samples"]) == ("slower", 20)
    assert [phase for phase, row in found["phases"].items() if row["slower"]] == ["ttfb", "total"]
    assert (one.kind, one.status, one.cause, one.file) == ("baseline", "degraded", "slow", FILE)
    assert one.message.startswith("the first byte is slower than usual: ")
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    assert [lines[(each.line or 0) - 1].split('"')[1] for each in one.failed] == ["ttfb", "total"]
    assert report.conclusion.exit_code == 0
    [result] = [each for each in report.results if each.rule.id == "monitor.baseline"]
    assert (result.kind, result.location.name, result.location.path) == ("fail", "baseline", FILE)
    assert "baseline is degraded (slow)" in result.message
    told = text.render(report, width=100, colour=False)
    assert "the first byte is slower than usual" in told
    assert "Compared with the baseline: slower" in told


def test_faster_is_a_note(tmp_path: Path) -> None:
    """And nothing else: the check is up."""
    with wire(DELAY, http()) as slow:
        found = Sampler(Bounds(slow.url(), allow_private=True), PACE).take(20)
    with wire(http()) as site:
        then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 200 * 86400))
        made = kept.make(site.url("/"), then, found.samples)
        (tmp_path / FILE).write_text(kept.dump(made), encoding="utf-8")
        report = watched(tmp_path, site.url(""))
    assert (fact(report)["verdict"], check(report).status) == ("faster", "up")
    assert "usual.json is 200 days old" in report.notes[0]
    assert "The target is faster than usual.json says (the first byte takes" in report.notes[1]


def test_a_target_that_does_not_answer(tmp_path: Path) -> None:
    """It is not measured, and that is not `as usual`."""
    url = f"http://127.0.0.1:{closed_port()}"
    usual(tmp_path, url)
    report = watched(tmp_path, url)
    assert (check(report).status, fact(report)["verdict"]) == ("unknown", "skipped")
    assert check(report).skipped == "it depends on `reachability`, which is down"


def test_a_target_that_fails_now_and_then(tmp_path: Path) -> None:
    """A measurement with a failure in it is made once more; then it is unknown, with the cause."""
    bad = http("500 canary-1")
    with wire(bad, answers=[http()] * 4) as site:
        usual(tmp_path, site.url("/"))
        report = watched(tmp_path, site.url(""), retries=2)
    found = check(report)
    assert (found.status, found.cause, len(found.attempts)) == ("unknown", "http-5xx", 2)
    assert found.attempts[0].message == "the measurement is invalid: the exchange after sample 2 failed (the answer is 500)"  # fmt: skip
    assert (fact(report)["verdict"], fact(report)["phases"]) == ("invalid", {})
    assert "not compared, because a request failed" in text.render(report, width=100, colour=False)
    assert report.conclusion.exit_code == 1


def test_once_more_is_enough(tmp_path: Path) -> None:
    """Where the second measurement is whole, it decides."""
    with wire(http(), answers=[http(), http(), http("500 No")]) as site:
        usual(tmp_path, site.url("/"))
        report = watched(tmp_path, site.url(""), retries=2)
    assert [one.status for one in check(report).attempts] == ["unknown", "up"]
    assert fact(report)["verdict"] == "usual"


def test_the_runners_own_network(tmp_path: Path) -> None:
    """Where no control URL answers either, it is not the target."""
    base = reading.read((usual(tmp_path, "x") / FILE).read_text(encoding="utf-8"), FILE)
    bounds = Bounds(f"http://127.0.0.1:{closed_port()}", allow_private=True)
    control = Control([f"http://127.0.0.1:{closed_port()}"], Rules(allow_private=True))
    found = baseline.look(Sampler(bounds, PACE), base, first=5, control=control)
    assert (found.attempt.status, found.attempt.cause) == ("unknown", "runner-network")


def test_time_that_is_over(tmp_path: Path) -> None:
    """Too few samples say nothing."""
    base = reading.read((usual(tmp_path, "x") / FILE).read_text(encoding="utf-8"), FILE)
    with wire(http()) as site:
        bounds = Bounds(site.url(), allow_private=True)
        found = baseline.look(Sampler(bounds, PACE._replace(whole=0.0)), base, first=5)
    assert (found.attempt.status, found.comparison) == ("unknown", None)
    assert found.attempt.message.startswith("the time was over after 0 samples")


@pytest.mark.parametrize(
    ("target", "created", "said"),
    [
        pytest.param("https://other.example/", -1, "target: it was measured at https://other.example/", id="foreign"),
        pytest.param("", -400, "created_at: it is 400 days old", id="too old"),
        pytest.param(None, 0, "baseline: there is no such file", id="missing"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used(
    target: str | None, created: float, said: str, tmp_path: Path
) -> None:
    """An error before anything is asked."""
    with wire(http()) as site:
        if target is not None:
            usual(tmp_path, target or site.url("/"), created)
        with pytest.raises(InputError) as error:
            watched(tmp_path, site.url(""))
        assert site.heads == []
    assert said in str(error.value)


def test_nothing_of_the_site_gets_out(tmp_path: Path) -> None:
    """Secrets in URL, headers and bodies are in no output of the comparison."""
    hostile = "canary-2::error::<script>@everyone"
    answer = http("200 canary-3", f"X-A: {hostile}", body=hostile.encode())
    with wire(DELAY, answer) as site:
        url = site.url("/?key=canary-4")
        usual(tmp_path, site.url("/?key"))
        base = reading.read((tmp_path / FILE).read_text(encoding="utf-8"), FILE)
        bounds = Bounds(url, allow_private=True, secrets={"a": "canary-5"})
        environ = {"TRIVIGIL_REGION": "eu##[error]", "GITHUB_TOKEN": "canary-6"}
        found = baseline.watch(FILE, base, bounds, pace=PACE, environ=environ)
    assert found.check.status == "degraded"
    report = analysis.analyze([found.check], context(), baseline=found.fact)
    page = monitor_page.render(report)
    assert "Slower." in page
    assert "canary" not in page
    said = json.dumps([facts.as_json([found.check]), found.fact, found.notes]) + repr(found)
    assert "canary" not in said
    assert "script" not in said
    assert "##[" not in said
