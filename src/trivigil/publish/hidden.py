"""What our texts on GitHub carry unseen: markers and state in HTML comments, bounded and read as foreign data."""

from __future__ import annotations

import binascii
import json
import re
import zlib
from base64 import b64decode, b64encode
from typing import Final

MAX_JSON: Final = 1_000_000
"""Bytes of a state, unpacked."""

_OURS = re.compile(r"<!--(?=\s*trivigil:)")


def marker(kind: str, data: dict[str, object]) -> str:
    """JSON in an HTML comment, with nothing in it that could end the comment."""
    text = json.dumps(data, sort_keys=True)
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "-\\u002d")
    return f"<!-- trivigil:{kind} {text} -->"


def parsed(text: str) -> object:
    """The JSON of a marker; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def harmless(text: str) -> str:
    """A text in which no marker of ours stands."""
    return _OURS.sub("<!-\u200b-", text)


def pack(data: object) -> str:
    """A state in characters that end no HTML comment."""
    text = json.dumps(data, ensure_ascii=False)
    return b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode()


def unpack(packed: str) -> object:
    """The inverse of `pack`; None for what is no packed state, or too large unpacked."""
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(b64decode(packed, validate=True), MAX_JSON)
        return json.loads(raw) if unpacker.eof else None
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None


def normal(body: str) -> str:
    """A body as GitHub may give it back: other line ends, no white space at the end."""
    return body.replace("\r\n", "\n").rstrip()
