"""What a result file has to tell, without a memory of earlier runs: each check that does not work, or a gate that failed. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from trivigil import render
from trivigil.core.notice import Notice
from trivigil.core.result import Severity
from trivigil.monitor import facts
from trivigil.render.document import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    found = [_of_check(report, one) for one in checks if one.status in {"down", "degraded"}]
    if found:
        return tuple(found)
    if checks and all(one.status == "unknown" for one in checks):
        return (_of_blindness(report, checks),)
    return (_of_gate(report),) if report.conclusion.verdict == "failure" else ()


def _of_check(report: Report, one: Checked) -> Notice:
    return _notice(
        report,
        one.name,
        kind=one.kind,
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


def _notice(report: Report, name: str, kind: str = "gate", **said: Any) -> Notice:
    at = _text(report, "started_at") or report.generated_at
    since = said.pop("since", None) or at
    return Notice(
        turn="failing",
        fingerprint=_remembered(report, name) or _fingerprint(report, kind, name),
        name=name,
        watch=report.name,
        target=_text(report, "target"),
        since=since,
        cause=said.pop("cause", None),
        at=at,
        run_url=report.origin.run_url,
        **said,
    )


def _fingerprint(report: Report, *parts: str) -> str:
    """The same in every run of the same watch."""
    whole = "\0".join((report.action, report.name, *parts))
    return sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _remembered(report: Report, name: str) -> str | None:
    """What the run's own memory knows it by, so that both are the same at a receiver."""
    known = report.facts.get("incidents")
    rows: Iterable[Any] = known if isinstance(known, list) else ()
    for row in rows:
        if isinstance(row, dict) and row.get("name") == name:
            found = row.get("fingerprint")
            return found if isinstance(found, str) and found else None
    return None


def _text(report: Report, key: str) -> str:
    found = report.facts.get(key)
    return found if isinstance(found, str) else ""
