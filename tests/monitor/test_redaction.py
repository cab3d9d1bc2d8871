"""No secret comes through, however a site writes it back."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivigil.monitor.redaction import LONGEST, MASK, Redaction

SECRETS = st.text(st.characters(codec="utf-8", exclude_characters="…"), min_size=6, max_size=80).filter(
    lambda text: len(text.strip()) >= 6 and len(set(text)) > 3 and "***" not in text
)  # fmt: skip


def _forms(secret: str) -> list[str]:
    """The secret as programs write it, alone and behind a user's name."""
    pair = f"user:{secret}".encode()
    return [
        secret,
        secret.swapcase() if secret.isascii() else secret,
        quote(secret, safe=""),
        quote(quote(secret, safe=""), safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[1:-1],
        html.escape(secret),
        "".join(f"&#{ord(char)};" for char in secret),
        secret.encode().hex(),
        b64encode(secret.encode()).decode(),
        b64encode(pair).decode(),
        b64encode(b"x" + pair).decode(),
        urlsafe_b64encode(b"xy" + pair).decode(),
        quote(b64encode(pair).decode(), safe=""),
    ]


@settings(max_examples=60, deadline=None)
@given(secret=SECRETS, place=st.integers(0, 15))
def test_every_form_is_taken_out(secret: str, place: int) -> None:
    """Whatever the secret is, none of its forms is left of a text around it."""
    form = _forms(secret)[place]
    cleaned = Redaction([secret]).clean(f"before <{form}> after")
    assert form.strip() not in cleaned
    assert MASK in cleaned
    assert cleaned.startswith("before <")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("token sk-live-0123456789abcdef end", id="whole"),
        pytest.param("a part: live-012345678", id="a part"),
        pytest.param("cut sk-live-01…", id="cut at the edge"),
        pytest.param("SK-LIVE-0123456789ABCDEF", id="another case"),
        pytest.param("https://x/sk%2Dlive%2d0123456789abcdef/", id="needless percents"),
    ],
)
def test_parts_are_taken_out(text: str) -> None:
    """Ten characters in a row of a secret are too many, and so is its beginning where a text was cut."""
    cleaned = Redaction(["sk-live-0123456789abcdef"]).clean(text)
    assert MASK in cleaned
    assert "live" not in cleaned.lower().replace("live-012345678 ", "")


def test_a_long_secret_of_lines() -> None:
    """A key of many lines is one, and each of its lines too."""
    lines = [f"line{number:02d}{'ab' * 20}{number}" for number in range(40)]
    redaction = Redaction(["\n".join(lines)])
    assert redaction.clean(f"one: {lines[7]}") == f"one: {MASK}"
    assert "ab" not in redaction.clean(json.dumps("\n".join(lines)))


def test_a_secret_as_large_as_a_body_ends() -> None:
    """A captured body of megabytes is a secret that costs no minutes."""
    body = "".join(f"{number:08d}," for number in range(200_000))
    assert MASK in Redaction([body]).clean("found 00199990,00199991,00199992")


def test_what_is_shown_is_one_short_line() -> None:
    """Shortened after the secret is out, controls and workflow commands made visible."""
    shown = Redaction(["secret-canary"]).shown("::error::secret-canary\x1b[31m\n" + "x" * 1000)
    assert len(shown) == LONGEST
    assert "secret" not in shown
    assert "::" not in shown
    assert "\n" not in shown


def test_without_secrets_a_text_stays() -> None:
    """Nothing and empty values take nothing out."""
    assert Redaction(["", ""]).clean("plain *** text") == "plain *** text"
    assert "canary" not in repr(Redaction(["canary"]))
