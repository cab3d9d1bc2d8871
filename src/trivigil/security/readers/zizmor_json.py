"""`zizmor --format json` and `json-v1`, 1.0 to today: one finding for each audit and place in a workflow or action.

Format: crates/zizmor/src/output/json and finding.rs of zizmorcore/zizmor. Rows count from 0; a finding has several locations, one of which is the
primary one. A clean report is `[]`, which is zizmor's only where it is named; where it audited nothing it writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import digest, lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import nothing, outline
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "zizmor"
FORMAT: Final = "json"
UNIT: Final = "results"


def recognises(source: Source) -> bool:
    """Whether it is a list of findings with determinations; an empty list only where the tool is named."""
    seen = outline(source)
    return (seen.opens == "[" and seen.has("ident", "determinations")) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every finding, at its primary location; those that the configuration ignores are accepted."""
    findings, left = lenient.objects(foreign.load(source, TOOL))
    return scan.reading(
        source, (TOOL, FORMAT, UNIT), [_finding(each) for each in findings], incomplete=left
    )


def _finding(record: Fields) -> Finding:
    rule = lenient.text(record, "ident") or "unknown audit"
    said = lenient.inner(record, "determinations")
    word = lenient.text(said, "severity")
    primary = _primary(record)
    code = lenient.text(lenient.inner(primary, "concrete"), "feature")
    note = lenient.text(lenient.inner(primary, "symbolic"), "annotation")
    fixes = record.value.get("fixes")
    fixed = lenient.within(fixes)[0]
    return Finding(
        tool=TOOL,
        kind="code",
        id=rule,
        title=lenient.text(record, "desc") or rule,
        place=_place(primary),
        description=note or "",
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        confidence=lenient.confidence(said.value.get("confidence")),
        code=digest.code(code) if code else None,
        fix="; ".join(title for each in fixed if (title := lenient.text(each, "title"))) or None,
        help_uri=lenient.text(record, "url"),
        accepted="ignored in the code or configuration"
        if record.value.get("ignored") is True
        else None,
    )


def _primary(record: Fields) -> Fields:
    """The primary location, else the first one."""
    locations = record.value.get("locations")
    listed = lenient.within(locations)[0]
    chosen = [
        each
        for each in listed
        if lenient.text(lenient.inner(each, "symbolic"), "kind") == "Primary"
    ]
    return next(iter((*chosen, *listed)), lenient.inner(record, ""))


def _place(location: Fields) -> Place:
    key = lenient.inner(location, "symbolic", "key")
    local, remote = lenient.inner(key, "Local"), lenient.inner(key, "Remote")
    path = lenient.text(local, "verbatim_path", "given_path") or lenient.text(remote, "path")
    where = lenient.inner(location, "concrete", "location")
    return Place(
        path=place.path(path) if path else None,
        line=_line(lenient.inner(where, "start_point")),
        end_line=_line(lenient.inner(where, "end_point")),
    )


def _line(point: Fields) -> int | None:
    row = lenient.whole(point.value.get("row"))
    return None if row is None else row + 1
