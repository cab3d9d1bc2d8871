"""The report of the tests as `security analyze` reads it, beside other scanners."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, facts, read
from trivigil.cli import main
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.groups import group
from trivigil.security.identity import identities, rule
from trivigil.security.severity import of_word

TESTS = DATA / "custom" / "tests"


@pytest.mark.parametrize(
    ("name", "state", "count"),
    [("weak", "complete", 31), ("hardened", "empty", 0), ("unreachable", "partial", 0)],
)
def test_states(name: str, state: str, count: int) -> None:
    """Found, clean, and not tested at all are three states, by the content alone."""
    reading = read(TESTS / f"{name}.json")
    assert (reading.tool, reading.state, reading.count) == ("custom", state, count)


def test_a_report_that_is_not_complete_is_partial(tmp_path: Path) -> None:
    """Also where it does not say why."""
    report = json.loads((TESTS / "hardened.json").read_text(encoding="utf-8"))
    path = tmp_path / "security_report_1.json"
    path.write_text(json.dumps(report | {"complete": False}), encoding="utf-8")
    assert read(path).state == "partial"


def test_each_weakness_is_a_problem_of_its_own() -> None:
    """Place, weakness and parameter tell every one from the others: none has to be numbered."""
    found = facts(read(TESTS / "weak.json")).findings
    assert {each.kind for each in found} == {"web"}
    problems = group([found])
    names = identities(problems, map(rule, problems.alone))
    assert len(names) == len(found) == len(set(names))
    assert not [name for name in names if name.endswith(("\x1f2", "\x1f3"))]


def test_what_another_scanner_finds_there_is_one_problem() -> None:
    """ZAP's alert on the same header of the same page joins ours."""
    ours = facts(read(TESTS / "weak.json")).findings
    (header,) = (each for each in ours if each.id == "content-type-options")
    zap = Finding(
        tool="zap",
        kind="web",
        id="10021",
        title="X-Content-Type-Options Header Missing",
        place=Place(url=header.place.url, method="GET", parameter="x-content-type-options"),
        cwes=(693,),
        ratings=(Rating("zap", "word", of_word("low"), word="low"),),
    )
    joined = group([ours, [zap]]).joined
    assert [[each.tool for each in one.findings] for one in joined] == [["custom", "zap"]]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("weak", 1, id="high findings"),
        pytest.param("hardened", 0, id="none"),
        pytest.param("unreachable", 1, id="not tested, which is never clean"),
    ],
)
def test_the_gate(name: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`security analyze --custom` judges the report."""
    command = ["security", "analyze", "--custom", str(TESTS / f"{name}.json")]
    assert main([*command, "--out", str(tmp_path)], {}) == code
    capsys.readouterr()
