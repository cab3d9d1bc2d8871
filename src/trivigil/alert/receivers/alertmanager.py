"""Prometheus' Alertmanager, API v2: a failing notice is an alert that lives until after the next two runs.

Alertmanager forgets an alert whose `endsAt` has passed; without one it would do so after five minutes, and a monitor that runs every
thirty would be told to have recovered in between. So `endsAt` is now and two and a half intervals. An alert is known by all its
labels, and `severity` is one, because people route by it: with each alert its twins of the other severities are ended, so
that one that got worse, or is over, leaves none behind (prometheus/alertmanager, api/v2/openapi.yaml and doc "Alerts API").
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from trivigil.alert import address as addresses
from trivigil.alert import words
from trivigil.alert.address import Secret
from trivigil.alert.post import post
from trivigil.alert.receiver import Message
from trivigil.core.result import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.alert.address import Address
    from trivigil.alert.post import Patience
    from trivigil.alert.receiver import Moment
    from trivigil.core.notice import Notice

NAME = "alertmanager"
VARIABLE = "TRIVIGIL_ALERTMANAGER"
OPTION: str | None = "--alertmanager"
SPACING_S = 0.0

ALERT: Final = "TrivigilFailing"
"""The label `alertname` of all of them."""
INTERVALS: Final = 2.5
PATH: Final = "/api/v2/alerts"
SEVERITIES: Final = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "critical",
    Severity.MEDIUM: "warning",
    Severity.UNKNOWN: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
}
MOST: Final = 50
"""Notices of one message."""
_LABEL, _SUMMARY, _TEXT = 300, 300, 2000


def read(text: str, key: str, _environ: Mapping[str, str]) -> Address:
    """The address of an Alertmanager, with the prefix of its path where it has one."""
    address = addresses.read(text, key)
    base = address.url.reveal().partition("?")[0].rstrip("/").removesuffix(PATH)
    return address._replace(url=Secret(f"{base}{PATH}"))


def messages(notices: Sequence[Notice], moment: Moment) -> tuple[Message, ...]:
    """Up to fifty notices a message."""
    parts = (tuple(notices[start : start + MOST]) for start in range(0, len(notices), MOST))
    return tuple(Message(part, [a for one in part for a in _alerts(one, moment)]) for part in parts)


def send(address: Address, message: Message, patience: Patience) -> str | None:
    """The same alert twice is one alert, so a second try changes nothing."""
    body = json.dumps(message.payload).encode()
    said = post(address, body, patience, repeatable=True)
    if isinstance(said, str):
        return said
    if said.good:
        html = said.text.lstrip().startswith("<")
        return "the answer is not Alertmanager's" if html else None
    return f"it is refused ({said.status})"


def _alerts(notice: Notice, moment: Moment) -> Iterator[dict[str, Any]]:
    """The alert as it is, and its twins of other severities, which are over."""
    own = SEVERITIES[notice.severity]
    for severity in (own, *sorted(set(SEVERITIES.values()) - {own})):
        lives = notice.turn == "failing" and severity == own
        yield _alert(notice, severity, moment, lives=lives)


def _alert(notice: Notice, severity: str, moment: Moment, *, lives: bool) -> dict[str, Any]:
    ends = moment.now + INTERVALS * moment.interval if lives else moment.now
    since = words.seconds_of(notice.since)
    starts = moment.now if since is None else min(since, moment.now)
    url = words.link(notice.run_url)
    return {
        "labels": _labels(notice, severity),
        "annotations": _annotations(notice),
        "startsAt": words.instant(starts),
        "endsAt": words.instant(ends),
        **({"generatorURL": url} if url else {}),
    }


def _labels(notice: Notice, severity: str) -> dict[str, str]:
    """What stays the same from run to run, and nothing else: it is the alert's identity."""
    labels = {
        "alertname": ALERT,
        "severity": severity,
        "watch": notice.watch,
        "check": notice.name,
        "target": notice.target,
        "fingerprint": notice.fingerprint,
    }
    return {name: words.label(value, _LABEL) for name, value in labels.items() if value}


def _annotations(notice: Notice) -> dict[str, str]:
    told = {
        "summary": words.plain(notice.title, _SUMMARY),
        "description": words.plain(notice.message, _TEXT),
        "status": words.plain(notice.status, _LABEL),
        "cause": words.plain(notice.cause or "", _LABEL),
        "notes": words.plain(" ".join(notice.notes[:5]), _TEXT),
        "run_url": words.link(notice.run_url),
        "issue_url": words.link(notice.issue_url),
        "runbook_url": words.link(notice.runbook),
    }
    return {name: value for name, value in told.items() if value}
