"""The end of a log, fit to be shown: a log is written by a program, so it is hostile text."""

from __future__ import annotations

import os
import re
from pathlib import Path

from trivigil.core.untrusted import printable

TAIL_BYTES = 8 * 1024
TAIL_LINES = 15
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def tail(log: Path, lines: int = TAIL_LINES) -> tuple[str, ...]:
    """The last lines that hold something, without colours and control characters."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            content = file.read(TAIL_BYTES)
    except OSError:
        return ()
    text = _COLOUR.sub("", content.decode("utf-8", "replace")).replace("\r", "\n")
    shown = [printable(line.rstrip(), 500) for line in text.split("\n") if line.strip()]
    return tuple(shown[-lines:])


def ending(log: Path, lines: int = 5) -> str:
    """One sentence for an error: where the log is, and how it ends."""
    last = " | ".join(tail(log, lines))
    return f"Its log {log} ends with: {last}" if last else f"Its log {log} is empty."
