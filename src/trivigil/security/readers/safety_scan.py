"""`safety scan --output json` of Safety 3, schema 3.0: known vulnerabilities of every requirement of every file.

Format: safety_schemas/report/schemas/v3_0 of the package safety-schemas. It has Safety's ids and no severity; `cve_details`, where they are, have
one. What is ignored has a code and a reason; a requirement that is not pinned was not checked. Results of a project that was uploaded are not
in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import embedded, lenient, outline, place, scan
from trivigil.security.facts import Rating
from trivigil.security.readers import safety_findings
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = safety_findings.TOOL
FORMAT: Final = "scan-json"
UNIT: Final = "advisories"

_KEYS: Final = (b'"scan_results"', b'"schema_version"', b'"scan_type"')
_UNPINNED: Final = "unpinned"


def recognises(source: Source) -> bool:
    """Whether it has the results and the type of a scan; text may stand before the JSON."""
    seen = outline.outline(source)
    if seen.opens:
        return seen.has("meta", "scan_results") and seen.below("meta", "scan_type")
    return all(key in source.head for key in _KEYS)


def read(source: Source) -> Reading[ScanFacts]:
    """Every known vulnerability; ignored ones are accepted, and what was not checked makes the reading partial."""
    report = foreign.root(embedded.document(source, TOOL), TOOL)
    meta, results = lenient.inner(report, "meta"), lenient.inner(report, "scan_results")
    seen = _Seen()
    for file in seen.objects(results, "files") if "files" in results.value else ():
        seen.file(file)
    for project in seen.objects(results, "projects") if "projects" in results.value else ():
        if "files" not in project.value:
            seen.missing.append(
                "Safety uploaded the results of a project: they are not in the file."
            )
        for file in seen.objects(project, "files"):
            seen.file(file)
    if not seen.files and not seen.missing:
        seen.missing.append("Safety found no file to scan.")
    loose = scan.listed("Safety did not check what is not pinned:", list(seen.loose))
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        seen.findings,
        incomplete=(*seen.missing, *loose),
        counts={"files": seen.files},
        version=lenient.text(lenient.inner(meta, "telemetry"), "safety_version"),
        scope=", ".join(map(place.path, lenient.texts(meta.value.get("scan_locations")))) or None,
        scanned_at=lenient.moment(meta.value.get("timestamp")),
    )


class _Seen:
    """What was read so far; the only thing here that changes."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.missing: list[str] = []
        self.loose: dict[str, None] = {}
        self.files = 0

    def objects(self, fields: Fields, key: str) -> tuple[Fields, ...]:
        """The objects of a list; what is none, and a list that is not there, is missing."""
        listed, where = fields.value.get(key), f"{fields.place}.{key}".strip(".")
        if not isinstance(listed, list):
            self.missing.append(f"`{where}` is not a list.")
            return ()
        found, left = lenient.objects(listed, where)
        self.missing += left
        return found

    def file(self, file: Fields) -> None:
        """The requirements of one file."""
        self.files += 1
        location = lenient.text(file, "location")
        path = place.path(location) if location else None
        for package in self.objects(lenient.inner(file, "results"), "dependencies"):
            name = lenient.text(package, "name")
            for wanted in self.objects(package, "specifications"):
                known = lenient.inner(wanted, "vulnerabilities")
                for each in self.objects(known, "known_vulnerabilities"):
                    self.findings.append(self._finding(each, name, wanted, path))

    def _finding(
        self, record: Fields, package: str | None, wanted: Fields, path: str | None
    ) -> Finding:
        raw = lenient.text(wanted, "raw")
        remedy = lenient.inner(wanted, "vulnerabilities", "remediation")
        better = lenient.text(remedy, "recommended")
        details, _ = lenient.objects(_list(record.value.get("cve_details")))
        made = safety_findings.finding(
            package,
            safety_findings.pinned(raw),
            lenient.text(record, "id"),
            text=lenient.text(record, "advisory") or "",
            names=tuple(name for each in details for name in _names(each)),
            ratings=tuple(rating for each in details for rating in _ratings(each)),
            fixed=(better,) if better else (),
            path=path,
            help_uri=lenient.text(record, "more_info_url"),
        )
        ignored = lenient.inner(record, "ignored")
        if not ignored.value:
            return made
        code = lenient.text(ignored, "code") or "ignored"
        if _UNPINNED in code:
            self.loose[raw or package or "a package"] = None
        reason = lenient.text(ignored, "reason") or code
        expires = safety_findings.date(ignored.value.get("expires"))
        return made._replace(accepted=reason, expires=expires)


def _list(value: object) -> list[object] | None:
    return value if isinstance(value, list) else None


def _names(details: Fields) -> tuple[str, ...]:
    return safety_findings.names(lenient.text(details, "name", "cve", "id", "cve_id"))


def _ratings(details: Fields) -> Iterator[Rating]:
    yield from safety_findings.scores(details)
    word = lenient.text(details, "severity", "base_severity")
    if word:
        yield Rating(TOOL, "word", of_word(word), word=word)
