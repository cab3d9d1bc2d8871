"""Results read back: long files by types, and the same answers as key by key."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from trivigil.core.errors import InputError
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import json as report_json

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


def both(changed: object) -> tuple[object, object]:
    """What is read of a file with these results as a long one, and key by key."""
    text = json.dumps(file() | {"results": changed})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(report_json, "_LONG", 0)
        typed = outcome(text)
        patched.setattr(report_json, "_LONG", len(text))
        return typed, outcome(text)


def outcome(text: str) -> object:
    try:
        return report_json.load(text)
    except InputError as error:
        return error.key, error.message


def file() -> dict[str, Any]:
    """Of a plain result, and one that has everything."""
    whole = json.loads(report_json.dump(report((PLAIN, FULL, PLAIN))))
    assert isinstance(whole, dict)
    return whole


def entries() -> list[Any]:
    """Its results."""
    found = file()["results"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("key", [*entries()[1], "location.name", "location.path", "location.line"])
@pytest.mark.parametrize("place", [0, 1])
def test_odd_values_get_the_same_answer(key: str, place: int) -> None:
    """Whatever stands at a key, or nothing: the same results, or the same error at the same key."""
    refused = 0
    for value in (*ODD, KeyError):
        changed = copy.deepcopy(entries())
        *way, last = key.split(".")
        spot = changed[place][way[0]] if way else changed[place]
        spot[last] = value
        if value is KeyError:
            del spot[last]
        typed, keys = both(changed)
        assert repr(typed) == repr(keys), value
        refused += isinstance(keys, tuple) and isinstance(keys[0], str)
    assert refused or key == "fingerprint"


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_lists_get_the_same_answer(value: object) -> None:
    """Something else in place of an entry, or of the list."""
    for changed in (value, [*entries(), value]):
        typed, keys = both(changed)
        assert repr(typed) == repr(keys)
