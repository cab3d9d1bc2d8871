"""What happens to reports on their way: cut, emptied, overwritten, wrapped, put together of two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from tests.security.readers.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts

PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>504</title></head><body>Gateway Timeout</body></html>\n"
)
CLEAN = {"complete", "empty"}
TEXT_AROUND = {"bandit", "safety"}
"""Tools that print text around their reports: there it is passed over."""
AROUND = {"text around it", "cut at 0.99", "cut at 0.9"}
INSIDE = {"a page in its middle"}
"""Harmless where it is in a comment."""


def damaged(data: bytes, others: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Every damage, with what it is called."""
    bare = data.rstrip()
    for part in (0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99):
        yield f"cut at {part}", bare[: int(len(bare) * part)]
    yield "cut by one", bare[:-1]
    yield "its end alone", bare[len(bare) // 2 :]
    yield "nothing", b""
    yield "white space", b" \n"
    yield "zeros", bytes(len(data))
    yield "zeros at its end", bare[: len(bare) // 2] + bytes(len(bare) // 2 + 1)
    yield "a page", PAGE
    yield "a page before it", PAGE + data
    yield "a page after it", data + PAGE
    yield "a page in its middle", bare[: len(bare) // 2] + PAGE + bare[len(bare) // 2 :]
    yield "text around it", b"Scanning ...\n\n" + data + b"\nDone.\n"
    yield "twice", data + b"\n" + data
    for number, other in enumerate(others if bare else ()):
        yield f"before another {number}", data + b"\n" + other
        made = bare[: len(bare) // 2] + other[len(other) // 2 :]
        if not is_document(made):
            yield f"half of another {number}", made


def is_document(data: bytes) -> bool:
    """Whether two halves happen to be one document: nothing in such a file tells that it is made of two."""
    try:
        ElementTree.fromstring(data[max(data.find(b"<?xml"), 0) :])  # noqa: S314 (made here)
    except ElementTree.ParseError:
        pass
    else:
        return True
    for start in (0, max(data.find(b"{"), 0)):
        try:
            json.loads(data[start:])
        except ValueError:
            continue
        return True
    return False


def taken_for_clean(
    data: bytes, others: Sequence[bytes], tool: str, whole: Reading[ScanFacts], folder: Path
) -> list[str]:
    """The damages after which a file reads as clean. Text around a tool's report may change nothing of it."""
    missing = read(folder / "is-not-there.json", tool)
    found = [] if missing.state == "missing" and missing.problem else ["deleted"]
    path = folder / "damaged"
    for name, bad in damaged(data, others):
        path.write_bytes(bad)
        for reading in (read(path, tool), read(path)):
            kept = reading.facts == whole.facts and whole.facts is not None
            if kept and (name in INSIDE or (tool in TEXT_AROUND and name in AROUND)):
                continue
            if reading.state in CLEAN and reading.problem is None:
                found.append(name)
    return found
