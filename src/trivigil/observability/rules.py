"""Recording and alert rules for Prometheus (2.42 or later: `keep_firing_for`), from limits.

What is scraped (the application) and what comes every half hour (the monitor) need different rules: a gauge that is sent by a
run is gone five minutes later, so the monitor's rules look back over several runs, and nothing of theirs waits with `for`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.observability import promql
from trivigil.observability.limits import DAY
from trivigil.observability.promql import CHECK, TARGET, duration, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.observability.limits import Limits

FAST: Final = "5m"
"""The window of what is recorded, and how long an alert waits and lingers."""
MISSED: Final = 3
"""Intervals without a run after which the monitor is missing."""
REMEMBERED: Final = 3 * DAY
"""Seconds that a monitor is missed for, at the least: longer than a weekend."""
LAST_DAYS: Final = 3.0
"""With fewer days left a certificate is critical."""
_PERCENT: Final = 100


class Burn(NamedTuple):
    """How fast an error budget may go before people are told (Beyer et al.: "The Site Reliability Workbook", chapter 5)."""

    factor: float
    """Times as fast as the budget of a month lasts a month."""
    long: str
    short: str
    """The second window: it lets the alert end soon after the trouble does."""


BURNS: Final = (Burn(14.4, "1h", "5m"), Burn(6.0, "6h", "30m"))


def burns(limits: Limits) -> tuple[Burn, ...]:
    """Those that can be: no ratio of errors is above 1."""
    return tuple(each for each in BURNS if each.factor * limits.budget < 1)


def document(limits: Limits) -> dict[str, Any]:
    """The rule file."""
    return {
        "groups": [
            {"name": "trivigil-application", "rules": [*_recorded(limits), *_application(limits)]},
            {"name": "trivigil-monitor", "rules": list(_monitor(limits))},
        ]
    }


def slow(limits: Limits) -> str:
    """The name of what is recorded of response times."""
    percentile = number(limits.quantile * _PERCENT).replace(".", "_")
    return f"job:http_request_duration_seconds:p{percentile}_{FAST}"


def failed(window: str) -> str:
    """The name of what is recorded of errors."""
    return f"job:http_requests:error_ratio_rate{window}"


TIMED: Final = f"job:http_request_duration_seconds_count:rate{FAST}"
REQUESTS: Final = f"job:http_requests:rate{FAST}"
EVENTS: Final = f"job_type:security_events:increase{promql.EVENTS}"


def _recorded(limits: Limits) -> Iterator[dict[str, Any]]:
    yield {"record": slow(limits), "expr": promql.response_time(limits.quantile, FAST)}
    yield {"record": TIMED, "expr": promql.timed(FAST)}
    yield {"record": REQUESTS, "expr": promql.requests(FAST)}
    windows = [FAST, *(window for burn in burns(limits) for window in (burn.short, burn.long))]
    for window in dict.fromkeys(windows):
        yield {"record": failed(window), "expr": promql.errors(window)}
    yield {"record": EVENTS, "expr": promql.security_events()}


def _application(limits: Limits) -> Iterator[dict[str, Any]]:
    percentile = f"p{number(limits.quantile * _PERCENT)}"
    most, share = number(limits.response_time), number(limits.error_ratio)
    yield _alert(
        "HighResponseTime",
        f"{slow(limits)} > {most}\nand on (job) {TIMED} > {number(limits.least_rate)}",
        "{{ $labels.job }} is slow",
        f"{percentile} of the response times is {{{{ $value | humanizeDuration }}}}, more than {most} s, for 5 minutes.",
        waits=FAST,
        lingers=FAST,
    )
    yield _alert(
        "HighErrorRate",
        f"{failed(FAST)} > {share}\nand on (job) {REQUESTS} > {number(limits.least_rate)}",
        "{{ $labels.job }} fails too often",
        f"{{{{ $value | humanizePercentage }}}} of the requests fail, more than {number(limits.error_ratio * _PERCENT)} %, "
        "for 5 minutes.",
        waits=FAST,
        lingers=FAST,
    )
    yield from (_burn(limits, burn) for burn in burns(limits))
    yield _alert(
        "SuspiciousActivity",
        f"{EVENTS} > {number(limits.security_events)}",
        "{{ $labels.job }}: many security events of type {{ $labels.type }}",
        f"{{{{ $value | humanize }}}} in 10 minutes, more than {number(limits.security_events)}.",
    )


def _burn(limits: Limits, burn: Burn) -> dict[str, Any]:
    most = number(burn.factor * limits.budget)
    return _alert(
        "ErrorBudgetBurn",
        f"{failed(burn.long)} > {most}\nand on (job) {failed(burn.short)} > {most}\n"
        f"and on (job) {REQUESTS} > {number(limits.least_rate)}",
        "{{ $labels.job }} burns its error budget",
        f"{{{{ $value | humanizePercentage }}}} of the requests of the last {burn.long} failed: {number(burn.factor)} times as many "
        f"as {number(limits.objective)} % over a month allow.",
        severity="critical",
        labels={"window": burn.long},
    )


def _monitor(limits: Limits) -> Iterator[dict[str, Any]]:
    seen = limits.failures - 1
    known = f"max by ({CHECK}) (changes(synthetic_check_timestamp_seconds[WINDOW])) >= {seen}"
    ran = f"max by ({TARGET}) (changes(synthetic_last_run_timestamp_seconds[WINDOW])) >= {seen}"
    yield _in_a_row(
        limits,
        "Failing",
        f"sum by ({CHECK}) (sum_over_time(synthetic_check_success[WINDOW])) == 0\nand on ({CHECK}) {known}",
        "fails",
        severity="critical",
    )
    for status, words, proof in (
        ("degraded", "works, but not as it should", f"and on ({CHECK}) {known}"),
        ("unknown", "cannot be seen", f"and on ({TARGET}) {ran}"),
    ):
        every = f'min_over_time(synthetic_check_status{{status="{status}"}}[WINDOW])'
        yield _in_a_row(limits, status.title(), f"min by ({CHECK}) ({every}) == 1\n{proof}", words)
    yield _missing(limits)
    yield from _certificate(limits)


def _in_a_row(
    limits: Limits, name: str, bad: str, words: str, *, severity: str = "warning"
) -> dict[str, Any]:
    """So many bad runs without another between, in a window that holds just them, or in one that holds them for certain.

    The short one is first to see the last run that is needed; when it has lost the first of them, the long one holds them all. A
    moment between is bridged by `keep_firing_for`.
    """
    both = "\nor\n".join(
        "(\n  " + bad.replace("WINDOW", duration(each)).replace("\n", "\n  ") + "\n)"
        for each in (limits.short_window, limits.window)
    )
    runs = f"the last {limits.failures} runs" if limits.failures > 1 else "the last run"
    return _alert(
        f"SyntheticCheck{name}",
        both,
        f"{{{{ $labels.target }}}}: {{{{ $labels.check }}}} {words}",
        f"So it was in {runs}.",
        severity=severity,
        lingers=duration(limits.interval / 2),
    )


def _missing(limits: Limits) -> dict[str, Any]:
    remembered = duration(max(REMEMBERED, 2 * MISSED * limits.interval))
    last = promql.latest("synthetic_last_run_timestamp_seconds", remembered)
    return _alert(
        "SyntheticMonitorMissing",
        f"time() - max by ({TARGET}) ({last}) > {number(MISSED * limits.interval)}",
        "{{ $labels.target }} is not watched",
        "The last run began {{ $value | humanizeDuration }} ago; one is expected every "
        f"{duration(limits.interval)}.",
        severity="critical",
    )


def _certificate(limits: Limits) -> Iterator[dict[str, Any]]:
    window = duration(max(limits.window, 4 * limits.interval))
    ends = promql.latest("synthetic_tls_not_after_timestamp_seconds", window)
    for days, severity in certificate_days(limits):
        yield _alert(
            "SyntheticCertificateEnds",
            f"min by ({CHECK}) ({ends}) - time() < {number(days * DAY)}",
            "{{ $labels.target }}: the certificate ends",
            f"It ends in {{{{ $value | humanizeDuration }}}}; at least {number(days)} days are expected.",
            severity=severity,
        )


def certificate_days(limits: Limits) -> tuple[tuple[float, str], ...]:
    """Fewest days by severity: the warning that is asked for, and the last one; none where none is asked for."""
    if not limits.certificate_days:
        return ()
    if limits.certificate_days <= LAST_DAYS:
        return ((limits.certificate_days, "critical"),)
    return ((limits.certificate_days, "warning"), (LAST_DAYS, "critical"))


def _alert(
    name: str,
    expression: str,
    summary: str,
    description: str,
    *,
    severity: str = "warning",
    waits: str = "",
    lingers: str = "",
    labels: dict[str, str] | None = None,
) -> dict[str, Any]:
    return {
        "alert": name,
        "expr": expression,
        **({"for": waits} if waits else {}),
        **({"keep_firing_for": lingers} if lingers else {}),
        "labels": {"severity": severity, **(labels or {})},
        "annotations": {"summary": summary, "description": description},
    }
