"""A login that lets passwords be tried without end (CWE-307)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite.weakness import Failed, Skipped, Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "Wrong passwords are limited"
CATEGORY: Final = "session"
WRITES: Final = True

TRIES: Final = 12
_LIMITED: Final = frozenset({403, 423, 429, 503})
_ABSENT: Final = frozenset({404, 405, 501})


def test(site: Site) -> Iterator[Weakness]:
    """Twelve wrong passwords for a name that nobody has, so that no account is locked; it is the last check."""
    name = f"trivigil-{secrets.token_hex(6)}"
    first = site.wrong(name)
    if first.status in _LIMITED:
        raise Failed(f"the first wrong password was refused already (status {first.status})")
    if first.status in _ABSENT and not site.login.user:
        raise Skipped(f"there is no login at {site.login.path} (status {first.status})")
    answers = [first, *(site.wrong(name) for _ in range(TRIES - 1))]
    if any(_limits(first, each) for each in answers):
        return
    yield Weakness(
        "login-limit",
        "Passwords can be tried without end",
        Severity.MEDIUM,
        "A program tries the passwords that leaked elsewhere, thousands in an hour.",
        f"{site.target.origin}{site.login.path}",
        307,
        "Answer 429 with Retry-After after some failures of one name or one address, the same whether there is such a user or not.",
        "POST",
        site.login.user_field,
        {"tries": TRIES, "status": first.status},
    )


def _limits(first: Observation, seen: Observation) -> bool:
    """Whether the site holds back: by status, by asking to wait, or by answering otherwise than at first."""
    return (
        seen.status in _LIMITED
        or seen.value("retry-after") is not None
        or seen.status != first.status
    )
