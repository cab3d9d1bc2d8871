"""KICS' `results.json`: queries, each with the places in files where it matched; a place is a finding.

Format: pkg/model/summary.go of Checkmarx/kics. `similarity_id` stays over commits. Queries and files that failed are counted: then the scan is
partial. What was found and expected may quote a secret, and is kept of no query for secrets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import leak, lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "kics"
FORMAT: Final = "json"
UNIT: Final = "results"

_SECRETS: Final = "passwords and secrets"
_FAILED: Final = {
    "queries_failed_to_execute": "{} queries could not be run.",
    "files_failed_to_scan": "{} files could not be scanned.",
}
_NOTHING: Final = {
    "files_scanned": "KICS looked at no file.",
    "queries_total": "KICS had no query to run.",
}


def recognises(source: Source) -> bool:
    """Whether it has KICS' version, or queries, with its counters of severity or with files."""
    seen = outline(source)
    known = seen.has("kics_version") or seen.has("queries", "severity_counters")
    return seen.opens == "{" and (known or seen.below("queries", "query_name", "files"))


def read(source: Source) -> Reading[ScanFacts]:
    """Every place of every query."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    queries, left = lenient.objects(report.value.get("queries"), "queries")
    found: list[Finding] = []
    missing = list(left)
    for query in queries:
        files, other = lenient.within(query.value.get("files"), f"{query.place}.files")
        found += [_finding(query, file) for file in files]
        missing += other
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*missing, *_incomplete(report, len(found))),
        counts={"queries": len(queries)},
        version=lenient.text(report, "kics_version"),
        scanned_at=lenient.moment(report.value.get("end")),
    )


def _incomplete(report: Fields, found: int) -> Iterator[str]:
    for key, sentence in _FAILED.items():
        if failed := lenient.whole(report.value.get(key)):
            yield sentence.format(failed)
    for key, sentence in _NOTHING.items():
        if lenient.whole(report.value.get(key)) == 0 and not found:
            yield sentence
    due = lenient.whole(report.value.get("total_counter")) or 0
    if due > found:
        yield f"KICS counts {due} results, and lists {found}."


def _finding(query: Fields, file: Fields) -> Finding:
    name = lenient.text(query, "query_name") or "unknown query"
    rule = lenient.text(query, "query_id") or name
    word = lenient.text(query, "severity")
    rating = Rating(TOOL, "word", of_word(word), word=word)
    uri = lenient.text(query, "query_url")
    if _SECRETS in name.lower():
        where = _place(file)._replace(resource=None)
        found = leak.finding(TOOL, rule, where, None, title=name, help_uri=uri)
        return found._replace(ratings=(rating,))
    return Finding(
        tool=TOOL,
        kind="iac",
        id=rule,
        title=name,
        place=_place(file),
        description=lenient.text(query, "description") or "",
        cwes=lenient.cwes(query.value.get("cwe")),
        ratings=(rating,),
        fix=lenient.text(file, "expected_value"),
        help_uri=uri,
    )


def _place(file: Fields) -> Place:
    path = lenient.text(file, "file_name")
    parts = (lenient.text(file, "resource_type"), lenient.text(file, "resource_name"))
    named = ".".join(part for part in parts if part and part != "n/a")
    return Place(
        path=place.path(path) if path else None,
        line=lenient.line(file.value.get("line")),
        resource=named or lenient.text(file, "search_key"),
    )
