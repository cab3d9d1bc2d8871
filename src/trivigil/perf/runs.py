"""Reconciling: the readings of one run become one account of it, and what they disagree on is said.

Several files of one run may say the same to a different degree. The most exact one is believed (readers
say how exact their format is, and why a lesser one may lag), and what others lack is said.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from trivigil.core.errors import InputError
from trivigil.core.measurement import OVERALL, is_part
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import audit, parts
from trivigil.perf.facts import RunFacts
from trivigil.perf.parts import AUTO, Merging
from trivigil.perf.readers import readers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.measurement import Measurement
    from trivigil.core.reading import Reading, State
    from trivigil.core.result import Result
    from trivigil.perf.reader import Reader

    Readings = Sequence[Reading[RunFacts]]

_APART = 5.0
"""Seconds between two files' times from which on they cannot be of one run."""
_TIP = (
    "Judge one run at a time, or say what they are to each other: `merge: shards` for parts that ran at the same time, "
    "`merge: repetitions` for runs one after another."
)


class Run(NamedTuple):
    """One run: its readings with what reconciling noted on them, and the facts they give."""

    readings: tuple[Reading[RunFacts], ...]
    facts: RunFacts
    state: State
    notes: tuple[str, ...] = ()


def reconcile(readings: Readings, merging: Merging = AUTO) -> Run:
    """The readings of one run as one, also where it is in several parts.

    Raises InputError, naming both, for files of runs that nobody said belong together.
    """
    usable = [reading for reading in readings if reading.facts is not None]
    _one_tool(usable)
    groups = parts.split(readings, lambda reading: _reader(reading).RANK, merging)
    runs = [_one(group) for group in groups]
    if len(runs) == 1:
        return runs[0]
    from trivigil.perf import together

    order = {reading.path: position for position, reading in enumerate(readings)}
    whole = together.together(runs, at_once=_at_once(groups, runs, merging))
    ordered = sorted(whole.readings, key=lambda reading: order[reading.path])
    return whole._replace(readings=tuple(ordered))


def _at_once(groups: Sequence[Readings], runs: Sequence[Run], merging: Merging) -> bool:
    """Whether the parts are shards. Raises InputError where nobody said what they are, and it does not show."""
    from trivigil.perf import together

    if merging.mode != "auto":
        return merging.mode == "shards"
    if together.disjoint(runs) or together.overlapping(runs):
        return True
    raise _two_runs(groups[0][0], groups[1][0])


def _one(readings: Readings) -> Run:
    """The readings of one part. Raises InputError, naming both, for files that contradict each other."""
    usable = [reading for reading in readings if reading.facts is not None]
    notes: dict[int, list[str]] = {id(reading): [] for reading in readings}
    kept = _without_twins(usable, notes)
    measured = sorted((r for r in kept if _measures(r)), key=lambda r: _reader(r).RANK or 0)
    for better, worse in combinations(measured, 2):
        _same_run(better, worse)
    best = next((r for r in measured if _requests(r)), measured[0] if measured else None)
    for reading in kept:
        notes[id(reading)] += _remarks(reading, best)
    noted = tuple(r._replace(notes=(*r.notes, *notes[id(r)])) for r in readings)
    facts = _facts(best, measured, kept)
    audited = facts._replace(invalid=(*facts.invalid, *audit.stalls(facts)))
    return Run(noted, audited, _state(readings, best))


def _reader(reading: Reading[RunFacts]) -> Reader:
    """Who read it: what its format means beside others is the reader's to say."""
    return next(each for each in readers(reading.tool) if reading.format == each.FORMAT)


def _one_tool(readings: Readings) -> None:
    for one, other in pairwise(readings):
        if one.tool != other.tool:
            raise _two_runs(one, other, f" ({one.tool} and {other.tool})")


def _measures(reading: Reading[RunFacts]) -> bool:
    return _reader(reading).RANK is not None


def _facts_of(reading: Reading[RunFacts]) -> RunFacts:
    return reading.facts or RunFacts()


def _values(reading: Reading[RunFacts], metric: str) -> dict[str, float]:
    facts = _facts_of(reading)
    return {m.subject: m.value for m in facts.measurements if m.metric.name == metric}


def _requests(reading: Reading[RunFacts]) -> float:
    return sum(_values(reading, "requests").values())


def _without_twins(usable: Readings, notes: Mapping[int, list[str]]) -> Readings:
    """One reading a format; a second one must say the same, or nothing at all."""
    kept: dict[str, Reading[RunFacts]] = {}
    for reading in usable:
        key = f"{reading.tool} {reading.format}"
        first = kept.setdefault(key, reading)
        if first is reading:
            continue
        better, worse = (reading, first) if _says_nothing(first) else (first, reading)
        if _facts_of(worse) == _facts_of(better):
            if not _measures(worse) and _facts_of(worse) == RunFacts():
                continue  # companions of several benchmarks, which say nothing by nature
            notes[id(worse)].append(
                f"It says the same as {printable(better.path)} and is not counted twice."
            )
        elif _measures(worse) and _says_nothing(worse):
            notes[id(worse)].append(f"It says nothing, so {printable(better.path)} is used.")
        else:
            raise _two_runs(first, reading)
        kept[key] = better
    return tuple(kept.values())


def _says_nothing(reading: Reading[RunFacts]) -> bool:
    return reading.state == "empty" and not _requests(reading)


def _two_runs(one: Reading[RunFacts], other: Reading[RunFacts], why: str = "") -> InputError:
    names = f"{printable(one.path)} and {printable(other.path)}"
    return InputError(f"{names} are of different runs{why}.", tip=_TIP)


def _same_run(better: Reading[RunFacts], worse: Reading[RunFacts]) -> None:
    """The less exact file of a run can only count less, and in the same minutes."""
    if "partial" in (better.state, worse.state) or not _requests(better):
        return
    exact, lag = _values(better, "requests"), _reader(worse).LAG
    for subject, requests in _values(worse, "requests").items():
        if _cannot_be(subject, requests, exact.get(subject, 0), lag):
            counts = f"{exact.get(subject, 0):g} requests in one and {requests:g} in the other"
            raise _two_runs(better, worse, f" ({printable(subject, 120)} has {counts})")
    if _apart(_facts_of(better), _facts_of(worse)):
        raise _two_runs(better, worse, " (their times are apart)")


def _cannot_be(subject: str, requests: float, exact: float, lag: str) -> bool:
    """Whether a less exact file of the same run cannot count so many requests of a subject."""
    if subject == OVERALL:
        return not lag and requests not in (0, exact)
    return requests > exact and not is_part(subject)


def _apart(one: RunFacts, other: RunFacts) -> bool:
    if one.started is None or one.ended is None or other.started is None or other.ended is None:
        return False
    return one.started > other.ended + _APART or other.started > one.ended + _APART


def _remarks(reading: Reading[RunFacts], best: Reading[RunFacts] | None) -> Iterable[str]:
    """What is to be said of a reading beside the best one."""
    if best is None:
        return (
            "There are no measurements beside it: name the run's `_stats.csv` or its JSON too.",
        )
    if not _measures(reading):
        return _failures_remark(reading, best)
    if reading is best:
        return _alone(reading)
    if _says_nothing(best):
        return ()
    if _says_nothing(reading):
        return (f"It says nothing, so {printable(best.path)} is used.",)
    return _shortfall(reading, best)


def _alone(reading: Reading[RunFacts]) -> Iterable[str]:
    """What may be missing where no more exact file of the run is there."""
    lag = _reader(reading).LAG
    return (
        (f"{lag}, so its counts may differ from the run's.",) if lag and _requests(reading) else ()
    )


def _shortfall(reading: Reading[RunFacts], best: Reading[RunFacts]) -> Iterable[str]:
    here, there = (_values(r, "requests").get(OVERALL) for r in (reading, best))
    if here is None or there is None or here == there:
        return ()
    other, lag = printable(best.path), _reader(reading).LAG
    if here > there:
        return (f"It counts {here:g} requests where {other} counts {there:g}; {other} is used.",)
    why = f": {lag}" if lag else ""
    return (f"It counts {here:g} of the {there:g} requests in {other}{why}; {other} is used.",)


def _failures_remark(reading: Reading[RunFacts], best: Reading[RunFacts]) -> Iterable[str]:
    failures = _values(best, "failures").get(OVERALL)
    listed = sum(error.count for error in _facts_of(reading).errors)
    if reading.unit != "errors" or failures is None or listed == failures:
        return ()
    there = printable(best.path)
    if listed > failures:
        return (f"It counts {listed} failures where {there} counts {failures:g}.",)
    lag = _reader(reading).LAG
    return (f"It explains {listed} of the {failures:g} failures in {there}: {lag}.",)


def _facts(best: Reading[RunFacts] | None, measured: Readings, kept: Readings) -> RunFacts:
    """The best measurements, and everything that only other files know."""
    own = _facts_of(best) if best is not None else RunFacts()
    known = [_facts_of(reading) for reading in kept]
    parts_of_run = _parts(own.measurements, measured)
    return RunFacts(
        measurements=(*own.measurements, *_percentiles(own.measurements, measured), *parts_of_run),
        errors=next((part.errors for part in known if part.errors), ()),
        exceptions=next((part.exceptions for part in known if part.exceptions), ()),
        timeline=next((part.timeline for part in known if part.timeline), ()),
        verdicts=verdicts(known),
        invalid=tuple(dict.fromkeys(sentence for part in known for sentence in part.invalid)),
        started=_first(own.started, *(part.started for part in known)),
        ended=_first(own.ended, *(part.ended for part in known)),
        first=_first(own.first, *(part.first for part in known)),
        host=next((part.host for part in known if part.host), own.host),
    )


def verdicts(parts: Iterable[RunFacts]) -> tuple[Result, ...]:
    """Each verdict of the tool once: one file has thresholds, another only checks. A fail stays."""
    found: dict[str, Result] = {}
    for verdict in (verdict for part in parts for verdict in part.verdicts):
        if verdict.kind == "fail" or verdict.fingerprint not in found:
            found[verdict.fingerprint] = verdict
    return tuple(found.values())


def _parts(own: Sequence[Measurement], measured: Readings) -> tuple[Measurement, ...]:
    """Parts of the run that only a lesser file tells apart: k6's CSV knows no submetrics."""
    found: dict[tuple[str, str], Measurement] = {}
    known = {m.subject for m in own}
    for measurement in (m for reading in measured for m in _facts_of(reading).measurements):
        if is_part(measurement.subject) and measurement.subject not in known:
            found.setdefault((measurement.subject, measurement.metric.name), measurement)
    return tuple(found.values())


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _percentiles(own: Sequence[Measurement], measured: Readings) -> Iterable[Measurement]:
    """Percentiles that only a lesser table has: Locust 0.11's distribution, or those a user chose.

    Not those of a history: they may be of its last seconds.
    """
    known = {(m.subject, m.metric.name) for m in own}
    tables = (r for r in measured if not _reader(r).WINDOWED)
    for measurement in (m for table in tables for m in _facts_of(table).measurements):
        subject, name = measurement.subject, measurement.metric.name
        if (subject, "requests") in known and (subject, name) not in known and ".p" in name:
            known.add((subject, name))
            yield measurement


def _state(readings: Readings, best: Reading[RunFacts] | None) -> State:
    """The best reading's, unless something is damaged or nothing was measured."""
    if any(r.problem or r.state in ("partial", "crashed", "stale") for r in readings):
        return "partial"
    return best.state if best is not None else "missing"
