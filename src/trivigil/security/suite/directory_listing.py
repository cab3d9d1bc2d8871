"""Folders that list what is in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Folders do not list their files"
CATEGORY: Final = "information"
WRITES: Final = False

_FOLDERS: Final = (
    "/static/", "/assets/", "/images/", "/img/", "/js/", "/css/", "/files/", "/uploads/", "/media/", "/backup/", "/logs/",
)  # fmt: skip
_LISTING: Final = re.compile(
    rb"<title>\s*(?:Index of /|Directory listing for /|Directory: /)|<h1>\s*(?:Index of /|Directory listing for /)"
    rb"|\[To Parent Directory\]|<title>listing directory /",
    re.IGNORECASE,
)
_OWN: Final = re.compile(rb"""(?:src|href)\s*=\s*["'](/[\w./-]{1,200}/)[\w.-]+["']""")
_MOST_OWN: Final = 8


def test(site: Site) -> Iterator[Weakness]:
    """Usual folders, and those that the front page takes files from."""
    own = [match[1].decode() for match in _OWN.finditer(site.page().body)]
    folders = dict.fromkeys((*_FOLDERS, *list(dict.fromkeys(own))[:_MOST_OWN]))
    if _LISTING.search(site.absent(after="/").body):
        return  # the site says so of every page
    for folder in folders:
        seen = site.once(folder)
        if seen.status == 200 and _LISTING.search(seen.body):  # noqa: PLR2004 (OK)
            yield Weakness(
                "directory-listing",
                "A folder lists its files",
                Severity.MEDIUM,
                "Whatever lies there can be found, also what no page links to.",
                sites.shown(seen),
                548,
                "Switch listings off (nginx: `autoindex off;`, Apache: `Options -Indexes`).",
            )
