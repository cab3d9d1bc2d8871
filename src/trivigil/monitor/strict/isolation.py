"""Cross-Origin-Opener-, Embedder- and Resource-Policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.monitor.observatory import structured
from trivigil.monitor.observatory.rules import coep, coop
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan

_RESOURCE: Final = ("same-origin", "same-site", "cross-origin")


def opener(scan: Scan) -> Iterator[Finding]:
    """Who may hold on to the window."""
    yield from _item(scan, "Cross-Origin-Opener-Policy", coop.VALUES, "same-origin")


def embedder(scan: Scan) -> Iterator[Finding]:
    """What the page may load without its consent."""
    yield from _item(scan, "Cross-Origin-Embedder-Policy", coep.VALUES, "require-corp")


def resource(scan: Scan) -> Iterator[Finding]:
    """Who may load the answer. One word in lower case, nothing beside it (Fetch standard, section 3.7)."""
    header, send = "Cross-Origin-Resource-Policy", "Cross-Origin-Resource-Policy: same-origin"
    value = scan.page.header(header.lower())
    if value is None:
        yield Finding("corp-missing", Severity.INFO, f"{header} is not sent.", send)
    elif value not in _RESOURCE:
        said = f"{header} has no word that browsers know, so they ignore it."
        yield Finding("corp-invalid", Severity.LOW, said, send)


def _item(scan: Scan, header: str, known: tuple[str, ...], best: str) -> Iterator[Finding]:
    short = {"Cross-Origin-Opener-Policy": "coop"}.get(header, "coep")
    value, send = scan.page.header(header.lower()), f"{header}: {best}"
    if value is None:
        yield Finding(f"{short}-missing", Severity.INFO, f"{header} is not sent.", send)
    elif structured.token(value) not in known:
        said = f"{header} has no token that browsers know, so they ignore it."
        yield Finding(f"{short}-invalid", Severity.LOW, said, send)
