"""What a result file has to tell, without a memory of earlier runs: each check that does not work, or a gate that failed. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from trivigil import render
from trivigil.core.notice import Notice
from trivigil.core.result import Location, Result, Severity
from trivigil.monitor import facts
from trivigil.monitor.analysis import RULES
from trivigil.render.document import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked

SEVERITIES: Final = {"down": Severity.HIGH, "degraded": Severity.MEDIUM, "unknown": Severity.MEDIUM}
GATES: Final = {"perf": "the performance gate", "security": "the security gate"}
_CLAIMS: Final = 3


def notices_of(report: Report) -> tuple[Notice, ...]:
    """One for each check that is down or degraded; one where nobody could see anything; one for a gate that failed.

    A check that is unknown tells nothing: it is neither an outage nor a recovery.
    """
    checks = facts.read(report.facts.get("checks"))
    accepted = _accepted(report)
    failing = [one for one in checks if one.status in {"down", "degraded"}]
    found = [_of_check(report, one) for one in failing if _fingerprint(one) not in accepted]
    if found:
        return tuple(found)
    if checks and all(one.status == "unknown" for one in checks):
        return (_of_blindness(report, checks),)
    told = not checks or report.problems
    return (_of_gate(report),) if told and report.conclusion.verdict == "failure" else ()


def _of_check(report: Report, one: Checked) -> Notice:
    return _notice(
        report,
        one.name,
        _fingerprint(one),
        title=f"{report.name} / {one.name} is {one.status}",
        message=_message(one),
        severity=SEVERITIES[one.status],
        status=one.status,
        cause=one.cause,
        since=one.attempts[0].started_at if one.attempts else None,
        runbook=one.runbook,
    )


def _message(one: Checked) -> str:
    """What was seen, and the first claims that do not hold."""
    claims = [each.message for each in one.failed if each.message and each.message != one.message]
    more = f"and {len(claims) - _CLAIMS} more" if len(claims) > _CLAIMS else ""
    said = "; ".join(each for each in (one.message, *claims[:_CLAIMS], more) if each)
    return said or f"It is {one.status}."


def _of_blindness(report: Report, checks: Sequence[Checked]) -> Notice:
    reasons = list(dict.fromkeys(one.message.rstrip(".") for one in checks if one.message))
    why = "; ".join(reasons[:_CLAIMS]) or "no reason is known"
    return _notice(
        report,
        "monitor",
        title=f"{report.name}: nobody could see whether it works",
        message=f"{counted(len(checks), 'check')}, all unknown: {why}.",
        severity=SEVERITIES["unknown"],
        status="unknown",
        cause=next((one.cause for one in checks if one.cause), None),
    )


def _of_gate(report: Report) -> Notice:
    """The verdict of a watch that has no checks; nothing of single findings, which not everybody may read."""
    blocking = [result.severity for result in report.findings if result.gates]
    gate = GATES.get(report.action, "the gate")
    return _notice(
        report,
        "gate",
        title=f"{report.name}: {gate} failed",
        message=render.headline(report),
        severity=max((*blocking, Severity.HIGH)),
        status="degraded",
    )


def _notice(report: Report, name: str, fingerprint: str | None = None, **said: Any) -> Notice:
    mark = fingerprint or _whole(report)
    at = _text(report, "started_at") or report.generated_at
    row = _remembered(report, mark)
    began, runs = said.pop("since", None) or at, row.get("failures")
    since = row.get("since")
    return Notice(
        turn="failing",
        fingerprint=mark,
        name=name,
        watch=report.name,
        target=_text(report, "target"),
        since=since if isinstance(since, str) and since else began,
        at=at,
        runs=runs if isinstance(runs, int) and runs > 0 else 1,
        run_url=report.origin.run_url,
        **{"cause": None, **said},
    )


def _fingerprint(one: Checked) -> str:
    """That of the check's result in the report, by which its issue is known, too."""
    place = Location(one.name)
    return Result(RULES[one.kind], "fail", Severity.HIGH, "", place).fingerprint


def _whole(report: Report) -> str:
    """The watch as such: what the monitor's own incident of it has."""
    name = f"{report.action}\0{report.name}"
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _remembered(report: Report, fingerprint: str) -> Mapping[str, Any]:
    """What the run's own memory says of it; nothing where it has none."""
    known = report.facts.get("incidents")
    rows: Sequence[Any] = known if isinstance(known, list) else ()
    found = (row for row in rows if isinstance(row, dict))
    return next((row for row in found if row.get("fingerprint") == fingerprint), {})


def _accepted(report: Report) -> frozenset[str]:
    """What somebody has accepted."""
    return frozenset(one.fingerprint for one in report.results if one.suppression is not None)


def _text(report: Report, key: str) -> str:
    found = report.facts.get(key)
    return found if isinstance(found, str) else ""
