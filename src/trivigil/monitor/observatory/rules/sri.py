"""Subresource integrity of the page's scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.observatory import domains, urls
from trivigil.monitor.observatory.scan import is_html

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan
    from trivigil.monitor.observatory.tags import Tag

NAME: Final = "subresource-integrity"
_ALL: Final = "sri-implemented-and-all-scripts-loaded-securely"
_WORSE: Final = (
    _ALL,
    "sri-implemented-but-external-scripts-not-loaded-securely",
    "sri-not-implemented-but-external-scripts-loaded-securely",
    "sri-not-implemented-and-external-scripts-not-loaded-securely",
)


class Script(NamedTuple):
    """A script that is loaded from somewhere."""

    source: str
    signed: bool
    foreign: bool
    secure: bool


def judge(scan: Scan, algorithm: Algorithm) -> str:
    """The result's name."""
    media_type = scan.media_type
    if not is_html(media_type) and (media_type or not algorithm.untyped_is_html):
        return "sri-not-implemented-response-not-html"
    elements = scan.elements(as_document=algorithm.builds_document)
    tags = [tag for tag in elements if tag.name == "script"]
    if not tags:
        return "sri-not-implemented-but-no-scripts-loaded"
    base = _base(elements) if algorithm.builds_document else None
    scripts = [
        _script(tag, scan, base, algorithm)
        for tag in tags
        if tag.attributes.get("src") or (base and "src" in tag.attributes)
    ]
    result: str | None = None
    for script in scripts:
        result = _worse(result, script)
    if result is not None:
        return result
    if any(script.foreign for script in scripts):
        return "sri-implemented-and-external-scripts-loaded-securely"
    return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"


def _worse(result: str | None, script: Script) -> str | None:
    """The result after one more script."""
    if not script.foreign:
        return _ALL if script.signed and script.secure and result is None else result
    if script.signed and script.secure:
        return result
    unsigned = _WORSE[2] if script.secure else _WORSE[3]
    fault = _WORSE[1] if script.signed else unsigned
    return fault if result is None else max(result, fault, key=_WORSE.index)


def _script(tag: Tag, scan: Scan, base: str | None, algorithm: Algorithm) -> Script:
    source = tag.attributes["src"]
    if algorithm.builds_document:
        source = _resolved(source, base)
    signed = bool(tag.attributes.get("integrity"))
    if re.match(r"//[^/]", source):
        return Script(source, signed, foreign=True, secure=False)
    if not re.match(r"https?://", source):
        return Script(source, signed, foreign=False, secure=scan.secure)
    return Script(source, signed, _foreign(source, scan.host), source.startswith("https:"))


def _foreign(source: str, host: str) -> bool:
    url = urls.normal(source)
    return (domains.registrable(urls.host(url)) if url else None) != domains.registrable(host)


def _base(elements: list[Tag]) -> str | None:
    """The base URL of a document that has no URL of its own."""
    bases = (
        tag.attributes["href"]
        for tag in elements
        if tag.name == "base" and "href" in tag.attributes
    )
    return urls.normal(next(bases, ""))


def _resolved(source: str, base: str | None) -> str:
    """A script's URL as a document gives it: absolute where it can be, else as it is written."""
    found = urls.resolve(source, base) if base else urls.normal(source)
    return source if found is None else found
