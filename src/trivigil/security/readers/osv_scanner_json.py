"""`osv-scanner --format json`, 1.0 to 2.x: one finding for each group of aliases of a package, and for each licence that is not allowed.

Format: pkg/models/results.go of google/osv-scanner; records are of the OSV schema (ossf.github.io/osv-schema). PYSEC-1 and GHSA-1 of one
problem are two records and one group. `results: null` means that there was nothing to scan; a run without its database writes the very bytes
of a clean one, which only its exit code 127 tells. Ignored advisories leave no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.purl import ecosystem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "osv-scanner"
FORMAT: Final = "json"
UNIT: Final = "groups"

_SOURCES: Final = ("source", "packageSource")
_PACKAGES: Final = ("package", "Package")
"""Their names now, and in the first versions."""
_TYPES: Final = {"CVSS_V2": "2.0", "CVSS_V3": "3.1", "CVSS_V4": "4.0"}
_NOTHING: Final = "OSV-Scanner found no file to look into: `results` is null."

_UNPROVEN: Final = (
    "OSV-Scanner writes the same where it has no database: only its exit code, 127, tells that."
)


def recognises(source: Source) -> bool:
    """Whether its results have packages of a source, or stand beside OSV-Scanner's configuration; alone only where it is named."""
    seen = outline.outline(source)
    if seen.opens != "{" or not seen.has("results"):
        return False
    alone = source.tool == TOOL and seen.keys == {"results"} and not seen.inner
    known = any(seen.below("results", each, "packages") for each in _SOURCES)
    return alone or known or seen.has("experimental_config")


def read(source: Source) -> Reading[ScanFacts]:
    """Every group of every package."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    results, left = lenient.objects(report.value.get("results"), "results")
    findings: list[Finding] = []
    missing = list(left)
    records = 0
    for result in results:
        path = lenient.text(_either(result, _SOURCES), "path")
        packages, bad = dependency.inside(result, "packages")
        missing += bad
        if result.value.get("packages") is None:
            missing.append(f"There are no `packages` of {path or 'a source'}.")
        for package in packages:
            vulns, worse = dependency.inside(package, "vulnerabilities")
            missing += worse
            if not _either(package, _PACKAGES).value:
                missing.append(f"`{package.place}` does not say which package it is.")
            records += len(vulns)
            findings += (*_findings(package, vulns, path), *_licences(package, path))
    if report.value.get("results") is None:
        missing.append(_NOTHING)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=dependency.few(missing),
        notes=() if findings or missing else (_UNPROVEN,),
        counts={"records": records},
    )


def _either(record: Fields, keys: Sequence[str]) -> Fields:
    """What stands below the first of the keys that is there."""
    return lenient.inner(record, next((each for each in keys if each in record.value), keys[0]))


def _findings(package: Fields, vulns: Sequence[Fields], path: str | None) -> Iterator[Finding]:
    """One for each group; records that are in none are groups of their own."""
    by_id = {own: each for each in vulns if (own := lenient.text(each, "id"))}
    grouped: set[str] = set()
    for group in lenient.listed(package, "groups"):
        ids = lenient.texts(group.value.get("ids"))
        grouped.update(ids)
        members = [by_id[each] for each in ids if each in by_id]
        yield _finding(package, ids or ("unknown advisory",), members, group, path)
    for own, record in by_id.items():
        if own not in grouped:
            yield _finding(package, (own,), [record], foreign.Fields({}), path)
    for record in vulns:
        if lenient.text(record, "id") is None:
            yield _finding(package, ("unknown advisory",), [record], foreign.Fields({}), path)


def _licences(package: Fields, path: str | None) -> Iterator[Finding]:
    """The licences of a package that `--licenses` does not allow, for which OSV-Scanner fails, too."""
    name = _package(package, ()).name
    for licence in lenient.texts(package.value.get("license_violations")):
        yield Finding(
            tool=TOOL,
            kind="license",
            id=f"license:{licence}",
            title=f"{name} has the licence {licence}, which is not allowed",
            place=Place(path=place.path(path) if path else None),
            package=_package(package, ()),
        )


def _package(package: Fields, members: Sequence[Fields]) -> Package:
    named = _either(package, _PACKAGES)
    name = lenient.text(named, "name") or "unknown package"
    return Package(
        name=name,
        version=lenient.text(named, "version") or lenient.text(named, "commit"),
        ecosystem=ecosystem((lenient.text(named, "ecosystem") or "").partition(":")[0]),
        fixed=tuple(dict.fromkeys(v for each in members for v in _fixed(each, name))),
    )


def _finding(
    package: Fields, ids: Sequence[str], members: Sequence[Fields], group: Fields, path: str | None
) -> Finding:
    found = _package(package, members)
    others = [alias for each in members for alias in lenient.texts(each.value.get("aliases"))]
    known = dependency.aliases(ids[0], ids, lenient.texts(group.value.get("aliases")), others)
    summaries = filter(None, (lenient.text(each, "summary") for each in members))
    details = filter(None, (lenient.text(each, "details") for each in members))
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=ids[0],
        title=next(summaries, f"{found.name} has {ids[0]}"),
        place=Place(path=place.path(path) if path else None),
        description=dependency.paragraph(next(details, "")),
        aliases=known,
        cwes=lenient.cwes(*(_database(each).value.get("cwe_ids") for each in members)),
        ratings=tuple(_ratings(members, group)),
        confidence="low" if _uncalled(group) else None,
        package=found,
        help_uri=f"https://osv.dev/vulnerability/{ids[0]}" if advisory.is_known(ids[0]) else None,
        malicious=advisory.is_malware((*ids, *known)),
    )


def _database(record: Fields) -> Fields:
    return lenient.inner(record, "database_specific")


def _ratings(members: Sequence[Fields], group: Fields) -> Iterator[Rating]:
    """The word and the vectors of every record; the group's score where no record has one."""
    found = False
    for each in members:
        of = (lenient.text(each, "id") or TOOL).partition("-")[0].lower()
        yield from dependency.worded(of, _database(each).value.get("severity"))
        for rated in lenient.listed(each, "severity"):
            version = _TYPES.get(lenient.text(rated, "type") or "", "")
            vector = rated.value.get("score")
            plain = dependency.number(vector)
            for rating in dependency.scored(of, None if plain else vector, plain, version):
                found = True
                yield rating
    if not found:
        yield from dependency.scored(TOOL, score=group.value.get("max_severity"))


def _fixed(record: Fields, name: str) -> Iterator[str]:
    """The versions in which the package has the problem no more."""
    for affected in lenient.listed(record, "affected"):
        if lenient.text(lenient.inner(affected, "package"), "name") != name:
            continue
        for span in lenient.listed(affected, "ranges"):
            if lenient.text(span, "type") == "GIT":
                continue
            for event in lenient.listed(span, "events"):
                if (fixed := lenient.text(event, "fixed")) is not None:
                    yield fixed


def _uncalled(group: Fields) -> bool:
    """Whether call analysis saw that the code never gets there, by any of the group's ids."""
    called = [
        each["called"]
        for key in ("experimentalAnalysis", "experimental_analysis")
        for each in lenient.inner(group, key).value.values()
        if isinstance(each, dict) and "called" in each
    ]
    return bool(called) and not any(called)
