"""`gosec -fmt json`, version 2: one issue for each place; packages that do not compile are in `Golang errors`.

Format: report/json and issue/issue.go of securego/gosec. Lines are text, and may be a range. What `#nosec` took out is listed with
`-track-suppressions`, and not counted by its statistics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.readers import gosec_code
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "gosec"
FORMAT: Final = "json"
UNIT: Final = "results"

_ERRORS: Final = "Golang errors"
_CREDENTIALS: Final = "G101"
"""The rule whose code holds a secret."""


def recognises(source: Source) -> bool:
    """Whether it has Go's errors, or issues and statistics of gosec."""
    seen = outline(source)
    return seen.opens == "{" and seen.has("Issues") and (seen.has(_ERRORS) or seen.has("Stats"))


def read(source: Source) -> Reading[ScanFacts]:
    """Every issue. What did not compile makes the reading partial; where nothing did, gosec failed."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    issues, left = lenient.objects(report.value.get("Issues"), "Issues")
    stats, errors = lenient.inner(report, "Stats"), lenient.inner(report, _ERRORS)
    broken = [place.path(name) or "a package" for name in errors.value]
    files = lenient.whole(stats.value.get("files"))
    nothing = not issues and not files
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(issue) for issue in issues],
        incomplete=(
            *left,
            *scan.listed("gosec could not compile", broken),
            *(("gosec looked at no file.",) if nothing and files == 0 and not broken else ()),
        ),
        crashed="gosec looked at no file, and only tells of errors."
        if nothing and broken
        else None,
        counts={"files": files or 0},
        version=lenient.text(report, "GosecVersion"),
    )


def _finding(issue: Fields) -> Finding:
    rule = lenient.text(issue, "rule_id") or "unknown rule"
    path, word = lenient.text(issue, "file"), lenient.text(issue, "severity")
    first, last = lenient.span(issue.value.get("line"))
    return Finding(
        tool=TOOL,
        kind="code",
        id=rule,
        title=lenient.text(issue, "details") or rule,
        place=Place(path=place.path(path) if path else None, line=first, end_line=last),
        cwes=lenient.cwes(issue.value.get("cwe")),
        ratings=(Rating(TOOL, "word", of_word(word), word=word),),
        confidence=lenient.confidence(issue.value.get("confidence")),
        code=gosec_code.kept(lenient.text(issue, "code"), first, last, secret=rule == _CREDENTIALS),
        fix=lenient.text(issue, "autofix"),
        help_uri=lenient.text(lenient.inner(issue, "cwe"), "url"),
        accepted=_accepted(issue),
    )


def _accepted(issue: Fields) -> str | None:
    """The justification of what is suppressed, in the code or from outside."""
    suppressions = issue.value.get("suppressions")
    listed = lenient.within(suppressions)[0]
    for each in listed:
        return lenient.text(each, "justification", "kind") or "suppressed"
    return "suppressed" if issue.value.get("nosec") is True else None
