"""The suppressions file: what an entry accepts, and what is said of a wrong one."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.security.made import advisory, flaw, scan
from trivigil import located, schemas
from trivigil.core.errors import InputError
from trivigil.core.result import Result
from trivigil.security import suppressions
from trivigil.security.analysis import Context, analyze
from trivigil.security.suppressions import Entry

TODAY = "2026-06-15"
REPORT = analyze(
    [
        scan([advisory("grype", "GHSA-2gwj-7jmv-h26r", aliases=("CVE-2022-28346",))], "grype"),
        scan([flaw("bandit", "B608", 12, cwe=89)], "bandit"),
    ],
    Context("security", f"{TODAY}T00:00:00Z"),
)
(DJANGO,) = (r for r in REPORT.results if r.evidence["finding"] == "dependency")
SCOPED = DJANGO._replace(
    evidence={"package": {"name": "@a/core", "purl": "pkg:npm/%40a/core", "versions": ["1.0+5"]}}
)
(SQL,) = (r for r in REPORT.results if r.evidence["finding"] == "code")
GOOD = """\
schema: trivigil/suppressions/1
suppressions:
  - id: CVE-2022-28346
    purl: pkg:pypi/django
    path: requirements.txt
    reason: we do not use annotate()
    owner: web team
    expires: 2026-12-31
  - {rule: B608, cwe: CWE-89, reason: constant, expires: 2026-07-01}
"""


def entry(**named: object) -> Entry:
    return Entry("why", "2026-12-31", **named)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("accepting", "result", "covered"),
    [
        pytest.param(entry(id="CVE-2022-28346"), DJANGO, True, id="an alias"),
        pytest.param(entry(id="ghsa-2GWJ-7JMV-H26R"), DJANGO, True, id="the id in another case"),
        pytest.param(entry(id="CVE-2022-28347"), DJANGO, False, id="another advisory"),
        pytest.param(entry(purl="pkg:pypi/Django"), DJANGO, True, id="a package without version"),
        pytest.param(entry(purl="pkg:pypi/django@2.2.0"), DJANGO, True, id="this version"),
        pytest.param(entry(purl="pkg:pypi/django@3.0"), DJANGO, False, id="another version"),
        pytest.param(entry(purl="PKG:pypi/django@2.2.0#a?b"), DJANGO, True, id="its whole URL"),
        pytest.param(entry(purl="pkg:npm/@a/core"), SCOPED, True, id="a scope"),
        pytest.param(entry(purl="pkg:npm/%40a/core"), SCOPED, True, id="an encoded scope"),
        pytest.param(entry(purl="pkg:npm/@a/core@1.0%2B5"), SCOPED, True, id="encoded version"),
        pytest.param(entry(purl="pkg:npm/@a/core@1.0"), SCOPED, False, id="scope, other version"),
        pytest.param(entry(purl="django"), DJANGO, True, id="a bare name"),
        pytest.param(entry(purl="pkg:npm/django"), DJANGO, False, id="another ecosystem"),
        pytest.param(entry(path="*.txt"), DJANGO, True, id="a path by glob"),
        pytest.param(entry(path="docs/*"), DJANGO, False, id="another path"),
        pytest.param(entry(rule="B608"), SQL, True, id="a rule"),
        pytest.param(entry(rule="bandit b608"), SQL, True, id="a rule with its tool"),
        pytest.param(entry(rule="semgrep B608"), SQL, False, id="a rule of another tool"),
        pytest.param(entry(cwe=89), SQL, True, id="a weakness"),
        pytest.param(entry(cwe=79), SQL, False, id="another weakness"),
        pytest.param(entry(cwe=89, path="tests/*"), SQL, False, id="everything must match"),
        pytest.param(entry(fingerprint=SQL.fingerprint), SQL, True, id="the fingerprint"),
        pytest.param(entry(cwe=89), DJANGO, False, id="a package has no weakness here"),
    ],
)
def test_what_an_entry_accepts(accepting: Entry, result: Result, covered: bool) -> None:
    """Everything that it names must be the finding's."""
    assert accepting.covers(result) is covered


def test_a_good_file() -> None:
    """Every key is read, each entry knows its line, and the schema accepts it."""
    first, second = suppressions.read(GOOD, "s.yml")
    assert (first.id, first.purl, first.path, first.owner, first.line) == (
        "CVE-2022-28346",
        "pkg:pypi/django",
        "requirements.txt",
        "web team",
        3,
    )
    assert (second.rule, second.cwe, second.reason) == ("B608", 89, "constant")
    assert _valid(GOOD)


BAD = [
    pytest.param("[]", "an object was expected", 1, id="a list"),
    pytest.param("{}", "a list of entries", 1, id="no entries"),
    pytest.param("suppresions: []", "unknown key", 1, id="misspelt"),
    pytest.param(
        "suppressions:\n  - id: CVE-1-1\n    expires: 2027-01-01\n",
        "no `reason`",
        2,
        id="no reason",
    ),
    pytest.param(
        "suppressions:\n  - id: CVE-1-1\n    reason: x\n", "no `expires`", 2, id="no last day"
    ),
    pytest.param(
        "suppressions:\n  - reason: x\n    expires: 2027-01-01\n",
        "names nothing",
        2,
        id="accepts all",
    ),
    pytest.param(
        "suppressions:\n  - {id: a, reason: '', expires: 2027-01-01}\n",
        "not empty",
        2,
        id="an empty reason",
    ),
    pytest.param(
        "suppressions:\n  - {id: a, reason: x, expires: soon}\n", "2027-06-30", 2, id="no date"
    ),
    pytest.param(
        "suppressions:\n  - {id: a, reason: x, expires: \uff12\uff10\uff12\uff17-01-01}\n",
        "2027-06-30",
        2,
        id="digits that are later than any day",
    ),
    pytest.param(
        "suppressions:\n  - {cwe: xss, reason: x, expires: 2027-01-01}\n",
        "CWE-79",
        2,
        id="no weakness",
    ),
    pytest.param(
        "suppressions:\n  - {ids: a, reason: x, expires: 2027-01-01}\n",
        "unknown key",
        2,
        id="unknown",
    ),
]


@pytest.mark.parametrize(("text", "words", "line"), BAD)
def test_what_is_wrong_is_said(text: str, words: str, line: int) -> None:
    """One sentence that names the file and the line; and the schema refuses the same."""
    with pytest.raises(InputError) as caught:
        suppressions.read(text, "s.yml")
    assert words in caught.value.message
    assert (caught.value.path, caught.value.line) == ("s.yml", line)
    assert not _valid(text)


def test_what_accept_writes_is_refused_until_somebody_gives_reasons() -> None:
    """The entries are complete but for their reasons, which only a person can write."""
    written = suppressions.write([DJANGO, SQL], "2027-01-01")
    with pytest.raises(InputError, match="not empty"):
        suppressions.read(written, "s.yml")
    filled = suppressions.read(written.replace('""', '"seen, no risk"'), "s.yml")
    applied = suppressions.apply(REPORT.results, filled, TODAY, "s.yml")
    assert all(result.suppression is not None for result in applied.results)
    assert applied.notes == ()


def test_accept_with_nothing_to_accept_is_a_file_too() -> None:
    """An empty list, which reads."""
    assert suppressions.read(suppressions.write([], "2027-01-01"), "s.yml") == ()


def _valid(text: str) -> bool:
    schema = json.loads(schemas.text("suppressions"))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = located.load(text, "s.yml").plain()
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))
