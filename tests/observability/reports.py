"""Reports to make metrics of."""

from __future__ import annotations

from typing import Any

from trivigil.core.gate import Conclusion
from trivigil.core.measurement import Measurement, metric
from trivigil.core.report import Report
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.monitor import facts
from trivigil.monitor.facts import Attempt, Checked
from trivigil.web.observation import Phases

TARGET = "https://shop.example/"
BEGAN = "2026-11-23T12:07:00.000Z"


def checked(name: str = "login", **changed: Any) -> Checked:
    """A check that went well."""
    attempt = Attempt(BEGAN, "up", phases=Phases(1.5, 2, 30, 40, 0.25))
    own = {key: changed.pop(key) for key in tuple(changed) if key in Attempt._fields}
    attempt = attempt._replace(**own)
    check = Checked(name, "synthetic", (attempt,))
    return facts.concluded(check._replace(**changed))


CERTIFICATE = checked(
    "certificate", kind="certificate", phases=Phases(1, 2, 30),
    certificate_ends="2026-12-23T12:00:00Z",
)  # fmt: skip
DOWN = checked("checkout", status="down", cause="http-5xx", message="500")
SLOW = checked("search", status="degraded", cause="slow")
BLIND = checked("pay", status="unknown", cause="waf-block")
HEADERS = {"grade": "B+", "score": 80, "strict_grade": "D", "strict_score": 35, "algorithm": "6"}


def monitoring(*checks: Checked, name: str = "shop", **changed: Any) -> Report:
    """A run of the monitor."""
    found = {
        "target": TARGET,
        "started_at": BEGAN,
        "scheduled_for": "2026-11-23T12:00:00Z",
        "lateness_s": 420.0,
        "checks": facts.as_json(checks),
        "headers": HEADERS,
        **changed,
    }
    return Report(
        action="monitor", name=name, conclusion=Conclusion("failure", 1),
        generated_at="2026-11-23T12:08:00Z", sources=(), results=(), measurements=(), facts=found,
    )  # fmt: skip


def performance() -> Report:
    """A load test and a benchmark."""
    rows = (
        ("GET /", "latency.p95", 250.0),
        ("GET /", "error_rate", 1.5),
        ("OVERALL", "throughput", 42.0),
        ("OVERALL", "requests", 1200.0),
        ("test_parse", "time.median", 0.000004),
    )
    return Report(
        action="perf", name="load", conclusion=Conclusion("success", 0),
        generated_at="2026-11-23T12:08:00Z", sources=(), results=(),
        measurements=tuple(
            Measurement(subject, metric(name), value, profile="smoke")
            for subject, name, value in rows
        ),
    )  # fmt: skip


def security() -> Report:
    """Findings, one of them accepted."""
    rule, place = Rule("B101", "assert"), Location("src/shop.py")
    found = Result(rule, "fail", Severity.HIGH, "an assert", place)
    return Report(
        action="security", name="code", conclusion=Conclusion("failure", 1),
        generated_at="2026-11-23T12:08:00Z", sources=(), measurements=(),
        results=(
            found,
            found._replace(severity=Severity.LOW),
            found._replace(severity=Severity.LOW, suppression=Suppression("known")),
            found._replace(kind="pass"),
        ),
    )  # fmt: skip
