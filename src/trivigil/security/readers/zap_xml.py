"""ZAP's `traditional-xml` and `traditional-xml-plus`, and the XML of every ZAP before them: alerts by site.

Format: addOns/reports/src/main/zapHomeFiles/reports/traditional-xml-plus/report.xml of zaproxy/zap-extensions. XML+ has requests and
responses, with their cookies and bodies; they are never looked at. Before 2.4 an alert had one place and no instances.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import markup
from trivigil.core.errors import SourceError
from trivigil.security import place, scan
from trivigil.security.readers import zap_alerts
from trivigil.security.readers.zap_alerts import Alert

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from trivigil.core.reading import Reading
    from trivigil.security.facts import Place, ScanFacts
    from trivigil.sources import Source

TOOL: Final = zap_alerts.TOOL
FORMAT: Final = "xml"
UNIT: Final = zap_alerts.UNIT

_ROOT: Final = "OWASPZAPReport"
_SHAPE: Final = re.compile(rb"(?:\s++|<\?.*?\?>|<!--.*?-->)*+<OWASPZAPReport[\s>/]", re.DOTALL)


def recognises(source: Source) -> bool:
    """Whether the first element is ZAP's."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Every alert of every site."""
    root = markup.load(source, TOOL)
    if markup.name(root) != _ROOT:
        raise SourceError(f"the XML is not ZAP's: its root is not `{_ROOT}`.")
    sites = list(markup.all_of(root, "site"))
    alerts = [_alert(each) for site in sites for each in _items(site)]
    names = [place.address(site.get("name") or "") for site in sites]
    empty = [
        name
        for site, name in zip(sites, names, strict=True)
        if markup.below(site, "alerts") is None
    ]
    missing = scan.listed("There are no `alerts` of", empty)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [zap_alerts.finding(each) for each in alerts],
        incomplete=tuple(zap_alerts.incomplete(names, missing, ())),
        notes=zap_alerts.unlisted(alerts),
        counts={"instances": sum(len(each.places) for each in alerts), "sites": len(sites)},
        version=root.get("version"),
        scope=", ".join(name for name in names if name) or None,
        scanned_at=zap_alerts.moment(root.get("created"), root.get("generated")),
    )


def _items(site: Element) -> list[Element]:
    return [
        item
        for alerts in markup.all_of(site, "alerts")
        for item in markup.all_of(alerts, "alertitem")
    ]


def _alert(item: Element) -> Alert:
    listed = markup.below(item, "instances")
    places = (
        () if listed is None else tuple(_place(each) for each in markup.all_of(listed, "instance"))
    )
    if not places and markup.text(item, "uri"):
        places = (_place(item),)
    return Alert(
        plugin=markup.text(item, "pluginid"),
        reference=markup.text(item, "alertRef"),
        name=markup.text(item, "name") or markup.text(item, "alert"),
        risk=markup.text(item, "riskcode"),
        described=markup.text(item, "riskdesc"),
        confidence=markup.text(item, "confidence"),
        description=markup.text(item, "desc") or "",
        solution=markup.text(item, "solution") or "",
        links=markup.text(item, "reference") or "",
        weakness=markup.text(item, "cweid"),
        places=places,
        stated=markup.text(item, "count"),
    )


def _place(instance: Element) -> Place:
    return zap_alerts.where(
        markup.text(instance, "uri"),
        markup.text(instance, "method"),
        markup.text(instance, "param"),
    )
