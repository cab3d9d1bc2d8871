"""`tfsec --format json`, version 0 and 1: one result for each place, those that passed or are ignored among them.

Format: internal/pkg/formatter of aquasecurity/tfsec and defsec's pkg/scan. Before 1.0 severities are a linter's levels. `results` is null where nothing was found: that alone
is tfsec's only where it is named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.result import Severity
from trivigil.security import lenient, place, scan
from trivigil.security.facts import Finding, Place, Rating
from trivigil.security.outline import outline
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import ScanFacts
    from trivigil.sources import Source

TOOL: Final = "tfsec"
FORMAT: Final = "json"
UNIT: Final = "results"

_LEVELS: Final = {"ERROR": Severity.HIGH, "WARNING": Severity.MEDIUM, "INFO": Severity.LOW}
_NOTHING: Final = re.compile(rb'\s*\{\s*"results"\s*:\s*(?:null|\[\s*\])\s*\}\s*')
_PASSED: Final = (1, "passed")
_IGNORED: Final = (2, "ignored")


def recognises(source: Source) -> bool:
    """Whether its results have a rule and a location in a file; no results only where the tool is named."""
    if source.tool == TOOL and _NOTHING.fullmatch(source.head):
        return True
    seen = outline(source)
    return any(
        seen.below("results", "rule_id", each, "location") for each in ("rule_description", "link")
    )


def read(source: Source) -> Reading[ScanFacts]:
    """Every result that did not pass; ignored ones are accepted."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    results, left = lenient.objects(report.value.get("results"), "results")
    failed = [each for each in results if not _passed(each)]
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each) for each in failed],
        incomplete=left,
        counts={"passed": len(results) - len(failed)},
    )


def _passed(result: Fields) -> bool:
    return result.value.get("passed") is True or result.value.get("status") in _PASSED


def _finding(result: Fields) -> Finding:
    ids = lenient.texts([result.value.get(k) for k in ("rule_id", "long_id", "legacy_rule_id")])
    where = lenient.inner(result, "location")
    path, word = lenient.text(where, "filename"), lenient.text(result, "severity")
    level = _LEVELS.get(word or "")
    links = lenient.texts(result.value.get("links")) or lenient.texts([result.value.get("link")])
    rule = next(iter(ids), "unknown rule")
    return Finding(
        tool=TOOL,
        kind="iac",
        id=rule,
        title=lenient.text(result, "rule_description", "description") or rule,
        place=Place(
            path=place.path(path) if path else None,
            line=lenient.line(where.value.get("start_line")),
            end_line=lenient.line(where.value.get("end_line")),
            resource=lenient.text(result, "resource"),
        ),
        description=lenient.text(result, "description", "impact") or "",
        aliases=ids[1:],
        ratings=(
            Rating(TOOL, "level", level, word=word)
            if level is not None
            else Rating(TOOL, "word", of_word(word), word=word),
        ),
        fix=lenient.text(result, "resolution"),
        help_uri=next(iter(links), None),
        accepted="ignored in the code" if result.value.get("status") in _IGNORED else None,
    )
