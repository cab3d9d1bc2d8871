"""Snyk: one project, several, images; what it ignores, and until when."""

from __future__ import annotations

from pathlib import Path

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.severity import choose

SNYK = DATA / "snyk"


def test_paths_are_counted() -> None:
    """Two paths to one advisory are two, and a licence is one; how many advisories there are is said."""
    reading = read(SNYK / "plain/out.json")
    assert (reading.count, reading.unit) == (3, "paths")
    assert facts(reading).counts == {"projects": 1, "advisories": 3}
    first, _, licence, _ = facts(reading).findings
    assert first.aliases == ("CVE-2099-1001", "GHSA-2345-6789-cfgh")
    assert (first.place.path, licence.kind) == ("web/package-lock.json", "license")


def test_ignored() -> None:
    """What `.snyk` ignores is accepted, with its reason and its last day."""
    *_, ignored = findings(SNYK / "plain/out.json")
    assert (ignored.accepted, ignored.expires) == ("only in tests", "2099-02-03")


def test_project_that_could_not_be_tested() -> None:
    """An error beside tested projects is partial; alone it is a failure."""
    reading = read(SNYK / "projects/out.json")
    assert (reading.state, reading.count) == ("partial", 1)
    assert "/project/other" in reading.notes[0]
    assert read(SNYK / "failed/out.json").state == "crashed"


def test_image() -> None:
    """A package of a distribution is in the image; critical is not lost."""
    (found,) = findings(SNYK / "container/out.json")
    assert (found.place.image, found.package and found.package.ecosystem) == ("demo:1.0", "deb")
    assert choose(found).severity is Severity.CRITICAL


def test_configuration_files() -> None:
    """Issues of `snyk iac test` are findings, although its list of vulnerabilities is empty; what is ignored is accepted."""
    reading = read(SNYK / "iac-one/out.json")
    assert (reading.state, reading.count, reading.unit) == ("complete", 2, "issues")
    first, second, ignored = facts(reading).findings
    assert (first.kind, first.id, first.place.path, first.place.line) == (
        "iac",
        "SNYK-CC-TF-9001",
        "infra/main.tf",
        12,
    )
    assert first.place.resource == "resource.demo_volume[web].encrypted"
    assert (second.place.line, choose(second).severity) == (None, Severity.CRITICAL)
    assert ignored.accepted == "ignored in Snyk"


def test_configuration_file_that_could_not_be_tested() -> None:
    """One of several configuration files that Snyk could not parse makes the reading partial."""
    reading = read(SNYK / "iac/out.json")
    assert (reading.state, reading.count, facts(reading).counts) == ("partial", 1, {"files": 2})
    assert "infra/broken.tf: Failed to parse Terraform file" in reading.notes[0]


def test_not_in_order_without_a_reason(tmp_path: Path) -> None:
    """A project that is not `ok` and lists nothing is not clean."""
    text = '{"vulnerabilities": [], "ok": false, "dependencyCount": 3, "path": "web"}'
    (tmp_path / "out.json").write_text(text, encoding="utf-8")
    reading = read(tmp_path / "out.json")
    assert (reading.state, reading.count) == ("partial", 0)
