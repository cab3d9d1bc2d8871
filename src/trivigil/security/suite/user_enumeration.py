"""A login that tells who has an account: the same answer for a wrong password and for a wrong name (CWE-204)."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security.suite.weakness import Failed, Weakness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.security.suite.site import Site
    from trivigil.web.observation import Observation

TITLE: Final = "A failed login does not tell whether there is such a user"
CATEGORY: Final = "session"
WRITES: Final = True

_CHANGING: Final = re.compile(rb"[0-9a-fA-F-]{16,}|\d+")
"""Tokens, times and numbers, which differ from answer to answer."""


def test(site: Site) -> Iterator[Weakness]:
    """Two failures of the account and two of names that nobody has; only what both pairs agree on is compared."""
    user, _ = site.credentials()
    known = {_told(site.wrong(user), user) for _ in range(2)}
    made_up = set()
    for _ in range(2):
        name = f"trivigil-{secrets.token_hex(6)}"
        made_up.add(_told(site.wrong(name), name))
    if len(known) != 1 or len(made_up) != 1:
        raise Failed("the answers to failed logins differ from one to the next")
    (one,), (other,) = known, made_up
    if one != other:
        differs = "status" if one[0] != other[0] else "text" if one[1] != other[1] else "cookies"
        yield Weakness(
            "user-enumeration",
            "A failed login tells whether there is such a user",
            Severity.MEDIUM,
            "Lists of names become lists of accounts, to try passwords on and to write to.",
            f"{site.target.origin}{site.login.path}",
            204,
            "Give one answer, with one status, whether the name or the password is wrong.",
            "POST",
            site.login.user_field,
            {"differs": differs, "status_known": one[0], "status_unknown": other[0]},
        )


def _told(seen: Observation, user: str) -> tuple[int | None, bytes, tuple[str, ...]]:
    """What an answer tells: its status, its text without names and numbers, and the names of its cookies."""
    body = seen.body.replace(user.encode(), b"")
    given = tuple(sorted(line.partition("=")[0] for line in seen.values("set-cookie")))
    return seen.status, _CHANGING.sub(b"", body), given
