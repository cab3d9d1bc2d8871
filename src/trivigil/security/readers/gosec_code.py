"""The code that gosec shows of an issue: its lines, each with its number, and those around it.

Format: issue/issue.go of securego/gosec.
"""

from __future__ import annotations

import re
from typing import Final

from trivigil.security import digest, leak

_NUMBERED: Final = re.compile(r"^(\d+): ?(.*)$", re.MULTILINE)


def kept(shown: str | None, first: int | None, last: int | None, *, secret: bool) -> str | None:
    """A digest of the lines of the issue alone; a keyed one where they hold a secret."""
    numbered = [(int(number[:9]), line) for number, line in _NUMBERED.findall(shown or "")]
    lines = [line for number, line in numbered if first and last and first <= number <= last]
    text = "\n".join(lines) or shown or ""
    return leak.code(text) if secret else digest.code(text)
