"""`composer audit --format=json`: one finding for each advisory of a package.

Format: src/Composer/Advisory/Auditor.php of composer/composer. Without advisories it is an empty list, which is PHP's empty object. What `composer.json` ignores
stands in `ignored-advisories`, with its reason. Repositories that did not answer make the result partial.
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

TOOL: Final = "composer-audit"
FORMAT: Final = "json"
UNIT: Final = "advisories"


_NO_LIST: Final = "`advisories` is missing, or no object."


def recognises(source: Source) -> bool:
    """Whether it has advisories as Composer lists them."""
    seen = outline.outline(source)
    if not seen.has("advisories") or seen.has("actions") or seen.has("metadata"):
        return False
    return seen.has("abandoned") or b'"advisoryId"' in source.head


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory, and the ignored ones."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    found, left = dependency.every(_records(report, "advisories"), _finding)
    ignored, bad = dependency.every(_records(report, "ignored-advisories"), _ignored)
    away = lenient.texts(report.value.get("unreachable-repositories"))
    abandoned = report.value.get("abandoned")
    advisories = report.value.get("advisories")
    missing = () if isinstance(advisories, dict) or advisories == [] else (_NO_LIST,)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        (*found, *ignored),
        incomplete=(
            *missing,
            *dependency.few((*left, *bad)),
            *scan.listed("Composer could not reach", away),
        ),
        counts={"abandoned": len(abandoned) if isinstance(abandoned, (dict, list)) else 0},
    )


def _records(report: Fields, key: str) -> Iterator[Fields]:
    """The advisories of every package: a list each, or an object by number where some were left out."""
    packages = report.value.get(key)
    for name, listed in packages.items() if isinstance(packages, dict) else ():
        each = list(listed.values()) if isinstance(listed, dict) else listed
        for record in lenient.objects(each, f"{key}.{name}")[0]:
            yield foreign.Fields({"packageName": name, **record.value}, record.place)


def _finding(record: Fields) -> Finding:
    name = lenient.text(record, "packageName") or "unknown package"
    origins = dependency.listed(record, "sources")
    ids = [each for origin in origins if (each := lenient.text(origin, "remoteId"))]
    others = [*lenient.texts(record.value.get("cve")), *ids]
    others += advisory.found(lenient.text(record, "link") or "")
    own = lenient.text(record, "advisoryId") or next(iter(others), "unknown advisory")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(record, "title") or f"{name} has {own}",
        aliases=dependency.aliases(own, [each for each in others if advisory.is_known(each)]),
        ratings=tuple(dependency.worded("packagist", record.value.get("severity"))),
        package=Package(name=name, ecosystem="composer"),
        fix=_fix(record),
        help_uri=lenient.text(record, "link"),
        malicious=advisory.is_malware(others),
    )


def _fix(record: Fields) -> str | None:
    affected = lenient.text(record, "affectedVersions")
    return f"Use a version that is not {affected}." if affected else None


def _ignored(record: Fields) -> Finding:
    reason = lenient.text(record, "ignoreReason") or "ignored in composer.json"
    return _finding(record)._replace(accepted=reason)
