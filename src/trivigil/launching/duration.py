"""Durations as people write them."""

from __future__ import annotations

import re
from typing import Final

from trivigil.core.errors import InputError

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", re.IGNORECASE)
_LONGEST: Final = 100 * 366 * 86400.0
"""Seconds; no clock of the system counts further."""


def seconds(text: str, key: str) -> float:
    """A duration such as `90`, `2.5`, `90s`, `5m` or `1h30m`, in seconds. Raises InputError, with the key, for anything else."""
    match = _DURATION.fullmatch(text.strip())
    parts = [float(part or 0) for part in match.groups()] if match else []
    total = parts[0] * 3600 + parts[1] * 60 + parts[2] if parts else 0.0
    if not 0 < total <= _LONGEST:
        raise InputError("a duration such as 30s, 5m or 1h30m was expected.", key=key)
    return total
