"""The end of a log is shown to people, and it is hostile text."""

from __future__ import annotations

from pathlib import Path

from trivigil.stack.logs import TAIL_BYTES, ending, tail


def test_last_lines(tmp_path: Path) -> None:
    """Only the last lines that hold something are shown, from the end of a file of any size."""
    log = tmp_path / "a.log"
    log.write_text("x" * (3 * TAIL_BYTES) + "\n" + "".join(f"line {n}\n\n" for n in range(40)))
    assert tail(log, 3) == ("line 37", "line 38", "line 39")


def test_hostile(tmp_path: Path) -> None:
    """No control character, colour or workflow command of a log reaches our output."""
    log = tmp_path / "a.log"
    log.write_bytes(b"\x1b[31mred\x1b[0m\n::add-mask::x\n##[error]y\r\x07bell \xff\n")
    shown = tail(log)
    assert shown[0] == "red"
    joined = "\n".join(shown)
    assert "::" not in joined
    assert "##[" not in joined
    assert joined.replace("\n", "").replace("\u200b", "").isprintable()


def test_ending(tmp_path: Path) -> None:
    """An error names the log, also where it is empty or not there."""
    log = tmp_path / "a.log"
    assert ending(log) == f"Its log {log} is empty."
    log.write_text("one\ntwo\n")
    assert ending(log) == f"Its log {log} ends with: one | two"
