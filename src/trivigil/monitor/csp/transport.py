"""Sources by what they are made of: addresses, short nonces, http."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.monitor.csp import hosts
from trivigil.monitor.csp.finding import Finding
from trivigil.monitor.csp.policy import NONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.monitor.csp.policy import Policy

_SHORTEST_NONCE: Final = 8
_ADDRESS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[.*\]")
_BRACKETS: Final = re.compile(r"(?:\w[+\w.-]*:)?(?://)?(\[[0-9a-fA-F:.]*\])")
_ANY_NONCE: Final = re.compile(r"'nonce-(.+)'")


def _sources(policy: Policy) -> Iterator[tuple[str, str]]:
    for name, values in policy.directives.items():
        for value in values:
            yield name, value


def addresses(policy: Policy) -> Iterator[Finding]:
    """IP addresses, which browsers ignore as sources."""
    for name, value in _sources(policy):
        bracketed = _BRACKETS.match(value)
        if _ADDRESS.fullmatch(bracketed[1] if bracketed else hosts.host(value)):
            yield Finding("IP_SOURCE", "INFO", name, value)


def nonces(policy: Policy) -> Iterator[Finding]:
    """Nonces that can be guessed, or that are not base64."""
    for name, value in _sources(policy):
        found = _ANY_NONCE.fullmatch(value)
        if found and len(found[1]) < _SHORTEST_NONCE:
            yield Finding("NONCE_LENGTH", "MEDIUM", name, value)
        if found and not NONCE.fullmatch(value):
            yield Finding("NONCE_CHARSET", "INFO", name, value)


def plain_http(policy: Policy) -> Iterator[Finding]:
    """Sources in the clear."""
    for name, value in _sources(policy):
        if value.startswith("http://"):
            yield Finding("SRC_HTTP", "MEDIUM", name, value)
