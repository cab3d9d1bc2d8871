"""Entries of long lists: by templates, and the same text."""

from __future__ import annotations

import json

import pytest

from trivigil.core.gate import Conclusion
from trivigil.core.report import Report
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import json as report_json
from trivigil.render import long_lists

STRANGE = (
    "plain",
    "50 % of %s",
    'a "quote" \\ and {0}',
    "é\u2028\x7f",
    "half \ud800 one",
    "tab\tand\x00nul",
    "\ue000",
    '"\ue000"',
    "",
)


def result(number: int, *, strange: bool) -> Result:
    """Of a few rules, with every field that a result may have, and shared evidence now and then."""
    text = STRANGE[number % len(STRANGE)] if strange else f"text {number}"
    rule = STRANGE[number // 7 % len(STRANGE)] if strange else f"R{number % 3}"
    return Result(
        rule=Rule(rule, text, None if number % 2 else "https://x.example/", ("CWE-79",)),
        kind="fail",
        severity=list(Severity)[number % 6],
        message=text,
        location=Location(text, None if number % 3 else text, number % 5 or None),
        gates=number % 4 == 0,
        fix=None if number % 5 else text,
        tools=("bandit", "semgrep"),
        ratings=RATINGS[number % 2],
        suppression=None if number % 11 else Suppression(text, None, "2027-01-01"),
        evidence=EVIDENCE if number % 2 else {"description": text, "cwes": [79], "score": 1.5},
        identity="" if number % 13 == 0 else f"id\x1f{number}",
    )


RATINGS: tuple[tuple[dict[str, object], ...], ...] = ((), ({"source": "nvd", "score": 7.5},))
EVIDENCE: dict[str, object] = {"rules": ["a b"], "none": [], "nan": float("nan")}


@pytest.mark.parametrize("strange", [False, True], ids=["usual texts", "strange texts"])
def test_templates_give_the_same_text(strange: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the whole document written at once, to the last blank, whatever stands in it."""
    results = tuple(result(n, strange=strange) for n in range(long_lists.LONG + 200))
    conclusion = Conclusion("failure", 1)
    now = "2026-01-02T00:00:00Z"
    report = Report("security", "x", conclusion, now, (), results, ())
    expected = report_json.written(report_json.document(report), indent=1)
    assert report_json.dump(report) == expected
    assert len(json.loads(expected)["results"]) == len(results)
    monkeypatch.setattr("trivigil.render.entries._MOST", 2)
    assert report_json.dump(report) == expected
