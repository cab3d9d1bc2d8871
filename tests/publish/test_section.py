from __future__ import annotations

import json
import zlib
from base64 import b64encode
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.publish.section import LENGTHS, STATE_CHARS, Section, decode, encode, newest

SHA = "a" * 40
SECTION = Section("api", 10, 2, SHA, "failure", "Performance: 1 fails", ("long text", "short"))


def packed(data: Any) -> str:
    """A state as a forger can write it."""
    raw = json.dumps(data).encode()
    return f"<!-- trivigil:state:1 {b64encode(zlib.compress(raw)).decode()} -->"


def valid(**changes: Any) -> dict[str, Any]:
    """A state that is read, with changes."""
    return {
        "name": "api", "run": 1, "attempt": 1, "sha": SHA, "verdict": "success",
        "headline": "fine", "texts": ["text"], **changes,
    }  # fmt: skip


def test_round_trip() -> None:
    """What a check run keeps is what comes back."""
    assert decode(encode(SECTION)) == SECTION


@given(st.text(), st.text(max_size=200), st.lists(st.text(max_size=1200), max_size=4))
def test_round_trip_of_any_text(name: str, headline: str, texts: list[str]) -> None:
    """Any name and any text survive, and nothing in them ends the hidden comment."""
    section = SECTION._replace(name=name, headline=headline, texts=tuple(texts))
    state = encode(section)
    assert decode(state) == section
    assert state.count("-->") == 1


def test_state_fits_into_the_output() -> None:
    """Of texts that do not compress the longest are left out; the state stays below its limit."""
    dice = Random(7)
    noise = "".join(chr(0x4E00 + dice.randrange(20_000)) for _ in range(LENGTHS[0]))
    state = encode(SECTION._replace(texts=(noise, noise[:1200])))
    assert len(state) < STATE_CHARS + 200
    kept = decode(state)
    assert kept is not None
    assert kept.texts == (noise[:1200],)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("<!-- trivigil:state:1 !!! -->", id="not base64"),
        pytest.param("<!-- trivigil:state:1 QUJD -->", id="not compressed"),
        pytest.param("<!-- trivigil:state:2 QUJD -->", id="another version"),
        pytest.param(packed([1]), id="no object"),
        pytest.param(packed(valid(texts="x")), id="texts are no list"),
        pytest.param(packed(valid(texts=["x"] * 9)), id="more lengths than there are"),
        pytest.param(packed(valid(texts=["x" * 40_001])), id="a text beyond the longest length"),
        pytest.param(packed(valid(texts=[1])), id="a text that is none"),
        pytest.param(packed(valid(run="1")), id="a run that is no number"),
        pytest.param(packed(valid(run=True)), id="a run that is a truth value"),
        pytest.param(packed(valid(sha="main")), id="a commit that is none"),
        pytest.param(packed(valid(verdict="great")), id="an unknown verdict"),
        pytest.param(packed(valid(headline="x" * 301)), id="a headline beyond its length"),
        pytest.param(packed(valid(texts=["x" * 2_000_000])), id="a bomb"),
    ],
)
def test_foreign_state_is_none(text: str) -> None:
    """A state that we would not write is no state."""
    assert decode(text) is None


@pytest.mark.parametrize(
    ("run", "attempt", "wins"),
    [
        pytest.param(11, 1, True, id="a later run"),
        pytest.param(10, 3, True, id="a later attempt of the same run"),
        pytest.param(10, 2, False, id="the same run: the first group counts"),
        pytest.param(10, 1, False, id="an earlier attempt"),
        pytest.param(9, 9, False, id="an earlier run, whatever its attempt"),
    ],
)
def test_newest(run: int, attempt: int, *, wins: bool) -> None:
    """Of one name the greater run and attempt stands."""
    other = SECTION._replace(run_id=run, run_attempt=attempt, headline="other")
    assert newest((SECTION,), (other,)) == ((other,) if wins else (SECTION,))
