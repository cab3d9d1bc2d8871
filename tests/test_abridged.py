"""A large file as its readers can know it: the keys and the first things of lists, as deep as readers look."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from trivigil import abridged, sources

if TYPE_CHECKING:
    from pathlib import Path

LONG = "x" * (sources.HEAD_BYTES + 1)


def head(folder: Path, text: str | bytes) -> bytes | None:
    """What is left of a file."""
    path = folder / "report.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (source,) = sources.find(["report.json"], directory=os.fspath(folder))
    return abridged.head(source)


def test_what_is_long_is_left_out(tmp_path: Path) -> None:
    """Of lists the first two things are kept, of objects the keys, and of long texts that they are there."""
    report = {"errors": [{"text": LONG, "line": 1}] * 3, "results": [[1, 2, 3]], "version": "1"}
    found = head(tmp_path, json.dumps(report))
    assert found is not None
    error = {"text": "…", "line": 1}
    assert json.loads(found) == {"errors": [error, error], "results": [[1, 2]], "version": "1"}


def test_a_mark_and_white_space_do_not_matter(tmp_path: Path) -> None:
    """As editors and shells leave them around the JSON."""
    found = head(tmp_path, b"\xef\xbb\xbf\n " + json.dumps([LONG]).encode() + b"\n")
    assert found == '["…"]'.encode()


def test_what_is_deep_is_empty(tmp_path: Path) -> None:
    """Deeper than readers look, nothing is kept, however deep it is."""
    depth = sources.HEAD_BYTES
    assert head(tmp_path, "[" * depth + "]" * depth) in (None, b"[[[[[[]]]]]]")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"a": 1}', id="short"),
        pytest.param(json.dumps({"a": LONG})[:-3], id="cut"),
        pytest.param(json.dumps([LONG]) * 2, id="two documents"),
        pytest.param(LONG, id="text"),
        pytest.param(b'{"a": "' + LONG.encode() + b'\xff"}', id="not UTF-8"),
    ],
)
def test_nothing_is_left_of_anything_else(text: str | bytes, tmp_path: Path) -> None:
    """A short file is known by itself, and what is no JSON document is unknown."""
    assert head(tmp_path, text) is None


def test_too_many_things_are_not_built(tmp_path: Path) -> None:
    """Millions of things of a byte or two would take gigabytes: such a file is unknown, with a few fewer it is known."""
    assert head(tmp_path, "[" + "1," * ((1 << 22) + 1) + "1]") is None
    assert head(tmp_path, "[" + "1," * (1 << 18) + "1]") == b"[1,1]"
