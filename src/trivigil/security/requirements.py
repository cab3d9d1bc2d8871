"""Requirements files of a Python project, as pip's documentation and most projects name them."""

from __future__ import annotations

import os
from glob import glob
from typing import Final

_PATTERNS: Final = ("requirements*.txt", "requirements/*.txt")


def files(directory: str) -> tuple[str, ...]:
    """Their paths relative to the folder, sorted."""
    found = {name for pattern in _PATTERNS for name in glob(pattern, root_dir=directory)}
    return tuple(sorted(n for n in found if os.path.isfile(os.path.join(directory, n))))
