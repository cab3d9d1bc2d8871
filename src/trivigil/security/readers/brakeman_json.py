"""`brakeman -f json`: one warning for each place in a Rails application, ignored ones apart.

Format: lib/brakeman/report/report_json.rb and warning.rb of presidentbeef/brakeman. Brakeman knows how sure it is and not how severe; its own SARIF makes a level of that,
and so does this reader, that both say the same. Files that it could not parse are in `errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import digest, lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "brakeman"
FORMAT: Final = "json"
UNIT: Final = "results"

_LEVELS: Final = {"high": Severity.HIGH, "medium": Severity.MEDIUM, "weak": Severity.LOW}


def recognises(source: Source) -> bool:
    """Whether it has warnings and Brakeman's account of its scan."""
    seen = outline(source)
    scanned = seen.below("scan_info", "brakeman_version")
    return scanned or (seen.has("scan_info", "warnings") and seen.below("warnings", "check_name"))


def read(source: Source) -> Reading[ScanFacts]:
    """Every warning; ignored ones are accepted, with the note of who ignored them."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    warnings, left = lenient.due(report, "warnings")
    ignored, more = lenient.objects(report.value.get("ignored_warnings"), "ignored_warnings")
    errors, other = lenient.objects(report.value.get("errors"), "errors")
    about = lenient.inner(report, "scan_info")
    accepted = [
        _finding(each)._replace(
            accepted=lenient.text(each, "note") or "ignored by its configuration"
        )
        for each in ignored
    ]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [*(_finding(each) for each in warnings), *accepted],
        incomplete=(
            *left,
            *more,
            *other,
            *scan.listed("Brakeman says:", [_error(each) for each in errors]),
        ),
        version=lenient.text(about, "brakeman_version"),
        scanned_at=lenient.moment(
            (lenient.text(about, "end_time") or "").replace(" UTC", " +0000")
        ),
    )


def _error(error: Fields) -> str:
    return (lenient.text(error, "location", "error") or "an error").partition("\n")[0]


def _finding(warning: Fields) -> Finding:
    kind = lenient.text(warning, "warning_type") or "unknown warning"
    path, word = lenient.text(warning, "file"), lenient.text(warning, "confidence")
    level = _LEVELS.get((word or "").lower(), Severity.UNKNOWN)
    return Finding(
        tool=TOOL,
        kind="code",
        id=lenient.text(warning, "check_name") or kind,
        title=f"{kind}: {lenient.text(warning, 'message') or 'see its code'}",
        place=Place(
            path=place.path(path) if path else None, line=lenient.line(warning.value.get("line"))
        ),
        cwes=lenient.cwes(warning.value.get("cwe_id")),
        ratings=(Rating(TOOL, "level", level, word=word),),
        confidence=lenient.confidence(word),
        code=digest.code(lenient.text(warning, "code") or ""),
        help_uri=lenient.text(warning, "link"),
    )
