"""What a measurement beside its baseline comes to: an attempt at the check `baseline`, its fact for the result file, and notes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.monitor.baseline.comparison import LUCK
from trivigil.monitor.baseline.kept import AGAIN, OLD
from trivigil.monitor.facts import Attempt, Failed
from trivigil.web.observation import Phases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.monitor.baseline.comparison import Compared, Comparison
    from trivigil.monitor.baseline.kept import Baseline
    from trivigil.monitor.baseline.sampling import Measured

NAMES: Final = {
    "dns": "the lookup of the name",
    "connect": "the connection",
    "tls": "the TLS handshake",
    "ttfb": "the first byte",
    "transfer": "the transfer",
    "total": "the whole exchange",
}


def attempt(
    started_at: str, measured: Measured, baseline: Baseline, comparison: Comparison | None
) -> Attempt:
    """One try: degraded where a phase is slower, unknown where the measurement is invalid; its phases are the medians."""
    if comparison is None:
        return _invalid(started_at, measured)
    failed = tuple(
        _failed(phase, one, comparison, baseline)
        for phase, one in comparison.phases.items()
        if one.slower
    )
    now = {name: one.now for name, one in comparison.phases.items() if name in Phases._fields}
    found = Attempt(started_at, "up", phases=Phases(**now), url=measured.shown)
    if not failed:
        return found
    first = failed[0].message
    more = f", and {len(failed) - 1} more of its phases" if len(failed) > 1 else ""
    return found._replace(status="degraded", cause="slow", message=f"{first}{more}", failed=failed)


def _failed(phase: str, one: Compared, comparison: Comparison, baseline: Baseline) -> Failed:
    least = baseline.tolerance.of(one.usual)
    return Failed(
        f"{NAMES[phase]} is slower than usual: {milliseconds(one.now)} (median of {comparison.samples}), "
        f"usually {milliseconds(one.usual)}, {changed(one)}",
        line=baseline.lines.get(phase),
        severity="warn",
        expected=f"at most {milliseconds(one.usual + least)}",
    )


def _invalid(started_at: str, measured: Measured) -> Attempt:
    count = len(measured.samples)
    if measured.problem is None:
        message = f"the time was over after {count} samples, so nothing can be said of its speed"
        return Attempt(started_at, "unknown", "unknown", message, url=measured.shown)
    which = "the first exchange" if count == 0 else f"the exchange after sample {count}"
    message = f"the measurement is invalid: {which} failed ({measured.problem.message})"
    return Attempt(started_at, "unknown", measured.problem.cause, message, url=measured.shown)


def fact(
    file: str, baseline: Baseline, comparison: Comparison | None, *, problem: str | None = None
) -> dict[str, Any]:
    """`baseline` of the result file."""
    phases = comparison.phases if comparison else {}
    return {
        "file": file,
        "created_at": baseline.created_at,
        "verdict": comparison.verdict if comparison else "invalid",
        "problem": problem,
        "samples": comparison.samples if comparison else 0,
        "usual_samples": baseline.samples,
        "farther_ms": round(comparison.farther, 2) if comparison else 0.0,
        "tolerance": baseline.tolerance._asdict(),
        "luck": LUCK,
        "phases": {phase: _row(one) for phase, one in phases.items()},
    }


def _row(one: Compared) -> dict[str, Any]:
    return {
        "usual": round(one.usual, 2),
        "spread": round(one.spread, 2),
        "now": round(one.now, 2),
        "change_ms": round(one.change, 2),
        "change_percent": None if one.percent is None else round(one.percent, 1),
        "slower": one.slower,
        "faster": one.faster,
    }


def notes(
    file: str,
    baseline: Baseline,
    comparison: Comparison | None,
    *,
    now: float,
    runner: Mapping[str, str],
) -> Iterator[str]:
    """What is to be known beside the verdict, at that time in seconds since 1970 and on that machine."""
    age = baseline.days(now)
    if age > baseline.valid_days * OLD:
        yield (
            f"{file} is {age:.0f} days old; it is not read any more after {baseline.valid_days}. {AGAIN}"
        )
    if comparison is None:
        return
    if comparison.verdict == "faster":
        faster = ", ".join(
            f"{NAMES[phase]} takes {milliseconds(one.now)}, it was {milliseconds(one.usual)}"
            for phase, one in comparison.phases.items()
            if one.faster
        )
        yield f"The target is faster than {file} says ({faster}); the baseline may be renewed."
    other = [
        f"{key} {runner[key]}, was {value}"
        for key, value in baseline.runner.items()
        if runner.get(key) and runner[key] != value
    ]
    if other:
        yield f"{file} was measured on another kind of runner ({'; '.join(other)})."


def milliseconds(value: float) -> str:
    """An amount as people read it."""
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"  # noqa: PLR2004 (one more digit)


def changed(one: Compared) -> str:
    """The change with its sign, in percent too where there is something to compare with."""
    percent = "" if one.percent is None else f", {one.percent:+.0f} %"
    return f"{one.change:+.0f} ms{percent}"
