r"""Classes of characters as Unicode has them, written out for Python's expressions, which know others or none.

`\w` of Python has fractions and no combining marks, its `\s` has separators that are no white space (UTS 18, annex C).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_NAMES: Final = frozenset(
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
_WORD: Final = frozenset(["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Pc"])
_CIRCLED: Final = (
    range(0x24B6, 0x24EA),
    range(0x1F130, 0x1F14A),
    range(0x1F150, 0x1F16A),
    range(0x1F170, 0x1F18A),
)
"""Letters in circles and squares: alphabetic, though their category is another."""
_INHABITED: Final = (range(0x33480), range(0xE0100, 0xE01F0))
"""Where letters, marks and digits can be; a test looks whether they are nowhere else."""
_JOINERS: Final = (0x200C, 0x200D)
_BLANKS: Final = frozenset(
    [*range(9, 14), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
)  # fmt: skip


def _ranges(fits: Callable[[int], bool], codes: Iterable[int]) -> list[range]:
    out: list[range] = []
    for code in filter(fits, codes):
        if out and out[-1].stop == code:
            out[-1] = range(out[-1].start, code + 1)
        else:
            out.append(range(code, code + 1))
    return out


def _body(ranges: list[range], *, negated: bool) -> str:
    if negated:
        starts = [0, *(each.stop for each in ranges)]
        stops = [*(each.start for each in ranges), sys.maxunicode + 1]
        pairs = zip(starts, stops, strict=True)
        ranges = [range(start, stop) for start, stop in pairs if start < stop]
    return "".join(f"\\U{each.start:08x}-\\U{each.stop - 1:08x}" for each in ranges)


@lru_cache(maxsize=16)
def members(name: str, *, negated: bool) -> str | None:
    r"""What stands in a class for `\p{Lu}`, or for `\P{Lu}`; None for what is no general category.

    The first call for a name looks at every character of Unicode, about a third of a second.
    """
    import unicodedata

    if name not in _NAMES:
        return None
    found = _ranges(
        lambda code: unicodedata.category(chr(code)).startswith(name), range(sys.maxunicode + 1)
    )
    return _body(found, negated=negated)


@lru_cache(maxsize=4)
def words(*, negated: bool) -> str:
    r"""What stands in a class for `\w`, or for `\W`."""
    import unicodedata

    category = unicodedata.category
    more = {*_JOINERS, *(code for circled in _CIRCLED for code in circled)}
    found = _ranges(lambda code: category(chr(code)) in _WORD or code in more, chain(*_INHABITED))
    return _body(found, negated=negated)


@lru_cache(maxsize=4)
def blanks(*, negated: bool) -> str:
    r"""What stands in a class for `\s`, or for `\S`."""
    return _body(_ranges(lambda _code: True, sorted(_BLANKS)), negated=negated)
