"""`trivigil monitor headers` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trivigil.cli import main

SHOP = Path(__file__).resolve().parents[1] / "data" / "monitor" / "headers" / "shop.json"


def graded(
    capsys: pytest.CaptureFixture[str], *arguments: str, path: Path = SHOP
) -> dict[str, dict[str, Any]]:
    """The command's answer by case."""
    assert main(["monitor", "headers", "--exchanges", str(path), "--json", *arguments], {}) == 0
    return {one.pop("id"): one for one in json.loads(capsys.readouterr().out)}


def test_every_case_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    """Grades where there is something to grade, else the reason."""
    found = graded(capsys)
    grades = {name: one.get("grade") or one["error"] for name, one in found.items()}
    assert grades == {
        "bare": "D",
        "good": "A+",
        "plain": "F",
        "broken": "Site did respond with an unexpected HTTP status code 502.",
        "silent": "The site seems to be down.",
    }
    good = found["good"]
    assert (good["score"], good["tests_passed"], good["tests_failed"]) == (125, 12, 0)
    due = {"result": "x-frame-options-implemented-via-csp", "modifier": 5, "pass": True}
    assert good["tests"]["x-frame-options"] == due


def test_algorithms_are_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    """Algorithm 4 has ten tests."""
    assert len(graded(capsys, "--algorithm", "4")["good"]["tests"]) == 10
    assert len(graded(capsys, "--algorithm", "6")["good"]["tests"]) == 12


def test_the_strict_grade_says_what_to_send(capsys: pytest.CaptureFixture[str]) -> None:
    """Each finding has its rule, severity, sentence and header line; people are told the same."""
    bare = graded(capsys, "--algorithm", "strict")["bare"]
    assert bare["tests_failed"] + bare["tests_passed"] == len(bare["tests"]) == 15
    first = bare["findings"][0]
    assert (first["rule"], first["severity"]) == ("csp-missing", "high")
    assert first["send"].startswith("Content-Security-Policy: default-src 'self'; ")
    assert main(["monitor", "headers", "--exchanges", str(SHOP), "--algorithm", "strict"], {}) == 0
    said = capsys.readouterr().err
    assert f"        send: {first['send']}" in said.splitlines()


def test_people_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Without `--json`, what costs or earns points stands on standard error, and nothing else anywhere."""
    assert main(["monitor", "headers", "--exchanges", str(SHOP)], {}) == 0
    said = capsys.readouterr()
    assert said.out == ""
    lines = said.err.splitlines()
    assert lines[0] == "bare: D, 30 points by algorithm 6; 8 tests passed, 4 failed"
    assert "   -25  content-security-policy: csp-not-implemented" in lines


def test_an_answer_without_content_has_no_body(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What was recorded as the body of a 204 never came over the wire, so no script of it is judged."""
    document = json.loads(SHOP.read_text(encoding="utf-8"))
    answered = document["cases"][0]["responses"]["https://shop.example.org/"]["GET"]
    answered |= {"status": 204, "body": "<script src=//cdn.example.net/a></script>"}
    path = tmp_path / "silent.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    due = "sri-not-implemented-but-no-scripts-loaded"
    tests = graded(capsys, path=path)["bare"]["tests"]
    assert tests["subresource-integrity"]["result"] == due


def test_names_of_cases_are_harmless(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An id is foreign text: no workflow command comes out of it."""
    document = json.loads(SHOP.read_text(encoding="utf-8"))
    document["cases"][0]["id"] = "::error::x\n::stop-commands::y"
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert main(["monitor", "headers", "--exchanges", str(path)], {}) == 0
    assert not any(line.startswith("::") for line in capsys.readouterr().err.splitlines())


@pytest.mark.parametrize(
    ("text", "due"),
    [
        pytest.param("{", "bad.json:1: this is not JSON.", id="no JSON"),
        pytest.param("[]", "bad.json: expected an object.", id="a list"),
        pytest.param("{}", "bad.json: cases: expected a list.", id="no cases"),
        pytest.param('{"cases": [3]}', "bad.json: cases[0]: expected an object.", id="a number"),
        pytest.param(
            '{"cases": [{"id": "a", "target": "ftp://a.example"}]}',
            "bad.json: cases[0].target: expected an http or https URL.",
            id="another scheme",
        ),
        pytest.param(
            '{"cases": [{"id": "a", "target": "a.example", "responses": '
            '{"https://a.example/": {"GET": {"status": "200"}}}}]}',
            "bad.json: cases[0].responses.https://a.example/.GET.status: expected a whole number.",
            id="a status in quotes",
        ),
        pytest.param(
            '{"cases": [{"id": "a", "target": "a.example", "responses": '
            '{"https://a.example/": {"GET": {"status": 200, "headers": ["A: b"]}}}}]}',
            "cases[0].responses.https://a.example/.GET.headers[0]: expected a pair of texts",
            id="a header in one text",
        ),
        pytest.param(
            '{"cases": [{"id": "a", "target": "a.example", "responses": {}, "network": {"https": "slow"}}]}',
            "bad.json: cases[0].network: expected refused or untrusted-certificate.",
            id="a fault nobody knows",
        ),
    ],
)
def test_a_bad_file_is_named(
    text: str,
    due: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """File, place, and what was expected; exit 2."""
    monkeypatch.chdir(tmp_path)
    Path("bad.json").write_text(text, encoding="utf-8")
    assert main(["monitor", "headers", "--exchanges", "bad.json"], {}) == 2
    assert due in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [pytest.param([], id="no command"), pytest.param(["footers"], id="another word")],
)
def test_an_unknown_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence names the commands."""
    assert main(["monitor", *arguments], {}) == 2
    assert "`headers`" in capsys.readouterr().err
