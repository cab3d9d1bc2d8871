"""Redirects to wherever an address says: asked, and never followed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness
from trivigil.web import redirects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "Redirects stay on the site"
CATEGORY: Final = "redirects"
WRITES: Final = False

HOST: Final = "trivigil-probe.invalid"
"""A name that can never be anybody's (RFC 2606)."""
PARAMETERS: Final = (
    "next", "url", "redirect", "redirect_url", "redirect_uri", "redirect_to", "return", "return_to", "returnTo", "returnUrl",
    "continue", "dest", "destination", "goto", "target", "to", "r", "u", "back", "ref", "callback", "forward",
)  # fmt: skip
_PATHS: Final = ("/login", "/redirect", "/out", "/go", "/sso", "/auth/login")
_FORMS: Final = (f"https%3A%2F%2F{HOST}%2F", f"%2F%2F{HOST}%2F", f"%2F%5C{HOST}%2F")
"""A whole address, one without a scheme, and one that browsers read like it (URL standard: a backslash is a slash)."""
_META: Final = re.compile(
    rb"""<meta[^>]{1,200}http-equiv\s*=\s*["']?refresh[^>]{1,200}url=['"]?([^"'>\s]{1,200})""",
    re.IGNORECASE,
)


def test(site: Site) -> Iterator[Weakness]:
    """All parameters at once; where the answer leads away, which one it was."""
    own = [sites.path(page) for page in site.pages()]
    for path in dict.fromkeys((*own, site.login.path, *_PATHS)):
        for form in _FORMS:
            if not _leads_away(site, path, PARAMETERS, form):
                continue
            name = _which(site, path, form)
            yield Weakness(
                "open-redirect",
                "The site sends visitors wherever an address says",
                Severity.MEDIUM,
                "A link that begins with this site's name ends on a copy of it that collects passwords.",
                f"{site.target.origin}{path}",
                601,
                "Accept paths of the site alone (they begin with one slash and no backslash), or names from a list.",
                parameter=name,
            )
            break


def _which(site: Site, path: str, form: str) -> str | None:
    """The first parameter that does it alone, by halves."""
    names: Sequence[str] = PARAMETERS
    while len(names) > 1:
        half = names[: len(names) // 2]
        names = half if _leads_away(site, path, half, form) else names[len(half) :]
    return names[0] if _leads_away(site, path, names, form) else None


def _leads_away(site: Site, path: str, names: Sequence[str], form: str) -> bool:
    query = "&".join(f"{name}={form}" for name in names)
    return foreign(site.ask(f"{path}?{query}"))


def foreign(seen: Observation) -> bool:
    """Whether a browser would go to the probe's host from here."""
    leads = [redirects.location(seen._replace(headers=_slashes(seen))) or ""]
    leads += [match[1].decode("latin-1") for match in _META.finditer(seen.body)]
    return any(_host(each) == HOST for each in leads)


def _slashes(seen: Observation) -> tuple[tuple[str, str], ...]:
    return tuple((name, value.replace("\\", "/")) for name, value in seen.headers)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url.replace("\\", "/")).hostname
    except ValueError:
        return None
