"""A site's certificate: who it is for, who signed it, and when it ends; read from DER (RFC 5280), also an untrusted one.

Python's ssl decodes only certificates that it trusts, and those that it does not are the ones to look at. Only the fields
below are read; the signature is OpenSSL's work.
"""

from __future__ import annotations

import calendar
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCE: Final = 0x30
_UTC_TIME: Final = 0x17
_OID_NAMES: Final = {b"\x55\x04\x03": "CN", b"\x55\x04\x0a": "O"}
_ALTERNATIVE_NAMES: Final = b"\x55\x1d\x11"
_EXTENSIONS: Final = 0xA3
_VERSION: Final = 0xA0
_LONG_FORM: Final = 0x80
_WIDEST_LENGTH: Final = 4


class Certificate(NamedTuple):
    """What is needed to judge it. Texts are the site's own: untrusted."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """Hosts and IP addresses that it is for; of the subject's CN nothing, as browsers do."""
    not_before: str
    """UTC, ISO 8601 with Z."""
    not_after: str
    sha256: str
    """Fingerprint, hexadecimal."""

    def days_left(self, now: float) -> float:
        """Days from `now` (seconds since 1970) until it ends; negative when it has ended."""
        return (seconds(self.not_after) - now) / 86400

    def covers(self, host: str) -> bool:
        """Whether it is for this host: a wildcard stands for exactly one label (RFC 6125, 6.4.3)."""
        wanted = host.lower().rstrip(".")
        rest = wanted.partition(".")[2]
        return any(
            name == wanted or (name.startswith("*.") and bool(rest) and name[2:] == rest)
            for name in (each.lower().rstrip(".") for each in self.names)
        )


def read(der: bytes) -> Certificate | None:
    """The certificate of these bytes; None where they are none."""
    from hashlib import sha256

    try:
        fields = _certificate(der)
    except (ValueError, IndexError, StopIteration, OverflowError):
        return None
    return Certificate(*fields, sha256(der).hexdigest())


def seconds(text: str) -> float:
    """Seconds since 1970 of a time as certificates here have it."""
    return float(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))


def _certificate(der: bytes) -> tuple[str, str, tuple[str, ...], str, str]:
    body = next(elements(inside(der)))[1]  # tbsCertificate
    parts = [(tag, value) for tag, value in elements(body) if tag != _VERSION]
    # serialNumber, signature, issuer, validity, subject, …
    issuer, validity, subject = (parts[place][1] for place in (2, 3, 4))
    begin, end = (_time(tag, value) for tag, value in elements(validity))
    extensions = next((value for tag, value in parts if tag == _EXTENSIONS), b"")
    return _name(subject), _name(issuer), tuple(_names(extensions)), begin, end


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Of DER: tag and content of each element. Raises ValueError where one is longer than the data."""
    place = 0
    while place < len(data):
        tag, length = data[place], data[place + 1]
        place += 2
        if length >= _LONG_FORM:
            width = length - _LONG_FORM
            if not 1 <= width <= _WIDEST_LENGTH:
                raise ValueError("length")
            length = int.from_bytes(data[place : place + width], "big")
            place += width
        if place + length > len(data):
            raise ValueError("cut")
        yield tag, data[place : place + length]
        place += length


def inside(data: bytes) -> bytes:
    """The content of the sequence that these bytes begin with. Raises ValueError where they do not."""
    tag, content = next(elements(data))
    if tag != _SEQUENCE:
        raise ValueError("no sequence")
    return content


def _time(tag: int, value: bytes) -> str:
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # two digits of the year: 50 to 99 are of the last century
        text = ("19" if text >= "5" else "20") + text
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.strptime(text, "%Y%m%d%H%M%SZ"))


def _name(content: bytes) -> str:
    """`CN=…, O=…`, as far as they are there."""
    found = []
    for _, relative in elements(content):
        for _, pair in elements(relative):
            (_, oid), (tag, value) = list(elements(pair))[:2]
            if oid in _OID_NAMES:
                wide = "utf-16-be" if tag == 0x1E else "utf-8"  # noqa: PLR2004 (BMPString)
                found.append(f"{_OID_NAMES[oid]}={value.decode(wide, 'replace')}")
    return ", ".join(found)


def _names(extensions: bytes) -> Iterator[str]:
    for _, listed in elements(extensions):
        for _, extension in elements(listed):
            parts = list(elements(extension))
            if parts[0][1] == _ALTERNATIVE_NAMES:
                yield from _alternatives(inside(parts[-1][1]))


def _alternatives(content: bytes) -> Iterator[str]:
    for tag, value in elements(content):
        if tag == 0x82:  # noqa: PLR2004 (dNSName)
            yield value.decode("ascii", "replace")
        elif tag == 0x87 and len(value) in (4, 16):  # noqa: PLR2004 (iPAddress)
            yield str(ip_address(value))
