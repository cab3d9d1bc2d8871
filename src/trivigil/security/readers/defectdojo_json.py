"""DefectDojo's generic findings: `{"findings": [{"title", "severity", "description", …}]}`, which any script may write.

Format: docs "Generic Findings Import" and dojo/tools/generic/json_parser.py of DefectDojo/django-DefectDojo. `type` says which tool it was. What is not
active, mitigated, a false positive, a duplicate or out of scope is accepted. Attached files are not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.security import advisory, cvss, dependency, lenient, outline, place, prose, scan
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.readers import sarif_tools
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Kind, ScanFacts, System
    from trivigil.sources import Source

TOOL: Final = "defectdojo"
FORMAT: Final = "json"
UNIT: Final = "findings"

_LIST: Final = "findings"
_ABOUT: Final = frozenset(
    [
        "name",
        "type",
        "title",
        "version",
        "description",
        "dynamic_tool",
        "static_tool",
        "soc",
        "findings",
        "test_type",
    ]
)
_NOT_COUNTED: Final = (
    ("false_p", True, "false positive"),
    ("risk_accepted", True, "risk accepted"),
    ("out_of_scope", True, "out of scope"),
    ("duplicate", True, "duplicate"),
    ("is_mitigated", True, "mitigated"),
    ("active", False, "not active"),
)
_VECTORS: Final[tuple[tuple[str, str, System], ...]] = (
    ("cvssv4", "4.0", "cvss:4.0"),
    ("cvssv3", "3.1", "cvss:3.1"),
)


def recognises(source: Source) -> bool:
    """Whether its findings have a title and a severity, in a report or a finding as DefectDojo's; or there are none in a report that says nothing else."""
    seen = outline.outline(source)
    if seen.opens != "{" or not seen.has(_LIST):
        return False
    records = seen.inner.get(_LIST, frozenset())
    own = source.tool == TOOL or seen.keys <= _ABOUT
    # Veracode's findings have titles, too, and severities that are numbers.
    return (
        {"title", "severity"} <= records and (own or "description" in records) if records else own
    )


def read(source: Source) -> Reading[ScanFacts]:
    """Every finding."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    if not isinstance(report.value.get(_LIST), list):
        raise SourceError("`findings` is not a list.")
    records, left = lenient.objects(report.value[_LIST], _LIST)
    tool = sarif_tools.normal(lenient.text(report, "type") or "") or TOOL
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [finding(each, tool) for each in records],
        incomplete=left,
        version=lenient.text(report, "version"),
    )


def finding(record: Fields, tool: str) -> Finding:
    """A finding, as its JSON has it; also of a row of its CSV that is brought into that shape."""
    word, title = lenient.text(record, "severity"), lenient.text(record, "title")
    ids = _ids(record)
    own = lenient.text(record, "vuln_id_from_tool")
    where = _place(record)
    component = lenient.text(record, "component_name")
    kind: Kind = (
        "dependency" if component else "code" if where.path else "web" if where.url else "custom"
    )
    name = (
        (ids[0] if ids and component else own or next(iter(ids), None))
        or title
        or "unknown finding"
    )
    return Finding(
        tool=tool,
        kind=kind,
        id=name,
        title=prose.line(prose.plain(title or "")) or name,
        place=where,
        description=prose.plain(lenient.text(record, "description") or ""),
        aliases=tuple(each for each in dict.fromkeys((*ids, own)) if each and each != name),
        cwes=lenient.cwes(record.value.get("cwe"), record.value.get("cwes")),
        ratings=(Rating(tool, "word", of_word(word), word=word), *_scores(record, tool)),
        confidence="certain" if record.value.get("verified") is True else None,
        package=_package(record, component) if component else None,
        fix=prose.plain(lenient.text(record, "mitigation") or "") or None,
        accepted=next(
            (why for key, bad, why in _NOT_COUNTED if record.value.get(key) is bad), None
        ),
        malicious=advisory.is_malware(ids),
    )


def _ids(record: Fields) -> tuple[str, ...]:
    """The advisories of a finding: its `cve` and `vulnerability_ids`."""
    listed = (
        *lenient.texts(record.value.get("cve")),
        *lenient.texts(record.value.get("vulnerability_ids")),
    )
    return tuple(dict.fromkeys(advisory.normal(each) for each in listed))


def _package(record: Fields, name: str) -> Package:
    fixed = lenient.text(record, "fix_version")
    return Package(name, lenient.text(record, "component_version"), fixed=(fixed,) if fixed else ())


def _scores(record: Fields, tool: str) -> Iterator[Rating]:
    for key, version, system in _VECTORS:
        vector = lenient.text(record, key)
        score = dependency.number(record.value.get(f"{key}_score"))
        if score:
            yield Rating(tool, system, of_score(score, version), score, vector)
        elif vector:
            yield cvss.rating(tool, vector)


def _place(record: Fields) -> Place:
    path, urls = lenient.text(record, "file_path"), tuple(_addresses(record))
    return Place(
        path=place.path(path) if path else None,
        line=lenient.line(record.value.get("line")),
        url=urls[0] if urls else None,
        parameter=lenient.text(record, "param"),
    )


def _addresses(record: Fields) -> Iterator[str]:
    """Its endpoints: addresses, or objects with the parts of one; without what is secret in them."""
    found = record.value.get("endpoints")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, str):
            yield place.address(each)
        elif isinstance(each, dict) and isinstance(host := each.get("host"), str):
            port = f":{each['port']}" if isinstance(each.get("port"), int) else ""
            scheme = f"{each['protocol']}://" if each.get("protocol") else ""
            path = f"/{str(each['path']).lstrip('/')}" if each.get("path") else ""
            yield place.address(f"{scheme}{host}{port}{path}")
