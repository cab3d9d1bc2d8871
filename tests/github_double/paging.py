"""Pagination as GitHub does it: per_page up to 100, page from 1, addresses in the Link header."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import urlencode

T = TypeVar("T")
DEFAULT_SIZE = 30
LARGEST_SIZE = 100


def cut(
    items: Sequence[T], query: Mapping[str, str], address: str
) -> tuple[Sequence[T], dict[str, str]]:
    """The page that the query asks for, and its Link header where there is more than one page."""
    size = min(max(number(query, "per_page", DEFAULT_SIZE), 1), LARGEST_SIZE)
    page = max(number(query, "page", 1), 1)
    last = max(-(-len(items) // size), 1)
    part = items[(page - 1) * size : page * size]
    return part, link_header(page, last, query, address)


def number(query: Mapping[str, str], name: str, default: int) -> int:
    """A number from the query; GitHub takes the default for what is none."""
    text = query.get(name, "")
    return int(text) if text.isdecimal() else default


def link_header(page: int, last: int, query: Mapping[str, str], address: str) -> dict[str, str]:
    """The Link header: prev and first behind the start, next and last before the end."""
    targets: dict[str, int] = {}
    if page > 1:
        targets |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        targets |= {"next": page + 1, "last": last}
    links = [
        f'<{address}?{urlencode({**query, "page": target})}>; rel="{name}"'
        for name, target in targets.items()
    ]
    return {"Link": ", ".join(links)} if links else {}
