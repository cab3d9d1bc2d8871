"""Safety's lists, checks and scans, and what it leaves where it failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import severity

if TYPE_CHECKING:
    from pathlib import Path

SAFETY = DATA / "safety"


@pytest.mark.parametrize(
    ("name", "form", "state", "count"),
    [
        ("v1/plain.json", "list-json", "complete", 18),
        ("v2/plain.json", "check-json", "complete", 18),
        ("v2/ignored.json", "check-json", "complete", 17),
        ("v2/empty.json", "check-json", "empty", 0),
        ("v2/unpinned.json", "check-json", "partial", 0),
        ("v3/banner.txt", "check-json", "partial", 18),
        ("v3/saved.json", "check-json", "partial", 18),
        ("v3/crashed.txt", "failure", "crashed", 0),
        ("scan/plain.json", "scan-json", "complete", 2),
        ("scan/empty.json", "scan-json", "empty", 0),
        ("scan/unpinned.json", "scan-json", "partial", 0),
    ],
)
def test_states_and_counts(name: str, form: str, state: str, count: int) -> None:
    """Requirements that are not pinned were not checked; a banner alone is a crash."""
    reading = read(SAFETY / name)
    assert (reading.tool, reading.format, reading.state) == ("safety", form, state)
    assert (reading.count, reading.unit) == (count, "advisories")


def test_every_version_finds_the_same() -> None:
    """The same requirements against the same database: list, check and check with banner agree."""
    each = [
        {
            (f.package and f.package.name, f.package and f.package.version, f.id)
            for f in findings(SAFETY / name)
        }
        for name in ("v1/plain.json", "v2/plain.json", "v3/banner.txt")
    ]
    assert each[0] == each[1] == each[2]
    assert findings(SAFETY / "v3/banner.txt") == findings(SAFETY / "v3/saved.json")


def test_a_check_says_the_advisory_and_the_file() -> None:
    """The CVE is another name of Safety's number; the file is the one that was named."""
    found = next(each for each in findings(SAFETY / "v3/saved.json") if each.id == "36546")
    assert found.aliases == ("CVE-2018-18074",)
    assert found.place.path == "requirements.txt"
    assert [(each.system, each.score, each.severity) for each in found.ratings] == [
        ("cvss:3.1", 7.5, Severity.HIGH),
        ("cvss:2.0", 5.0, Severity.MEDIUM),
    ]
    unrated = [each for each in findings(SAFETY / "v3/saved.json") if not each.ratings]
    assert len(unrated) == 17
    assert {severity.choose(each).severity for each in unrated} == {Severity.UNKNOWN}


def test_what_the_policy_ignores_is_accepted() -> None:
    """With its reason and last day, and not counted."""
    ignored = [each for each in findings(SAFETY / "v2/ignored.json") if each.accepted]
    assert [(each.id, each.accepted, each.expires) for each in ignored] == [
        ("40637", "directory traversal is not reachable", "2099-01-01")
    ]


def test_a_scan_says_what_it_ignores() -> None:
    """The requirement's pinned version, what to upgrade to, and why one of them does not count."""
    first, second, third = findings(SAFETY / "scan/plain.json")
    assert first.package is not None
    assert (first.package.name, first.package.version) == ("django", "2.2.0")
    assert first.package.fixed == ("2.2.28",)
    assert (second.accepted, second.expires) == ("not reachable", "2099-01-01")
    assert (third.place.path, third.accepted) == ("requirements.txt", None)


def test_an_uploaded_scan_is_not_whole(tmp_path: Path) -> None:
    """Results that Safety sent elsewhere are not in the file."""
    report = json.loads((SAFETY / "scan/empty.json").read_text())
    report["scan_results"]["projects"] = [{"id": "shop", "upload_request_id": "7"}]
    path = tmp_path / "scan.json"
    path.write_text(json.dumps(report))
    assert read(path).state == "partial"


@pytest.mark.parametrize(
    ("change", "note"),
    [
        pytest.param(
            {"vulnerabilities": []}, "counts 18 vulnerabilities, and lists 0", id="a list emptied"
        ),
        pytest.param({"vulnerabilities": ["x"]}, "is not an object", id="no objects"),
    ],
)
def test_a_check_that_contradicts_itself_is_not_clean(
    change: dict[str, object], note: str, tmp_path: Path
) -> None:
    """The report counts what it lists."""
    path = tmp_path / "check.json"
    path.write_text(json.dumps({**json.loads((SAFETY / "v2/plain.json").read_text()), **change}))
    reading = read(path)
    assert reading.state == "partial"
    assert note in " ".join(reading.notes)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param("{}", "its report is `{}`", id="an empty object"),
        pytest.param(
            '{"skipped": true, "reason": "no requirements"}', "skipped: True", id="skipped"
        ),
        pytest.param('{"error": "401"}', "error: 401", id="an error"),
        pytest.param(
            'Traceback (most recent call last):\n  File "x"\nrequests.ConnectionError: no route\n',
            "it printed no report",
            id="a traceback",
        ),
        pytest.param(
            "Unhandled exception happened: x\n",
            "Unhandled exception happened: x",
            id="its own words",
        ),
    ],
)
def test_a_failure_is_a_crash_where_safety_is_named(text: str, note: str, tmp_path: Path) -> None:
    """Named, it is Safety that failed; unnamed, it is of nobody. It is clean in neither case."""
    path = tmp_path / "safety.json"
    path.write_text(text)
    reading = read(path, "safety")
    assert reading.state == "crashed"
    assert note in reading.notes[0]
    assert read(path).problem is not None


def test_an_empty_list_is_clean_where_safety_is_named() -> None:
    """Safety 1 writes `[]`, as many others do."""
    assert read(SAFETY / "v1/empty.json", "safety").state == "empty"
    assert read(SAFETY / "v1/empty.json").problem is not None


def test_a_list_of_other_things_is_not_whole(tmp_path: Path) -> None:
    """An entry that is cut is left out, and said."""
    entries = json.loads((SAFETY / "v1/plain.json").read_text())
    path = tmp_path / "list.json"
    path.write_text(json.dumps([*entries, ["django", "<2"]]))
    reading = read(path)
    assert (reading.state, reading.count) == ("partial", 18)


def test_scores_of_a_list_are_read(tmp_path: Path) -> None:
    """With a key, Safety 1 writes CVSS 2 and 3 behind the id."""
    second = {"base_score": 9.8, "vector_string": "CVSS:3.0/AV:N", "base_severity": "CRITICAL"}
    entry = ["django", "<2", "1.0", "See CVE-2020-1.", "7", {"base_score": 7.5}, second]
    path = tmp_path / "list.json"
    path.write_text(json.dumps([entry]))
    (found,) = findings(path)
    assert [(each.system, each.score) for each in found.ratings] == [
        ("cvss:2.0", 7.5),
        ("cvss:3.0", 9.8),
    ]


def test_a_report_with_damage_names_the_line(tmp_path: Path) -> None:
    """A missing comma is a problem, with its place."""
    path = tmp_path / "check.json"
    path.write_text((SAFETY / "v2/plain.json").read_text().replace('"files",', '"files"', 1))
    assert (read(path).problem or "").startswith("check.json:4: the JSON is damaged or cut")


def test_a_persons_folder_is_not_kept(tmp_path: Path) -> None:
    """A path of requirements tells nobody's name."""
    report = json.loads((SAFETY / "v3/saved.json").read_text())
    for each in report["vulnerabilities"]:
        each["analyzed_requirement"]["found"] = "C:\\Users\\Somebody\\shop\\dev.txt"
    path = tmp_path / "check.json"
    path.write_text(json.dumps(report))
    assert {each.place.path for each in findings(path)} == {"~/shop/dev.txt"}
    assert "Somebody" not in repr(facts(read(path)))
