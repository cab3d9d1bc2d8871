"""Several parts of one run put together: what they are to each other, and what they give as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.core.untrusted import printable
from trivigil.perf import merge, merge_course
from trivigil.perf.facts import RunFacts
from trivigil.perf.runs import verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import State
    from trivigil.perf.runs import Run

_NAMED: Final = 5
_SUITES: Final = {"benchmarks", "pages", "runs"}
"""Units of readings whose subjects stand for themselves."""


def disjoint(runs: Sequence[Run]) -> bool:
    """Whether all are benchmarks or pages, and no two measured the same one: a suite in several files."""
    if any(reading.unit not in _SUITES for run in runs for reading in run.readings):
        return False
    subjects = [{m.subject for m in run.facts.measurements} for run in runs]
    return sum(map(len, subjects)) == len(set().union(*subjects))


def overlapping(runs: Sequence[Run]) -> bool:
    """Whether their times are known, and all of them ran together for half of the shortest one's time."""
    starts = [run.facts.started for run in runs if run.facts.started is not None]
    ends = [run.facts.ended for run in runs if run.facts.ended is not None]
    if len(starts) != len(runs) or len(ends) != len(runs):
        return False
    shortest = min(end - start for start, end in zip(starts, ends, strict=True))
    return min(ends) - max(starts) >= shortest / 2


def together(runs: Sequence[Run], *, at_once: bool) -> Run:
    """The parts as one run. What cannot be merged is left out, and a note says so."""
    parts = [run.facts for run in runs]
    merged = merge.merge([part.measurements for part in parts], at_once=at_once)
    facts = RunFacts(
        measurements=merged.measurements,
        errors=merge_course.errors(part.errors for part in parts),
        exceptions=merge_course.exceptions(part.exceptions for part in parts),
        timeline=merge_course.timeline([part.timeline for part in parts], at_once=at_once),
        verdicts=verdicts(parts),
        invalid=(*dict.fromkeys(s for part in parts for s in part.invalid), *_idle(runs)),
        started=min((p.started for p in parts if p.started is not None), default=None),
        ended=max((p.ended for p in parts if p.ended is not None), default=None),
        host=_common_host(parts),
    )
    readings = tuple(reading for run in runs for reading in run.readings)
    notes = (*(note for run in runs for note in run.notes), *_notes(runs, merged, at_once=at_once))
    return runs[0]._replace(readings=readings, facts=facts, state=_state(runs), notes=notes)


def _idle(runs: Sequence[Run]) -> tuple[str, ...]:
    """A part that measured nothing, beside others that did."""
    idle = sum(run.state == "empty" for run in runs)
    if not 0 < idle < len(runs):
        return ()
    return (f"{idle} of the {len(runs)} parts of the run measured nothing.",)


def _common_host(parts: Sequence[RunFacts]) -> dict[str, str]:
    """What is the same of all machines that were measured on."""
    shared = set(parts[0].host.items()).intersection(*(part.host.items() for part in parts[1:]))
    return {key: value for key, value in parts[0].host.items() if (key, value) in shared}


def _state(runs: Sequence[Run]) -> State:
    """The worst: damaged beside whole is damaged, and nothing at all is empty."""
    states = {run.state for run in runs}
    if states == {"empty"}:
        return "empty"
    worse = next((state for state in states if state not in ("complete", "empty")), None)
    return worse if worse is not None else "complete"


def _notes(runs: Sequence[Run], merged: merge.Merged, *, at_once: bool) -> tuple[str, ...]:
    how = "ran at the same time" if at_once else "ran one after another"
    many = f"The results are of {len(runs)} parts, which {how}."
    if disjoint(runs):
        many = f"The {runs[0].readings[0].unit} are in {len(runs)} files."
    return (many, *_refused(merged.refused))


def _refused(refused: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    if not refused:
        return ()
    named = sorted(refused, key=lambda pair: (pair[0] != OVERALL, pair))
    listed = ", ".join(f"{printable(subject, 60)} {name}" for subject, name in named[:_NAMED])
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return (f"Not merged: {listed}{more}; {merge.WAY_OUT}.",)
