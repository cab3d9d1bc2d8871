"""What Artillery printed: the `Checks:` at its end, which say how `ensure` judged the run.

The report file does not have them (packages/artillery-plugin-ensure/index.js prints each as `ok: EXPRESSION` or
`fail: EXPRESSION` and sets the exit code to 1). A check that is not strict fails there and ends the process well;
the text does not tell it apart, so it is shown as failed here too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.sources import Source

TOOL = "artillery"
FORMAT = "console"
RANK: int | None = None
LAG = ""
WINDOWED = False

_LOG: Final = re.compile(
    rb"^(?:Test run id: |Phase started: |All VUs finished|Summary report @ |Metrics for period to: "
    rb"|Log file: )",
    re.MULTILINE,
)
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_CHECKS: Final = re.compile(r"^Checks:\s*$", re.MULTILINE)
_CHECK: Final = re.compile(r"^(ok|fail): (.+?)\s*$", re.MULTILINE)


def recognises(source: Source) -> bool:
    """Whether lines in it are those that Artillery prints, and it is not JSON."""
    return not source.head.lstrip().startswith((b"{", b"[")) and bool(_LOG.search(source.head))


def read(source: Source) -> Reading[RunFacts]:
    """A result for each check; none where `ensure` was not asked for."""
    text = _COLOUR.sub("", sources.text(source))
    start = _CHECKS.search(text)
    found = _CHECK.findall(text, start.end()) if start else []
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="complete",
        facts=RunFacts(verdicts=tuple(_verdict(said == "ok", check) for said, check in found)),
        count=len(found),
        unit="checks",
    )


def _verdict(ok: bool, check: str) -> Result:  # noqa: FBT001 (what was read, not a switch)
    shown = check[:200]
    return Result(
        rule=Rule(f"artillery.ensure:{shown}", "Artillery's own check"),
        kind="pass" if ok else "fail",
        severity=Severity.HIGH,
        message=f"Artillery's check `{shown}` {'holds' if ok else 'does not hold'}.",
        location=Location(OVERALL),
        fix=None if ok else "See `ensure` in the script, or mend what it found.",
        tools=(TOOL,),
    )
