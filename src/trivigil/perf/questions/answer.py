"""The answer to a profile's question, and what all of them share."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.perf.facts import Window

P95: Final = "latency.p95"
HELP: Final = "https://github.com/trivigil/trivigil/blob/v1/docs/rules.md"


class Answer(NamedTuple):
    """What the run says to the question of its profile."""

    results: tuple[Result, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    facts: Mapping[str, object] = MappingProxyType({})
    """Plain JSON, to be shown: the table of steps, the slopes."""


class Span(NamedTuple):
    """What came between two windows of the run, by their cumulative counts: exact, where percentiles are not."""

    begin: float
    """Unix seconds."""
    end: float
    requests: int
    failures: int
    users: int | None
    p95: float | None
    """The median of its windows' p95, in ms: a typical moment, not a percentile of the span."""

    @property
    def throughput(self) -> float:
        """Requests per second."""
        return self.requests / (self.end - self.begin)

    @property
    def error_rate(self) -> float:
        """Failures in percent of the requests; 0 where there were none."""
        return 100 * self.failures / self.requests if self.requests else 0.0


def span(windows: Sequence[Window]) -> Span | None:
    """The windows together; None where there are fewer than two, or the clock stood still."""
    if len(windows) < 2 or windows[-1].at <= windows[0].at:  # noqa: PLR2004 (a difference needs two)
        return None
    first, last = windows[0], windows[-1]
    users = [window.users for window in windows if window.users is not None]
    return Span(
        first.at,
        last.at,
        max(0, last.total_requests - first.total_requests),
        max(0, last.total_failures - first.total_failures),
        int(median(users)) if users else None,
        typical(windows),
    )


def p95(window: Window) -> float | None:
    """The 95th percentile of a window in ms, where it has one."""
    return dict(window.percentiles).get(P95)


def typical(windows: Iterable[Window]) -> float | None:
    """The median of the windows' p95."""
    known = [value for window in windows if (value := p95(window)) is not None]
    return median(known) if known else None


def median(values: Iterable[float]) -> float:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def measured(name: str, value: float, n: int | None = None, subject: str = OVERALL) -> Measurement:
    """A measurement of the whole run, or of a part of it."""
    return Measurement(subject, metric(name), float(value), n)


def rule(name: str, title: str) -> Rule:
    """The rule of this id; its page explains the formula."""
    return Rule(name, title, f"{HELP}#{name.replace('.', '')}")


def passed(of: Rule, message: str, **evidence: object) -> Result:
    """A question that is answered well."""
    return Result(of, "pass", Severity.INFO, message, Location(OVERALL), evidence=evidence)


def failed(of: Rule, message: str, fix: str, **evidence: object) -> Result:
    """A question that is answered badly, which fails the gate."""
    return Result(of, "fail", Severity.HIGH, message, Location(OVERALL), fix=fix, evidence=evidence)


def undecided(of: Rule, message: str, fix: str | None = None) -> Result:
    """A question that the data do not answer. It warns: a budget on its metric is what makes it a must."""
    return Result(of, "open", Severity.LOW, message, Location(OVERALL), gates=False, fix=fix)
