"""PagerDuty, Events API v2: a failing notice triggers, a recovery resolves, the fingerprint is the key of both.

Fields and limits: developer.pagerduty.com, "Send an alert event": `routing_key`, `event_action`, `dedup_key` up to 255 characters,
`payload.summary` up to 1024, `payload.severity` one of critical, error, warning, info. A service takes one event a request,
and answers 202. The European service region has an address of its own, https://events.eu.pagerduty.com/v2/enqueue.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from trivigil.alert import address as addresses
from trivigil.alert import words
from trivigil.alert.address import Secret
from trivigil.alert.post import post
from trivigil.alert.receiver import Message
from trivigil.core.errors import InputError
from trivigil.core.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.alert.address import Address
    from trivigil.alert.post import Patience
    from trivigil.alert.receiver import Moment
    from trivigil.core.notice import Notice

NAME = "pagerduty"
VARIABLE = "TRIVIGIL_PAGERDUTY_KEY"
OPTION: str | None = None
SPACING_S = 0.0
PLACE: Final = "TRIVIGIL_PAGERDUTY_URL"
DEFAULT: Final = "https://events.pagerduty.com/v2/enqueue"

SEVERITIES: Final = {
    Severity.CRITICAL: "critical",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "info",
    Severity.INFO: "info",
    Severity.UNKNOWN: "warning",
}
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9._:/-]{1,246}")
_SUMMARY, _SHORT, _TEXT = 1024, 255, 2000
_REFUSED: Final = 400


def read(text: str, key: str, environ: Mapping[str, str]) -> Address:
    """The key of a service's integration, and where its events go."""
    if not _KEY.fullmatch(text):
        raise InputError("this is no integration key of PagerDuty's Events API v2.", key=key)
    place = (environ.get(PLACE) or "").strip() or DEFAULT
    return addresses.read(place, PLACE)._replace(key=Secret(text))


def messages(notices: Sequence[Notice], _moment: Moment) -> tuple[Message, ...]:
    """One event a notice, the worst first."""
    ordered = sorted(notices, key=lambda one: (one.turn != "failing", -one.severity))
    return tuple(Message((one,), _event(one)) for one in ordered)


def send(address: Address, message: Message, patience: Patience) -> str | None:
    """The same key twice is the same incident, so a second try changes nothing."""
    assert address.key is not None  # noqa: S101 (for the type checker)
    body = json.dumps({"routing_key": address.key.reveal(), **message.payload}).encode()
    said = post(address, body, patience, repeatable=True)
    if isinstance(said, str):
        return said
    if said.good:
        return None if _processed(said.text) else "the answer is not PagerDuty's"
    if said.status == _REFUSED:
        return "PagerDuty refuses the event: the key may be wrong or its integration gone (400)"
    return f"it is refused ({said.status})"


def _processed(text: str) -> bool:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(answer, dict) and answer.get("status") == "success"


def _event(notice: Notice) -> dict[str, Any]:
    key = {"dedup_key": dedup_key(notice)}
    if notice.turn == "recovered":
        return {"event_action": "resolve", **key}
    at = words.seconds_of(notice.at)
    return {
        "event_action": "trigger",
        **key,
        "client": "Trivigil",
        **({"client_url": url} if (url := words.link(notice.run_url)) else {}),
        "links": _links(notice),
        "payload": {
            "summary": words.plain(notice.title, _SUMMARY) or "-",
            "source": words.label(notice.target or notice.watch, _SHORT) or "-",
            "severity": SEVERITIES[notice.severity],
            **({"timestamp": words.instant(at)} if at is not None else {}),
            "component": words.label(notice.name, _SHORT),
            "group": words.label(notice.watch, _SHORT),
            "class": words.label(notice.cause or notice.status, _SHORT),
            "custom_details": _details(notice),
        },
    }


def dedup_key(notice: Notice) -> str:
    """The fingerprint, and what it is one of: several watches, of several repositories, may share an integration."""
    from hashlib import sha256

    whose = f"{notice.watch}\0{notice.target}\0{notice.fingerprint}"
    mark = sha256(whose.encode("utf-8", "surrogatepass")).hexdigest()
    plain = _PLAIN.fullmatch(notice.fingerprint)
    return f"{notice.fingerprint}.{mark[:8]}" if plain else mark


def _links(notice: Notice) -> list[dict[str, str]]:
    wanted = {"Run": notice.run_url, "Issue": notice.issue_url, "Runbook": notice.runbook}
    found = {name: words.link(url) for name, url in wanted.items()}
    return [{"href": url, "text": name} for name, url in found.items() if url]


def _details(notice: Notice) -> dict[str, Any]:
    told = {name: words.plain(value, _TEXT) for name, value in notice.facts.items()}
    notes = [words.plain(each, _SHORT) for each in notice.notes[:5]]
    return {"Message": words.plain(notice.message, _TEXT), **told, "Notes": " ".join(notes)}
