"""Foreign text made harmless for services whose markup is not ours.

line      data: one visible line, for a program that reads JSON
label     data that other services show
plain     for people, whatever the service makes of markup: no mention, no link, no tag, no shortcode
slack     `plain`, as Slack escapes what is its own (docs.slack.dev, "Formatting message text": & < >)

Everything is cut to a length before it is worked on, and again after.
"""

from __future__ import annotations

import re
import time
from typing import Final

from trivigil.core.untrusted import visible
from trivigil.render import escape
from trivigil.render.fit import clip

LONGEST_LINK: Final = 500
_OPENERS: Final = re.compile(r"(?<=<)|(?<=\])(?=[(\[:])")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CUT_ENTITY: Final = re.compile(r"&[a-z]*\Z")
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


def line(text: str, limit: int) -> str:
    """One line in which nothing hides, no longer than `limit` characters."""
    return clip(visible(text[: limit * 4]), limit)


def label(text: str, limit: int) -> str:
    """`line`, of which nobody who shows it as it is makes a mention or a link; a bare address stays one."""
    return clip(_OPENERS.sub(escape.ZERO_WIDTH, visible(text[: limit * 4])), limit)


def plain(text: str, limit: int) -> str:
    """`line`, of which no service makes anything else than text."""
    return clip(_OPENERS.sub(escape.ZERO_WIDTH, escape.unlinked(text[: limit * 4])), limit)


def slack(text: str, limit: int) -> str:
    """Text for any of Slack's text objects, no longer than `limit` UTF-16 units after escaping."""
    harmless = escape.unlinked(text[: limit * 4])
    return units("".join(_ENTITIES.get(char, char) for char in harmless), limit)


def units(text: str, limit: int) -> str:
    """The beginning of a text, counted as JavaScript counts; no entity is cut."""
    if size(text) <= limit:
        return text
    kept = text.encode("utf-16-le")[: 2 * (limit - 1)].decode("utf-16-le", "ignore")
    return f"{_CUT_ENTITY.sub('', kept)}…"


def size(text: str) -> int:
    """How many UTF-16 units a text has: no service counts more for it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def link(url: str | None, *, amp: str = "&") -> str | None:
    """An https address in harmless characters; None for any other, and for one that is too long to show."""
    found = escape.address(url) if url else None
    found = found.replace("&", amp) if found is not None else None
    return found if found is not None and len(found) <= LONGEST_LINK else None


def instant(seconds: float) -> str:
    """Unix seconds as ISO 8601, UTC."""
    return time.strftime(_INSTANT, time.gmtime(seconds))


def seconds_of(text: str) -> float | None:
    """The Unix seconds of an ISO 8601 time with a zone; None where it is none."""
    from datetime import datetime

    try:
        read = datetime.fromisoformat(text)
        return read.timestamp() if read.tzinfo is not None else None
    except (ValueError, OverflowError, OSError):
        return None
