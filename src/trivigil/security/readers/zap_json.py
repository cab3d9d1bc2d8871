"""ZAP's `traditional-json` and `traditional-json-plus`: alerts by site; also a single site, and JSON inside of a JSON text.

Format: addOns/reports/src/main/zapHomeFiles/reports/traditional-json-plus/report.json of zaproxy/zap-extensions; older ones by
org.zaproxy.zap.extension.report of zaproxy/zaproxy. A report without sites is of a scan that reached nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, outline, place, scan
from trivigil.security.readers import zap_alerts
from trivigil.security.readers.zap_alerts import Alert

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Place, ScanFacts
    from trivigil.sources import Source

TOOL: Final = zap_alerts.TOOL
FORMAT: Final = "json"
UNIT: Final = zap_alerts.UNIT

_TWICE: Final = re.compile(rb'\s*+"\s*+(?:\\[rnt])*+\s*+\{.{0,2000}?\\"site\\"\s*:', re.DOTALL)
_MARKS: Final = ("@version", "@generated", "@programName", "created")


def recognises(source: Source) -> bool:
    """Whether it has ZAP's sites, and its version or the names of sites; also as text in JSON."""
    if _TWICE.match(source.head):
        return True
    seen = outline.outline(source)
    if seen.opens != "{" or not seen.has("site"):
        return False
    return bool(seen.keys & set(_MARKS[:3])) or bool(
        seen.inner.get("site", set()) & {"@name", "alerts"}
    )


def read(source: Source) -> Reading[ScanFacts]:
    """Every alert of every site."""
    decoded = foreign.load(source, TOOL)
    if isinstance(decoded, str):
        decoded = foreign.decode(decoded, TOOL)
    report = foreign.root(decoded, TOOL)
    sites, left = _listed(report, "site")
    alerts: list[Alert] = []
    missing = list(left)
    for site in sites:
        found, strange = _listed(site, "alerts")
        missing += strange
        for each in found:
            places, others = _listed(each, "instances", needed=False)
            missing += others
            alert = _alert(each, tuple(map(_place, places)))
            alerts.append(alert)
            if not (alert.plugin or alert.reference or alert.name or alert.described):
                missing.append(f"`{each.place}` does not say which alert it is.")
    names = [place.address(lenient.text(each, "@name", "name") or "") for each in sites]
    errors = (*lenient.texts(report.value.get("afPlanErrors")), *_stopped(report))
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [zap_alerts.finding(each) for each in alerts],
        incomplete=tuple(zap_alerts.incomplete(names, missing, errors)),
        notes=(*zap_alerts.unlisted(alerts), *_doubts(report)),
        counts={"instances": sum(len(each.places) for each in alerts), "sites": len(sites)},
        version=lenient.text(report, "@version"),
        scope=", ".join(name for name in names if name) or None,
        scanned_at=zap_alerts.moment(
            lenient.text(report, "created"), lenient.text(report, "@generated")
        ),
    )


def _doubts(report: Fields) -> tuple[str, ...]:
    """What ZAP itself finds bad about the scan, such as that most requests failed (`insights`, since 2.17)."""
    listed = report.value.get("insights")
    told = [
        f"{lenient.text(each, 'description') or lenient.text(each, 'key')}: {_text(each, 'statistic')}"
        for each in lenient.objects(listed if isinstance(listed, list) else None)[0]
        if (lenient.text(each, "level") or "").lower() in ("high", "medium")
    ]
    return scan.listed("ZAP doubts the scan:", told)


def _stopped(report: Fields) -> tuple[str, ...]:
    """Why ZAP ended the scan before its end (`stoppingInsight`, since 2.17)."""
    found = report.value.get("stoppingInsight")
    if not found:
        return ()
    said = lenient.text(lenient.inner(report, "stoppingInsight"), "description", "reason", "key")
    return (f"that it stopped early: {said or found}",)


def _listed(
    fields: Fields, key: str, *, needed: bool = True
) -> tuple[tuple[Fields, ...], tuple[str, ...]]:
    """The objects of a list, or the one object that stands in its place; and what is no object, or no list."""
    found, where = fields.value.get(key), f"{fields.place}.{key}".strip(".")
    if isinstance(found, dict):
        found = [found]
    if isinstance(found, list):
        return lenient.objects(found, where)
    return (), (f"`{where}` is not a list.",) if needed or found is not None else ()


def _alert(record: Fields, places: tuple[Place, ...]) -> Alert:
    if not places and lenient.text(record, "uri", "url"):
        places = (_place(record),)
    return Alert(
        plugin=_text(record, "pluginid") or _text(record, "pluginId"),
        reference=_text(record, "alertRef"),
        name=lenient.text(record, "name", "alert"),
        risk=_text(record, "riskcode"),
        described=lenient.text(record, "riskdesc"),
        confidence=_text(record, "confidence"),
        description=lenient.text(record, "desc", "description") or "",
        solution=lenient.text(record, "solution") or "",
        links=lenient.text(record, "reference") or "",
        weakness=_text(record, "cweid"),
        places=places,
        stated=_text(record, "count"),
    )


def _text(record: Fields, key: str) -> str | None:
    """A text, or a number as text."""
    found = record.value.get(key)
    return str(found) if isinstance(found, (str, int)) and str(found).strip() else None


def _place(instance: Fields) -> Place:
    uri, method = lenient.text(instance, "uri", "url"), lenient.text(instance, "method")
    return zap_alerts.where(uri, method, lenient.text(instance, "param"))
