"""Entries of long lists: column by column, and the same text."""

from __future__ import annotations

import pytest

from trivigil.core.gate import Conclusion
from trivigil.core.report import Report
from trivigil.core.result import Location, Result, Rule, Severity, Suppression, fingerprints
from trivigil.render import json as report_json
from trivigil.render import long_lists

from .layout import laid_out, parsed

STRANGE = (
    "plain",
    "50 % of %s",
    'a "quote" \\ and {0}',
    "é\u2028\x7f",
    "half \ud800 one",
    "tab\tand\x00nul",
    "\ue000",
    '"\ue000"',
    ', "\ue000", ',
    "abc\u202edcb\u2066e\ufeff",
    "\\u0041 \\",
    "%",
    "\U0001f600 \u00a0\u3000",
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


def report(results: tuple[Result, ...]) -> Report:
    return Report(
        "security", "x", Conclusion("failure", 1), "2026-01-02T00:00:00Z", (), results, ()
    )


def slow(one: Report) -> str:
    """As the document written at once, entry by entry, would be laid out."""
    return laid_out(parsed(report_json.written(report_json.document(one)))) + "\n"


@pytest.mark.parametrize("strange", [False, True], ids=["usual texts", "strange texts"])
def test_columns_give_the_same_text(strange: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """As entry by entry, to the last blank, whatever stands in it and however long the batches are."""
    made = report(tuple(result(n, strange=strange) for n in range(long_lists.LONG + 200)))
    expected = slow(made)
    for batch in (long_lists.LONG, 1, 2, 7, 10_000):
        monkeypatch.setattr(long_lists, "_BATCH", batch)
        assert report_json.dump(made) == expected
    assert len(parsed(expected)["results"]) == long_lists.LONG + 200


def test_results_of_one_kind_give_the_same_text() -> None:
    """Where all rows share what a batch can share, and each strange text in turn is what they share."""
    for text in STRANGE:
        one = Result(
            rule=Rule(text, text, text, (text,)),
            kind="fail",
            severity=Severity.HIGH,
            message=text,
            location=Location(text, text, 1),
            fix=text,
            tools=(text,),
            ratings=({"source": text},),
            suppression=None,
            evidence={"description": text},
            profile=text,
            identity=text,
        )
        made = report((one,) * long_lists.LONG)
        assert report_json.dump(made) == slow(made)


@pytest.mark.parametrize("strange", [False, True], ids=["usual texts", "strange texts"])
def test_a_long_report_says_what_a_short_one_says(strange: bool) -> None:
    """Blanks apart, the layout of long lists is that of JSON indented, and its result lines can be read one by one."""
    made = report(tuple(result(n, strange=strange) for n in range(long_lists.LONG)))
    text = report_json.dump(made)
    assert parsed(text) == parsed(report_json.written(report_json.document(made), indent=1))
    listed = text.split('\n "results": [\n')[1].split("\n ],")[0].split("\n")
    assert [parsed(one.removesuffix(",")) for one in listed] == parsed(text)["results"]


def test_what_hides_is_escaped_in_a_long_list() -> None:
    """No piece of the file holds a character that a terminal obeys."""
    made = report(tuple(result(n, strange=True) for n in range(long_lists.LONG)))
    text = report_json.dump(made)
    assert not any(hidden in text for hidden in "\u2028\x7f\ud800\u202e\u2066\ufeff\x00")
    assert text.encode().decode() == text


def test_fingerprints_of_many_are_those_of_each() -> None:
    """Whatever stands in rule, place and identity."""
    made = [result(n, strange=True) for n in range(300)]
    assert fingerprints(made) == [one.fingerprint for one in made]
    plain = [result(n, strange=False) for n in range(300)]
    assert fingerprints(plain) == [one.fingerprint for one in plain]
