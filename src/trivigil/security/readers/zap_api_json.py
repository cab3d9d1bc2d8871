"""ZAP's API, `core/view/alerts` and `alert/view/alerts`: one record for each place; one finding for each alert of a site, as in its reports.

Format: org.zaproxy.zap.extension.alert.AlertAPI of zaproxy/zaproxy; client libraries hand out the list alone. Risk and confidence are words. The API does not say
which sites were looked at, so no alerts prove nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from trivigil import foreign
from trivigil.security import lenient, outline, scan
from trivigil.security.readers import zap_alerts
from trivigil.security.readers.zap_alerts import Alert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Place, ScanFacts
    from trivigil.sources import Source

TOOL: Final = zap_alerts.TOOL
FORMAT: Final = "api-json"
UNIT: Final = zap_alerts.UNIT

_OWN: Final = ("pluginId", "risk", "confidence", "url")
_CONFIDENCE: Final = {"false positive": 0, "low": 1, "medium": 2, "high": 3, "confirmed": 4}


def recognises(source: Source) -> bool:
    """Whether its records are alerts of ZAP's API, as a list, below `alerts`, or one below `alert`."""
    seen = outline.outline(source)
    if seen.opens == "[":
        return seen.has(*_OWN)
    if seen.below("alerts", *_OWN) or seen.below("alert", *_OWN):
        return not seen.has("site")
    return source.tool == TOOL and seen.keys == {"alerts"}


def read(source: Source) -> Reading[ScanFacts]:
    """Every alert, with all its places."""
    decoded = foreign.load(source, TOOL)
    if isinstance(decoded, dict):
        decoded = decoded.get("alerts", [decoded.get("alert")])
    records, left = lenient.objects(decoded, "alerts")
    groups: dict[tuple[str | None, ...], list[Fields]] = {}
    for record in records:
        groups.setdefault(_same(record), []).append(record)
    nothing = () if records else ("There is no alert in it, and it does not say what ZAP did.",)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [zap_alerts.finding(_alert(each)) for each in groups.values()],
        incomplete=(*left, *nothing),
        counts={"instances": len(records), "sites": len({key[0] for key in groups})},
        scope=", ".join(dict.fromkeys(key[0] for key in groups if key[0])) or None,
    )


def _same(record: Fields) -> tuple[str | None, ...]:
    """What the places of one alert share: the site, the rule, and how bad and sure it is."""
    keys = ("pluginId", "alertRef", "alert", "name", "risk", "confidence")
    return (_site(lenient.text(record, "url")), *(lenient.text(record, key) for key in keys))


def _site(url: str | None) -> str | None:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else None


def _alert(records: Sequence[Fields]) -> Alert:
    first = records[0]
    risk, certainty = lenient.text(first, "risk"), lenient.text(first, "confidence")
    return Alert(
        plugin=lenient.text(first, "pluginId"),
        reference=lenient.text(first, "alertRef"),
        name=lenient.text(first, "name", "alert"),
        risk=None,
        described=risk,
        confidence=_CONFIDENCE.get((certainty or "").lower()),
        description=lenient.text(first, "description") or "",
        solution=lenient.text(first, "solution") or "",
        links=lenient.text(first, "reference") or "",
        weakness=lenient.text(first, "cweid"),
        places=tuple(map(_place, records)),
    )


def _place(record: Fields) -> Place:
    url, method = lenient.text(record, "url"), lenient.text(record, "method")
    return zap_alerts.where(url, method, lenient.text(record, "param"))
