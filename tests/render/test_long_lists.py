"""Long lists in JSON: in batches, and the same text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from trivigil.render import long_lists
from trivigil.render.long_lists import LONG, Made

from .layout import laid_out, line

if TYPE_CHECKING:
    from collections.abc import Sequence

STRANGE = [
    "plain",
    "é",
    "a\x7fb",
    "\u2028",
    "tab\t",
    'quote "',
    "\U0001f600",
    "\x00",
    "",
    "\ufeff",
    "\ue000",
    "%s",
]


def entry(number: int) -> dict[str, object]:
    """Values of every kind, nested, with empty ones."""
    text = STRANGE[number % len(STRANGE)]
    inner: dict[str, object] = {"none": [], "nothing": {}, "score": number / 4, "yes": True}
    return {"text": text, "number": number, "inner": [inner, None], text + "key": text}


@pytest.mark.parametrize("count", [0, 1, LONG - 1, LONG, LONG + 1, 2 * LONG + 3])
@pytest.mark.parametrize("half", [False, True], ids=["UTF-8", "half a surrogate pair"])
def test_batches_give_the_same_text(count: int, half: bool) -> None:
    """As entry by entry, to the last blank, whatever stands in it and however deep the list lies."""
    entries = [entry(n) for n in range(count)]
    if half and entries:
        entries[-1]["text"] = "x\ud800y"
    whole = {"first": 1, "below": {"list": entries, "other": [1, 2]}, "list": entries, "last": {}}
    numbers = list(range(count))

    def lines(batch: Sequence[int], between: str) -> str:
        return between.join(line(entries[n]) for n in batch)

    lazy = {**whole, "list": Made(numbers, lambda n: entries[n], lines)}
    expected = laid_out(whole)
    assert "".join(long_lists.pieces(whole)) == expected
    assert "".join(long_lists.pieces(lazy)) == expected
    assert json.loads(expected) == whole


def test_a_number_that_json_cannot_say_is_null() -> None:
    """In a long list as in a short one."""
    text = "".join(long_lists.pieces([float("nan")] * LONG))
    assert json.loads(text) == [None] * LONG
