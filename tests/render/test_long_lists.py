"""Long lists in JSON: in batches, and the same text."""

from __future__ import annotations

import json

import pytest

from trivigil.render import long_lists
from trivigil.render.json import written
from trivigil.render.long_lists import LONG, Made

STRANGE = ["plain", "é", "a\x7fb", "\u2028", "tab\t", 'quote "', "\U0001f600", "\x00", "", "\ufeff"]


def short(value: object) -> str:
    return written(value, indent=1)[:-1]


def entry(number: int) -> dict[str, object]:
    """Values of every kind, nested, with empty ones."""
    text = STRANGE[number % len(STRANGE)]
    inner: dict[str, object] = {"none": [], "nothing": {}, "score": number / 4, "yes": True}
    return {"text": text, "number": number, "inner": [inner, None], text + "key": text}


@pytest.mark.parametrize("count", [0, 1, LONG - 1, LONG, LONG + 1, 2 * LONG + 3])
@pytest.mark.parametrize("half", [False, True], ids=["UTF-8", "half a surrogate pair"])
def test_batches_give_the_same_text_as_one_call(count: int, half: bool) -> None:
    """To the last blank, whatever stands in it and however deep the list lies."""
    entries = [entry(n) for n in range(count)]
    if half and entries:
        entries[-1]["text"] = "x\ud800y"
    whole = {"first": 1, "below": {"list": entries, "other": [1, 2]}, "list": entries, "last": {}}
    numbers = list(range(count))
    lazy = {**whole, "list": Made(numbers, lambda n: entries[n])}
    expected = short(whole)
    assert "".join(long_lists.pieces(whole, short)) == expected
    assert "".join(long_lists.pieces(lazy, short)) == expected
    assert json.loads(expected) == whole


def test_a_number_that_json_cannot_say_is_null() -> None:
    """In a long list as in a short one."""
    text = "".join(long_lists.pieces([float("nan")] * LONG, short))
    assert json.loads(text) == [None] * LONG
