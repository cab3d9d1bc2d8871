"""Unicode's general categories as members of a character class, which Python's expressions have no word for."""

from __future__ import annotations

import sys
from functools import lru_cache

_NAMES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)


@lru_cache(maxsize=16)
def members(name: str, *, negated: bool) -> str | None:
    r"""What stands in a class for `\p{Lu}`, or for `\P{Lu}`; None for what is no general category.

    The first call for a name looks at every character of Unicode, about a third of a second.
    """
    import unicodedata

    if name not in _NAMES:
        return None
    out: list[str] = []
    start: int | None = None
    for code in range(sys.maxunicode + 2):
        inside = code <= sys.maxunicode and (
            unicodedata.category(chr(code)).startswith(name) is not negated
        )
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            out.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(out)
