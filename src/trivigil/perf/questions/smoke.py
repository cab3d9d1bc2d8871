"""Smoke: every request must succeed, and how long the first one took is shown where the tool tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL, is_part
from trivigil.core.threshold import quantity
from trivigil.perf.questions.answer import Answer, failed, measured, passed, rule, undecided

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.result import Result
    from trivigil.core.threshold import Threshold
    from trivigil.perf.facts import RunFacts

CORRECT: Final = rule("smoke.correct", "every request of a smoke test succeeds")
COLD_START: Final = rule("smoke.cold-start", "the first request's latency")
_OF_FAILURES: Final = ("failures", "error_rate")
_SHOWN: Final = 5


def answer(facts: RunFacts, thresholds: Sequence[Threshold]) -> Answer:
    """Whether all requests succeeded, but for those that a budget allows to fail, and the cold start."""
    first = facts.first
    cold = () if first is None else (measured("latency.first", first, 1),)
    return Answer((_correct(facts, thresholds), *_cold_start(first)), cold)


def _correct(facts: RunFacts, thresholds: Sequence[Threshold]) -> Result:
    failures = {m.subject: int(m.value) for m in facts.measurements if m.metric.name == "failures"}
    whole = failures.pop(OVERALL, None)
    if whole is None and not failures:
        return undecided(CORRECT, "The results do not say which requests failed.")
    failures = {name: count for name, count in failures.items() if count and not is_part(name)}
    unplaced = (whole or 0) - sum(failures.values())
    if unplaced > 0:
        failures[OVERALL] = unplaced
    unbudgeted = {n: c for n, c in failures.items() if not _allowed(n, thresholds)}
    if not unbudgeted:
        allowed = sum(failures.values())
        budgeted = f", but for {allowed:,} that budgets speak of" if allowed else ""
        return passed(CORRECT, f"Every request succeeded{budgeted}.", value=allowed)
    return failed(
        CORRECT,
        f"Requests of the smoke test failed: {_listed(unbudgeted)}.",
        "Mend them, or give the endpoint a budget for `error_rate` or `failures` that says how many may fail.",
        value=sum(unbudgeted.values()),
    )


def _allowed(subject: str, thresholds: Iterable[Threshold]) -> bool:
    """Whether a budget says how many of the subject's requests, or of all, may fail."""
    return any(
        threshold.metric.name in _OF_FAILURES
        and (threshold.pattern.matches(subject) or threshold.pattern.matches(OVERALL))
        for threshold in thresholds
    )


def _listed(failures: dict[str, int]) -> str:
    worst = sorted(failures.items(), key=lambda item: -item[1])
    parts = [f"{count:,} of {'others' if name == OVERALL else name}" for name, count in worst]
    more = f" and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
    return ", ".join(parts[:_SHOWN]) + more


def _cold_start(first: float | None) -> Iterable[Result]:
    if first is None:
        return
    yield passed(
        COLD_START, f"The first request took {quantity(first, 'ms')}.", value=first, unit="ms"
    )
