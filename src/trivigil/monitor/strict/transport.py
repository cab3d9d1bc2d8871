"""https: trusted, reached at once, and never left again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.monitor.observatory import urls
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan

SEND: Final = "Strict-Transport-Security: max-age=31536000; includeSubDomains"
HALF_A_YEAR: Final = 15_552_000
_DIRECTIVE: Final = re.compile(r"""\s*([^\s;="]+)\s*(?:=\s*("[^"]*"|[^\s;"]*))?\s*""")


def hsts(scan: Scan) -> Iterator[Finding]:
    """Strict-Transport-Security by RFC 6797. The preload list does not excuse a certificate that nobody trusts."""
    answer = scan.https.answer
    if answer is None:
        said = "the site does not answer by https; there the header belongs."
        yield Finding("hsts-no-https", Severity.HIGH, said, SEND)
        return
    if not scan.https.verified:
        said = "the certificate is not trusted, so browsers ignore the header and warn people."
        send = "Replace the certificate by one that browsers trust."
        yield Finding("hsts-untrusted-certificate", Severity.CRITICAL, said, send)
        return
    lines = answer.values("strict-transport-security")
    if not lines:
        said = "the first visit, and every later one, can begin in the clear."
        yield Finding("hsts-missing", Severity.HIGH, said, SEND)
        return
    age = seconds(lines[0])
    if age is None:
        said = "max-age is no number of seconds, so browsers ignore the header."
        yield Finding("hsts-invalid", Severity.HIGH, said, SEND)
    elif age < HALF_A_YEAR:
        severity = Severity.HIGH if age == 0 else Severity.MEDIUM
        yield Finding("hsts-short", severity, f"max-age={age} is less than 180 days.", SEND)
    if len(lines) > 1:
        said = "the header is sent more than once, and browsers go by the first line alone."
        yield Finding("hsts-repeated", Severity.LOW, said, SEND)


def seconds(line: str) -> int | None:
    """max-age of a header line; None where RFC 6797, section 6.1, has the line ignored."""
    found: dict[str, str] = {}
    for piece in line.split(";"):
        if not piece.strip():
            continue
        read = _DIRECTIVE.fullmatch(piece)
        if read is None or read[1].lower() in found:
            return None
        found[read[1].lower()] = (read[2] or "").strip('"')
    age = found.get("max-age", "")
    return int(age) if re.fullmatch("[0-9]{1,18}", age) else None


def redirection(scan: Scan) -> Iterator[Finding]:
    """Http leads to https of the same host at once, whatever a list of browsers says."""
    if scan.http.answer is None:
        return
    route = scan.http.route
    send = f"Location: https://{scan.host}/"
    if not scan.http.verified:
        said = "the redirect ends at a certificate that nobody trusts."
        mend = "Replace the certificate by one that browsers trust."
        yield Finding("redirection-untrusted-certificate", Severity.CRITICAL, said, mend)
    elif urls.scheme(route[-1]) != "https":
        said = "the page is served by http instead of a redirect with status 301."
        yield Finding("redirection-missing", Severity.HIGH, said, send)
    elif urls.scheme(route[1]) != "https":
        said = "the first redirect goes to http again."
        yield Finding("redirection-late", Severity.MEDIUM, said, send)
    elif urls.host(route[0]) != urls.host(route[1]):
        said = "the first redirect goes to another host, so Strict-Transport-Security of this one is never seen."
        yield Finding("redirection-off-host", Severity.LOW, said, send)
