"""What a load tool's file tells: measurements, errors, exceptions and the run's course over time."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from trivigil.core.measurement import Measurement
from trivigil.core.record import NamedTuple
from trivigil.core.result import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.histogram import Histogram


class ErrorCount(NamedTuple):
    """How often requests of one subject failed with one message. The text is untrusted."""

    subject: str
    text: str
    count: int  # type: ignore[assignment]  # in place of tuple.count
    first_seen: str | None = None
    last_seen: str | None = None


class ExceptionCount(NamedTuple):
    """How often the test's own code raised one exception; such a task is not a failed request."""

    message: str
    count: int  # type: ignore[assignment]  # in place of tuple.count
    traceback: str = ""


class Window(NamedTuple):
    """One moment of the run, for one subject: rates and percentiles as the tool saw them then."""

    at: float
    """Unix seconds."""
    subject: str
    users: int | None
    throughput: float
    """Requests per second."""
    failures: float
    """Failures per second."""
    percentiles: tuple[tuple[str, float], ...]
    """(metric name, ms) pairs; empty where nothing was requested in the window."""
    total_requests: int
    total_failures: int
    times: Histogram | None = None
    """The times of the window's own requests, where the file has single requests."""


class RunFacts(NamedTuple):
    """Everything one file says. What a tool did not write is empty, never invented."""

    measurements: tuple[Measurement, ...] = ()
    errors: tuple[ErrorCount, ...] = ()
    exceptions: tuple[ExceptionCount, ...] = ()
    timeline: tuple[Window, ...] = ()
    verdicts: tuple[Result, ...] = ()
    """The tool's own thresholds, as the tool judged them (k6 thresholds, Artillery `ensure`)."""
    invalid: tuple[str, ...] = ()
    """Sentences for what makes the run prove nothing (dropped iterations, a target rate missed): our words, numbers
    and names of subjects. What the tool says in its own words belongs to `errors`, or stands after `was not measured: `
    (`benchmark.failed`): a public repository shows neither."""
    started: float | None = None
    """Unix seconds of the first request, where known."""
    ended: float | None = None
    first: float | None = None
    """How long the request that began first took, in ms; where the file has single requests."""
    host: Mapping[str, str] = MappingProxyType({})
    """The machine that was measured on, as the tool says it; for comparing like with like. Untrusted."""
