"""A target that is shown under a name: its address is taken out of everything that was seen. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trivigil.web import target

if TYPE_CHECKING:
    from collections.abc import Sequence


def addresses(url: str) -> tuple[str, ...]:
    """What of a target's URL gives it away, the longest first."""
    at = target.read(url)
    found = {
        url,
        url.rstrip("/"),
        at.url,
        at.url.rstrip("/"),
        at.shown,
        at.shown.rstrip("/"),
        at.host,
    }
    return tuple(sorted((one for one in found if len(one) > 1), key=len, reverse=True))


def renamed(value: Any, hidden: Sequence[str], name: str) -> Any:
    """JSON with the name in place of every address, whatever the letters' case; keys stay."""
    if isinstance(value, str):
        for address in hidden:
            value = _replaced(value, address, name)
        return value
    if isinstance(value, list | tuple):
        return type(value)([renamed(one, hidden, name) for one in value])
    if isinstance(value, dict):
        return {key: renamed(one, hidden, name) for key, one in value.items()}
    return value


def _replaced(text: str, address: str, name: str) -> str:
    lower, wanted = text.lower(), address.lower()
    if len(lower) != len(text):
        return text.replace(address, name)
    found, start = [], 0
    while (at := lower.find(wanted, start)) >= 0:
        found += [text[start:at], name]
        start = at + len(wanted)
    return "".join((*found, text[start:]))
