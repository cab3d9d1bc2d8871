"""OSV-Scanner: groups of aliases and not records, malware, and what was not scanned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.severity import choose

OSV = DATA / "osv-scanner"


def test_groups_are_counted() -> None:
    """Two records of one problem are one finding."""
    reading = read(OSV / "plain/out.json")
    assert (reading.count, reading.unit, facts(reading).counts) == (3, "groups", {"records": 4})


def test_aliases_and_ratings() -> None:
    """A group has every id, and the ratings of every record."""
    found = next(
        f for f in findings(OSV / "plain/out.json") if f.package and f.package.name == "demo-http"
    )
    assert {found.id, *found.aliases} == {"PYSEC-2099-1", "GHSA-2345-6789-cfgh", "CVE-2099-1001"}
    assert {(r.source, r.system, r.severity) for r in found.ratings} == {
        ("ghsa", "word", Severity.HIGH),
        ("ghsa", "cvss:3.1", Severity.HIGH),
    }
    assert found.place.path == "requirements.txt"
    assert found.package is not None
    assert (found.package.ecosystem, found.package.fixed) == ("pypi", ("1.2.0",))


def test_vector_alone_is_scored() -> None:
    """A record with a CVSS 4.0 vector and no word has that score's severity."""
    found = next(f for f in findings(OSV / "plain/out.json") if f.id == "PYSEC-2099-2")
    assert [(r.system, r.score) for r in found.ratings] == [("cvss:4.0", 6.9)]


def test_malware_is_critical() -> None:
    """A malicious package is critical, though nobody rates it (others read it as low)."""
    found = next(f for f in findings(OSV / "plain/out.json") if f.id == "MAL-2099-1")
    assert choose(found).severity is Severity.CRITICAL


def test_nothing_scanned_is_never_clean() -> None:
    """`results: null` means that there was no file to look into."""
    assert read(OSV / "malformed/nothing-scanned.json").state == "partial"


def test_clean_says_what_it_cannot_prove() -> None:
    """A run without a database writes the same bytes as a clean one, and the reading says so."""
    reading = read(OSV / "empty/out.json")
    assert reading.state == "empty"
    assert "127" in reading.notes[0]


def _report(package: dict[str, Any]) -> str:
    package = {"package": {"name": "a", "version": "1", "ecosystem": "Debian:12"}, **package}
    return json.dumps({"results": [{"source": {"path": "a", "type": "os"}, "packages": [package]}]})


@pytest.mark.parametrize(
    ("package", "ids"),
    [
        pytest.param({"vulnerabilities": [{"id": "A"}, {"id": "B"}]}, ["A", "B"], id="no groups"),
        pytest.param(
            {"vulnerabilities": [{"id": "A"}, {"id": "B"}], "groups": [{"ids": ["A"]}]},
            ["A", "B"],
            id="a record in no group",
        ),
        pytest.param({"vulnerabilities": [{}]}, ["unknown advisory"], id="a record without an id"),
        pytest.param({"groups": [{"ids": ["A"]}]}, ["A"], id="a group without its record"),
    ],
)
def test_no_record_is_lost(package: dict[str, Any], ids: list[str], tmp_path: Path) -> None:
    """Whatever a package has is a finding, in a group or not."""
    path = tmp_path / "out.json"
    path.write_text(_report(package), encoding="utf-8")
    found = findings(path)
    assert [each.id for each in found] == ids
    assert {each.package.ecosystem for each in found if each.package} == {"deb"}


def test_a_licence_that_is_not_allowed_is_a_finding() -> None:
    """OSV-Scanner fails for it: the report is not clean."""
    (found,) = findings(DATA / "osv-scanner/plain/licences.json")
    assert (found.kind, found.id) == ("license", "license:GPL-3.0-only")
    assert found.package is not None
    assert found.package[:3] == ("demo-copyleft", "1.0.0", "pypi")


def test_code_that_one_alias_calls_is_called(tmp_path: Path) -> None:
    """Of several ids of a problem, one whose code is called is enough."""
    path = tmp_path / "out.json"
    group = {
        "ids": ["A", "B"],
        "experimental_analysis": {"A": {"called": False}, "B": {"called": True}},
    }
    path.write_text(_report({"vulnerabilities": [{"id": "A"}], "groups": [group]}), "utf-8")
    assert [each.confidence for each in findings(path)] == [None]


def test_code_that_is_not_called_has_little_confidence(tmp_path: Path) -> None:
    """Call analysis lowers the confidence; it takes nothing out."""
    path = tmp_path / "out.json"
    group = {"ids": ["A"], "experimentalAnalysis": {"A": {"called": False}}}
    path.write_text(_report({"vulnerabilities": [{"id": "A"}], "groups": [group]}), "utf-8")
    assert [(f.confidence, f.accepted) for f in findings(path)] == [("low", None)]


def test_first_versions(tmp_path: Path) -> None:
    """They had other names for the source and the package."""
    package = {"name": "demo", "version": "1.0", "ecosystem": "Go"}
    found = {"Package": package, "vulnerabilities": [{"id": "GO-2099-1"}, {"id": "GO-2099-2"}]}
    result = {"packageSource": {"path": "go.mod", "type": "lockfile"}, "packages": [found]}
    path = tmp_path / "out.json"
    path.write_text(json.dumps({"results": [result]}), encoding="utf-8")
    first, second = findings(path)
    assert read(path).state == "complete"
    assert (first.id, second.id, first.place.path) == ("GO-2099-1", "GO-2099-2", "go.mod")
    assert first.package is not None
    assert (first.package.name, first.package.version) == ("demo", "1.0")
