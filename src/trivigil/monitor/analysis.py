"""From what the monitor saw to what is concluded: pure, and in one straight line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.core import report as core_report
from trivigil.core.gate import EXIT_FAULT, Conclusion, conclude
from trivigil.core.measurement import Measurement, metric
from trivigil.core.record import NamedTuple
from trivigil.core.report import Origin, Report, SourceRecord
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.monitor import facts
from trivigil.monitor.facts import Checked, Failed
from trivigil.monitor.vigilance import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.core.result import Kind
    from trivigil.monitor.graded import Graded

RULES: Final[dict[str, Rule]] = {
    "synthetic": Rule("monitor.check", "a check of the target"),
    "certificate": Rule("monitor.certificate", "the certificate is valid, and for long enough"),
    "headers": Rule("monitor.headers", "the grade of the security headers"),
    "baseline": Rule("monitor.baseline", "the target is as fast as it was"),
}
"""By the kind of a check; each check is judged once, at its own name."""
CLAIM: Final = Rule("monitor.claim", "a claim of a check")
HEADER: Final = "header."
"""How the ids of rules begin that advise on a header and gate nothing."""
MOST_NAMED: Final = 5
_KINDS: Final[dict[str, Kind]] = {
    "up": "pass",
    "degraded": "fail",
    "down": "fail",
    "unknown": "open",
}


class Context(NamedTuple):
    """What the analysis cannot know by itself."""

    name: str
    now: str
    """UTC, ISO 8601 with Z."""
    target: str
    """As it may be shown: without password and query, or the name that stands for it."""
    origin: Origin = Origin()
    started_at: str = ""
    """When the first probe went out; `now` where nobody says."""
    scheduled_for: str | None = None
    """When the run should have begun; None for one that no schedule started."""
    lateness: float | None = None
    """Seconds from then to the beginning."""
    policy: Policy = Policy()
    state: str = "auto"
    """Where it is remembered; whoever tells people reads it here."""
    notes: tuple[str, ...] = ()


def analyze(
    checks: Sequence[Checked],
    context: Context,
    *,
    headers: Graded | None = None,
    baseline: Mapping[str, Any] | None = None,
) -> Report:
    """Judge what was seen. `baseline` is what the comparison says of itself; its checks are among `checks`."""
    ours = facts.ours(checks)
    results = (
        *(_result(check) for check in checks),
        *(claim for check in checks for claim in _claims(check)),
        *(_advice(headers, context) if headers else ()),
    )
    return Report(
        action="monitor",
        name=context.name,
        conclusion=Conclusion("failure", EXIT_FAULT)
        if ours
        else conclude(results, (), len(checks)),
        generated_at=context.now,
        sources=tuple(_sources(checks)),
        results=results,
        measurements=tuple(_measurements(checks)),
        origin=context.origin,
        notes=(*context.notes, *_faults(ours)),
        facts={
            **_facts(context),
            "checks": facts.as_json(checks),
            "headers": headers.as_json() if headers else None,
            "baseline": dict(baseline) if baseline is not None else None,
            "incidents": [],
        },
    )


def refused(problem: str, context: Context) -> Report:
    """The report of a watch that could not look at all, because of what a user can mend."""
    facts: dict[str, object] = {
        **_facts(context),
        "checks": [],
        "headers": None,
        "baseline": None,
        "incidents": [],
    }
    return core_report.refused("monitor", context.name, problem, context.now, context.origin, facts)


def _faults(ours: Sequence[str]) -> Iterator[str]:
    if ours:
        yield (
            f"An error of Trivigil itself hides how it is with {', '.join(ours[:MOST_NAMED])}"
            f"{' and others' if len(ours) > MOST_NAMED else ''}: please report it with this file."
        )


def _facts(context: Context) -> dict[str, object]:
    return {
        "target": context.target,
        "scheduled_for": context.scheduled_for,
        "started_at": context.started_at or context.now,
        "lateness_s": context.lateness,
        "policy": {**context.policy._asdict(), "state": context.state},
    }


# --- results -----------------------------------------------------------------------------------


def _result(check: Checked) -> Result:
    """The check itself. What was skipped because of another check gates nothing: that other one does."""
    kind = _KINDS[check.status]
    first = next(iter(check.failed), None)
    line = first.line if first is not None and first.line is not None else check.line
    return Result(
        rule=RULES[check.kind],
        kind=kind,
        severity=_severity(check),
        message=_message(check),
        location=Location(check.name, check.file, line),
        gates=check.status in {"down", "unknown"} and check.skipped is None,
        fix=f"Runbook: {check.runbook}" if check.runbook and kind != "pass" else None,
        evidence={
            "kind": check.kind,
            "status": check.status,
            "cause": check.cause,
            "attempts": len(check.attempts),
            "milliseconds": round(check.phases.total, 3),
        },
    )


def _severity(check: Checked) -> Severity:
    return {
        "up": Severity.INFO,
        "degraded": Severity.MEDIUM,
        "down": Severity.HIGH,
        "unknown": Severity.UNKNOWN,
    }[check.status]


def _message(check: Checked) -> str:
    """What was seen, with how many attempts it took."""
    if check.status == "up":
        tries = f" in attempt {len(check.attempts)}" if len(check.attempts) > 1 else ""
        return f"{check.name} is up{tries}"
    cause = f" ({check.cause})" if check.cause else ""
    said = f": {check.message}" if check.message else ""
    tries = f", in each of {len(check.attempts)} attempts" if len(check.attempts) > 1 else ""
    return f"{check.name} is {check.status}{cause}{tries}{said}"


def _claims(check: Checked) -> Iterator[Result]:
    """Every claim after the first that does not hold, so that each has its annotation; none gates by itself."""
    for number, failed in enumerate(check.failed[1:], 2):
        yield Result(
            rule=CLAIM,
            kind="fail",
            severity=Severity.MEDIUM if failed.severity == "fail" else Severity.LOW,
            message=_said(failed, check),
            location=Location(check.name, check.file, failed.line or check.line),
            gates=False,
            identity=f"{CLAIM.id}\0{check.name}\0{number}",
        )


def _said(failed: Failed, check: Checked) -> str:
    return f"{check.name}: {failed.message or 'a claim does not hold'}"


def _advice(headers: Graded, context: Context) -> Iterator[Result]:
    """What the strict grade was lost for, with the exact line to send."""
    for finding in headers.findings:
        yield Result(
            rule=Rule(f"{HEADER}{finding.rule}", finding.test or finding.rule),
            kind="fail",
            severity=finding.severity,
            message=finding.message,
            location=Location(f"{context.target} {finding.test}"),
            gates=False,
            fix=f"Send `{finding.send}`" if ": " in finding.send else finding.send,
        )


# --- what was read, what was measured ------------------------------------------------------------


def _sources(checks: Iterable[Checked]) -> Iterator[SourceRecord]:
    """The check files, each with how many checks it holds."""
    counts: dict[str, int] = {}
    for check in checks:
        if check.file is not None:
            counts[check.file] = counts.get(check.file, 0) + 1
    for path, count in counts.items():
        kind = path.rpartition(".")[2]
        yield SourceRecord(path, "trivigil", kind, "complete", count=count, unit="checks")


def _measurements(checks: Iterable[Checked]) -> Iterator[Measurement]:
    """Each phase that was measured, of the attempt that decided."""
    for check in checks:
        for phase, value in check.phases._asdict().items():
            if value is not None:
                yield Measurement(check.name, metric(f"phase.{phase}"), value, 1)
