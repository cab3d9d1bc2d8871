"""An alert of ZAP as a finding, whatever format it stands in.

An alert has instances, often dozens; what is kept is the alert with the first of its places in the order of addresses, so that
it is the same place in every run. Requests, responses, attacks and evidence are not looked at: they hold cookies and tokens. ZAP knows no critical
risk; a confidence of 0 is its own mark for false positives (org.parosproxy.paros.core.scanner.Alert of zaproxy/zaproxy).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity
from trivigil.security import lenient, place, prose, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOOL: Final = "zap"
UNIT: Final = "alerts"

_RISKS: Final = {0: Severity.INFO, 1: Severity.LOW, 2: Severity.MEDIUM, 3: Severity.HIGH}
_CONFIDENCE: Final = {1: "low", 2: "medium", 3: "high", 4: "certain"}
_FALSE: Final = 0
_DESCRIBED: Final = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\))?")
_SHOWN: Final = 5
_DATE: Final = re.compile(r"(?:\w+\.?,? )?(\d{1,2})\.? (\w{3})\w*\.? (\d{4}) (\d\d:\d\d:\d\d)")
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)


class Alert(NamedTuple):
    """The fields of an alert that are looked at, as they are written."""

    plugin: str | None
    reference: str | None
    name: str | None
    risk: str | int | None
    described: str | None
    """Risk and confidence in words: `Medium (High)`."""
    confidence: str | int | None
    description: str
    solution: str
    links: str
    weakness: str | int | None
    places: tuple[Place, ...]
    stated: str | int | None = None
    """How many instances the report says there are."""


def finding(alert: Alert) -> Finding:
    """One alert."""
    rule = alert.plugin or alert.reference or "unknown alert"
    certainty = lenient.whole(alert.confidence)
    word = _DESCRIBED.match(alert.described or "")
    risk = lenient.whole(alert.risk)
    severity = _RISKS.get(-1 if risk is None else risk) or of_word(word[1] if word else None)
    false = certainty == _FALSE or (
        word is not None and (word[2] or "").lower() == "false positive"
    )
    where = min(alert.places, key=_order, default=Place())
    return Finding(
        tool=TOOL,
        kind="web",
        id=rule,
        title=prose.line(prose.plain(alert.name or "")) or rule,
        place=where,
        description=_described(alert),
        aliases=(alert.reference,) if alert.reference not in (None, rule) else (),
        cwes=tuple(n for n in lenient.cwes(alert.weakness) if n > 0),
        ratings=(Rating(TOOL, "word", severity, word=word[1] if word else None),),
        confidence=_CONFIDENCE.get(certainty if certainty is not None else -1),
        fix=prose.plain(alert.solution) or None,
        help_uri=_link(alert.links),
        accepted="ZAP marks it as a false positive" if false else None,
    )


def _order(where: Place) -> tuple[str, str, str]:
    return (where.url or "", where.method or "", where.parameter or "")


def _described(alert: Alert) -> str:
    """What ZAP says of it, and where else it is."""
    text = prose.plain(alert.description)
    if len(alert.places) <= 1:
        return text
    shown = sorted({" ".join(filter(None, (p.method, p.url))) for p in alert.places})
    more = f", and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return f"{text}\n\nIn {len(alert.places)} places: {', '.join(shown[:_SHOWN])}{more}.".strip()


def _link(text: str) -> str | None:
    """The first address of the references."""
    match = re.search(r"https?://[^\s<>\"')]+", prose.plain(text))
    return match.group() if match else None


def where(uri: str | None, method: str | None, parameter: str | None) -> Place:
    """The place of an instance: without the values that its address carries."""
    return Place(
        url=place.address(uri) if uri else None,
        method=(method or "").upper() or None,
        parameter=parameter or None,
    )


def moment(created: str | None, generated: str | None) -> str | None:
    """When the report was made: `created` with its offset, else `generated`, which is in local time and taken as UTC."""
    if found := lenient.moment(created):
        return found
    match = _DATE.fullmatch((generated or "").strip())
    if match is None or match[2].lower() not in _MONTHS:
        return None
    month = _MONTHS.index(match[2].lower()) + 1
    return lenient.moment(f"{match[3]}-{month:02}-{int(match[1]):02}T{match[4]}")


def unlisted(alerts: Sequence[Alert]) -> tuple[str, ...]:
    """Alerts with more instances than the report lists: ZAP has a limit for them, 20 by default in older versions."""
    short = [
        f"{len(alert.places)} of {due} of {alert.name or alert.plugin or 'an alert'}"
        for alert in alerts
        if (due := lenient.whole(alert.stated)) is not None and due > len(alert.places)
    ]
    return scan.listed("ZAP lists not all instances:", short)


def incomplete(sites: Sequence[str], left: Sequence[str], errors: Sequence[str]) -> Iterator[str]:
    """What ZAP did not look at: no site at all, errors of its plan."""
    yield from left
    yield from (f"ZAP reports {prose.line(each)}." for each in errors)
    if not sites:
        yield "ZAP has no site in its report: it reached none."
