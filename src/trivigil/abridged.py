"""A large JSON file as its readers can know it, where what they know it by stands behind more than its first bytes.

Tools begin with what is long: npm 6 with what to do, gosec with what did not compile, Dependency-Check with its dependencies. Of every object there are some keys, and of every
list the first things, as deep as readers look; what is inside is not built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError

if TYPE_CHECKING:
    from msgspec import Raw

    from trivigil.sources import Source

_LARGEST: Final = 1 << 28
"""Bytes (256 MiB) of a file that is looked through for what it is."""
_MOST: Final = 1 << 22
"""Commas in it: each may be one more thing of a list or an object, which take about 100 bytes each however short they are."""
_DEEPEST: Final = 5
_KEYS: Final = 40
"""Keys of an object, and of each of them a list's things: readers look for fewer."""
_THINGS: Final = 2
_LONGEST: Final = 300
"""Bytes of a text or number that is kept as it is."""


def head(source: Source) -> bytes | None:
    """Its JSON without what is long; None for a file that is no longer than its first bytes, has millions of things, or is no JSON document."""
    cut = sources.HEAD_BYTES <= source.size <= _LARGEST
    if not cut or not source.head.lstrip().startswith((b"{", b"[")):
        return None
    import msgspec

    try:
        whole = sources.octets(source)
        return None if whole.count(b",") > _MOST else _short(msgspec.Raw(whole.strip()), _DEEPEST)
    except (SourceError, ValueError, RecursionError):
        return None


def _short(value: Raw, depth: int) -> bytes:
    """The JSON of a value, shortened. Raises ValueError where it is damaged."""
    import msgspec

    data = memoryview(value)
    first = bytes(data[:1])
    if first == b"{":
        found = msgspec.json.decode(value, type=dict[str, msgspec.Raw])
        kept = list(found.items())[:_KEYS] if depth else []
        parts = [msgspec.json.encode(key) + b":" + _short(each, depth - 1) for key, each in kept]
        return b"{" + b",".join(parts) + b"}"
    if first == b"[":
        things = msgspec.json.decode(value, type=list[msgspec.Raw])[: _THINGS if depth else 0]
        return b"[" + b",".join(_short(each, depth - 1) for each in things) + b"]"
    return bytes(data) if len(data) <= _LONGEST else b'"\xe2\x80\xa6"'
