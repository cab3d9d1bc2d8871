"""Keys that stand twice in one JSON object: decoders keep the last of them, so that a second, empty list hides a first one.

No tool writes such a file; one that was put together of two may be so, and one that somebody wants to pass.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.sources import Source

_LARGEST: Final = 1 << 26
"""Bytes (64 MiB): what says that nothing was found is small."""


def key(source: Source) -> str | None:
    """One that stands twice in an object of the file; None where there is none, and where the file is no plain JSON."""
    if source.size > _LARGEST:
        return None
    twice: list[str] = []

    def note(pairs: Sequence[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                twice.append(name)
            seen.add(name)

    try:
        json.loads(sources.text(source), object_pairs_hook=note)
    except (SourceError, ValueError, RecursionError):
        return None
    return printable(twice[0], 60) if twice else None
