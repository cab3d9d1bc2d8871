"""`pip-audit -f json`: one finding for each advisory of a dependency.

Format: pip_audit/_format/json.py of pypa/pip-audit. Version 1.0 and before write the list of dependencies alone, later ones an object with
`dependencies` and `fixes`. A dependency with a `skip_reason` was not audited, though pip-audit ends with 0 and says that it found nothing.
There is no severity in it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.security import advisory, dependency, lenient, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "pip-audit"
FORMAT: Final = "json"
UNIT: Final = "advisories"


def recognises(source: Source) -> bool:
    """Whether it has pip-audit's dependencies, as a list or in an object; an empty list where it is named so."""
    seen = outline.outline(source)
    if seen.opens == "[":
        return seen.has("name", "vulns") or seen.has("name", "skip_reason") or _nothing(source)
    if seen.has("dependencies", "fixes"):
        return True
    return seen.below("dependencies", "name", "vulns") and seen.opens == "{"


def _nothing(source: Source) -> bool:
    return outline.nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory of every dependency. Skipped dependencies make the reading partial."""
    decoded = foreign.load(source, TOOL)
    listed = decoded.get("dependencies") if isinstance(decoded, dict) else decoded
    if listed is None and decoded is not None:
        raise SourceError("`dependencies` is missing.")
    dependencies, left = lenient.objects(listed, "dependencies")
    findings: list[Finding] = []
    missing, skipped = list(left), []
    if not dependencies:
        missing.append("pip-audit looked at no dependency at all.")
    for each in dependencies:
        if (reason := lenient.text(each, "skip_reason")) is not None:
            skipped.append(f"{lenient.text(each, 'name')}: {reason}")
        elif not isinstance(each.value.get("vulns"), list):
            missing.append(f"`{each.place}` does not say what was found.")
        vulns, bad = dependency.inside(each, "vulns")
        found, drifted = dependency.every(vulns, partial(_finding, each))
        findings += found
        missing += (*bad, *drifted)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        findings,
        incomplete=(*dependency.few(missing), *scan.listed("pip-audit did not audit", skipped)),
        counts={"dependencies": len(dependencies), "skipped": len(skipped)},
    )


def _finding(package: Fields, record: Fields) -> Finding:
    own = lenient.text(record, "id") or "unknown advisory"
    name = lenient.text(package, "name") or "unknown package"
    others = lenient.texts(record.value.get("aliases"))
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=f"{name} {lenient.text(package, 'version') or ''}".strip() + f" has {own}",
        description=dependency.paragraph(lenient.text(record, "description")),
        aliases=dependency.aliases(own, others),
        package=Package(
            name=name,
            version=lenient.text(package, "version"),
            ecosystem="pypi",
            fixed=dependency.versions(record.value.get("fix_versions")),
        ),
        malicious=advisory.is_malware((own, *others)),
    )
