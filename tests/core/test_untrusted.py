"""Foreign text on a terminal or in a log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.untrusted import printable, visible


@given(st.text())
def test_no_text_can_speak_to_the_runner_or_the_terminal(text: str) -> None:
    """Whatever is printed is one line, holds no command in either form, and no control character."""
    shown = printable(text, 10_000)
    assert "##[" not in shown
    assert "::" not in shown
    assert len(shown.splitlines()) <= 1
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a\nb\tc", "a\\nb\\tc", id="white-space-is-named"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="escape-sequence"),
        pytest.param("\u202egpj.exe", "\\u{202e}gpj.exe", id="bidi-override"),
        pytest.param("café/東京/😀", "café/東京/😀", id="ordinary-unicode-stays"),
    ],
)
def test_what_cannot_be_seen_is_spelled_out(text: str, shown: str) -> None:
    """A reader sees what is there."""
    assert visible(text) == shown


def test_long_text_is_shortened() -> None:
    """A log line is bounded."""
    assert printable("x" * 100, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    "text", ["Foo::Bar", "[::1]:8080", ":::", "a ##[error]b", "::::", "##[##["]
)
def test_twice_is_as_good_as_once(text: str) -> None:
    """A sentence passes several doors on its way to the log, and people read it as at the first."""
    once = printable(text)
    assert printable(once) == once
    assert "::" not in once
    assert "##[" not in once
    assert once.replace("\u200b", "") == text
