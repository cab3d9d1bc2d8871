"""The file between `start` and `stop`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.stack.state import Running, State, read_state, state_file, write_state

PROCESS: dict[str, object] = {"name": "a", "pid": 12, "started": "5", "log": "a.log"}
GOOD: dict[str, object] = {
    "schema": "trivigil/stack/1",
    "mark": "m",
    "processes": [PROCESS],
    "compose_file": None,
}


def test_round_trip(tmp_path: Path) -> None:
    """What is written is read."""
    state = State("m", (Running("a", 12, "5", "a.log"),), "/x/compose.yml")
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state


def test_nothing(tmp_path: Path) -> None:
    """Where nothing was started there is no state, not even a folder."""
    assert read_state(tmp_path / "none") is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"schema": "other/1"}, id="another format"),
        pytest.param({"processes": [{"name": "a"}]}, id="half a process"),
        pytest.param({"processes": 3}, id="no list"),
        pytest.param({"compose_file": 3}, id="no path"),
        pytest.param({"mark": ""}, id="a mark that everything carries"),
        *(
            pytest.param({"processes": [PROCESS | {"pid": pid}]}, id=reason)
            for pid, reason in (
                (0, "0 is our own group"),
                (-1, "-1 is everybody"),
                (1, "1 is the first process"),
                (True, "true is 1"),
                ("12", "text"),
            )
        ),
    ],
)
def test_damaged(tmp_path: Path, change: dict[str, object]) -> None:
    """A state that we did not write is refused before any signal is sent by it."""
    state_file(tmp_path).write_text(json.dumps(GOOD))
    assert read_state(tmp_path) is not None
    state_file(tmp_path).write_text(json.dumps(GOOD | change))
    with pytest.raises(InputError) as caught:
        read_state(tmp_path)
    assert caught.value.path == str(state_file(tmp_path))


def test_cut(tmp_path: Path) -> None:
    """A file cut in the middle is refused too."""
    state_file(tmp_path).write_text(json.dumps(GOOD)[:40])
    with pytest.raises(InputError):
        read_state(tmp_path)
