"""Permissions-Policy: what the page and its frames may ask of the device."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan

SEND: Final = "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()"
POWERFUL: Final = (
    "camera",
    "display-capture",
    "geolocation",
    "hid",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
_ONE: Final = r'(?:\*|self|src|none|"[^"]*")'
_MEMBER: Final = re.compile(
    rf"\s*([a-z*][a-z0-9_.*-]*)=({_ONE}|\(\s*(?:{_ONE}(?:\s+{_ONE})*)?\s*\))(?:;[^,]*)?\s*"
)


def judge(scan: Scan) -> Iterator[Finding]:
    """A dictionary of structured fields (RFC 8941), and not the syntax of its forerunner."""
    value = scan.page.header("permissions-policy")
    if value is None:
        old = scan.page.header("feature-policy") is not None
        rule = "permissions-forerunner" if old else "permissions-missing"
        said = "Feature-Policy is no longer read." if old else "nothing is switched off."
        yield Finding(rule, Severity.LOW, said, SEND)
        return
    members = [_MEMBER.fullmatch(piece) for piece in value.split(",")]
    if not all(members):
        said = "the header is not a dictionary of lists, so browsers ignore all of it."
        yield Finding("permissions-invalid", Severity.LOW, said, SEND)
        return
    for member in members:
        if member and member[1] in POWERFUL and "*" in member[2].strip("()").split():
            said = f"`{printable(member[1], 60)}` is allowed to every frame."
            yield Finding("permissions-everybody", Severity.LOW, said, SEND)
