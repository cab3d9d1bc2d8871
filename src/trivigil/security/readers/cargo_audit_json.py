"""`cargo audit --json`: one finding for each vulnerability of a crate.

Format: rustsec/src/report.rs of rustsec/rustsec. Warnings (unmaintained, unsound, yanked) are no vulnerabilities, and do not fail cargo-audit: they are
counted. There is no word for the severity, only a CVSS vector, or none. Ignored advisories leave no trace but their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import advisory, dependency, lenient, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "cargo-audit"
FORMAT: Final = "json"
UNIT: Final = "vulnerabilities"


def recognises(source: Source) -> bool:
    """Whether it has the advisory database, the lockfile and a list of vulnerabilities."""
    seen = outline.outline(source)
    return seen.has("database", "lockfile") and seen.below("lockfile", "dependency-count")


def read(source: Source) -> Reading[ScanFacts]:
    """Every vulnerability; what is ignored, and how many warnings there are, is said."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    listed = lenient.inner(report, "vulnerabilities")
    records, left = lenient.objects(listed.value.get("list"), "vulnerabilities.list")
    found, drifted = dependency.every(records, _finding)
    warnings = _warnings(report)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*dependency.few((*left, *drifted)), *_uncounted(listed, len(found))),
        notes=_notes(report, warnings),
        counts=warnings,
    )


def _warnings(report: Fields) -> dict[str, int]:
    """How many warnings there are of each kind: lists by kind, and before 0.13 one list."""
    if isinstance(report.value.get("warnings"), list):
        kinds = [lenient.text(each, "kind") for each in lenient.listed(report, "warnings")]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(filter(None, kinds))}
    by_kind = lenient.inner(report, "warnings").value.items()
    return {kind: len(each) for kind, each in by_kind if isinstance(each, list)}


def _uncounted(listed: Fields, found: int) -> Iterator[str]:
    counted = lenient.whole(listed.value.get("count"))
    if listed.value.get("list") is None:
        yield "`vulnerabilities.list` is missing."
    elif counted is not None and counted > found:
        yield f"cargo-audit counts {counted} vulnerabilities, and {found} are there."


def _notes(report: Fields, warnings: dict[str, int]) -> Iterator[str]:
    if any(warnings.values()):
        said = ", ".join(f"{number} {kind}" for kind, number in warnings.items() if number)
        yield f"cargo-audit warns of {said}, which it does not count as vulnerabilities."
    ignored = lenient.texts(lenient.inner(report, "settings").value.get("ignore"))
    yield from scan.listed("cargo-audit was told to ignore", ignored)


def _finding(record: Fields) -> Finding:
    told, crate = lenient.inner(record, "advisory"), lenient.inner(record, "package")
    own = lenient.text(told, "id") or "unknown advisory"
    others = lenient.texts(told.value.get("aliases"))
    name = lenient.text(crate, "name") or lenient.text(told, "package") or "unknown crate"
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(told, "title") or f"{name} has {own}",
        description=dependency.paragraph(lenient.text(told, "description")),
        aliases=dependency.aliases(own, others),
        ratings=tuple(dependency.scored("rustsec", told.value.get("cvss"))),
        package=Package(
            name=name,
            version=lenient.text(crate, "version"),
            ecosystem="cargo",
            fixed=lenient.texts(lenient.inner(record, "versions").value.get("patched")),
        ),
        help_uri=lenient.text(told, "url"),
        malicious=advisory.is_malware((own, *others)),
    )
