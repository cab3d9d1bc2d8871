"""Checkov: failed and skipped checks of one or several frameworks."""

from __future__ import annotations

from pathlib import Path

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.facts import Package, Place, Rating
from trivigil.security.severity import choose

CHECKOV = DATA / "checkov"


def test_a_failed_check() -> None:
    """Its file is relative, its resource the address, and its severity the project's where Checkov has none."""
    found = {each.id: each for each in findings(CHECKOV / "v3.3/skipped.json")}
    check = found["CKV_AWS_24"]
    assert check.place == Place("tf/main.tf", 6, 13, resource="aws_security_group.open")
    assert check.kind == "iac"
    chosen = choose(check)
    assert (chosen.severity, chosen.rule) == (Severity.MEDIUM, "level of policy")


def test_a_skipped_check_is_accepted() -> None:
    """With the comment of who skipped it; it does not count."""
    reading = read(CHECKOV / "v3.3/skipped.json")
    accepted = [each.accepted for each in facts(reading).findings if each.accepted]
    assert accepted == ["nobody reads these logs"]
    assert (reading.count, len(facts(reading).findings)) == (2, 3)
    assert facts(reading).counts == {"passed": 1, "skipped": 1, "resources": 2}


def test_several_frameworks() -> None:
    """The reports of a list are one reading; a Dockerfile's resource is without its file."""
    reading = read(CHECKOV / "v3.3/list.json")
    places = {(each.place.path, each.place.resource) for each in facts(reading).findings}
    assert ("docker/Dockerfile", "FROM") in places
    assert ("docker/Dockerfile", None) in places
    assert (".github/workflows/build.yml", "jobs(build).steps[2]") in places


def test_nothing_to_check() -> None:
    """Six numbers are a whole report that says nothing was there, and the reading says so."""
    reading = read(CHECKOV / "v3.3/empty.json")
    assert (reading.state, reading.notes) == ("empty", ("Checkov found nothing to check.",))


def test_what_does_not_parse() -> None:
    """A file that Checkov could not parse is partial, though it ends with 0 and finds nothing."""
    reading = read(CHECKOV / "v3.3/unparsed.json")
    assert (reading.state, reading.count) == ("partial", 0)
    assert reading.notes == ("Checkov could not parse 1 files.",)


def test_a_vulnerable_package() -> None:
    """A check of a package is its advisory; what is counted and not listed makes the reading partial."""
    reading = read(CHECKOV / "made/packages.json")
    (found,) = facts(reading).findings
    assert (found.kind, found.id) == ("dependency", "CVE-2024-12345")
    assert found.package == Package("shoplib", "2.0.3", "pypi", fixed=("2.1.0",))
    assert found.place == Place("requirements.txt")
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert Rating("checkov", "cvss:3.1", Severity.CRITICAL, 9.8, vector) in found.ratings
    assert reading.notes == (
        "Checkov could not parse /tf/broken.tf.",
        "Checkov counts 2 failed checks, and lists 1.",
    )


def test_a_secret(tmp_path: Path) -> None:
    """A check for secrets names its SHA-1 as the resource, which is not kept."""
    sha1 = "be4fc4886bd949b369d5e092eb87494f12e57e5b"
    path = tmp_path / "report.json"
    path.write_text(
        '{"check_type": "secrets", "results": {"failed_checks": [{"check_id": "CKV_SECRET_6", "resource": "'
        + sha1
        + '", "file_path": "\\\\a\\\\b.ini", "file_line_range": [5, 6]}]}, "summary": {"failed": 1}}',
        encoding="utf-8",
    )
    (found,) = findings(path)
    assert (found.kind, found.place) == ("secret", Place("a/b.ini", 5, 6))
    assert found.secret
    assert sha1 not in repr(found)
