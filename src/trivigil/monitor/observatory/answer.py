"""One answer of a site, its header lines joined as the reference grader sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FIRST_ONLY: Final = frozenset(
    (
        "age",
        "authorization",
        "content-length",
        "content-type",
        "etag",
        "expires",
        "from",
        "host",
        "if-modified-since",
        "if-unmodified-since",
        "last-modified",
        "location",
        "max-forwards",
        "proxy-authorization",
        "referer",
        "retry-after",
        "server",
        "user-agent",
    )
)
"""Fields of which Node.js keeps the first line alone (documentation of `message.headers`)."""


class Refused(Exception):
    """Nobody answers at this URL."""


class Untrusted(Exception):
    """The certificate cannot be verified."""


class Answer(NamedTuple):
    """What came back for one request."""

    status: int
    lines: tuple[tuple[str, str], ...]
    """Header lines in their order."""
    body: str = ""

    def values(self, name: str) -> list[str]:
        """Every line of this name (in lower case), trimmed."""
        return [value.strip(" \t") for key, value in self.lines if key.lower() == name]

    def header(self, name: str) -> str | None:
        """The lines of this name as one value, None where there is none."""
        values = self.values(name)
        if not values:
            return None
        return values[0] if name in _FIRST_ONLY else ", ".join(values)

    def said(self, name: str) -> str:
        """As `header`, the empty text where there is none: most tests tell the two not apart."""
        return self.header(name) or ""


if TYPE_CHECKING:
    Fetch = Callable[[str, str, bool], Answer]
    """(method, URL, verified) -> the answer. Raises Refused, and Untrusted where `verified` is asked."""


def of(status: int, lines: Iterable[tuple[str, str]], body: str = "") -> Answer:
    """An answer from any iterable of header lines."""
    return Answer(status, tuple(lines), body)
