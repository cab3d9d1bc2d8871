"""ZAP's JSON and XML: alerts, their instances, and nothing of requests and responses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import severity

if TYPE_CHECKING:
    from pathlib import Path

JSON, XML = DATA / "zap/json", DATA / "zap/xml"
WHOLE = [
    JSON / "plain.json",
    JSON / "single.json",
    JSON / "twice.json",
    XML / "plain.xml",
    XML / "plus.xml",
]


def test_alerts_are_counted_and_instances_too() -> None:
    """Two sites: four alerts, one of them a false positive, at five places."""
    reading = read(JSON / "plain.json")
    assert (reading.tool, reading.state, reading.count, reading.unit) == (
        "zap",
        "complete",
        3,
        "alerts",
    )
    assert facts(reading).counts == {"instances": 5, "sites": 2}
    assert facts(reading).scope == "https://shop.example, https://api.shop.example"
    assert facts(reading).scanned_at == "2026-11-23T10:00:00Z"


def test_an_alert_is_read() -> None:
    """Its first place in the order of addresses, its risk and confidence, and texts without HTML."""
    first, second, third, _ = findings(JSON / "plain.json")
    assert (first.kind, first.id, first.aliases) == ("web", "10038", ("10038-1",))
    assert first.place.url == "https://shop.example/a?token&page"
    assert first.description == (
        "The page & its header.\n\nSecond.\n\nIn 2 places: GET https://shop.example/a?token&page, GET https://shop.example/z."
    )
    assert (first.fix, first.help_uri) == ("Set the header.", "https://owasp.org/a")
    assert (first.cwes, first.confidence) == ((693,), "high")
    assert [severity.choose(each).severity.label for each in (first, second, third)] == [
        "medium",
        "high",
        "info",
    ]
    assert (second.place.method, second.place.parameter, second.cwes) == ("POST", "name", (89,))
    assert (third.accepted, third.cwes) == ("ZAP marks it as a false positive", ())


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_nothing_of_requests_and_responses_is_kept(path: Path) -> None:
    """No cookie, no body, no evidence, no value of an address."""
    assert "hunter2" in path.read_text()
    assert "hunter2" not in repr(read(path))


def test_json_and_xml_say_the_same() -> None:
    """The same scan is the same findings, whatever format it is written in."""
    assert (
        findings(XML / "plain.xml") == findings(XML / "plus.xml") == findings(JSON / "twice.json")
    )
    assert findings(JSON / "single.json") == findings(XML / "plain.xml")[:2]


@pytest.mark.parametrize(
    ("path", "state", "note"),
    [
        (JSON / "empty.json", "empty", ""),
        (XML / "empty.xml", "empty", ""),
        (JSON / "unreached.json", "partial", "it reached none"),
        (XML / "unreached.xml", "partial", "it reached none"),
        (JSON / "stopped.json", "partial", "it stopped early: Percentage of network failures"),
        (XML / "old.xml", "complete", ""),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_states(path: Path, state: str, note: str) -> None:
    """A site without alerts is clean; a report without sites, or of a scan that was stopped, is not."""
    reading = read(path)
    assert reading.state == state
    assert note in " ".join(reading.notes)


def test_an_alert_before_instances_has_its_place() -> None:
    """ZAP 2.3 wrote one address for each alert."""
    (found,) = findings(XML / "old.xml")
    assert (found.place.url, found.place.parameter) == ("https://shop.example/", "sid")


@pytest.mark.parametrize("risk", ["3", 3])
def test_numbers_may_be_texts(risk: object, tmp_path: Path) -> None:
    """Codes are read in either way; where there is none, the words are."""
    alert = {"pluginid": 40018, "name": "x", "riskcode": risk, "confidence": 4, "instances": None}
    path = tmp_path / "zap.json"
    path.write_text(
        json.dumps(
            {
                "@version": "2.9",
                "site": [{"@name": "a", "alerts": [alert, {"riskdesc": "High (Low)"}]}],
            }
        )
    )
    reading = read(path)
    assert (reading.state, reading.count) == ("complete", 2)
    assert [severity.choose(each).severity.label for each in facts(reading).findings] == [
        "high",
        "high",
    ]
    assert [each.id for each in facts(reading).findings] == ["40018", "unknown alert"]


@pytest.mark.parametrize(
    "site",
    [
        pytest.param([{"@name": "a"}], id="no alerts"),
        pytest.param([{"@name": "a", "alerts": [7]}], id="no objects"),
        pytest.param(["a"], id="no sites"),
    ],
)
def test_another_shape_is_not_clean(site: object, tmp_path: Path) -> None:
    """A site that tells nothing of its alerts proves nothing."""
    path = tmp_path / "zap.json"
    path.write_text(json.dumps({"@version": "2.9", "@generated": "x", "site": site}))
    assert read(path, "zap").state == "partial"


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    """Entities are never resolved: a report has no document type."""
    path = tmp_path / "zap.xml"
    text = (XML / "empty.xml").read_text()
    path.write_text(text.replace("?>", '?><!DOCTYPE OWASPZAPReport [<!ENTITY a "aaaa">]>', 1))
    assert "is not a result file of zap; it looks like XML" in (read(path, "zap").problem or "")


def test_a_report_in_words_is_a_problem(tmp_path: Path) -> None:
    """Markdown under a name of JSON is not read."""
    path = tmp_path / "zap.json"
    path.write_text("# ZAP Scanning Report\n\n## Summary of Alerts\n")
    assert "it looks like plain text" in (read(path, "zap").problem or "")


def test_a_limit_on_instances_is_said(tmp_path: Path) -> None:
    """ZAP lists some of an alert's instances and counts them all: the alert is whole, and the note says how many."""
    alert = {
        "pluginid": "1",
        "name": "x",
        "riskcode": "1",
        "count": "364",
        "instances": [{"uri": "https://a/"}],
    }
    path = tmp_path / "zap.json"
    path.write_text(json.dumps({"@version": "2.7", "site": [{"@name": "a", "alerts": [alert]}]}))
    reading = read(path)
    assert (reading.state, reading.notes) == (
        "complete",
        ("ZAP lists not all instances: 1 of 364 of x.",),
    )


def test_the_api_says_a_place_in_each_record() -> None:
    """Places of one alert on one site are one finding, as in a report; another site has its own, and a false positive is accepted."""
    reading = read(DATA / "zap/api/alerts.json")
    assert (reading.state, reading.count, reading.unit) == ("complete", 3, "alerts")
    assert facts(reading).counts == {"instances": 5, "sites": 2}
    policy, missing, _, false = facts(reading).findings
    assert (policy.id, policy.confidence, policy.place.url) == (
        "10038",
        "high",
        "https://shop.example/",
    )
    assert "In 2 places: GET https://shop.example/, GET https://shop.example/cart?token." in (
        policy.description
    )
    assert severity.choose(missing).severity is Severity.LOW
    assert false.accepted == "ZAP marks it as a false positive"
    assert findings(DATA / "zap/api/list.json") == (
        policy._replace(description="Content Security Policy (CSP) Header Not Set."),
        missing,
    )
    assert "hunter2" not in repr(reading)


def test_no_alerts_of_the_api_prove_nothing(tmp_path: Path) -> None:
    """An API that was asked before anything was scanned answers the same."""
    (tmp_path / "alerts.json").write_text('{"alerts": []}', encoding="utf-8")
    assert read(tmp_path / "alerts.json", "zap").state == "partial"
    assert read(tmp_path / "alerts.json").problem is not None


def test_what_zap_doubts_itself_is_told(tmp_path: Path) -> None:
    """That most requests failed is in the report since ZAP 2.17."""
    insight = {"level": "Medium", "reason": "Exceeded High", "description": "Failures"}
    site = {"@name": "https://shop.example", "alerts": []}
    report = {
        "@version": "2.17.0",
        "insights": [{**insight, "statistic": "63"}, {**insight, "level": "Info"}],
        "site": [site],
    }
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    reading = read(tmp_path / "report.json")
    assert (reading.state, reading.notes) == ("empty", ("ZAP doubts the scan: Failures: 63.",))
