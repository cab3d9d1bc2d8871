"""Durations as people write them."""

from __future__ import annotations

import pytest

from trivigil.core.errors import InputError
from trivigil.launching.duration import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30", 30),
        ("30s", 30),
        ("5m", 300),
        ("1h30m", 5400),
        (" 2M ", 120),
        ("2.5", 2.5),
        ("0.5s", 0.5),
        ("1m1.5s", 61.5),
    ],
)
def test_durations(text: str, expected: float) -> None:
    """Durations read as Locust's own do."""
    assert seconds(text, "run-time") == expected


@pytest.mark.parametrize("text", ["", "0", "-5", "5x", "1.5m", "m", ".", "1.", "9" * 400])
def test_what_is_no_duration_is_a_sentence(text: str) -> None:
    """A duration is positive."""
    with pytest.raises(InputError, match="30s, 5m or 1h30m"):
        seconds(text, "run-time")
