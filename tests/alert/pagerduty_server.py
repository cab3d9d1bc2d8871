"""PagerDuty's Events API v2 on loopback: events are checked by its documentation, incidents opened and resolved by their key.

developer.pagerduty.com, "Send an alert event" and "Events API v2 overview".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple

from .service import Posted, Reply, Service, serving

KEY = "canaryPagerDutyKey00000000000000"
PATH = "/v2/enqueue"
TOP = {"routing_key", "event_action", "dedup_key", "client", "client_url", "links", "payload"}
PAYLOAD = {"summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"}  # fmt: skip


class PagerDuty(NamedTuple):
    """The service, and what is open there: summary and severity by key."""

    service: Service
    incidents: dict[str, tuple[str, str]]


@contextmanager
def pagerduty() -> Iterator[PagerDuty]:
    """A service region with one integration."""
    incidents: dict[str, tuple[str, str]] = {}

    def respond(posted: Posted) -> Reply:
        event = json.loads(posted.body)
        wrong = [] if posted.path == PATH else ["no such path"]
        wrong += faults(event)
        if event.get("routing_key") != KEY:
            wrong.append("Invalid routing key")
        if wrong:
            refused = {"status": "invalid event", "message": "Event object is invalid"}
            return Reply(400, json.dumps({**refused, "errors": wrong}))
        key = event["dedup_key"]
        if event["event_action"] == "resolve":
            incidents.pop(key, None)
        else:
            incidents[key] = (event["payload"]["summary"], event["payload"]["severity"])
        done = {"status": "success", "message": "Event processed", "dedup_key": key}
        return Reply(202, json.dumps(done))

    with serving(respond) as service:
        yield PagerDuty(service, incidents)


def faults(event: Mapping[str, Any]) -> list[str]:
    """What PagerDuty would refuse."""
    return list(_faults(event))


def _faults(event: Mapping[str, Any]) -> Iterator[str]:
    if unknown := set(event) - TOP:
        yield f"unknown: {unknown}"
    if len(json.dumps(event)) > 512 * 1024:
        yield "larger than 512 KB"
    if event.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
        yield "event_action"
    if not 1 <= len(event.get("dedup_key", "")) <= 255:
        yield "dedup_key"
    for link in event.get("links", ()):
        if set(link) != {"href", "text"} or not link["href"].startswith("https://"):
            yield f"link: {link}"
    if event.get("event_action") == "trigger":
        yield from _payload(event["payload"])


def _payload(payload: Mapping[str, Any]) -> Iterator[str]:
    if unknown := set(payload) - PAYLOAD:
        yield f"unknown: {unknown}"
    if not 1 <= len(payload.get("summary", "")) <= 1024:
        yield "summary"
    if not payload.get("source"):
        yield "source"
    if payload.get("severity") not in {"critical", "error", "warning", "info"}:
        yield "severity"
    if "timestamp" in payload:
        datetime.fromisoformat(payload["timestamp"])
