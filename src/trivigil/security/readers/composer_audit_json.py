"""`composer audit --format=json`: one finding for each advisory of a package, and for each entry of a filter list, such as malware.

Format: src/Composer/Advisory/Auditor.php of composer/composer. Without advisories it is an empty list, which is PHP's empty object. What `composer.json` ignores
stands in `ignored-advisories`, with its reason. Packages on a list of what must not be installed stand in `filter`. Repositories that did not answer make the
result partial. Composer 2.4 wrote the advisories alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.foreign import Fields
from trivigil.security import advisory, dependency, lenient, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "composer-audit"
FORMAT: Final = "json"
UNIT: Final = "advisories"


_NO_LIST: Final = "`advisories` is missing."
_MALWARE: Final = "malware"
"""The list of packages that do harm, which Packagist keeps."""


def recognises(source: Source) -> bool:
    """Whether it has advisories as Composer lists them; none alone only where it is named."""
    seen = outline.outline(source)
    if not seen.has("advisories") or seen.has("actions") or seen.has("metadata"):
        return False
    alone = source.tool == TOOL and seen.keys == {"advisories"} and not seen.inner
    return alone or seen.has("abandoned") or b'"advisoryId"' in source.head


def read(source: Source) -> Reading[ScanFacts]:
    """Every advisory, the ignored ones, and what is on a filter list."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    found: list[Finding] = []
    left: list[str] = []
    for key, make in _SECTIONS.items():
        records, bad = _records(report, key)
        made, worse = dependency.every(records, make)
        found += made
        left += (*bad, *worse)
    away = lenient.texts(report.value.get("unreachable-repositories"))
    abandoned = report.value.get("abandoned")
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(
            *(() if report.value.get("advisories") is not None else (_NO_LIST,)),
            *dependency.few(left),
            *scan.listed("Composer could not reach", away),
        ),
        counts={"abandoned": len(abandoned) if isinstance(abandoned, (dict, list)) else 0},
    )


def _records(report: Fields, key: str) -> tuple[list[Fields], list[str]]:
    """The records of every package: a list each, or an object by number where some were left out; and what is none."""
    packages = report.value.get(key)
    if not packages and (packages is None or isinstance(packages, list)):
        return [], []
    if not isinstance(packages, dict):
        return [], [f"`{key}` is left out: it is no object."]
    found: list[Fields] = []
    left: list[str] = []
    for name, listed in packages.items():
        each = list(listed.values()) if isinstance(listed, dict) else listed
        records, bad = lenient.within(each, f"{key}.{name}")
        found += [Fields({"packageName": name, **record.value}, record.place) for record in records]
        left += bad
        if each is None:
            left.append(f"`{key}.{name}` is left out: it is not a list.")
    return found, left


def _finding(record: Fields) -> Finding:
    name = lenient.text(record, "packageName") or "unknown package"
    origins = lenient.listed(record, "sources")
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


def _filtered(record: Fields) -> Finding:
    """A package that stands on a list of those that must not be installed."""
    name = lenient.text(record, "packageName") or "unknown package"
    listed = lenient.text(record, "listName") or "filter"
    own = lenient.text(record, "id") or f"filter:{listed}"
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=f"{name} is on the list {listed}",
        description=dependency.paragraph(lenient.text(record, "reason")),
        package=Package(name=name, ecosystem="composer"),
        fix="Remove the package." if listed == _MALWARE else None,
        help_uri=lenient.text(record, "url"),
        malicious=listed == _MALWARE or advisory.is_malware((own,)),
    )


_SECTIONS: Final[dict[str, Callable[[Fields], Finding]]] = {
    "advisories": _finding,
    "ignored-advisories": _ignored,
    "filter": _filtered,
}
"""What stands in the report by package, and what each record is."""
