"""One request over loopback with `http.client`, for tests of the course of a check: the product has its own probe."""

from __future__ import annotations

import http.client
import ssl
import time
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from trivigil.monitor.synthetic.course import Refused
from trivigil.monitor.synthetic.exchange import Certificate, Exchange

if TYPE_CHECKING:
    from trivigil.monitor.synthetic.rendering import Options, Outgoing

_SHORT = {"countryName": "C", "organizationName": "O", "commonName": "CN"}


def _name(name: x509.Name) -> str:
    return ", ".join(f"{_SHORT[each.oid._name]} = {each.value!s}" for each in name)


def certificate(der: bytes) -> Certificate:
    """As OpenSSL writes it."""
    found = x509.load_der_x509_certificate(der)
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    digits = f"{found.serial_number:x}"
    digits = digits.zfill(len(digits) + len(digits) % 2)
    kinds = {"DNSName": "DNS", "IPAddress": "IP Address"}
    return Certificate(
        _name(found.subject),
        _name(found.issuer),
        found.not_valid_before_utc,
        found.not_valid_after_utc,
        ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)),
        ", ".join(f"{kinds[type(each).__name__]}:{each.value}" for each in names),
        found.public_bytes(Encoding.PEM).decode(),
    )


def _connection(url: str, how: Options) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1", "tests contact loopback only"
    if parts.scheme == "http":
        return http.client.HTTPConnection("127.0.0.1", parts.port, timeout=5)
    context = ssl.create_default_context()
    if how.insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection("127.0.0.1", parts.port, context=context, timeout=5)


def _lines(request: Outgoing) -> list[tuple[str, str]]:
    parts = urlsplit(request.url)
    lines = list(request.headers)
    if parts.username is not None and not request.has("authorization"):
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(("Authorization", "Basic " + b64encode(pair.encode()).decode()))
    if not request.has("accept"):
        lines.append(("Accept", "*/*"))
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        lines.append(("Content-Length", str(len(request.body))))
    return lines


def send(request: Outgoing, how: Options) -> Exchange:
    """Ask, and record the answer; raises Refused."""
    parts = urlsplit(request.url)
    connection = _connection(request.url, how)
    started = time.perf_counter()
    try:
        connection.connect()
        secure = connection.sock if isinstance(connection.sock, ssl.SSLSocket) else None
        shown = certificate(secure.getpeercert(binary_form=True) or b"") if secure else None
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        connection.putrequest(request.method, target, skip_accept_encoding=True)
        for name, value in _lines(request):
            connection.putheader(name, value.encode())
        connection.endheaders(request.body)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Refused(type(error).__name__) from None
    finally:
        connection.close()
    duration = int((time.perf_counter() - started) * 1000)
    version = {10: "1.0", 11: "1.1"}[answer.version]
    headers = tuple(answer.getheaders())
    return Exchange(
        request.url, answer.status, version, headers, body, duration, "127.0.0.1", shown
    )
