"""JSON that a load tool wrote, field by field: what all flats share, under the name that the readers know."""

from __future__ import annotations

from trivigil.foreign import *  # noqa: F403 (the same names, all of them)
