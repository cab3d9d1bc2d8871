"""Nuclei: matches of templates at addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.facts import Place, Rating
from trivigil.security.severity import choose

NUCLEI = DATA / "nuclei/made"


def test_matches() -> None:
    """Template and matcher, the address without values, weakness and score."""
    headers, advisory, older = findings(NUCLEI / "plain.jsonl")
    assert headers.id == "missing-headers:x-frame-options"
    assert headers.place == Place(url="https://shop.example.com/orders?session", method="GET")
    assert headers.cwes == (200,)
    assert advisory.aliases == ("CVE-2024-12345",)
    vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    assert Rating("nuclei", "cvss:3.1", Severity.CRITICAL, 9.8, vector) in advisory.ratings
    assert older.place == Place(url="db.example.com:3306")
    assert (older.cwes, choose(older).severity) == ((), Severity.INFO)


def test_lists_and_pretty_objects() -> None:
    """A list says what lines say, and one object may stand over several lines."""
    lines = findings(NUCLEI / "plain.jsonl")
    assert findings(NUCLEI / "list.json") == lines[:2]
    assert findings(NUCLEI / "pretty.json") == lines[2:]


def test_templates_that_could_not_run() -> None:
    """What did not match is no finding; an error makes the reading partial."""
    reading = read(NUCLEI / "failed.jsonl")
    assert (reading.state, reading.count) == ("partial", 1)
    assert reading.notes == ("Nuclei could not run other.",)


def test_no_body_header_or_cookie_is_kept() -> None:
    """Requests, responses, extracted values and authors stay out."""
    kept = repr(facts(read(NUCLEI / "plain.jsonl")))
    assert not [each for each in ("tK8vN3qZr6Lm", "builder", "Cookie") if each in kept]


@pytest.mark.parametrize("tool", [None, "nuclei"])
def test_a_file_without_a_byte_is_not_clean(tool: str | None, tmp_path: Path) -> None:
    """Nuclei writes nothing where it finds nothing, and so does a run that failed."""
    path = tmp_path / "zero.jsonl"
    path.touch()
    assert "0 bytes" in (read(path, tool).problem or "")
