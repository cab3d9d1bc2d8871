"""`npm audit --json` of npm 7 and later: one finding for each advisory of a package.

Format: docs/lib/content/commands/npm-audit.md and @npmcli/metavuln-calculator of npm/cli. `vulnerabilities` has a package each; its `via` are advisories, or
names of packages through which it is affected, whose advisories stand there. npm's summary counts packages. A failure is a document with `error`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.security import advisory, dependency, lenient, npm, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "npm-audit"
FORMAT: Final = "json"
UNIT: Final = "advisories"


def recognises(source: Source) -> bool:
    """Whether it has npm's report version, or is npm's failure."""
    seen = outline.outline(source)
    return seen.opens == "{" and (seen.has("auditReportVersion") or _failed(seen))


def _failed(seen: outline.Outline) -> bool:
    return seen.below("error", "summary", "detail")


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory of every package; a file that only tells of npm's failure is crashed."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    packages = report.value.get("vulnerabilities")
    if packages is None and "error" in report.value:
        return _crash(source, report)
    if not isinstance(packages, dict):
        raise SourceError("`vulnerabilities` is not an object.")
    records, left = lenient.objects(list(packages.values()), "vulnerabilities")
    findings = [found for record in records for found in _findings(record, set(packages))]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=(*dependency.few(left), *_uncounted(report, len(records))),
        counts={"packages": len(records)},
    )


def _uncounted(report: Fields, found: int) -> Iterator[str]:
    """Where npm's summary counts more packages than there are."""
    total = lenient.whole(lenient.inner(report, "metadata", "vulnerabilities").value.get("total"))
    if total is not None and total > found:
        yield f"npm counts {total} vulnerable packages, and lists {found}."


def _crash(source: Source, report: Fields) -> Reading[ScanFacts]:
    error = lenient.inner(report, "error")
    why = dependency.said(lenient.text(error, "summary", "code"), lenient.text(report, "message"))
    return scan.reading(source, (TOOL, FORMAT, UNIT), (), crashed=f"npm audit failed: {why}.")


def _findings(package: Fields, known: set[str]) -> Iterator[Finding]:
    """The package's advisories, each once: npm has a record for each of the ranges that an advisory names.

    A package whose reason is nowhere in the file is a finding of its own.
    """
    via = package.value.get("via")
    listed = via if isinstance(via, list) else []
    found = (_finding(package, foreign.Fields(each)) for each in listed if isinstance(each, dict))
    yield from {(each.id, each.package, each.help_uri): each for each in found}.values()
    if not any(
        isinstance(each, dict) or (isinstance(each, str) and each in known) for each in listed
    ):
        name = lenient.text(package, "name") or "unknown package"
        yield _finding(package, foreign.Fields({"source": name, "title": f"{name} is vulnerable"}))


def _finding(package: Fields, record: Fields) -> Finding:
    url = lenient.text(record, "url") or ""
    ids = advisory.found(url)
    # Before 7.0.0 an advisory had an id, as npm 6 has it, and no source.
    number = lenient.whole(record.value.get("source")) or lenient.whole(record.value.get("id"))
    own = ids[0] if ids else f"npm:{number or lenient.text(record, 'source') or 'unknown'}"
    name = lenient.text(record, "dependency", "name") or lenient.text(package, "name")
    rated = record if lenient.text(record, "severity") else package
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(record, "title") or f"{name} has {own}",
        aliases=dependency.aliases(own, (*ids, *lenient.texts(record.value.get("cves")))),
        cwes=npm.cwes(record.value.get("cwe")),
        ratings=tuple(npm.ratings(rated)),
        package=Package(name=name or "unknown package", ecosystem="npm"),
        fix=_fix(package.value.get("fixAvailable")),
        help_uri=url or None,
        malicious=advisory.is_malware(ids)
        or "malware" in (lenient.text(record, "title") or "").lower(),
    )


def _fix(available: object) -> str | None:
    """What npm would do."""
    if available is True:
        return "npm audit fix"
    if not isinstance(available, dict):
        return None
    to = f"{available.get('name')}@{available.get('version')}"
    return f"npm install {to}" + (" (a major version)" if available.get("isSemVerMajor") else "")
