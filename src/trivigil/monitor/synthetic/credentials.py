"""What lets somebody in, of a request and its answer: values that are shown nowhere, although no check calls them secret. Pure."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Headers = Iterable[tuple[str, str]]

MOST: Final = 64
"""Values of one attempt; each is looked for in all that is shown."""
LEAST_COOKIE: Final = 8
"""Characters. A shorter cookie is a choice (`dark`, `en`), and no key."""
_LEAST: Final = 4
_LONGEST: Final = 2048
_KEYS: Final = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "x-auth-token"}
)


def sent(headers: Headers) -> Iterator[str]:
    """Of a request: tokens, passwords and cookies."""
    for name, value in headers:
        if name.lower() in _KEYS:
            yield from _fit(_of_key(value), _LEAST)
        elif name.lower() == "cookie":
            yield from _fit((_value(pair) for pair in value.split(";")), LEAST_COOKIE)


def received(headers: Headers) -> Iterator[str]:
    """Of an answer: cookies, and a token in a header of its own."""
    for name, value in headers:
        if name.lower() in _KEYS:
            yield from _fit(_of_key(value), _LEAST)
        elif name.lower() == "set-cookie":
            yield from _fit([_value(value.partition(";")[0])], LEAST_COOKIE)


def _of_key(value: str) -> Iterator[str]:
    """`Bearer TOKEN`, `Basic BASE64` with the password inside, or a key alone."""
    scheme, _, rest = value.strip().partition(" ")
    yield (rest or scheme).strip()
    if scheme.lower() == "basic":
        try:
            pair = b64decode(rest).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return
        yield pair.partition(":")[2]


def _value(pair: str) -> str:
    return pair.partition("=")[2].strip().strip('"')


def _fit(values: Iterable[str], least: int) -> Iterator[str]:
    return (value[:_LONGEST] for value in values if len(value) >= least)
