"""The scan itself sees what is alive, or it would prove nothing."""

from __future__ import annotations

import pytest

from .corpus import ADDRESSES, CLOSING, HTML, IMAGES, KINDS, LINKS, MENTIONS, REFERENCES
from .scan import controls, living


@pytest.mark.parametrize(
    "attack",
    [
        "@octocat", "see @acme/admins", "root@evil.example", "#1", "acme/shop#12", "GH-1", "deadbee",
        "https://evil.example", "www.evil.example", "<https://evil.example>", "[a](https://evil.example)",
        "![i](https://evil.example/x.png)", "<img src=x>", "<b>x</b>", "</details>", "<!-- x -->", ":tada:",
        "[^1]\n\n[^1]: note", "# heading", "1. item", "***", "[a]\n\n[a]: https://evil.example", "- [ ] x",
        "`a` &#64;octocat", "<script>alert(1)</script>", "ftp://evil.example",
    ],
)  # fmt: skip
def test_it_sees_what_is_alive(attack: str) -> None:
    """An attack that nobody has made harmless is found."""
    assert living(f"{attack}\n")


@pytest.mark.parametrize(
    "text",
    [
        "words",
        "`@octocat #1 https://evil.example`",
        "```\n<b>x</b>\n```",
        "\\<b>",
        "| a |\n| - |\n| b |",
    ],
)
def test_it_lets_live_what_is_harmless(text: str) -> None:
    """Words, code and our own elements are no finding."""
    assert living(text) == []


@pytest.mark.parametrize("kind", [MENTIONS, REFERENCES, CLOSING, ADDRESSES, LINKS, IMAGES, HTML])
def test_the_corpus_is_dangerous(kind: tuple[str, ...]) -> None:
    """Of the attacks on pages most are alive where nobody makes them harmless."""
    alive = [attack for attack in kind if living(attack)]
    assert len(alive) >= 0.5 * len(kind), [attack for attack in kind if attack not in alive]


def test_it_sees_control_characters() -> None:
    """Escape sequences, bidirectional marks and their like, but no spaces."""
    assert controls("a\x1b[31m\u202e\x00") == ["'\\x1b'", "'\\u202e'", "'\\x00'"]
    assert controls("a\n\u00a0\u200b") == []
    assert any(controls(attack) for attack in KINDS["characters"])
