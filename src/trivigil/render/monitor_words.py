"""What a cause of the monitor means for people, in plain words, and its times as people write them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MEANINGS: Final[Mapping[str, str]] = {
    "dns-nxdomain": "the name does not exist, or has no address",
    "dns-timeout": "the name server gave no answer",
    "refused": "nothing listens there: the connection was refused",
    "reset": "the connection was closed before the answer began",
    "unreachable": "there is no way to the address",
    "connect-timeout": "nobody accepted the connection in time",
    "tls-expired": "the certificate has expired, or is not valid yet",
    "tls-name": "the certificate is for another name",
    "tls-untrusted": "nobody who is trusted has signed the certificate",
    "tls-handshake": "no safe connection (TLS) could be agreed on",
    "tls-timeout": "the TLS handshake did not end in time",
    "ttfb-timeout": "the server took the request and did not begin to answer in time",
    "transfer-timeout": "the answer began and did not end in time",
    "transfer-short": "the answer broke off before its end",
    "http-4xx": "the server refuses the request: an answer of the 400s",
    "http-5xx": "the server fails at the request: an answer of the 500s",
    "redirect-loop": "the redirects never end",
    "waf-block": "a firewall turned our probe away: whether people get through is not known",
    "too-large": "the answer is larger than the monitor reads",
    "assertion": "a claim does not hold",
    "slow": "it works, and takes longer than allowed",
    "runner-network": "our runner had no network: nothing is known of the target",
    "blocked-address": "the address is private or reserved and was not asked (allow-private lets private ones be asked)",
    "unknown": "none of the known causes",
}
"""Of each cause of the closed list. What is seen beside it is the check's own message."""
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z")
_HOUR: Final = 60
_DAY: Final = 48 * _HOUR


def meaning(cause: str | None) -> str:
    """A clause without a full stop; empty without a cause."""
    return MEANINGS.get(cause, MEANINGS["unknown"]) if cause else ""


def moment(text: str) -> str:
    """`2026-01-31 12:07 UTC`; a text that is no such time stays as it is."""
    found = _MOMENT.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def span(seconds: float) -> str:
    """`22 minutes`, `3 hours`, `5 days`."""
    minutes = round(seconds / 60)
    if minutes < 2 * _HOUR:
        return f"{minutes:,} minute{'' if minutes == 1 else 's'}"
    if minutes < _DAY:
        return f"{round(minutes / _HOUR):,} hours"
    return f"{round(minutes / _HOUR / 24):,} days"


def remaining(days: float) -> str:
    """`ends in 63 days`, `ended 2 days ago`; hours where they matter."""
    amount = abs(days)
    words = f"{amount * 24:.0f} hours" if amount < 2 else f"{int(amount):,} days"  # noqa: PLR2004 (as `span` has it)
    return f"ends in {words}" if days >= 0 else f"ended {words} ago"
