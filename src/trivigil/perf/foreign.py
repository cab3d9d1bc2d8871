"""JSON that a load tool wrote, field by field: what all flats share, under the name that the readers know."""

from __future__ import annotations

from trivigil.foreign import Fields, decode, drifting, load, located, of_list, root

__all__ = ["Fields", "decode", "drifting", "load", "located", "of_list", "root"]
