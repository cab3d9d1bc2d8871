"""What Artillery's counts mean, in version 1 and 2 alike: failed requests, the script's own errors, users left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.perf.facts import ErrorCount, ExceptionCount

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIRST_BYTE: Final = (
    "Artillery's response time ends at the first byte of the answer, not at its end."
)

_TRANSPORT: Final = re.compile(r"[A-Z][A-Z0-9_]+")
"""An error code of Node.js: the request got no answer. Other errors are the script's (captures, expectations)."""
_HTTP_ERROR: Final = 400


def failed(code: str) -> bool:
    """Whether a status is one from 400 on."""
    return code.isascii() and code.isdigit() and int(code) >= _HTTP_ERROR


def refused(codes: Mapping[str, int]) -> int:
    """How many answers had a status from 400 on."""
    return sum(count for code, count in codes.items() if failed(code))


def unanswered(errors: Mapping[str, int]) -> int:
    """How many requests got no answer."""
    return sum(count for text, count in errors.items() if _TRANSPORT.fullmatch(text))


def errors(errors: Mapping[str, int], codes: Mapping[str, int]) -> Iterator[ErrorCount]:
    """Requests without an answer, by error code, and answers from status 400 on."""
    for text, count in errors.items():
        if count and _TRANSPORT.fullmatch(text):
            yield ErrorCount(OVERALL, text, count)
    for code, count in codes.items():
        if count and failed(code):
            yield ErrorCount(OVERALL, f"HTTP {code}", count)


def exceptions(errors: Mapping[str, int]) -> Iterator[ExceptionCount]:
    """What stopped a virtual user although its request was answered: a capture, an expectation, its code."""
    for text, count in errors.items():
        if count and not _TRANSPORT.fullmatch(text):
            yield ExceptionCount(text, count)


def left_out(skipped: int, created: int) -> Iterator[str]:
    """Why the run was no run of the load that was asked for."""
    if skipped:
        yield (
            f"{skipped} of {skipped + created} virtual users were not started, because `maxVusers` "
            "was reached: the load was less than the script asks for."
        )
