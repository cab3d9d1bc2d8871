"""Lighthouse's reports, and what Lighthouse CI makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values

if TYPE_CHECKING:
    from pathlib import Path

LIGHTHOUSE, LHCI = PERF / "lighthouse" / "v12", PERF / "lhci" / "v0.15"
PAGE = "http://127.0.0.1:8771/"


def test_scores_times_and_what_was_loaded() -> None:
    """Scores from 0 to 1, milliseconds, and bytes by type; more score is better."""
    report = json.loads((LIGHTHOUSE / "plain.json").read_bytes())
    reading = read(LIGHTHOUSE / "plain.json")
    assert (subjects(reading), reading.unit) == ([PAGE], "pages")
    found = values(reading, PAGE)
    assert found["score.performance"] == report["categories"]["performance"]["score"]
    audit = report["audits"]["largest-contentful-paint"]
    assert found["page.largest_contentful_paint"] == audit["numericValue"]
    items = report["audits"]["resource-summary"]["details"]["items"]
    scripts = next(item for item in items if item["resourceType"] == "script")
    assert found["resources.script.size"] == scripts["transferSize"]
    assert found["resources.script.count"] == scripts["requestCount"]
    better = {m.metric.name: m.metric.better for m in facts(reading).measurements}
    assert (better["score.seo"], better["page.speed_index"]) == ("higher", "lower")


def test_no_shift_is_a_measurement() -> None:
    """A layout that did not move, and a thread that was never blocked, are what a budget asks for."""
    assert values(read(LIGHTHOUSE / "plain.json"), PAGE)["page.cumulative_layout_shift"] == 0


def test_the_machines_speed_is_kept() -> None:
    """`benchmarkIndex` tells a slow runner from a slow page."""
    assert float(facts(read(LIGHTHOUSE / "plain.json")).host["benchmarkIndex"]) > 0


def test_a_page_that_could_not_be_scored_makes_the_run_invalid() -> None:
    """The report is whole, its scores are null."""
    reading = read(LIGHTHOUSE / "failed.json")
    assert facts(reading).invalid == (
        f"Lighthouse could not score `{PAGE}err`: ERRORED_DOCUMENT_REQUEST.",
    )
    assert (reading.state, facts(reading).measurements) == ("crashed", ())


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        pytest.param({"numericValue": -1}, "numericValue` is `-1`", id="negative"),
        pytest.param({"numericUnit": "second"}, "numericUnit` is `second`", id="another unit"),
    ],
)
def test_a_damaged_audit_is_left_out(audit: dict[str, Any], said: str, tmp_path: Path) -> None:
    """The others are read, and the reading is partial."""
    report = json.loads((LIGHTHOUSE / "plain.json").read_bytes())
    report["audits"]["speed-index"] |= audit
    reading = read_data(json.dumps(report).encode(), tmp_path)
    assert reading.state == "partial"
    assert said in reading.notes[0]
    assert "page.speed_index" not in values(reading, PAGE)


def test_an_unknown_category_is_said(tmp_path: Path) -> None:
    """Version 13 has one more."""
    report = json.loads((LIGHTHOUSE / "plain.json").read_bytes())
    report["categories"]["agentic-browsing"] = {"score": 1}
    assert (
        "`agentic-browsing` is left out"
        in read_data(json.dumps(report).encode(), tmp_path).notes[0]
    )


def test_an_audit_that_did_not_apply_is_no_measurement(tmp_path: Path) -> None:
    """It may have a number left over."""
    report = json.loads((LIGHTHOUSE / "plain.json").read_bytes())
    report["audits"]["speed-index"]["scoreDisplayMode"] = "notApplicable"
    reading = read_data(json.dumps(report).encode(), tmp_path)
    assert "page.speed_index" not in values(reading, PAGE)


def test_the_manifests_representative_run_counts(tmp_path: Path) -> None:
    """The scores of all runs are its rounds."""
    runs = [
        {
            "url": "u",
            "isRepresentativeRun": chosen,
            "jsonPath": path,
            "summary": {"performance": score},
        }
        for chosen, path, score in ((False, "a", 0.5), (True, "b", 0.7), (False, "c", 0.9))
    ]
    (measured,) = facts(read_data(json.dumps(runs).encode(), tmp_path)).measurements
    assert (measured.value, measured.n, measured.rounds) == (0.7, 3, (0.5, 0.7, 0.9))


def test_reports_that_share_a_file_are_said() -> None:
    """A pattern without a unique part lets later runs overwrite earlier ones."""
    entries = json.loads((LHCI / "manifest.json").read_bytes())
    assert len({entry["jsonPath"] for entry in entries}) == len(entries)
    assert read(LHCI / "manifest.json").notes == ()


def test_no_representative_run_is_damage(tmp_path: Path) -> None:
    """Nobody could say whose scores count."""
    runs = [
        {"url": "u", "isRepresentativeRun": False, "jsonPath": "a", "summary": {"performance": 1}},
        {"url": "u", "isRepresentativeRun": False, "jsonPath": "a", "summary": {"performance": 1}},
    ]
    reading = read_data(json.dumps(runs).encode(), tmp_path)
    assert reading.state == "partial"
    assert "0 of its runs are said to stand for it" in reading.notes[0]
    assert "later runs overwrote earlier ones" in reading.notes[1]


def test_assertions_are_verdicts() -> None:
    """A failure of level `error` gates as `lhci assert` does; a warning is shown."""
    reading = read(LHCI / "assertions.json")
    shown = {v.location.name.split(" ")[1]: (v.kind, v.gates) for v in facts(reading).verdicts}
    assert shown == {
        "categories.performance": ("pass", True),
        "interactive": ("fail", True),
        "no-such-audit": ("fail", False),
        "resource-summary.script.size": ("fail", False),
    }
    unknown = next(v for v in facts(reading).verdicts if "no-such-audit" in v.message)
    assert unknown.message.endswith('"no-such-audit" is not a known audit.')


def test_a_number_that_could_not_be_computed_is_null(tmp_path: Path) -> None:
    """JSON has no NaN, and the assertion failed."""
    entry = json.loads((LHCI / "assertions.json").read_bytes())[1] | {"actual": None}
    (verdict,) = facts(read_data(json.dumps([entry]).encode(), tmp_path)).verdicts
    assert (verdict.kind, "found nothing" in verdict.message) == ("fail", True)


def test_no_assertion_is_no_pass(tmp_path: Path) -> None:
    """After a collect that failed, `lhci assert` ends with 0 and writes the same `[]`."""
    read_data(b"[]", tmp_path)
    reading = read(tmp_path / "x.csv", "lhci")
    assert (reading.state, reading.format) == ("empty", "assertions-json")
    assert "measured nothing" in reading.notes[0]
