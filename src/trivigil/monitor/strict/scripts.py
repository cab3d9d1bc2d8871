"""Scripts of the page: in the clear, and of other sites without a signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.result import Severity
from trivigil.core.untrusted import printable
from trivigil.monitor.observatory import domains, urls
from trivigil.monitor.strict import page
from trivigil.monitor.strict.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.observatory.scan import Scan


def judge(scan: Scan) -> Iterator[Finding]:
    """Each script by the URL that a browser loads it from, the base element taken into account."""
    at = page.url(scan)
    tags = page.elements(scan)
    bases = (
        tag.attributes["href"] for tag in tags if tag.name == "base" and "href" in tag.attributes
    )
    base = urls.resolve(next(bases, ""), at) or at
    if _foreign(base, at):
        said = f"the base element sends every relative URL to {printable(urls.host(base), 100)}."
        send = "Content-Security-Policy: base-uri 'self'"
        yield Finding("scripts-foreign-base", Severity.MEDIUM, said, send)
    for tag in tags:
        source = tag.attributes.get("src", "") if tag.name == "script" else ""
        url = urls.resolve(source, base) if source.strip() else None
        if url is not None:
            yield from _faults(url, at, signed=bool(tag.attributes.get("integrity")))


def _faults(url: str, at: str, *, signed: bool) -> Iterator[Finding]:
    shown = printable(url.partition("?")[0], 200)
    if urls.scheme(url) == "http" and urls.scheme(at) == "https":
        said = f"{shown} is loaded in the clear; browsers block it, and old ones run what anybody put in."
        send = f'<script src="{shown.replace("http:", "https:", 1)}">'
        yield Finding("scripts-in-the-clear", Severity.HIGH, said, send)
    elif _foreign(url, at) and not signed:
        said = f"{shown} may change at any time: it has no integrity."
        send = f'<script src="{shown}" integrity="sha384-…" crossorigin="anonymous">'
        yield Finding("scripts-unsigned", Severity.LOW, said, send)


def _foreign(url: str, at: str) -> bool:
    one, two = urls.host(url), urls.host(at)
    own = domains.registrable(two)
    return one != two and (own is None or domains.registrable(one) != own)
