"""The built-in security tests of a running web application: one check a module, one line in TABLE.

`run(site)` asks them one after the other. They read only, unless the site allows writing; what each looks for stands in
docs/security-tests.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from trivigil.security.suite.weakness import Failed, Outcome, Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.security.suite.check import Check
    from trivigil.security.suite.site import Site
    from trivigil.security.suite.weakness import State, Weakness

TABLE: Final = (
    "tls_certificate",
    "tls_versions",
    "strict_transport_security",
    "content_security_policy",
    "content_type_options",
    "frame_protection",
    "referrer_policy",
    "permissions_policy",
    "cookie_secure",
    "cookie_http_only",
    "cookie_same_site",
    "cookie_prefix",
    "cors",
    "methods",
    "version_banners",
    "error_pages",
    "directory_listing",
    "exposed_files",
    "open_redirect",
    "session_rotation",
    "user_enumeration",
    "login_limit",
)
"""In the order they are asked: what a site may lock us out for comes last."""


def checks() -> Iterator[tuple[str, Check]]:
    """Every check with its id, which is the module's name with hyphens."""
    for name in TABLE:
        yield name.replace("_", "-"), cast("Check", import_module(f"{__name__}.{name}"))


def run(site: Site, say: Callable[[str], None] = lambda _: None) -> tuple[Outcome, ...]:
    """The outcome of each check. Raises InputError where the site does not answer at all."""
    site.reach()
    outcomes = []
    for name, check in checks():
        outcomes.append(_outcome(name, check, site))
        say(f"{check.TITLE}: {_said(outcomes[-1])}")
    return tuple(outcomes)


def _outcome(name: str, check: Check, site: Site) -> Outcome:
    """What was found before a check failed is kept."""
    before, reason = site.requests, None
    found: list[Weakness] = []
    state: State
    try:
        if check.WRITES:
            site.needs_writes()
        found.extend(check.test(site))
        state = "found" if found else "passed"
    except Skipped as skipped:
        state, reason = "skipped", str(skipped)
    except Failed as failed:
        state, reason = "failed", str(failed)
    requests = site.requests - before
    return Outcome(name, check.TITLE, check.CATEGORY, state, reason, requests, tuple(found))


def _said(outcome: Outcome) -> str:
    if outcome.state == "found":
        return "; ".join(each.title for each in outcome.weaknesses)
    return f"{outcome.state}{f' ({outcome.reason})' if outcome.reason else ''}"
