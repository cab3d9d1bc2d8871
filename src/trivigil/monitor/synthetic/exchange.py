"""One exchange as its judge needs it: what came back, as bytes and header lines, from where and how long it took.

It is filled from the probe's observation, or from a recorded one; nothing here asks anybody anything.
"""

from __future__ import annotations

import datetime
from typing import Final

from trivigil.core.record import NamedTuple

from .problem import Trouble

LARGEST_BODY: Final = 32 * 1024 * 1024
"""Bytes of a body once it is unpacked; more is an error."""


class Certificate(NamedTuple):
    """What the site showed of itself, as OpenSSL writes it; None for what is not in it."""

    subject: str | None = None
    """`C = ZZ, O = Demo Ltd, CN = demo.example`."""
    issuer: str | None = None
    start: datetime.datetime | None = None
    expiry: datetime.datetime | None = None
    serial: str | None = None
    """`12:34`."""
    names: str | None = None
    """`DNS:demo.example, IP Address:127.0.0.1`."""
    pem: str | None = None


class Redirect(NamedTuple):
    """An answer that sent elsewhere."""

    status: int
    location: str
    """The whole address that was asked next."""


class Exchange(NamedTuple):
    """The last answer of a step, and the redirects before it."""

    url: str
    status: int
    version: str = "1.1"
    headers: tuple[tuple[str, str], ...] = ()
    """As they were sent, in their order, repeated ones too."""
    body: bytes = b""
    duration: int = 0
    """Whole milliseconds of the last request; retries and redirects before it do not count."""
    ip: str = ""
    certificate: Certificate | None = None
    redirects: tuple[Redirect, ...] = ()

    def values(self, name: str) -> list[str]:
        """All values of a header."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def media(self) -> str:
        """The content type in lower case, with its parameters."""
        return next(iter(self.values("content-type")), "").strip().lower()

    @property
    def content(self) -> bytes:
        """The body unpacked."""
        body = self.body
        for line in self.values("content-encoding")[:1]:
            for encoding in line.split(","):
                body = _unpacked(body, encoding.strip())
        return body

    @property
    def text(self) -> str:
        """The body as text, by the charset of its content type, UTF-8 without one."""
        from .charsets import decoded

        for parameter in next(iter(self.values("content-type")), "").split(";"):
            name, equals, value = parameter.partition("=")
            if equals and name.strip().lower() == "charset" and "=" not in value:
                return decoded(self.content, value.strip())
        return decoded(self.content, "utf-8")


def _unpacked(body: bytes, encoding: str) -> bytes:
    import zlib

    if encoding == "identity":
        return body
    if encoding not in ("gzip", "deflate"):
        raise Trouble("Decompression error", f"compression {encoding} is not supported")
    packed = zlib.decompressobj(zlib.MAX_WBITS | (16 if encoding == "gzip" else 0))
    try:
        out = packed.decompress(body, LARGEST_BODY)
    except zlib.error:
        raise Trouble("Decompression error", f"could not unpack the body as {encoding}") from None
    if packed.unconsumed_tail or not packed.eof:
        raise Trouble("Decompression error", f"the body as {encoding} is cut or too large")
    return out
