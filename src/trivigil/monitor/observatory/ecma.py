"""Text the way ECMAScript reads it: the reference grader is a JavaScript program, and its verdicts hang on these."""

from __future__ import annotations

import re
from typing import Final

SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""WhiteSpace and LineTerminator of ECMA-262, sections 12.2 and 12.3, as inside of a character class."""
_ENDS: Final = re.compile(f"^[{SPACE}]+|[{SPACE}]+$")
_RUNS: Final = re.compile(f"[{SPACE}]+")
_WHOLE: Final = re.compile(f"[{SPACE}]*([+-]?)([0-9]+)")
_ORDER: Final = "_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
"""ASCII punctuation in the order of Unicode's root collation; digits follow, then letters."""
_WEIGHTS: Final = {character: index for index, character in enumerate(_ORDER)}


def trim(text: str) -> str:
    """String.prototype.trim."""
    return _ENDS.sub("", text)


def words(text: str) -> list[str]:
    """The words between runs of white space; an empty text is one empty word."""
    return _RUNS.split(trim(text))


def whole_number(text: str) -> int | None:
    """The number that parseInt reads: what stands after the digits is ignored. None is NaN."""
    found = _WHOLE.match(text)
    return int(found[1] + found[2]) if found else None


def collation(text: str) -> tuple[int, ...]:
    """A sort key as Intl.Collator("en") has it, for lower-case ASCII; all else by code point after it."""
    return tuple(_WEIGHTS.get(character, 100 + ord(character)) for character in text)
