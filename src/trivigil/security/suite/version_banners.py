"""Versions of software that answers tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site

TITLE: Final = "Answers do not tell versions of software"
CATEGORY: Final = "information"
WRITES: Final = False

_SOFTWARE: Final = (
    "X-Powered-By",
    "X-AspNet-Version",
    "X-AspNetMvc-Version",
    "X-Generator",
    "X-Runtime-Version",
)
_VERSION: Final = re.compile(r"\d+\.\d+")


def test(site: Site) -> Iterator[Weakness]:
    """A version in Server, or a header whose only use is to name software; also on the page for what is not there."""
    pages = (*site.pages(), site.absent())
    found = {name: [page for page in pages if page.values(name)] for name in _SOFTWARE}
    found["Server"] = [page for page in pages if _VERSION.search(page.value("server") or "")]
    for name in sorted(name for name, told in found.items() if told):
        yield Weakness(
            f"version-banner-{name.lower()}",
            f"The header {name} tells what software answers",
            Severity.LOW,
            "Whoever looks for sites with a known flaw finds this one without asking twice.",
            sites.shown(site.page()),
            497,
            f"Do not send `{name}`."
            if name != "Server"
            else "Send `Server` without versions (nginx: `server_tokens off;`), or not at all.",
            parameter=name.lower(),
        )
