"""`nuclei -jsonl`, `-json` and `-json-export`: lines, or a list, of what a template saw at an address.

Format: pkg/output/output.go of projectdiscovery/nuclei. Keys have hyphens, and in older releases capitals. A finding is named as Nuclei prints it, `template:matcher`. Requests,
responses, what was extracted, and authors are not kept. Nothing found is a file without a byte, which a run that failed leaves too: it is not clean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.security import advisory, dependency, lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import nothing, outline
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts, System
    from trivigil.sources import Source

TOOL: Final = "nuclei"
FORMAT: Final = "jsonl"
UNIT: Final = "instances"

_METHOD: Final = re.compile(r"(?:curl -X ')?([A-Z]{3,10})[' ]")
_VERSIONS: Final[dict[str, System]] = {"CVSS:3.0": "cvss:3.0", "CVSS:4.0": "cvss:4.0"}


def recognises(source: Source) -> bool:
    """Whether its records have a template, what is known of it, and where it was seen; an empty list only where the tool is named."""
    seen = outline(source)
    template = seen.has("template-id") or seen.has("templateID")
    return (template and seen.has("info", "type")) or nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every match. Records of templates that did not match are none; those with an error make the reading partial."""
    records, left = lenient.documents(source, TOOL)
    known = [each for each in records if _template(each) or "info" in each.value]
    matched = [each for each in known if each.value.get("matcher-status") is not False]
    failed = [_template(each) or "a template" for each in known if lenient.text(each, "error")]
    odd = len(records) - len(known)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in matched],
        incomplete=(
            *left,
            *scan.listed("Nuclei could not run", failed),
            *((f"{odd} records are no findings of Nuclei.",) if odd else ()),
        ),
        counts={"templates": len({_template(each) for each in matched})},
        scanned_at=next((t for each in records if (t := _time(each))), None),
    )


def _template(record: Fields) -> str | None:
    return lenient.text(record, "template-id", "templateID", "template_id")


def _time(record: Fields) -> str | None:
    return lenient.moment(record.value.get("timestamp"))


def _finding(record: Fields) -> Finding:
    info = lenient.inner(record, "info")
    classes = lenient.inner(info, "classification")
    template = _template(record) or "unknown template"
    matcher = lenient.text(record, "matcher-name", "matcher_name")
    name = lenient.text(info, "name") or template
    cves = lenient.texts(classes.value.get("cve-id"))
    return Finding(
        tool=TOOL,
        kind="web",
        id=f"{template}:{matcher}" if matcher else template,
        title=f"{name}: {matcher}" if matcher else name,
        place=_place(record),
        description=lenient.text(info, "description") or "",
        aliases=tuple(dict.fromkeys((*map(advisory.normal, cves), *advisory.found(template)))),
        cwes=lenient.cwes(classes.value.get("cwe-id")),
        ratings=tuple(_ratings(info, classes)),
        fix=lenient.text(info, "remediation"),
        help_uri=next(iter(lenient.texts(info.value.get("reference"))), None),
    )


def _place(record: Fields) -> Place:
    seen = lenient.text(record, "matched-at", "matched", "url", "host") or ""
    if lenient.text(record, "type") == "file":
        return Place(path=place.path(seen), line=lenient.line(record.value.get("matched-line")))
    method = _METHOD.match(lenient.text(record, "request", "curl-command") or "")
    return Place(
        url=place.address(seen if "://" in seen else f"//{seen}") or None,
        method=method.group(1) if method else None,
        parameter=lenient.text(record, "fuzzing_parameter"),
    )


def _ratings(info: Fields, classes: Fields) -> Iterator[Rating]:
    word = lenient.text(info, "severity")
    yield Rating(TOOL, "word", of_word(word), word=word)
    score, vector = classes.value.get("cvss-score"), lenient.text(classes, "cvss-metrics")
    if (stated := dependency.number(score)) is not None:
        system = _VERSIONS.get((vector or "")[:8], "cvss:3.1")
        yield Rating(TOOL, system, of_score(stated), stated, vector)
