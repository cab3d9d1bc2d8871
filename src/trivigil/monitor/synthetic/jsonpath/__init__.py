"""JSONPath by RFC 9535: `compiled("$.a[?@.b > 1]")` gives the nodes of a JSON value.

Own code, because the one light library of that RFC brings two compiled packages for what is here a few hundred lines, and
because a check without JSONPath is none: it cannot be an extra. Held to the RFC's compliance suite in the tests.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .reading import NoPath, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NoPath", "compiled"]


@lru_cache(maxsize=256)
def compiled(path: str) -> Callable[[object], list[object]]:
    """The function from a JSON value to the nodes that the path selects; raises NoPath where it is none."""
    nodes = Reading(path).query()

    def select(document: object) -> list[object]:
        return nodes(document, document)

    return select
