"""The table's row type, and finding the row for a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from .exchange import READS, Answer

if TYPE_CHECKING:
    from .call import Call
    from .state.world import World

# Ids that are no numbers.
WORDS = frozenset({"sarif_id"})
# These parameters carry slashes in reality, although the description shows one segment.
GREEDY = frozenset({"path", "ref", "basehead", "branch"})


class Route(NamedTuple):
    """One call of GitHub's API that the double models.

    `operation` is GitHub's own operation id; `accepts` is written as the header
    X-Accepted-GitHub-Permissions is: alternatives split by `;`. `query` and `body` name what the
    subject really honours: a documented parameter outside of them is refused loudly, not ignored.
    `faults` judges the body of a call that stands outside of the REST description (no operation).
    """

    method: str
    path: str
    operation: str
    answer: Callable[[Call], Answer]
    accepts: str = ""
    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    faults: Callable[[World, Any], list[str]] | None = None

    @property
    def is_write(self) -> bool:
        """True where the call may change state."""
        return self.method not in READS

    @property
    def alternatives(self) -> list[dict[str, str]]:
        """The permission sets of which one is enough."""
        sets = (each.split(",") for each in self.accepts.split(";") if each.strip())
        return [dict(one.strip().split("=") for one in each) for each in sets]


class Match(NamedTuple):
    """A row with the values of its path parameters."""

    route: Route
    params: Mapping[str, str]


class Router:
    """Finds the row for a method and a path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        rows = sorted(routes, key=lambda row: -len(re.sub(r"\{\w+\}", "", row.path)))
        self._rows = [(re.compile(pattern(row.path)), row) for row in rows]

    def match(self, method: str, path: str) -> Match | None:
        """The row, or None where the double knows no such call."""
        for regex, row in self._rows:
            found = regex.fullmatch(path) if row.method == method else None
            if found:
                return Match(row, {key: unquote(text) for key, text in found.groupdict().items()})
        return None


def pattern(template: str) -> str:
    """The regular expression of a path template."""
    return re.sub(r"\\\{(\w+)\\\}", lambda name: _group(name[1]), re.escape(template))


def _group(name: str) -> str:
    if name.endswith(("_number", "_id")) and name not in WORDS:
        return rf"(?P<{name}>\d+)"
    return rf"(?P<{name}>.+)" if name in GREEDY else rf"(?P<{name}>[^/]+)"
