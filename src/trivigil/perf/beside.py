"""Files that lie beside a source and belong to it, such as the one that has its benchmark's name."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.foreign import Fields

if TYPE_CHECKING:
    from trivigil.sources import Source


def fields(source: Source, name: str, tool: str) -> Fields | None:
    """The object in a JSON file of this name in the same folder; None where it is not there or not readable.

    A link out of the folder is not followed: the fence around the sources holds.
    """
    folder = os.path.dirname(source.file)
    if not os.path.isfile(os.path.join(folder, name)):
        return None
    (found,) = sources.find([name], directory=folder, fence=[folder])
    if found.problem is not None:
        return None
    try:
        decoded = foreign.load(found, tool)
    except SourceError:
        return None
    return Fields(decoded, name) if isinstance(decoded, dict) else None
