"""Findings of secret scanners: what is kept of a leaked secret is where it is, which rule saw it, and a keyed digest.

Scanners of secrets do not rate: a leaked secret is high, and critical where the scanner saw that it works. That is this project's rule,
and the rating says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Severity
from trivigil.security import digest
from trivigil.security.facts import Finding, Rating

if TYPE_CHECKING:
    from trivigil.security.facts import Place

POLICY: Final = "policy"
"""The source of a rating that the tool did not give."""
FIX: Final = "Revoke it, then take it out of the code and its history."
_MASKED: Final = re.compile(r"(?i).*(?:\.\.\.|\u2026|\*{3,}).*|[*x.]+|.*\bredacted\b.*", re.DOTALL)


def digest_of(value: object) -> str | None:
    """The keyed digest of a secret's value; None where the tool masked it, because masks are all alike."""
    if not isinstance(value, str) or not value.strip() or _MASKED.fullmatch(value):
        return None
    return digest.secret(value)


def of_sha1(value: object) -> str | None:
    """The keyed digest of a SHA-1 that stands for a secret: such a hash alone can be looked up in a table."""
    return digest.secret(f"sha1:{value}") if isinstance(value, str) and value else None


def code(text: str) -> str | None:
    """A keyed digest of code that holds a secret, without its white space."""
    bare = "".join(text.split())
    return digest.secret(bare) if bare else None


def finding(
    tool: str,
    rule: str | None,
    place: Place,
    secret: str | None,
    *,
    title: str | None = None,
    description: str = "",
    verified: bool = False,
    help_uri: str | None = None,
) -> Finding:
    """A leaked secret."""
    severity = Severity.CRITICAL if verified else Severity.HIGH
    return Finding(
        tool=tool,
        kind="secret",
        id=rule or "unknown rule",
        title=title or rule or "A leaked credential",
        place=place,
        description=description,
        ratings=(Rating(POLICY, "level", severity),),
        confidence="certain" if verified else None,
        secret=secret,
        fix=FIX,
        help_uri=help_uri,
    )
