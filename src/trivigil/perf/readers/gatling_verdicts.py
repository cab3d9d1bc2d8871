"""How Gatling judged the run by the simulation's assertions; one that does not hold ends Gatling with exit code 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.sources import Source


def verdict(assertion: str, found: str, *, held: bool) -> Result:
    """One assertion, in Gatling's words, and what was found."""
    shown = assertion[:300]
    return Result(
        rule=Rule(f"gatling.assertion:{shown[:200]}", "an assertion of the Gatling simulation"),
        kind="pass" if held else "fail",
        severity=Severity.INFO if held else Severity.HIGH,
        message=f"Gatling's assertion `{shown}` {'holds' if held else 'does not hold'}"
        + (f": {found[:100]}." if found else "."),
        location=Location(OVERALL),
        fix=None if held else "See `assertions` in the simulation, or mend what it found.",
        tools=("gatling",),
    )


def reading(source: Source, form: str, verdicts: Iterable[Result]) -> Reading[RunFacts]:
    """The reading of a file of assertions, which may be none."""
    found = tuple(verdicts)
    return Reading(
        path=source.path,
        tool="gatling",
        format=form,
        state="complete",
        facts=RunFacts(verdicts=found),
        count=len(found),
        unit="assertions",
    )
