"""What goes over the wire, as records: one request, one answer, and the journal of all exchanges."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple, overload

READS = frozenset({"GET", "HEAD", "OPTIONS"})
NOTHING: Mapping[str, str] = MappingProxyType({})


class Request(NamedTuple):
    """One HTTP request as it arrived; header names are lower case, `path` is still quoted."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_write(self) -> bool:
        """True where the method may change state."""
        return self.method not in READS


class Answer(NamedTuple):
    """One HTTP answer; a `str` body is sent as it is (HTML), so are bytes, everything else as JSON.

    `wire` says what happens to it on the way: "whole", "reset", "stall", "slow" or "truncated";
    `seconds` bounds a stall or a delay.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = NOTHING
    wire: str = "whole"
    seconds: float = 0.0

    def with_headers(self, **more: str) -> Answer:
        """The same answer with more headers; underscores in the names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return self._replace(headers={**named, **self.headers})

    def content(self) -> bytes:
        """The bytes of the body as they are sent."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body, ensure_ascii=False).encode()


class Exchange(NamedTuple):
    """One finished exchange. `status` is None where the client got no answer; tokens are names."""

    index: int  # type: ignore[assignment]  # a tuple's method of this name is not missed
    method: str
    path: str
    query: Mapping[str, str]
    request_headers: Mapping[str, str]
    request_body: Any
    status: int | None
    response_headers: Mapping[str, str]
    response_body: Any
    token_name: str
    fault: str | None

    @property
    def is_write(self) -> bool:
        """True where the method may change state; a GraphQL query only reads."""
        return self.method not in READS and self.path != "/graphql"


class Journal(Sequence[Exchange]):
    """All exchanges in the order in which the double committed them."""

    def __init__(self) -> None:
        self._exchanges: list[Exchange] = []
        self._lock = threading.Lock()

    def add(self, exchange: Exchange) -> None:
        """Append one exchange; its index becomes its place."""
        with self._lock:
            self._exchanges.append(exchange._replace(index=len(self._exchanges)))

    def calls(self, method: str | None = None, path: str | None = None) -> list[Exchange]:
        """The exchanges with this method and a path that matches this glob (`*` spans slashes)."""
        return [one for one in self if matches(one.method, one.path, method, path)]

    @property
    def writes(self) -> list[Exchange]:
        """The exchanges that may have changed state."""
        return [one for one in self if one.is_write]

    def __len__(self) -> int:
        return len(self._exchanges)

    def __iter__(self) -> Iterator[Exchange]:
        with self._lock:
            return iter(tuple(self._exchanges))

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | Sequence[Exchange]:
        return self._exchanges[index]

    def __repr__(self) -> str:
        lines = (f"{one.index} {one.method} {one.path} -> {one.status}" for one in self)
        return "\n".join(lines) or "no exchange"


def matches(method: str, path: str, wanted: str | None, glob: str | None) -> bool:
    """True where method and path are the wanted ones; None wants everything."""
    return (wanted is None or method == wanted.upper()) and (
        glob is None or fnmatchcase(path, glob)
    )
