"""Dependency-Check: JSON and XML, suppressed ones, guesses, and analyses that failed."""

from __future__ import annotations

import pytest

from tests.security.readers.reading import DATA, findings, read
from trivigil.core.result import Severity
from trivigil.security.severity import choose

CHECK = DATA / "dependency-check"


def test_json() -> None:
    """A package's file is no place; a manifest is one; what has no package has its file."""
    log, suppressed, http, unknown = findings(CHECK / "plain/out.json")
    assert log.package is not None
    assert (log.package.name, log.package.version) == ("org.demo:demo-log", "1.0")
    assert (log.place.path, http.place.path, unknown.place.path) == (
        None,
        "package-lock.json",
        "libs/unknown.dll",
    )
    assert suppressed.accepted == "a false positive: another product"
    assert (log.confidence, unknown.confidence) == ("high", "low")


def test_ratings() -> None:
    """The word and every score are kept; UNKNOWN stays unknown."""
    log, _, http, unknown = findings(CHECK / "plain/out.json")
    assert [(r.source, r.system, r.score) for r in log.ratings] == [
        ("nvd", "word", None),
        ("nvd", "cvss:3.1", 7.5),
        ("nvd", "cvss:2.0", 5.0),
    ]
    assert choose(http).severity is Severity.UNKNOWN
    assert ("cvss:4.0", 6.9) in [(r.system, r.score) for r in unknown.ratings]


def test_xml_says_the_same() -> None:
    """The XML of a vulnerability is read as its JSON is."""
    log, suppressed = findings(CHECK / "plain/out.xml")
    assert (log.id, log.cwes, log.help_uri) == ("CVE-2099-1001", (601,), "https://nvd.example/1")
    assert suppressed.accepted == "a false positive"
    assert log.ratings == findings(CHECK / "plain/out.json")[0].ratings


def test_older_xml() -> None:
    """Schema 1.3 has one score, and Maven's coordinates as an identifier."""
    (found,) = findings(CHECK / "older/out.xml")
    assert found.package is not None
    assert found.package.purl == "pkg:maven/org.demo/demo-log@1.0"
    assert [(r.system, r.score) for r in found.ratings] == [("word", None), ("cvss:2.0", 7.5)]


def test_older_json() -> None:
    """Version 3 has one score as a text, and packages as identifiers with a type."""
    log, http = findings(CHECK / "older/out.json")
    assert log.package is not None
    assert http.package is not None
    assert log.package.purl == "pkg:maven/org.demo/demo-log@1.0"
    assert (http.package.name, http.package.version) == ("@demo/http", "2.0.0")
    assert [(r.system, r.score) for r in log.ratings] == [("word", None), ("cvss:2.0", 7.5)]
    assert [(r.system, r.score) for r in http.ratings] == [("word", None)]
    assert (log.cwes, log.confidence, http.place.path) == ((601,), "high", "package-lock.json")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_failed_analysis_is_partial(form: str) -> None:
    """A report that names an exception did not look at everything."""
    reading = read(CHECK / f"exceptions/out.{form}")
    assert reading.state == "partial"
    assert reading.notes == ("Dependency-Check failed at Could not update the NVD data.",)
