"""`grype -o json`, 0.20 to today: one finding for each match of an advisory and a package.

Format: grype/presenter/models of anchore/grype. One CVE may match twice, as the distribution's and as GitHub's advisory: the related ones
are aliases. What its own rules or VEX take out stands in `ignoredMatches`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.security import dependency, lenient, outline, scan

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Finding, ScanFacts
    from trivigil.security.readers.grype_matches import Where
    from trivigil.sources import Source

TOOL: Final = "grype"
FORMAT: Final = "json"
UNIT: Final = "matches"


def recognises(source: Source) -> bool:
    """Whether it has matches as Grype writes them; a clean report has its source and descriptor beside them."""
    seen = outline.outline(source)
    if seen.opens != "{" or not seen.has("matches"):
        return False
    return seen.below("matches", "vulnerability", "artifact") or seen.has("descriptor")


def read(source: Source) -> Reading[ScanFacts]:
    """Every match, and those that Grype ignores, with its reason."""
    from trivigil.security.readers import grype_matches

    text = sources.text(source)
    try:
        return _reading(source, grype_matches.document(text))
    except SourceError:
        # What is not as Grype writes it, or is damaged inside of a match, gets its line where all is decoded at once.
        return _reading(source, foreign.root(foreign.decode(text, TOOL), TOOL))


def _reading(source: Source, report: Fields) -> Reading[ScanFacts]:
    from trivigil.security.readers import grype_matches

    where = grype_matches.Where(lenient.inner(report, "source"))
    found, left = grype_matches.taken(_matches(report), where)
    ignored, also = lenient.objects(report.value.get("ignoredMatches"), "ignoredMatches")
    hidden = [_ignored(each, where) for each in ignored]
    descriptor = lenient.inner(report, "descriptor")
    missing = [] if "matches" in report.value else ["`matches` is missing: the file is cut."]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        (*found, *hidden),
        incomplete=(*missing, *dependency.few((*left, *also))),
        counts={"ignored": len(hidden)},
        version=lenient.text(descriptor, "version"),
        scope=where.image or where.folder,
        scanned_at=lenient.moment(descriptor.value.get("timestamp")),
    )


def _matches(report: Fields) -> list[object]:
    found = report.value.get("matches")
    if found is None:
        return []
    if not isinstance(found, list):
        raise SourceError("`matches` is not a list.")
    return found


def _ignored(match: Fields, where: Where) -> Finding:
    """A match that Grype's rules take out, with what the rule says."""
    from trivigil.security.readers import grype_matches

    rules = lenient.listed(match, "appliedIgnoreRules")
    said = [_rule(each) for each in rules]
    reason = "; ".join(dict.fromkeys(filter(None, said))) or "ignored by Grype's configuration"
    return grype_matches.finding(match, where)._replace(accepted=reason)


def _rule(rule: Fields) -> str:
    keys = ("reason", "vex-status", "vex-justification", "fix-state", "vulnerability", "namespace")
    return ": ".join(found for key in keys[:3] if (found := lenient.text(rule, key))) or ", ".join(
        f"{key} {found}" for key in keys[3:] if (found := lenient.text(rule, key))
    )
