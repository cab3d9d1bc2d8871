"""The files by which a step speaks to the runner (FileCommandManager.cs)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .layout import LINUX, Layout

NAMES: Final = {
    "GITHUB_PATH": "add_path",
    "GITHUB_ENV": "set_env",
    "GITHUB_STEP_SUMMARY": "step_summary",
    "GITHUB_STATE": "save_state",
    "GITHUB_OUTPUT": "set_output",
}
"""The variables, and how the runner's file names begin."""
SUMMARY_BYTES: Final = 1024 * 1024
"""CreateStepSummaryCommand.AttachmentSizeLimit."""
BLOCKED: Final = frozenset({"NODE_OPTIONS"})
"""SetEnvFileCommand: never set by GITHUB_ENV, whatever the case of its letters."""


class FileCommandError(Exception):
    """A line that the runner does not understand; what stands before it has been obeyed."""


def pairs(text: str, layout: Layout = LINUX) -> Iterator[tuple[str, str]]:
    """`name=value` and `name<<DELIMITER` entries in their order (EnvFileKeyValuePairs).

    Raises FileCommandError where the runner does, after the entries that come before.
    """
    place = 0
    while (read := _line(text, place, layout)) is not None:
        line, newline = read
        place += len(line) + len(newline)
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, _, value = line.partition("=")
            yield name, value
        elif heredoc >= 0:
            name, _, delimiter = line.partition("<<")
            if not name or not delimiter:
                raise FileCommandError(f"Invalid format '{line}'.")
            value, place = _heredoc(text, place, delimiter, layout)
            yield name, value
        else:
            raise FileCommandError(f"Invalid format '{line}'")


def _heredoc(text: str, place: int, delimiter: str, layout: Layout) -> tuple[str, int]:
    """The value up to the delimiter's line, without its last line end, and the place behind it."""
    start = end = place
    while (read := _line(text, place, layout)) is not None:
        line, newline = read
        place += len(line) + len(newline)
        if line == delimiter:
            return text[start:end], place
        if not newline:
            raise FileCommandError("Invalid value. EOF marker missing new line.")
        end = place - len(newline)
    raise FileCommandError(f"Invalid value. Matching delimiter not found '{delimiter}'")


def _line(text: str, place: int, layout: Layout) -> tuple[str, str] | None:
    """A line and its end: LF, on Windows CRLF too; None behind the last one."""
    if place >= len(text):
        return None
    end = text.find("\n", place)
    if end < 0:
        return text[place:], ""
    if layout.windows and text[place:end].endswith("\r"):
        return text[place : end - 1], "\r\n"
    return text[place:end], "\n"


def read(path: Path) -> str:
    """A file as File.ReadAllText reads it: UTF-8, a byte order mark is dropped, what is broken is replaced."""
    return path.read_bytes().decode("utf-8-sig", "replace")
