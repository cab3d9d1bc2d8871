"""A site's certificate as OpenSSL writes it: names as `X509_NAME_print_ex` with XN_FLAG_ONELINE, which Hurl's answers are made of.

What OpenSSL would write of names of the rarer kinds (othername, X400Name, EdiPartyName) is written as `unsupported`.
"""

from __future__ import annotations

import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Final

from trivigil.web import certificate

from .exchange import Certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHORT: Final = {
    "2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST",
    "2.5.4.9": "street", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.13": "description",
    "2.5.4.15": "businessCategory", "2.5.4.16": "postalAddress", "2.5.4.17": "postalCode", "2.5.4.18": "postOfficeBox",
    "2.5.4.20": "telephoneNumber", "2.5.4.41": "name", "2.5.4.42": "GN", "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier", "2.5.4.45": "x500UniqueIdentifier", "2.5.4.46": "dnQualifier", "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier", "1.2.840.113549.1.9.1": "emailAddress",
    "1.2.840.113549.1.9.2": "unstructuredName", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdictionL", "1.3.6.1.4.1.311.60.2.1.2": "jurisdictionST",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdictionC",
}  # fmt: skip
_WIDE: Final = {0x1E: "utf-16-be", 0x1C: "utf-32-be", 0x0C: "utf-8"}
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_SAN: Final = b"\x55\x1d\x11"
_SPECIAL: Final = ',+"\\<>;'


def read(der: bytes) -> Certificate | None:
    """The certificate of these bytes; None where they are none."""
    known = certificate.read(der)
    if known is None:
        return None
    try:
        body = next(certificate.elements(certificate.inside(der)))[1]
        parts = [(tag, value) for tag, value in certificate.elements(body) if tag != _VERSION]
        subject, issuer = _name(parts[4][1]), _name(parts[2][1])
        extensions = next((value for tag, value in parts if tag == _EXTENSIONS), b"")
        names = _names(extensions)
    except (ValueError, IndexError, StopIteration):
        return None
    return Certificate(
        subject,
        issuer,
        _time(known.not_before),
        _time(known.not_after),
        _serial(parts[0][1]),
        names,
        _pem(der),
    )


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _serial(value: bytes) -> str:
    digits = (value.lstrip(b"\0") or b"\0").hex()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _pem(der: bytes) -> str:
    from base64 import b64encode

    text = b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def _oid(content: bytes) -> str:
    numbers: list[int] = []
    value = 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    numbers[:1] = [first, numbers[0] - 40 * first]
    return ".".join(map(str, numbers))


def _pairs(content: bytes) -> Iterator[list[tuple[str, str]]]:
    """The relative names, each of one pair or of several."""
    for _, relative in certificate.elements(content):
        found = []
        for _, pair in certificate.elements(relative):
            (_, oid), (tag, value) = list(certificate.elements(pair))[:2]
            number = _oid(oid)
            text = value.decode(_WIDE.get(tag, "latin-1"), "replace")
            found.append((_SHORT.get(number, number), text))
        yield found


def _name(content: bytes) -> str:
    return ", ".join(
        " + ".join(f"{key} = {_quoted(value)}" for key, value in relative)
        for relative in _pairs(content)
    )


def _quoted(text: str) -> str:
    """Quotes where RFC 2253 wants an escape; escapes for controls and for what is not ASCII."""
    odd = any(char in _SPECIAL for char in text) or text[:1] in ("#", " ") or text[-1:] == " "
    out = "".join(_escaped(char, quoted=odd) for char in text)
    return f'"{out}"' if odd else out


def _escaped(char: str, *, quoted: bool) -> str:
    if char in '"\\' and quoted:
        return "\\" + char
    if " " <= char <= "~":
        return char
    return "".join(f"\\{byte:02X}" for byte in char.encode("utf-8", "replace"))


def _names(extensions: bytes) -> str | None:
    for _, listed in certificate.elements(extensions):
        for _, extension in certificate.elements(listed):
            parts = list(certificate.elements(extension))
            if parts[0][1] == _SAN:
                found = certificate.elements(certificate.inside(parts[-1][1]))
                return ", ".join(_general(tag & 0x1F, value) for tag, value in found)
    return None


def _general(kind: int, value: bytes) -> str:
    """RFC 5280, 4.2.1.6."""
    if kind in (1, 2, 6):
        return {1: "email", 2: "DNS", 6: "URI"}[kind] + ":" + value.decode("latin-1")
    if kind == 7:  # noqa: PLR2004 (iPAddress)
        return f"IP Address:{_address(value)}"
    if kind == 8:  # noqa: PLR2004 (registeredID)
        return f"Registered ID:{_oid(value)}"
    if kind == 4:  # noqa: PLR2004 (directoryName)
        pairs = (pair for relative in _pairs(certificate.inside(value)) for pair in relative)
        return "DirName:" + "".join(f"/{key}={text}" for key, text in pairs)
    return {0: "othername:<unsupported>", 3: "X400Name:<unsupported>"}.get(
        kind, "EdiPartyName:<unsupported>"
    )


def _address(value: bytes) -> str:
    if len(value) == IPv4Address(0).max_prefixlen // 8:
        return str(IPv4Address(value))
    if len(value) != IPv6Address(0).max_prefixlen // 8:
        return "<invalid>"
    return ":".join(f"{int.from_bytes(value[at : at + 2], 'big'):X}" for at in range(0, 16, 2))
