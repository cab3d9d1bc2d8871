"""The page as a browser reads it: media types have no case, and an answer without one is taken for HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.monitor.observatory import tags, urls
from trivigil.monitor.observatory.scan import is_html

if TYPE_CHECKING:
    from trivigil.monitor.observatory.scan import Scan


def elements(scan: Scan) -> list[tags.Tag]:
    """Start tags of an HTML page, of any other answer none."""
    kind = scan.media_type.strip().lower()
    if kind and not is_html(kind):
        return []
    return list(tags.read(scan.page.body, as_document=True))


def url(scan: Scan) -> str:
    """Where the page was found."""
    return scan.graded.route[-1] if scan.graded.route else scan.graded.start


def secure(scan: Scan) -> bool:
    """Whether the page came by https."""
    return urls.scheme(url(scan)) == "https"
