"""`bundler-audit check --format json`: one finding for each advisory of a gem, and for each insecure source.

Format: lib/bundler/audit/report.rb and cli/formats/json.rb of rubysec/bundler-audit. Ignored advisories leave no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import advisory, dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Package, Place, Rating

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "bundler-audit"
FORMAT: Final = "json"
UNIT: Final = "results"


def recognises(source: Source) -> bool:
    """Whether its results are of gems or of their sources; a clean one has a time and version beside them."""
    seen = outline.outline(source)
    if seen.opens != "{" or not seen.has("version", "created_at", "results"):
        return False
    return not seen.inner.get("results") or seen.below("results", "type")


def read(source: Source) -> Reading[ScanFacts]:
    """Every result."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    records, left = lenient.objects(report.value.get("results"), "results")
    found, drifted = dependency.every(records, _finding)
    missing = () if report.value.get("results") is not None else ("`results` is missing.",)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        found,
        incomplete=(*missing, *dependency.few((*left, *drifted))),
        version=lenient.text(report, "version"),
        scanned_at=lenient.moment((lenient.text(report, "created_at") or "").replace(" +", "+")),
    )


def _finding(record: Fields) -> Finding:
    if lenient.text(record, "type") == "insecure_source":
        return _insecure(record)
    gem, told = lenient.inner(record, "gem"), lenient.inner(record, "advisory")
    name = lenient.text(gem, "name") or "unknown gem"
    ids = [
        f"{family}-{bare.removeprefix(f'{family}-')}"
        for family in ("CVE", "GHSA")
        if (bare := lenient.text(told, family.lower()))
    ]
    own = lenient.text(told, "id") or next(iter(ids), "unknown advisory")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(told, "title") or f"{name} has {own}",
        description=dependency.paragraph(lenient.text(told, "description")),
        aliases=dependency.aliases(own, ids),
        ratings=tuple(_ratings(told)),
        package=Package(
            name=name,
            version=lenient.text(gem, "version"),
            ecosystem="gem",
            fixed=lenient.texts(told.value.get("patched_versions")),
        ),
        help_uri=lenient.text(told, "url"),
        malicious=advisory.is_malware((own, *ids)),
    )


def _ratings(told: Fields) -> Iterator[Rating]:
    yield from dependency.worded("rubysec", told.value.get("criticality"))
    yield from dependency.scored("rubysec", score=told.value.get("cvss_v3"), version="3.1")
    yield from dependency.scored("rubysec", score=told.value.get("cvss_v2"), version="2.0")


def _insecure(record: Fields) -> Finding:
    """A source that gems are fetched from without protection: bundler-audit fails for it."""
    address = place.address(lenient.text(record, "source") or "")
    return Finding(
        tool=TOOL,
        kind="dependency",
        id="insecure_source",
        title=f"Gems are fetched from the insecure source {address}",
        place=Place(path="Gemfile.lock", resource=address or None),
        ratings=(Rating(TOOL, "level", Severity.MEDIUM),),
        fix="Use https for the source.",
    )
