"""The search for reference cycles, which is left out where many records are made: it takes a third to a half of the time.

Reading, merging and writing make trees of tuples and texts, in which no cycle is, so what nobody needs any more is freed at once
without it. What cycles there are (of exceptions, of imported modules) are few and do not grow with the input; they wait until the end.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def paused() -> Iterator[None]:
    """Without it; a pause inside of a pause is a part of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
