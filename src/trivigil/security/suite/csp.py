"""Content-Security-Policy as far as the checks ask: which policies are enforced, and what each allows (CSP 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.web.observation import Observation

    Policy = Mapping[str, tuple[str, ...]]


def policies(page: Observation) -> tuple[Policy, ...]:
    """The enforced policies of an answer; each one restricts further."""
    lines = ",".join(page.values("content-security-policy")).split(",")
    return tuple(policy for policy in map(_policy, lines) if policy)


def _policy(line: str) -> Policy:
    found: dict[str, tuple[str, ...]] = {}
    for directive in line.split(";"):
        words = directive.split()
        if words:  # of a directive given twice the first one counts
            found.setdefault(words[0].lower(), tuple(word.lower() for word in words[1:]))
    return found
