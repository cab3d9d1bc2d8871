"""The same headers on the way to the page, on other paths and on error pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.monitor.observatory import urls
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.monitor.observatory.answer import Answer
    from trivigil.monitor.observatory.scan import Scan

EVERYWHERE: Final = (
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
)
"""Headers that belong on every answer with a page in it."""


def judge(scan: Scan) -> Iterator[Finding]:
    """Every hop by https announces Strict-Transport-Security where the last one does."""
    name = EVERYWHERE[0]
    value = scan.page.header(name.lower())
    if value is None:
        return
    hops = zip(scan.https.route, scan.https.answers, strict=False)
    for url, answer in hops:
        same = urls.host(url) == scan.host and urls.scheme(url) == "https"
        if same and answer.header(name.lower()) is None:
            said = f"the redirect at {_shown(url)} goes without {name}."
            yield Finding("consistency-hop", Severity.LOW, said, f"{name}: {printable(value, 500)}")


def compare(page: Answer, others: Mapping[str, Answer]) -> Iterator[Finding]:
    """What the graded page sends and another page does not."""
    for url, other in others.items():
        for name in EVERYWHERE:
            value = page.header(name.lower())
            if value is not None and other.header(name.lower()) is None:
                kind = "error" if other.status >= 400 else "path"  # noqa: PLR2004 (errors)
                said = f"{_shown(url)} (status {other.status}) goes without {name}."
                send = f"{name}: {printable(value, 500)}"
                yield Finding(f"consistency-{kind}", Severity.LOW, said, send)


def _shown(url: str) -> str:
    return printable(url.partition("?")[0], 200)
