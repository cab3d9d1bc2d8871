"""A page of Chromium by Playwright, with the system's own browser. The guards here are against mistakes: a browser looks names up itself."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from trivigil.web import guard, lookup
from trivigil.web.observation import Phases, Stopped

from ..sending import READING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page, Request, Route

    from trivigil.monitor.planned import Bounds

    from .given import Site

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Programs that are looked for on PATH where TRIVIGIL_CHROMIUM names none."""
_INSIDE: Final = ("data", "blob", "about")
_LOOKUP_S: Final = 5.0


@contextmanager
def opened(
    site: Site, bounds: Bounds, chromium: str | None, options: dict[str, Any]
) -> Iterator[Page]:
    """A page, closed at the end with its browser."""
    from playwright.sync_api import sync_playwright

    if chromium is None:
        site.undone = "there is no Chromium: install it, or name it in TRIVIGIL_CHROMIUM"
        raise RuntimeError(site.undone)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # Chromium's sandbox does not start for root.
    arguments = ["--no-sandbox"] if root else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            given = {"base_url": bounds.target, "service_workers": "block", **options}
            context = browser.new_context(**given)
            context.set_default_timeout(bounds.timeout * 1000)
            context.route("**/*", _guarded(site, bounds))
            page = context.new_page()
            page.on("requestfinished", lambda request: _remember(site, page, request))
            yield page
        finally:
            browser.close()


def _guarded(site: Site, bounds: Bounds) -> Callable[[Route, Request], None]:
    judged: dict[str, str | None] = {}

    def decide(route: Route, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in _INSIDE:
            route.continue_()
            return
        site.asked = True
        if request.method not in READING and not bounds.allow_writes:
            site.undone = f"{request.method} may change something; allow it with `allow-writes`"
            route.abort("blockedbyclient")
            return
        host = parts.hostname or ""
        if host not in judged:
            judged[host] = _refusal(host, bounds)
        if judged[host] is not None:
            if request.is_navigation_request():
                site.sender.cause = "blocked-address"
                site.reason = f"the address is not allowed: {judged[host]}"
            route.abort("addressunreachable")
            return
        route.continue_()

    return decide


def _refusal(host: str, bounds: Bounds) -> str | None:
    """Why no address of the host may be asked; None where one may, or where it has none: the browser says so then."""
    try:
        found = lookup.resolve(lookup.system, host, 443, "any", _LOOKUP_S)
    except Stopped:
        return None
    refusals = [guard.refusal(each, allow_private=bounds.allow_private) for each in found]
    return next((each for each in refusals if each), None)


def _remember(site: Site, page: Page, request: Request) -> None:
    """Status and phases of the pages that were gone to, as the browser measured them."""
    if not request.is_navigation_request() or request.frame != page.main_frame:
        return
    answer = request.response()
    if answer is not None:
        site.sender.cause = None
        site.sender.status = answer.status
        site.sender.url = request.url.partition("?")[0].partition("#")[0]
    site.sender.phases = _sum(site.sender.phases, _phases(dict(request.timing)))


def _phases(timing: dict[str, Any]) -> Phases:
    """The W3C's Resource Timing: -1 for what is not known."""

    def between(start: str, end: str) -> float | None:
        one, two = timing.get(start, -1), timing.get(end, -1)
        return float(two - one) if one >= 0 and two >= one else None

    secure = timing.get("secureConnectionStart", -1) >= 0
    return Phases(
        between("domainLookupStart", "domainLookupEnd"),
        between("connectStart", "secureConnectionStart" if secure else "connectEnd"),
        between("secureConnectionStart", "connectEnd") if secure else None,
        between("requestStart", "responseStart"),
        between("responseStart", "responseEnd"),
    )


def _sum(one: Phases, two: Phases) -> Phases:
    return Phases(
        *(
            None if a is None and b is None else (a or 0) + (b or 0)
            for a, b in zip(one, two, strict=True)
        )
    )
