"""What k6 itself judged: the thresholds of the script, and its checks.

A crossed threshold ends k6 with exit code 99, so it fails the gate. A check that fails does not fail a
run of k6: it is shown, and does not gate. Who wants it to gate sets a threshold on `checks`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

_AGGREGATE = re.compile(r"\s*(avg|min|med|max|count|rate|value|p\(\d+(?:\.\d+)?\))\s*[<>=!]")
_THRESHOLD = Rule("k6.threshold", "a threshold of the k6 script")
_CHECK = Rule("k6.check", "a check of the k6 script")
_TIP = "Mend what the threshold measures, or the threshold in the k6 script."


def threshold(metric: str, expression: str, values: Mapping[str, float], *, held: bool) -> Result:
    """One threshold, as k6 judged it; `values` are its metric's, to say what was found."""
    place = f"{metric}: {expression}"
    outcome = "held" if held else "was crossed"
    return Result(
        rule=_THRESHOLD,
        kind="pass" if held else "fail",
        severity=Severity.INFO if held else Severity.HIGH,
        message=f"k6's threshold {place[:300]} {outcome}{_found(expression, values)}",
        location=Location(place),
        fix=None if held else _TIP,
        tools=("k6",),
    )


def _found(expression: str, values: Mapping[str, float]) -> str:
    match = _AGGREGATE.match(expression)
    value = values.get(match.group(1)) if match else None
    return "" if match is None or value is None else f": {match.group(1)} is {value:.6g}"


def check(place: str, passes: int, fails: int) -> Result:
    """One check, by its groups and name (`browse::status is 200`)."""
    how = f"failed {fails:,} of {passes + fails:,} times" if fails else f"passed {passes:,} times"
    return Result(
        rule=_CHECK,
        kind="fail" if fails else "pass",
        severity=Severity.LOW if fails else Severity.INFO,
        message=f"k6's check {place[:300]} {how}",
        location=Location(place),
        gates=False,
        tools=("k6",),
    )


def dropped(count: float) -> tuple[str, ...]:
    """Why a run with dropped iterations proves nothing; the same words whichever file says it."""
    why = "no virtual user was free to start them, so the load was lower than the script asks for"
    tip = "Raise its `maxVUs`, or lower its rate."
    return (f"k6 dropped {count:,.0f} iterations: {why}. {tip}",) if count else ()
