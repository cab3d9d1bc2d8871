"""What the monitor saw, as metrics: status and phases of each check, certificates, header grades, how late the run was.

A check that nobody could see has a status (`unknown`) and no success, neither 1 nor 0: it is neither an outage nor availability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.monitor import facts
from trivigil.observability.exposition import Family, Sample, sample
from trivigil.observability.moments import seconds
from trivigil.observability.promql import STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked

_MILLISECONDS: Final = 1000
_SCALES: Final = {"observatory": ("score", "grade"), "strict": ("strict_score", "strict_grade")}


def families(report: Report) -> Iterator[Family]:
    """The metrics of a run of the monitor."""
    target = report.facts.get("target")
    of = {"watch": report.name, "target": target if isinstance(target, str) else ""}
    checks = facts.read(report.facts.get("checks"))
    yield from _run(report, of)
    yield from _states(checks, of)
    yield from _times(checks, of)
    headers = report.facts.get("headers")
    if isinstance(headers, dict):
        yield from _headers(headers, of)


def _run(report: Report, of: Mapping[str, str]) -> Iterator[Family]:
    began = seconds(report.facts.get("started_at")) or seconds(report.generated_at)
    yield Family(
        "synthetic_last_run_timestamp_seconds",
        "When the last run of the monitor began; alert when it is long ago.",
        () if began is None else (sample(began, **of),),
        "seconds",
    )
    late = report.facts.get("lateness_s")
    known = isinstance(late, int | float) and not isinstance(late, bool)
    yield Family(
        "synthetic_run_lateness_seconds",
        "How much later than planned the run began; absent where no schedule started it.",
        (sample(float(late), **of),) if known and isinstance(late, int | float) else (),
        "seconds",
    )


def _states(checks: Sequence[Checked], of: Mapping[str, str]) -> Iterator[Family]:
    yield Family(
        "synthetic_check_success",
        "1 where the check found the target working (degraded, too), 0 where not; absent where nobody could see.",
        tuple(
            sample(check.status in {"up", "degraded"}, **_labels(check, of))
            for check in checks
            if check.status != "unknown"
        ),
    )
    yield Family(
        "synthetic_check_status",
        "1 for the status that the check has, 0 for the others.",
        tuple(
            sample(check.status == status, **_labels(check, of), status=status)
            for check in checks
            for status in STATUSES
        ),
    )
    yield Family(
        "synthetic_check_attempts",
        "Attempts that the check took in this run.",
        tuple(sample(len(check.attempts), **_labels(check, of)) for check in checks),
    )


def _times(checks: Sequence[Checked], of: Mapping[str, str]) -> Iterator[Family]:
    yield Family(
        "synthetic_check_timestamp_seconds",
        "When the attempt began that decided; absent where nobody could see.",
        tuple(_moments(checks, of, "started_at")),
        "seconds",
    )
    yield Family(
        "synthetic_check_duration_seconds",
        "How long each phase of the attempt took that decided.",
        tuple(
            sample(value / _MILLISECONDS, **_labels(check, of), phase=phase)
            for check in checks
            for phase, value in check.phases._asdict().items()
            if value is not None
        ),
        "seconds",
    )
    yield Family(
        "synthetic_tls_not_after_timestamp_seconds",
        "When the certificate ends.",
        tuple(_moments(checks, of, "certificate_ends")),
        "seconds",
    )


def _moments(checks: Sequence[Checked], of: Mapping[str, str], field: str) -> Iterator[Sample]:
    """A time of the last attempt, where it says one."""
    for check in checks:
        if field == "started_at" and check.status == "unknown":
            continue
        when = seconds(getattr(check.attempts[-1], field)) if check.attempts else None
        if when is not None:
            yield sample(when, **_labels(check, of))


def _labels(check: Checked, of: Mapping[str, str]) -> dict[str, str]:
    return {**of, "check": check.name, "kind": check.kind}


def _headers(headers: Mapping[str, Any], of: Mapping[str, str]) -> Iterator[Family]:
    found = {
        scale: (headers.get(score), headers.get(grade)) for scale, (score, grade) in _SCALES.items()
    }
    yield Family(
        "synthetic_header_score",
        "Points for the security headers.",
        tuple(
            sample(score, **of, scale=scale)
            for scale, (score, _) in found.items()
            if isinstance(score, int) and not isinstance(score, bool)
        ),
    )
    yield Family(
        "synthetic_header_grade",
        "Always 1; the grade of the security headers is a label.",
        tuple(
            sample(1, **of, scale=scale, grade=grade)
            for scale, (_, grade) in found.items()
            if isinstance(grade, str)
        ),
    )
