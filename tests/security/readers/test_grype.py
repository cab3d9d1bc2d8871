"""Grype: matches, aliases, every rating, and what its rules ignore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.severity import choose

if TYPE_CHECKING:
    from pathlib import Path

GRYPE = DATA / "grype"


def test_plain() -> None:
    """A match has its advisory's aliases and weaknesses, its package and the manifest."""
    first, second, _ = findings(GRYPE / "plain/out.json")
    assert (first.id, first.aliases, first.cwes) == (
        "GHSA-2345-6789-cfgh",
        ("CVE-2099-1001",),
        (601,),
    )
    assert first.place.path == "requirements.txt"
    assert first.package is not None
    assert (first.package.purl, first.package.fixed) == ("pkg:pypi/demo-http@1.0.0", ("1.2.0",))
    assert (first.confidence, second.confidence) == ("high", "low")


def test_lines(tmp_path: Path) -> None:
    """Each line is a match, as the list of the document has it; a line that is cut is said."""
    lines = GRYPE / "jsonl/out.jsonl"
    reading = read(lines)
    assert (reading.tool, reading.format, reading.state) == ("grype", "jsonl", "complete")
    assert findings(lines) == findings(GRYPE / "plain/out.json")[:2]
    cut = tmp_path / "out.jsonl"
    cut.write_bytes(lines.read_bytes()[:-40])
    assert (read(cut).state, read(cut).count) == ("partial", 1)


def test_ratings() -> None:
    """Grype's word, the advisory's CVSS 4.0 and NVD's 3.1 are all kept; Unknown stays unknown."""
    first, second, _ = findings(GRYPE / "plain/out.json")
    assert [(r.source, r.system, r.score) for r in first.ratings] == [
        ("ghsa", "word", None),
        ("ghsa", "cvss:4.0", 8.7),
        ("nvd", "cvss:3.1", 7.5),
    ]
    assert choose(second).severity is Severity.UNKNOWN


def test_ignored() -> None:
    """What a rule ignores is accepted, with the rule's reason, and does not count."""
    reading = read(GRYPE / "plain/out.json")
    assert (reading.count, facts(reading).counts) == (2, {"ignored": 1})
    assert facts(reading).findings[2].accepted == "only used in tests"


def test_image() -> None:
    """A package of a distribution is in the image, not in a file of the repository."""
    (found,) = findings(GRYPE / "image/out.json")
    assert (found.place.image, found.place.path) == ("demo:1.0", None)
    assert choose(found).severity is Severity.INFO


def test_drifted_record_counts() -> None:
    """A match without its id and package is counted, and what is no object is said."""
    reading = read(GRYPE / "malformed/drifted.json")
    assert (reading.state, reading.count) == ("partial", 1)
    assert reading.notes == ("`matches[0]` is left out: it is not an object.",)
