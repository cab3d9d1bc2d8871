"""Whether the target is as fast as it usually is: `look` measures and compares, `watch` does so within a run of the monitor."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.facts import Attempt, Checked, concluded
from trivigil.monitor.probing import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.monitor.baseline.comparison import Comparison
    from trivigil.monitor.baseline.kept import Baseline
    from trivigil.monitor.baseline.sampling import Measured, Pace, Sampler
    from trivigil.monitor.control import Control
    from trivigil.monitor.planned import Bounds

NAME: Final = "baseline"
"""The name of the check."""
_REGION: Final = "TRIVIGIL_REGION"
_ABOUT: Final = {
    "os": "RUNNER_OS",
    "arch": "RUNNER_ARCH",
    "environment": "RUNNER_ENVIRONMENT",
    "region": _REGION,
}
_AGAIN: Final = 2.0
"""Seconds before a measurement that was invalid is made once more."""


class Looked(NamedTuple):
    """One measurement beside its baseline."""

    measured: Measured
    comparison: Comparison | None
    """None where the measurement is invalid."""
    attempt: Attempt


class Watched(NamedTuple):
    """What a run of the monitor gets of it."""

    check: Checked
    fact: dict[str, Any]
    notes: tuple[str, ...] = ()


def runner_of(environ: Mapping[str, str]) -> dict[str, str]:
    """What is known of the machine that measures: nothing that names it."""
    from trivigil.core.untrusted import printable

    found = {key: environ.get(name, "").strip() for key, name in _ABOUT.items()}
    return {key: printable(value, 100) for key, value in found.items() if value}


def load(path: str, directory: str, target: str, now: float) -> Baseline:
    """The baseline in a file, for this target as it is shown. Raises InputError, also where it is missing, of another target or too old."""
    from trivigil import files
    from trivigil.core.errors import InputError
    from trivigil.monitor.baseline import kept, reading

    place = os.path.join(directory, path)
    if not os.path.exists(place):
        tip = "Make it: trivigil monitor baseline --url URL --baseline FILE."
        raise InputError("there is no such file.", path=path, key="baseline", tip=tip)
    baseline = reading.read(files.read(place, shown=path), path)
    kept.check_target(baseline, path, target)
    kept.check_age(baseline, path, now)
    return baseline


def look(
    sampler: Sampler, baseline: Baseline, *, first: int, control: Control | None = None
) -> Looked:
    """Measure and compare; where the first samples look slower, more of them decide."""
    from trivigil.monitor import control as controls
    from trivigil.monitor.baseline import comparison as comparisons
    from trivigil.monitor.baseline import telling

    started, base = moment(time.time()), baseline.phases
    measured = sampler.take(first)
    if measured.problem is None and comparisons.suspicious(
        measured.samples, base, baseline.tolerance
    ):
        measured = sampler.take(max(first, comparisons.ENOUGH))
    found = None
    if measured.problem is None:
        found = comparisons.compare(measured.samples, base, baseline.tolerance)
    if found is not None and not found.phases:
        found = None
    attempt = telling.attempt(started, measured, baseline, found)
    return Looked(measured, found, controls.judged(attempt, control))


def watch(
    path: str,
    baseline: Baseline,
    bounds: Bounds,
    *,
    pace: Pace,
    environ: Mapping[str, str],
    first: int = 0,
    retries: int = 1,
    control: Control | None = None,
    said: Callable[[int], None] | None = None,
) -> Watched:
    """The check and its fact; a measurement that is invalid is made once more where there may be retries."""
    from trivigil.monitor.baseline import telling
    from trivigil.monitor.baseline.comparison import FIRST
    from trivigil.monitor.baseline.sampling import Sampler

    attempts: list[Attempt] = []
    end = pace.clock() + pace.whole
    while True:
        left = pace._replace(whole=max(end - pace.clock(), 0.0))
        looked = look(Sampler(bounds, left, said), baseline, first=first or FIRST, control=control)
        attempts.append(looked.attempt)
        if looked.comparison is not None or len(attempts) > min(retries, 1):
            break
        pace.wait(_AGAIN)
    check = concluded(Checked(NAME, "baseline", tuple(attempts), file=path))
    problem = looked.attempt.message if looked.comparison is None else None
    fact = telling.fact(path, baseline, looked.comparison, problem=problem)
    about = runner_of(environ)
    notes = telling.notes(path, baseline, looked.comparison, now=time.time(), runner=about)
    return Watched(check, fact, tuple(notes))


def skipped(path: str, baseline: Baseline, reason: str) -> Watched:
    """The same where there is nothing to measure."""
    from trivigil.monitor.baseline import telling

    check = concluded(Checked(NAME, "baseline", (), file=path, skipped=reason))
    fact = {**telling.fact(path, baseline, None, problem=reason), "verdict": "skipped"}
    return Watched(check, fact)
