"""`safety check --output json` and `--save-json` of Safety 2 and 3: one vulnerability for each package and advisory.

Format: safety/formatters/json.py and models.py of pyupio/safety. Safety 3 prints a banner before and after the JSON. What its policy ignores
stands in `ignored_vulnerabilities`, and so does what it knows of requirements that are not pinned: those it did not check.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import embedded, lenient, place, scan
from trivigil.security.readers import safety_findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.sources import Source

TOOL: Final = safety_findings.TOOL
FORMAT: Final = "check-json"
UNIT: Final = "advisories"

_SHAPE: Final = re.compile(
    rb'^[ \t]*\{\s*"report_meta"\s*:\s*\{.*?"(?:scan_target|safety_version|scanned)"',
    re.DOTALL | re.MULTILINE,
)
_MANIFEST: Final = re.compile(r"(?i)\.(?:txt|in|toml|lock|cfg|ya?ml)$")
_UNPINNED: Final = "unpinned"


def recognises(source: Source) -> bool:
    """Whether its JSON begins with Safety's `report_meta`; text may stand before it."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[ScanFacts]:
    """Vulnerabilities as findings, ignored ones as accepted; what was not checked makes the reading partial."""
    report = foreign.root(embedded.document(source, TOOL), TOOL)
    meta = lenient.inner(report, "report_meta")
    found, left = lenient.objects(report.value.get("vulnerabilities"), "vulnerabilities")
    ignored, other = lenient.objects(report.value.get("ignored_vulnerabilities"), "ignored")
    files = [each for each in lenient.texts(meta.value.get("scanned")) if _MANIFEST.search(each)]
    findings = [_finding(each, files) for each in found]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [*findings, *(_ignored(each, files) for each in ignored)],
        incomplete=(*left, *other, *_unchecked(report, meta, len(found), ignored)),
        counts={"packages": lenient.whole(meta.value.get("packages_found")) or 0},
        version=lenient.text(meta, "safety_version"),
        scope=", ".join(map(place.path, files)) or lenient.text(meta, "scan_target"),
        scanned_at=lenient.moment(meta.value.get("timestamp")),
    )


def _finding(record: Fields, files: Sequence[str]) -> Finding:
    requirement = lenient.inner(record, "analyzed_requirement")
    version = lenient.text(record, "analyzed_version")
    return safety_findings.finding(
        lenient.text(record, "package_name"),
        version or safety_findings.pinned(lenient.text(requirement, "raw")),
        lenient.text(record, "vulnerability_id"),
        text=lenient.text(record, "advisory") or "",
        names=safety_findings.names(record.value.get("CVE")),
        ratings=tuple(safety_findings.scores(lenient.inner(record, "severity"))),
        fixed=lenient.texts(record.value.get("fixed_versions")),
        path=_manifest(lenient.text(requirement, "found"), files),
        help_uri=lenient.text(record, "more_info_url"),
    )


def _manifest(found: str | None, files: Sequence[str]) -> str | None:
    """The file that asks for the package, as the user named it; None where an environment was looked at."""
    if found is None:
        return place.path(files[0]) if len(files) == 1 else None
    path = place.path(found)
    for each in files:
        if path == (named := place.path(each)) or path.endswith(f"/{named}"):
            return named
    return path if _MANIFEST.search(path) else None


def _ignored(record: Fields, files: Sequence[str]) -> Finding:
    reason = lenient.text(record, "ignored_reason") or "ignored by Safety's policy"
    expires = safety_findings.date(record.value.get("ignored_expires"))
    return _finding(record, files)._replace(accepted=reason, expires=expires)


def _unchecked(
    report: Fields, meta: Fields, found: int, ignored: Sequence[Fields]
) -> Iterator[str]:
    """What Safety did not check, and what of its report is not there."""
    if "vulnerabilities" not in report.value:
        yield "There are no `vulnerabilities` in it."
    if lenient.whole(meta.value.get("packages_found")) == 0:
        yield "Safety found no package to check."
    due = lenient.whole(meta.value.get("vulnerabilities_found"))
    if due is not None and due != found:
        yield f"Safety counts {due} vulnerabilities, and lists {found}."
    loose = dict.fromkeys((*_unpinned(report), *map(_named, filter(_is_unpinned, ignored))))
    yield from scan.listed("Safety did not check what is not pinned:", list(loose))


def _unpinned(report: Fields) -> Iterator[str]:
    """Packages that have requirements and no version."""
    packages = lenient.inner(report, "scanned_packages")
    for name in packages.value:
        package = lenient.inner(packages, name)
        if package.value.get("requirements") and lenient.text(package, "version") is None:
            yield name


def _named(record: Fields) -> str:
    return lenient.text(record, "package_name") or "a package"


def _is_unpinned(record: Fields) -> bool:
    """Whether Safety only knows of it, because the requirement may be any version."""
    reason = (lenient.text(record, "ignored_reason") or "").lower()
    return _UNPINNED in reason
