"""Lighthouse CI's `assertion-results.json`: what `lhci assert` judged, each with its level.

The fields are those of packages/utils/src/assertions.js of GoogleChrome/lighthouse-ci. Only failures are listed unless
`includePassedAssertions` is set, so `[]` is a run whose assertions all held, or one that collected nothing. A failure of level `warn` does
not fail `lhci assert`, and does not gate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "lhci"
FORMAT = "assertions-json"
RANK: int | None = None
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\[\s*\{\s*"name"\s*:\s*"(?:min|max|audit)\w*"\s*,(?=.*"auditId"\s*:)', re.DOTALL
)
_RULE: Final = Rule("lhci.assertion", "an assertion of Lighthouse CI")
_NOTHING: Final = "It lists no assertion: all of them held, or `lhci collect` measured nothing. Name the manifest beside it."


def recognises(source: Source) -> bool:
    """Whether it is a list of assertions on audits; an empty one only where the tool is named."""
    if source.tool == TOOL and source.head.strip() == b"[]":
        return True
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Every assertion as a verdict; one of level `error` that failed fails the gate."""
    decoded = foreign.load(source, TOOL)
    if not isinstance(decoded, list):
        raise SourceError("the JSON is not a list, as LHCI writes it.")
    verdicts, drifted = foreign.drifting(foreign.of_list(decoded), _verdict)
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if drifted else "complete" if verdicts else "empty",
        facts=RunFacts(verdicts=verdicts),
        count=len(verdicts),
        unit="assertions",
        notes=drifted if decoded else (_NOTHING,),
    )


def _verdict(record: Fields) -> Result:
    passed = record.value.get("passed")
    if not isinstance(passed, bool):
        raise record.error("passed", "true or false")
    audit, url = record.text("auditId"), record.text("url")
    owned = record.value.get("auditProperty")
    name = f"{audit}.{owned}" if isinstance(owned, str) and owned else audit
    gates = record.text("level") == "error"
    said = f"{record.text('name')} {record.text('operator')} {_shown(record, 'expected')}"
    outcome = "held" if passed else "does not hold"
    why = record.value.get("message")
    reason = f" {printable(why, 200)}" if isinstance(why, str) and not passed else ""
    return Result(
        rule=_RULE,
        kind="pass" if passed else "fail",
        severity=Severity.INFO if passed else Severity.HIGH if gates else Severity.LOW,
        message=f"LHCI's assertion {printable(name, 120)} ({printable(said, 80)}) {outcome} on "
        f"{printable(url, 200)}: found {_shown(record, 'actual')}.{reason}",
        location=Location(f"{url} {name} {record.text('name')}"),
        gates=gates,
        fix=None if passed else "Mend the page, or the assertion in lighthouserc.",
        tools=(TOOL,),
    )


def _shown(record: Fields, key: str) -> str:
    """A number of an assertion for people; null is one that could not be computed."""
    value = record.value.get(key)
    return f"{value:g}" if type(value) in {int, float} else "nothing"
