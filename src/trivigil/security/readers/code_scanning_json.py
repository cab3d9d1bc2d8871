"""GitHub's code scanning alerts, as the REST API lists them: one finding for each alert, whatever tool uploaded it.

Format: docs.github.com/rest/code-scanning. Dismissed and fixed alerts are listed beside the open ones. Pages may stand one after another, or in a
list, as `gh api --paginate` saves them. A copy of it may have `"None"` where null is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security import dependency, lenient, outline, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.core.result import Severity
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "code-scanning"
FORMAT: Final = "json"
UNIT: Final = "alerts"

_SETTLED: Final = ("dismissed", "fixed", "closed")
"""States of an alert that is none any more; whatever else there is counts as open."""
_KEYS: Final = {"rule", "most_recent_instance"}


def recognises(source: Source) -> bool:
    """Whether it lists alerts with a rule, a tool and their most recent instance; no alerts only where it is named so."""
    seen = outline.outline(source)
    return seen.has("rule", "tool", "most_recent_instance") or outline.nothing(source, TOOL)


def read(source: Source) -> Reading[ScanFacts]:
    """Every alert; those that are dismissed or fixed are accepted."""
    records, left = lenient.of_tool(
        lenient.documents(source, TOOL, null=False), "code scanning", _KEYS
    )
    found, drifted = dependency.every(records, _finding)
    return scan.reading(
        source, (TOOL, FORMAT, UNIT), found, incomplete=dependency.few((*left, *drifted))
    )


def _finding(alert: Fields) -> Finding:
    rule, last = lenient.inner(alert, "rule"), lenient.inner(alert, "most_recent_instance")
    where = lenient.inner(last, "location")
    path = lenient.text(where, "path")
    own = lenient.text(rule, "id", "name") or "unknown rule"
    said = lenient.text(lenient.inner(last, "message"), "text")
    tags = [
        each.rpartition("/")[2] for each in lenient.texts(rule.value.get("tags")) if "cwe" in each
    ]
    return Finding(
        tool=TOOL,
        kind="code",
        id=own,
        title=lenient.text(rule, "description") or said or own,
        place=Place(
            path=place.path(path) if path else None,
            line=lenient.line(where.value.get("start_line")),
            end_line=lenient.line(where.value.get("end_line")),
        ),
        description=dependency.paragraph(said),
        cwes=lenient.cwes(tags),
        ratings=tuple(_ratings(alert, rule)),
        accepted=_accepted(alert),
    )


def _ratings(alert: Fields, rule: Fields) -> Iterator[Rating]:
    of = (lenient.text(lenient.inner(alert, "tool"), "name") or TOOL).lower()
    yield from dependency.worded(of, rule.value.get("security_severity_level"))
    level = lenient.text(rule, "severity")
    if level is not None:
        yield Rating(of, "level", _of_level(level), word=level)


def _of_level(level: str) -> Severity:
    """SARIF's levels: error is high, warning medium, note low."""
    return of_word({"error": "high", "warning": "medium", "note": "low"}.get(level, level))


def _accepted(alert: Fields) -> str | None:
    state = (lenient.text(alert, "state") or "open").lower()
    if state not in _SETTLED:
        return None
    keys = ("dismissed_reason", "dismissed_comment")
    said = [found for key in keys if (found := lenient.text(alert, key)) and found != "None"]
    return ": ".join([state, *said])
