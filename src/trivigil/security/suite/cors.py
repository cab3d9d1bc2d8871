"""Which origins may read answers with a visitor's cookies (Fetch, 3.2: CORS)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import site as sites
from trivigil.security.suite.weakness import Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "Other origins cannot read answers"
CATEGORY: Final = "cors"
WRITES: Final = False

_FIX: Final = "Compare the Origin with a list of whole origins, and send `Access-Control-Allow-Origin` for those alone, with `Vary: Origin`."


def test(site: Site) -> Iterator[Weakness]:
    """Strange origins, `null`, and names that only look like the site's own; each page until one is found."""
    host = site.target.host
    origins = {
        "cors-reflected-origin": ("https://trivigil-probe.invalid", "any origin"),
        "cors-null-origin": ("null", "the origin `null`, which every sandboxed frame has"),
        "cors-origin-prefix": (
            f"https://{host}.trivigil-probe.invalid",
            "origins that begin like the site's",
        ),
        "cors-origin-suffix": (
            f"https://trivigil-probe-{host}",
            "origins that end like the site's",
        ),
    }
    for page in site.pages():
        found = list(_of_page(site, sites.path(page), origins))
        if found:
            yield from found
            return


def _of_page(site: Site, path: str, origins: dict[str, tuple[str, str]]) -> Iterator[Weakness]:
    for name, (origin, whose) in origins.items():
        seen = site.ask(path, headers=(("Origin", origin),))
        allowed = seen.value("access-control-allow-origin")
        credentials = _credentials(seen)
        if allowed == "*" and credentials:
            yield _weakness(
                seen,
                "cors-wildcard-credentials",
                Severity.LOW,
                "all origins, with credentials, which browsers refuse",
            )
            return
        if allowed == origin:
            yield _weakness(seen, name, Severity.HIGH if credentials else Severity.LOW, whose)
            if name == "cors-reflected-origin":
                return  # the others follow from it


def _credentials(seen: Observation) -> bool:
    return (seen.value("access-control-allow-credentials") or "").lower() == "true"


def _weakness(seen: Observation, name: str, severity: Severity, whose: str) -> Weakness:
    with_them = " with the visitor's cookies" if severity is Severity.HIGH else ""
    return Weakness(
        name,
        f"Answers are open to {whose}",
        severity,
        f"A page of another site can read what this one answers{with_them}.",
        sites.shown(seen),
        942,
        _FIX,
        parameter="origin",
        facts={"credentials": _credentials(seen), "status": seen.status},
    )
