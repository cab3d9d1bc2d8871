"""What the monitor remembers, as text and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.monitor import memory
from trivigil.monitor.memory import Memory, Row

COUNT = st.integers(0, 999)
ROW = st.builds(
    Row,
    st.text(max_size=20),
    COUNT,
    COUNT,
    st.text(max_size=20),
    st.booleans(),
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=9), st.sampled_from(["failing", "recovered"]), max_size=3),
    st.dictionaries(st.text(max_size=9), st.text(max_size=20), max_size=3),
)
MEMORY = st.builds(
    Memory,
    st.just("shop"),
    st.tuples(COUNT, COUNT),
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=20), ROW, max_size=5),
)


@given(MEMORY)
def test_what_is_written_is_read_back(held: Memory) -> None:
    """The text says all that the memory says, in ASCII on one line."""
    text = memory.dump(held)

    assert memory.load(text, "shop") == held
    assert text.isascii()
    assert "\n" not in text


@given(MEMORY, st.data())
def test_a_damaged_memory_is_no_memory(held: Memory, data: st.DataObject) -> None:
    """A memory that is cut anywhere is said to be unreadable, never half believed."""
    text = memory.dump(held)
    cut = data.draw(st.integers(0, len(text) - 1))

    with pytest.raises(memory.Unreadable):
        memory.load(text[:cut], "shop")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"schema": "trivigil/monitor-memory/2"}, id="of a later version"),
        pytest.param({"watch": "blog"}, id="of another watch"),
        pytest.param({"age": [1]}, id="without its age"),
        pytest.param({"age": [True, 1]}, id="an age that is none"),
        pytest.param({"rows": []}, id="rows in another shape"),
        pytest.param({"rows": {"a": {"name": "x", "failures": -1}}}, id="a count below zero"),
        pytest.param({"rows": {"a": {"name": "x", "failures": 10**9}}}, id="a count beyond reason"),
        pytest.param({"rows": {"a": {"name": "x", "surprise": 1}}}, id="a key that nobody wrote"),
        pytest.param(
            {"rows": {"a": {"name": "x", "told": {"slack": "maybe"}}}}, id="an unknown word"
        ),
        pytest.param({"rows": {"a": {"name": "x" * 500}}}, id="a name beyond reason"),
        pytest.param({"rows": {str(n): {"name": "x"} for n in range(501)}}, id="too many rows"),
    ],
)
def test_what_nobody_wrote_is_not_believed(change: dict[str, object]) -> None:
    """Whoever may edit the place of the memory can destroy it, and not steer the monitor."""
    document = {**json.loads(memory.dump(Memory("shop"))), **change}

    with pytest.raises(memory.Unreadable):
        memory.load(json.dumps(document), "shop")


def test_what_holds_is_forgotten_before_what_fails() -> None:
    """A memory has a size: open incidents stay, then what fails, then what was seen last."""
    held = {f"h{n}": Row("x", seen_at=f"2026-01-01T00:00:00.{n:03d}Z") for n in range(600)}
    rows = {**held, "pending": Row("x", failures=1), "open": Row("x", is_open=True)}

    kept = memory.load(memory.dump(Memory("shop", rows=rows)), "shop").rows

    assert len(kept) == memory.MOST_ROWS
    assert {"pending", "open", "h599"} <= set(kept)
    assert "h0" not in kept
