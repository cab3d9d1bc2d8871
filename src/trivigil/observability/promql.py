"""Expressions in PromQL that rules and dashboard share: each is a form that gives a number where it should, and none where not.

`window` is a range as PromQL writes it (`5m`), or Grafana's `$__rate_interval`; `only` goes into the braces of a selector.
"""

from __future__ import annotations

from typing import Final

from trivigil.observability.limits import DAY, HOUR, MINUTE

CHECK: Final = "watch, target, check"
TARGET: Final = "watch, target"
BORN: Final = "1h"
"""How long a counter is remembered: one that comes back after a shorter gap is not new."""
EVENTS: Final = "10m"
STATUSES: Final = ("up", "degraded", "down", "unknown")
"""In the order of their numbers in `status`."""


def duration(seconds: float) -> str:
    """A time as PromQL writes it, in its largest whole unit: `75m`, `14d`."""
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:.0f}s"


def number(value: float) -> str:
    """A number without a tail that floats have: `0.0144`, `500`."""
    return f"{value:.10g}"


def response_time(quantile: float, window: str, only: str = "") -> str:
    """Seconds. Over the rates of the buckets: over their counts it would be of all time; and `le` has to stay."""
    rate = f"rate(http_request_duration_seconds_bucket{_braces(only)}[{window}])"
    return f"histogram_quantile({number(quantile)}, sum by (job, le) ({rate}))"


def timed(window: str, only: str = "") -> str:
    """Requests a second, as the histogram counts them."""
    return f"sum by (job) (rate(http_request_duration_seconds_count{_braces(only)}[{window}]))"


def requests(window: str, only: str = "") -> str:
    """Requests a second."""
    return f"sum by (job) (rate(http_requests_total{_braces(only)}[{window}]))"


def errors(window: str, only: str = "") -> str:
    """Failed requests by all: 0 where no request ever failed, nothing where there was none."""
    failed = requests(window, ", ".join(filter(None, (only, 'status=~"5.."'))))
    every = requests(window, only)
    return f"(\n  {failed}\n  or\n  0 * {every}\n)\n/\n({every} > 0)"


def security_events(only: str = "") -> str:
    """Events in ten minutes, by type.

    A counter that was not there before counts from nothing, though increase() sees a beginning where it was first read.
    That one comes first: after `or` it would be hidden by an increase of 0. One that was away for less than an hour is not new.
    """
    name = f"security_events_total{_braces(only)}"
    return (
        f"sum by (job, type) (\n  ({name} unless last_over_time({name}[{BORN}] offset {EVENTS}))\n"
        f"  or\n  increase({name}[{EVENTS}])\n)"
    )


def latest(metric: str, window: str, only: str = "") -> str:
    """The last value that was sent: between two runs a gauge is gone from what an instant sees."""
    return f"last_over_time({metric}{_braces(only)}[{window}])"


def status(window: str, only: str = "") -> str:
    """0 up, 1 degraded, 2 down, 3 unknown, by check."""
    each = (
        f"{place} * "
        + latest(
            "synthetic_check_status", window, ", ".join(filter(None, (only, f'status="{name}"')))
        )
        for place, name in enumerate(STATUSES)
    )
    return f"sum by ({CHECK}) (\n  " + "\n  or\n  ".join(each) + "\n)"


def availability(window: str, only: str = "") -> str:
    """The share of runs that found the check working, of those that could see it."""
    seen = f"synthetic_check_success{_braces(only)}[{window}]"
    return (
        f"sum by ({CHECK}) (sum_over_time({seen}))\n/\nsum by ({CHECK}) (count_over_time({seen}))"
    )


def _braces(only: str) -> str:
    return f"{{{only}}}" if only else ""
