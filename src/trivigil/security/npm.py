"""Advisories as the npm registry's first audit service wrote them: npm 6, pnpm and yarn 1 print them with little around.

Format: docs of registry.npmjs' /-/npm/v1/security/audits, of which npm 7 and later know nothing any more. `cwe` is a text, a list, or JSON in a text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.security import advisory, dependency, lenient, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

GHSA = "ghsa"
_NPM, _PNPM, YARN = "npm-audit", "pnpm-audit", "yarn-audit"


def tool_of(source: Source) -> str | None:
    """Whose document of advisories it is: what the user names, else what only npm or pnpm writes."""
    seen = outline.outline(source)
    about = seen.has("actions") or seen.has("metadata") or b'"module_name"' in source.head
    if seen.opens != "{" or not seen.has("advisories") or not about:
        return None
    if source.tool in (_NPM, _PNPM, YARN):
        return source.tool
    only_npm = seen.has("actions") or seen.has("muted") or seen.has("runId")
    return _PNPM if b'".>' in source.head or not only_npm else _NPM


def read(source: Source, reader: tuple[str, str, str]) -> Reading[ScanFacts]:
    """Every advisory of a document, by its number."""
    tool = reader[0]
    report = foreign.root(foreign.load(source, tool), tool)
    advisories = report.value.get("advisories")
    if not isinstance(advisories, dict):
        raise SourceError("`advisories` is not an object.")
    records, left = lenient.objects(list(advisories.values()), "advisories")
    found, drifted = dependency.every(records, lambda record: finding(tool, record))
    paths = sum(len(lenient.texts(each.value.get("paths"))) for r in records for each in _found(r))
    return scan.reading(
        source,
        reader,
        found,
        incomplete=(*dependency.few((*left, *drifted)), *_uncounted(report, len(found))),
        counts={"paths": paths},
    )


def _uncounted(report: Fields, found: int) -> Iterator[str]:
    """Where the document counts vulnerabilities and holds no advisory."""
    counted = lenient.inner(report, "metadata", "vulnerabilities").value.values()
    total = sum(number for each in counted if (number := lenient.whole(each)))
    if total and not found:
        yield f"The file counts {total} vulnerabilities and holds none of them."


def finding(tool: str, record: Fields) -> Finding:
    """One advisory, at the first version that it finds."""
    url = lenient.text(record, "url") or ""
    ids = (*advisory.found(lenient.text(record, "github_advisory_id") or ""), *advisory.found(url))
    number = lenient.whole(record.value.get("id"))
    own = ids[0] if ids else lenient.text(record, "id") or f"npm:{number}"
    others = lenient.texts(record.value.get("cves"))
    name = lenient.text(record, "module_name") or "unknown package"
    seen = [lenient.text(each, "version") for each in _found(record)]
    return Finding(
        tool=tool,
        kind="dependency",
        id=own,
        title=lenient.text(record, "title") or f"{name} has {own}",
        description=dependency.paragraph(lenient.text(record, "overview")),
        aliases=dependency.aliases(own, ids, others),
        cwes=cwes(record.value.get("cwe")),
        ratings=tuple(ratings(record)),
        package=Package(
            name=name,
            version=next(filter(None, seen), None),
            ecosystem="npm",
            fixed=_fixed(record.value.get("patched_versions")),
        ),
        fix=lenient.text(record, "recommendation"),
        help_uri=url or None,
        malicious=advisory.is_malware((own, *others)),
    )


def ratings(record: Fields) -> Iterator[Rating]:
    """The word, and the CVSS score where there is one."""
    yield from dependency.worded(GHSA, record.value.get("severity"))
    cvss = lenient.inner(record, "cvss")
    yield from dependency.scored(GHSA, cvss.value.get("vectorString"), cvss.value.get("score"))


def cwes(value: object) -> tuple[int, ...]:
    """`CWE-1`, `CWE-1, CWE-2`, a list of them, or such a list as JSON in a text."""
    if isinstance(value, str):
        value = value.replace("[", " ").replace("]", " ").replace('"', " ").split(",")
    return lenient.cwes(value)


def _found(record: Fields) -> tuple[Fields, ...]:
    return lenient.listed(record, "findings")


def _fixed(value: object) -> tuple[str, ...]:
    """The versions that are patched; `<0.0.0` is npm's word for none."""
    return tuple(each for each in dependency.versions(value) if each != "<0.0.0")
