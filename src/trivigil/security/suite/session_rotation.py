"""A login gives a new session: not one that was there before, and not one that can be guessed (CWE-384, CWE-331)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite import cookies
from trivigil.security.suite.weakness import Failed, Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.cookies import Cookie
    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "A login gives a new session that cannot be guessed"
CATEGORY: Final = "session"
WRITES: Final = True

_TAKEN: Final = "Whoever knows the value of a session before its login has the account after it."
LEAST_CHARACTERS: Final = 16
"""64 bits in hexadecimal: the least that OWASP's session management asks for."""


def test(site: Site) -> Iterator[Weakness]:
    """Two logins, one more with a session of our own choosing, and one with the session of the first."""
    first, second = (_session(site.log_in()) for _ in range(2))
    name = first.name
    if _guessable(first, second):
        yield _weakness(
            site,
            "session-guessable",
            "Session cookies can be guessed",
            "Trying values finds sessions of others.",
            Severity.HIGH,
            331,
            "Make the value of at least 128 random bits, from the system's random source.",
            name,
        )
    chosen = secrets.token_hex(20)
    if _kept(site.log_in(f"{name}={chosen}"), name, chosen):
        yield _weakness(
            site,
            "session-fixation",
            "A login keeps a session that somebody else chose",
            _TAKEN,
            Severity.HIGH,
            384,
            "At every login make a new session, send its cookie, and forget the old one.",
            name,
        )
    elif _kept(site.log_in(f"{name}={first.value}"), name, first.value):
        yield _weakness(
            site,
            "session-rotation",
            "A second login keeps the session of the first",
            _TAKEN,
            Severity.MEDIUM,
            384,
            "At every login make a new session, send its cookie, and forget the old one.",
            name,
        )


def _session(seen: Observation) -> Cookie:
    """The cookie that a login gave: the one that sounds like a session, else the longest."""
    given = sorted(cookies.of([seen]), key=lambda each: (not each.session, -len(each.value)))
    if not given:
        raise Failed("the login set no cookie")
    return given[0]


def _guessable(first: Cookie, second: Cookie) -> bool:
    return (
        first.value == second.value or min(len(first.value), len(second.value)) < LEAST_CHARACTERS
    )


def _kept(seen: Observation, name: str, value: str) -> bool:
    """Whether a login left the browser with the value that it came with."""
    given = [each.value for each in cookies.of([seen]) if each.name == name]
    return not given or given[-1] == value


def _weakness(
    site: Site,
    name: str,
    title: str,
    description: str,
    severity: Severity,
    cwe: int,
    fix: str,
    cookie: str,
) -> Weakness:
    return Weakness(
        name,
        title,
        severity,
        description,
        f"{site.target.origin}{site.login.path}",
        cwe,
        fix,
        "POST",
        cookie,
    )
