"""A header that is one structured item (RFC 8941): a token with parameters."""

from __future__ import annotations

import re
from typing import Final

from trivigil.monitor.observatory import ecma

_KEY: Final = r"[a-z*][a-z0-9_.*-]*"
_WORD: Final = r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"
_ITEM: Final = (
    r"(?:-?(?:[0-9]{1,12}\.[0-9]{1,3}|[0-9]{1,15})"
    r'|"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"'
    rf"|{_WORD}|:[A-Za-z0-9+/=]*:|\?[01]|@-?[0-9]{{1,15}})"
)
_WHOLE: Final = re.compile(rf" *({_WORD})(?:; *{_KEY}(?:={_ITEM})?)* *")


def token(value: str) -> str | None:
    """The item where it is a token; None for every other item and for what is no item."""
    found = _WHOLE.fullmatch(value)
    return found[1] if found else None


def judge(short: str, header: str, values: tuple[str, ...]) -> str:
    """The result's name for a header that knows these tokens, in this case."""
    if not header:
        return f"{short}-not-implemented"
    found = token(ecma.trim(header[:1024]))
    return f"{short}-implemented-with-{found}" if found in values else f"{short}-header-invalid"
