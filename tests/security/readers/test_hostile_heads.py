"""Recognition looks at the first bytes of files that anybody may have written: it takes them all at the same pace."""

from __future__ import annotations

import subprocess
import sys

import pytest

from trivigil.sources import HEAD_BYTES

_UNITS = (b" ", b"\n", b"{", b"[", b'{"a":', b'"', b"<!-- ", b"<bom ", b"<analysis ", b'"errors":[')
_LIMIT = 120
"""Seconds: a hundred times what it takes, and nothing against a search that doubles with every byte."""
_ASK = """
import sys
from trivigil.security.readers import readers
from trivigil.sources import Source
head = bytes.fromhex(sys.argv[1]) * int(sys.argv[2])
for quote in (b"", b'"', b"<?xml version='1.0'?>"):
    whole = quote + head
    found = [each.FORMAT for each in readers() if each.recognises(Source("a", "a", None, len(whole), whole))]
    assert not found, found
"""


@pytest.mark.parametrize("unit", _UNITS, ids=repr)
def test_no_repetition_stops_recognition(unit: bytes) -> None:
    """A file of one thing over and over is nobody's, and every reader says so: pages of white space once stopped them all."""
    number = HEAD_BYTES // len(unit) - 10
    ended = subprocess.run(
        [sys.executable, "-c", _ASK, unit.hex(), str(number)],
        capture_output=True, timeout=_LIMIT, check=False, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
