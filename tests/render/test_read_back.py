"""Results read back: long lists column by column, and the same answers as key by key."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.errors import InputError
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import json as report_json
from trivigil.render import keyed, read_back
from trivigil.render.keyed import Keyed

from .test_entries import report

PLAIN = Result(Rule("R1", "A rule"), "fail", Severity.LOW, "A message", Location("a.py", "a.py", 3))
FULL = Result(
    Rule("R2", "A rule", "https://x.example/", ("CWE-79",)),
    "open",
    Severity.HIGH,
    "Another",
    Location("b.py"),
    gates=False,
    fix="Do that.",
    tools=("bandit",),
    aliases=("B1",),
    ratings=({"source": "nvd"},),
    baseline_state="new",
    suppression=Suppression("Known.", "me", "2027-01-01"),
    evidence={"n": [1, 2.5, None]},
    profile="load",
    identity="id\x1f\ud800",
)
ODD: tuple[Any, ...] = (
    None, 0, 1, -1, 2**63, -(2**63), 2**63 - 1, 1.5, True, False, "", "x", "fail", "high", "new",
    [], [1], ["a"], [None], [{}], [[]], {}, {"reason": "x"}, {"reason": 1}, {"name": "x"},
    {"name": "x", "path": 1, "line": None}, {"name": "x", "path": None, "line": 2**70},
    {"name": "x", "path": None, "line": False},
)  # fmt: skip
"""What may stand at any key of a file that is not ours."""


def outcome(root: dict[str, Any]) -> object:
    try:
        return read_back.results(Keyed(root))
    except InputError as error:
        return error.key, error.message


def both(root: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    """Column by column, and key by key."""
    monkeypatch.setattr(read_back, "LONG", 1)
    columns = outcome(root)
    monkeypatch.setattr(read_back, "LONG", 1_000)
    return columns, outcome(root)


def entries() -> list[Any]:
    """Of a plain result, and one that has everything."""
    whole = json.loads(report_json.dump(report((PLAIN, FULL, PLAIN))))
    assert isinstance(whole["results"], list)
    return whole["results"]


@pytest.mark.parametrize("key", [*entries()[1], "location.name", "location.path", "location.line"])
@pytest.mark.parametrize("place", [0, 1])
def test_odd_values_get_the_same_answer(
    key: str, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands at a key, or nothing: the same results, or the same error at the same key."""
    refused = 0
    for value in (*ODD, KeyError):
        changed = copy.deepcopy(entries())
        *way, last = key.split(".")
        spot = changed[place][way[0]] if way else changed[place]
        spot[last] = value
        if value is KeyError:
            del spot[last]
        columns, keys = both({"results": changed}, monkeypatch)
        assert repr(columns) == repr(keys), value
        refused += isinstance(keys, tuple) and isinstance(keys[0], str)
    assert refused or key == "fingerprint"


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_lists_get_the_same_answer(value: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something else in place of an entry, or of the list."""
    for root in ({"results": value}, {"results": [*entries(), value]}):
        columns, keys = both(root, monkeypatch)
        assert repr(columns) == repr(keys)


def test_what_we_write_is_read_column_by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """And comes back as it was, in batches of any length."""
    monkeypatch.setattr(read_back, "LONG", 1)
    monkeypatch.setattr(read_back, "_result", None)
    results = (PLAIN, FULL, PLAIN, FULL, FULL)
    for batch in (1, 2, 5_000):
        monkeypatch.setattr(read_back, "_BATCH", batch)
        assert report_json.load(report_json.dump(report(results))).results == results


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
PIECES = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"a"', '"', "\\ud800", '"\\ud83d\\ude00"', "NaN", "-Infinity", "1e999", "-0", "01", "1.", "\x00",
     "\ufeff", " ", "\n", "9" * 30, "9" * 5000, "1e-400", "\\x", "\ud800", "true", "null", "\f", "/**/"]
)  # fmt: skip


@given(JSON.map(json.dumps) | st.lists(PIECES, max_size=6).map("".join), PIECES, st.integers(0, 60))
def test_long_texts_are_decoded_as_short_ones(text: str, piece: str, at: int) -> None:
    """JSON or damaged: the same value, or the same error."""
    for one in (text, text[:at] + piece + text[at:], f'{{"a": {text}}}', "[" * 2000 + text):
        assert decoded(keyed._quickly, one) == decoded(keyed._slowly, one), one


def decoded(way: Any, text: str) -> object:
    try:
        return repr(way(text))
    except (ValueError, RecursionError) as error:
        return type(error), str(error)
