"""What a route of the shop receives and what it answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import parse_qsl


class Request(NamedTuple):
    """One request: its path's named parts, its headers (lower case) and its whole body."""

    method: str
    path: str
    parts: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = {}

    def cookie(self, name: str) -> str | None:
        """The value of a cookie, None where it is missing or damaged."""
        try:
            cookies = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return None
        return cookies[name].value if name in cookies else None

    def fields(self) -> dict[str, Any]:
        """The fields of a JSON object or of a form; ValueError where the body is neither."""
        text = self.body.decode("utf-8")
        if "json" not in self.headers.get("content-type", ""):
            return dict(parse_qsl(text, strict_parsing=bool(text)))
        fields = json.loads(text)
        if not isinstance(fields, dict):
            raise ValueError("a JSON object is expected")  # noqa: TRY004 (the client's value)
        return fields


class Response(NamedTuple):
    """One answer. The server adds the length of the body and the headers that all answers have."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


Route = Callable[[Request], Response]


def as_json(status: int, value: object, *headers: tuple[str, str]) -> Response:
    """An answer with a JSON body."""
    body = json.dumps(value).encode() + b"\n"
    return Response(status, body, "application/json", headers)


def refusal(status: int, reason: str, *headers: tuple[str, str]) -> Response:
    """An answer that says why a request was refused."""
    return as_json(status, {"error": reason}, *headers)
