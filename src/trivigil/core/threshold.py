"""Thresholds: what must hold, for which subjects, and how measurements are judged against it.

A threshold states the condition that must hold (`<= 300` reads "at most 300"). For one subject and metric one
threshold applies: an exact subject beats a pattern, a pattern beats the default, then one for the run's profile beats one
for every profile, and among equals the later one wins. The default covers only subjects without an exact threshold of their own. An expired threshold no longer applies; where nothing else covers what it covered, the
result is open, so that forgetting to renew one is never a pass.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from trivigil.core import certainty, error_budget
from trivigil.core.measurement import OVERALL, Measurement, Metric, is_part
from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.interval import Interval

Operator = Literal["<", "<=", ">", ">="]
Outcome = Literal["fail", "warn", "pass"]
PatternKind = Literal["exact", "glob", "regex", "default"]
_RANK = {"exact": 3, "glob": 2, "regex": 2, "default": 1}


class Limit(NamedTuple):
    """A condition on a value, in the metric's unit."""

    operator: Operator
    value: float

    def holds(self, value: float) -> bool:
        """Whether the value satisfies the condition."""
        if self.operator == "<":
            return value < self.value
        if self.operator == "<=":
            return value <= self.value
        return value > self.value if self.operator == ">" else value >= self.value

    def excess(self, value: float) -> float:
        """How far beyond the limit, relative to it (0.25 = a quarter); negative when within."""
        distance = value - self.value if self.operator.startswith("<") else self.value - value
        if self.value == 0:
            return float("inf") if distance > 0 else 0.0
        return distance / abs(self.value)


class Pattern(NamedTuple):
    """Which subjects a threshold speaks of."""

    kind: PatternKind
    text: str

    def matches(self, subject: str) -> bool:
        """Whether it covers the subject. The whole run is meant only by its own name, and by it alone.

        A part of it (`{status:500}`) is meant only by a pattern that begins with the brace.
        """
        if self.kind == "exact" and OVERALL in (self.text, subject):
            return self.text == subject
        if self.kind == "exact":
            return self.text in _names_of(subject)
        if subject == OVERALL or (is_part(subject) and not self.text.startswith(("{", "\\{"))):
            return False
        if self.kind == "default":
            return True
        return any(_compiled(self).fullmatch(name) for name in _names_of(subject))


class Threshold(NamedTuple):
    """One metric's conditions for the subjects of a pattern, and where they are written."""

    pattern: Pattern
    metric: Metric
    fail: Limit | None
    warn: Limit | None = None
    optional: bool = False
    owner: str | None = None
    reason: str | None = None
    expires: str | None = None
    """Last day it applies, as YYYY-MM-DD."""
    by_value: bool = False
    """Whether the value alone decides, however sure it is; else the end of its interval does."""
    objective: float | None = None
    """Percent of requests that must succeed, where the metric is what is spent of its error budget."""
    path: str | None = None
    line: int | None = None
    profiles: tuple[str, ...] = ()
    """The load profiles it is for; empty: for every run."""

    def applies(self, profile: str | None) -> bool:
        """Whether it is for a run of this profile (None: a run without one)."""
        return not self.profiles or profile in self.profiles

    def expired(self, today: str) -> bool:
        """Whether its last day lies before `today` (YYYY-MM-DD)."""
        return self.expires is not None and self.expires < today


def _names_of(subject: str) -> tuple[str, ...]:
    """A subject and, for `GET /path`, also its bare `/path`."""
    method, blank, name = subject.partition(" ")
    bare = blank and method.isalpha() and method.isupper()
    return (subject, name) if bare else (subject,)


@lru_cache(maxsize=4096)
def _compiled(pattern: Pattern) -> re.Pattern[str]:
    if pattern.kind == "regex":
        return re.compile(pattern.text, re.DOTALL)
    parts = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern.text)
    return re.compile("".join(parts), re.DOTALL)


def judge(
    thresholds: Sequence[Threshold], measurements: Iterable[Measurement], today: str
) -> tuple[Result, ...]:
    """Judge every subject that was measured, and say which required subjects were not.

    `today` is YYYY-MM-DD. One result a subject and metric that a threshold covers.
    """
    measured = _by_subject(measurements)
    judged = [
        result
        for subject, values in measured.items()
        for result in _judge_subject(subject, values, thresholds, today)
    ]
    return (*judged, *_vanished(thresholds, measured, today))


def _by_subject(measurements: Iterable[Measurement]) -> dict[str, dict[str, Measurement]]:
    subjects: dict[str, dict[str, Measurement]] = {}
    for measurement in measurements:
        subjects.setdefault(measurement.subject, {})[measurement.metric.name] = measurement
    return subjects


def _judge_subject(
    subject: str, values: dict[str, Measurement], thresholds: Sequence[Threshold], today: str
) -> Iterable[Result]:
    covering: dict[str, list[Threshold]] = {}
    for threshold in _covering(subject, thresholds, today):
        covering.setdefault(threshold.metric.name, []).append(threshold)
    for candidates in covering.values():
        current = [candidate for candidate in candidates if not candidate.expired(today)]
        if not current:
            yield _expired(subject, candidates[-1])
        else:
            yield _judge(subject, values, _winner(current))


def _covering(subject: str, thresholds: Sequence[Threshold], today: str) -> Iterable[Threshold]:
    """All that match, without the default where the subject has an entry of its own."""
    matching = [threshold for threshold in thresholds if threshold.pattern.matches(subject)]
    own = any(t.pattern.kind == "exact" and not t.expired(today) for t in matching)
    return (t for t in matching if not (own and t.pattern.kind == "default"))


def _winner(candidates: Sequence[Threshold]) -> Threshold:
    best = candidates[0]
    for candidate in candidates[1:]:
        if _precedence(candidate) >= _precedence(best):
            best = candidate
    return best


def _precedence(threshold: Threshold) -> tuple[int, bool]:
    return _RANK[threshold.pattern.kind], bool(threshold.profiles)


def _judge(subject: str, values: dict[str, Measurement], threshold: Threshold) -> Result:
    if threshold.objective is None:
        return _judge_one(subject, values.get(threshold.metric.name), threshold)
    result = _judge_one(
        subject, error_budget.spent(subject, values, threshold.objective), threshold
    )
    if result.kind == "open":
        return result
    told = error_budget.evidence(values, threshold.objective)
    message = f"{result.message}{error_budget.words(told)}"
    return result._replace(message=message, evidence={**result.evidence, **told})


def _judge_one(subject: str, measurement: Measurement | None, threshold: Threshold) -> Result:
    if measurement is None:
        return _not_measured(subject, threshold)
    value, levels = measurement.value, (threshold.fail, threshold.warn)
    for limit in (level for level in levels if level is not None):
        if not limit.holds(value):
            outcome: Outcome = "fail" if limit is threshold.fail else "warn"
            return _result(subject, threshold, outcome, measurement, limit)
        if not threshold.by_value and not limit.holds(certainty.worst(measurement, limit.operator)):
            return _unsure(subject, threshold, measurement, limit)
    return _result(subject, threshold, "pass", measurement, threshold.fail or threshold.warn)


def _unsure(subject: str, threshold: Threshold, measurement: Measurement, limit: Limit) -> Result:
    """The value holds, but so few observations do not prove it."""
    unit = threshold.metric.unit
    result = _result(subject, threshold, "pass", measurement, limit)
    gates = limit is threshold.fail
    return result._replace(
        kind="open" if gates else "fail",
        severity=Severity.HIGH if gates else Severity.LOW,
        gates=gates,
        message=f"{subject}: {threshold.metric.title} is {quantity(measurement.value, unit)}, "
        f"{phrase(limit, unit)} {'required' if gates else 'expected'}, but {measurement.n:,} observations "
        f"leave it anywhere {_range(measurement.ci, unit)}",
        fix="Let the test run longer, so that the interval is narrow enough to decide; or give the budget more room, or "
        "`judge: value`.",
    )


def _result(
    subject: str,
    threshold: Threshold,
    outcome: Outcome,
    measurement: Measurement,
    limit: Limit | None,
) -> Result:
    metric, value = threshold.metric, measurement.value
    evidence: dict[str, object] = {"value": value, "unit": metric.unit, "n": measurement.n}
    message = f"{subject}: {metric.title} is {quantity(value, metric.unit)}"
    if limit is not None:
        evidence |= {
            "operator": limit.operator,
            "limit": limit.value,
            "excess": limit.excess(value),
        }
        message += (
            f", {phrase(limit, metric.unit)} {'expected' if outcome == 'warn' else 'required'}"
        )
    evidence |= certainty.evidence(measurement)
    severity = {"fail": Severity.HIGH, "warn": Severity.LOW, "pass": Severity.INFO}[outcome]
    return Result(
        rule=_rule(metric),
        kind="pass" if outcome == "pass" else "fail",
        severity=severity,
        message=message,
        location=Location(subject, threshold.path, threshold.line),
        gates=outcome != "warn",
        evidence=evidence | _ownership(threshold),
        profile=measurement.profile,
    )


def _range(ci: Interval | None, unit: str) -> str:
    if ci is None or ci.high is None:
        return f"from {quantity(ci.low if ci else 0, unit)} up"
    return f"between {quantity(ci.low, unit)} and {quantity(ci.high, unit)}"


def _not_measured(subject: str, threshold: Threshold) -> Result:
    metric = threshold.metric
    return Result(
        rule=_rule(metric),
        kind="open",
        severity=Severity.HIGH if threshold.fail else Severity.LOW,
        message=f"{subject}: {metric.title} has a budget, but nobody measured it",
        location=Location(subject, threshold.path, threshold.line),
        gates=threshold.fail is not None,
        evidence=_ownership(threshold),
    )


def _expired(subject: str, threshold: Threshold) -> Result:
    metric = threshold.metric
    return Result(
        rule=_rule(metric),
        kind="open",
        severity=Severity.HIGH if threshold.fail else Severity.LOW,
        message=f"{subject}: the budget for {metric.title} expired on {threshold.expires}",
        location=Location(subject, threshold.path, threshold.line),
        gates=threshold.fail is not None,
        fix="Renew the date or remove the entry.",
        evidence=_ownership(threshold),
    )


def _vanished(
    thresholds: Sequence[Threshold], measured: dict[str, dict[str, Measurement]], today: str
) -> Iterable[Result]:
    """One failure for each pattern that must match and does not, however many metrics it budgets."""
    seen: dict[Pattern, list[Threshold]] = {}
    for threshold in thresholds:
        if not threshold.expired(today):
            seen.setdefault(threshold.pattern, []).append(threshold)
    for pattern, entries in seen.items():
        required = [entry for entry in entries if not entry.optional]
        if required and not any(pattern.matches(subject) for subject in measured):
            yield _missing(pattern, required)


def _missing(pattern: Pattern, required: Sequence[Threshold]) -> Result:
    first, gates = required[0], any(entry.fail for entry in required)
    name = "default" if pattern.kind == "default" else pattern.text
    what = "no endpoint was measured" if pattern.kind == "default" else "it is not in the results"
    return Result(
        rule=Rule("budget.vanished", "budgeted subject is absent"),
        kind="fail",
        severity=Severity.HIGH if gates else Severity.LOW,
        message=f"{name}: it has a budget, but {what}",
        location=Location(name, first.path, first.line),
        gates=gates,
        fix="Mend the load test, or mark the entry `optional: true`, or remove it.",
        evidence=_ownership(first),
    )


def _rule(metric: Metric) -> Rule:
    return Rule(f"budget.{metric.name}", f"budget for {metric.title}")


def _ownership(threshold: Threshold) -> dict[str, object]:
    pairs = {"owner": threshold.owner, "reason": threshold.reason, "expires": threshold.expires}
    return {key: value for key, value in pairs.items() if value is not None}


def phrase(limit: Limit, unit: str) -> str:
    """A limit in words: `at most 300 ms`."""
    words = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
    return f"{words[limit.operator]} {quantity(limit.value, unit)}"


def quantity(value: float, unit: str) -> str:
    """A value for people, about three significant digits and its unit: `412 ms`, `0.25 %`, `1,200`, `57.5 ns`."""
    if unit == "s" and 0 < abs(value) < 1:
        value, unit = next(
            (value * scale, name)
            for scale, name in _SMALLER
            if abs(value) * scale >= 1 or name == "ns"
        )
    if unit in {"B", "B/s"} and abs(value) >= _MANY_BYTES:
        value, prefix = next(
            (value / scale, name) for scale, name in _LARGER if abs(value) >= scale or name == "k"
        )
        unit = f"{prefix}{unit}"
    text = f"{value:,.{_digits(value)}f}" if value == 0 or abs(value) >= _TINY else f"{value:.3g}"
    return {"count": text, "1": text, "1/s": f"{text}/s"}.get(unit, f"{text} {unit}")


_SMALLER = ((1e3, "ms"), (1e6, "\N{MICRO SIGN}s"), (1e9, "ns"))
"""Times of benchmarks are kept in seconds, and mostly far below one."""
_LARGER = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_MANY_BYTES = 10_000
"""Below this bytes are exact to one."""
_TINY = 0.01
_EXACT = 1e15
"""Beyond this a float has no fraction to show."""


def _digits(value: float) -> int:
    if abs(value) >= _EXACT or value == int(value):
        return 0
    return max(0, 2 - len(str(int(abs(value)))) + 1)
