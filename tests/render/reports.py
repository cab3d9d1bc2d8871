"""Reports to be rendered: small and fine, of several profiles, failing, hostile, very large, without budgets, without input."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from tests.hostile.corpus import ATTACKS
from trivigil.core.gate import Conclusion, conclude
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.reading import Reading
from trivigil.core.report import Origin, Report, SourceRecord
from trivigil.core.result import Kind, Location, Result, Rule, Severity
from trivigil.core.threshold import Limit, Operator, Pattern, Threshold
from trivigil.perf.analysis import Context, analyze
from trivigil.perf.facts import RunFacts, Window
from trivigil.perf.profiles import Profile
from trivigil.perf.runs import Run
from trivigil.perf.several import together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COMMIT: Final = "4f2c9a17be03d5566e8f00a1b2c3d4e5f6a7b8c9"
ORIGIN: Final = Origin(COMMIT, "https://github.com/acme/shop/actions/runs/123456789", "acme/shop")
BUDGETS: Final = "perf/budgets.json"
_NAMES = (
    "requests",
    "failures",
    "throughput",
    "latency.mean",
    "latency.p50",
    "latency.p95",
    "latency.p99",
)

Endpoint = tuple[str, int, int, float, float, float, float, float]
"""Subject, requests, failures, requests per second, mean, p50, p95 and p99 in ms."""

SHOP: Final[tuple[Endpoint, ...]] = (
    ("GET /", 2400, 0, 40, 12, 10, 31, 58),
    ("GET /products", 2210, 0, 36.8, 48, 41, 120, 210),
    ("GET /products/[id]", 1980, 2, 33, 55, 47, 142, 260),
    ("POST /login", 1210, 0, 20.1, 88, 80, 190, 330),
    ("GET /search", 1104, 0, 18.4, 310, 260, 846, 1240),
    ("POST /cart", 980, 3, 16.3, 66, 58, 160, 240),
    ("POST /checkout", 640, 31, 10.7, 240, 210, 612, 980),
    ("POST /upload", 210, 0, 3.5, 420, 390, 910, 1400),
    ("GET /health", 600, 1, 10, 2, 2, 5, 9),
    ("GET /orders", 480, 0, 8, 90, 82, 201, 350),
    ("GET /static/app.js", 2400, 0, 40, 4, 3, 9, 15),
)


def budget(
    subject: str,
    name: str,
    value: float | None,
    operator: Operator,
    limit: float,
    line: int,
    *,
    gates: bool = True,
    owner: str | None = None,
    reason: str | None = None,
) -> Result:
    """One budget, judged."""
    known, bound = metric(name), Limit(operator, limit)
    held = value is not None and bound.holds(value)
    kind: Kind = "open" if value is None else "pass" if held else "fail"
    said = (
        "has a budget, but nobody measured it"
        if value is None
        else f"is {value:g}, {operator} {limit:g} required"
    )
    evidence: dict[str, object] = {"owner": owner, "reason": reason}
    if value is not None:
        numbers = {"value": value, "limit": limit, "excess": bound.excess(value)}
        evidence |= {"unit": known.unit, "n": 100, "operator": operator, **numbers}
    return Result(
        rule=Rule(f"budget.{name}", f"budget for {known.title}"),
        kind=kind,
        severity=Severity.INFO if held else Severity.HIGH,
        message=f"{subject}: {known.title} {said}",
        location=Location(subject, BUDGETS, line),
        gates=gates,
        evidence={key: value for key, value in evidence.items() if value is not None},
        profile="smoke",
    )


def vanished(subject: str, line: int) -> Result:
    """A budget whose endpoint is not in the results."""
    return Result(
        rule=Rule("budget.vanished", "budgeted subject is absent"),
        kind="fail",
        severity=Severity.HIGH,
        message=f"{subject}: it has a budget, but it is not in the results",
        location=Location(subject, BUDGETS, line),
        fix="Mend the load test, or mark the entry `optional: true`, or remove it.",
    )


def report(
    endpoints: Sequence[Endpoint],
    results: Sequence[Result],
    *,
    name: str = "perf",
    errors: Sequence[tuple[str, str, int]] = (),
    notes: tuple[str, ...] = (),
    points: int = 31,
) -> Report:
    """A load test of one minute, judged."""
    sources = (
        SourceRecord(
            "results/locust_stats.csv",
            "locust",
            "stats-csv",
            "complete",
            "2.47.0",
            len(endpoints),
            "endpoints",
        ),
        SourceRecord(
            "results/locust_failures.csv",
            "locust",
            "failures-csv",
            "complete",
            "2.47.0",
            len(errors),
            "errors",
            notes,
        ),
    )
    facts: dict[str, object] = {
        "errors": [
            {"subject": subject, "text": text, "count": count} for subject, text, count in errors
        ],
        "exceptions": [],
        "timeline": [_point(index) for index in range(points)],
        "thresholds": {"path": BUDGETS, "count": len(results)},
        "profile": "smoke",
    }
    return Report(
        action="perf",
        name=name,
        conclusion=conclude(results, (), len(results)),
        generated_at="2026-11-23T08:46:12Z",
        sources=sources,
        results=tuple(results),
        measurements=tuple(_measured(endpoints)),
        origin=ORIGIN,
        facts=facts,
    )


def _measured(endpoints: Sequence[Endpoint]) -> Iterable[Measurement]:
    requests, failures = (sum(endpoint[index] for endpoint in endpoints) for index in (1, 2))  # type: ignore[misc]
    whole = (OVERALL, requests, failures, requests / 60, 96.4, 41, 402, 911)
    for subject, *values in (*endpoints, whole):
        for name, value in zip(_NAMES, values, strict=True):
            yield Measurement(
                str(subject), metric(name), float(value), int(values[0]), profile="smoke"
            )


def _point(index: int) -> dict[str, object]:
    peak = 300 if 14 < index < 20 else 0
    wave = 20 * math.sin(index / 3)
    return {
        "at": 1.7e9 + 2 * index,
        "users": min(50, 5 * index),
        "throughput": round(180 + wave, 1) if index else 60.0,
        "failures": 0.1,
        "p50": 40.0,
        "p95": round(150 + wave + peak),
    }


def passing() -> Report:
    """A small service that keeps its budgets."""
    results = [
        *(budget(endpoint[0], "latency.p95", endpoint[6], "<=", 300, 3) for endpoint in SHOP[:4]),
        *(
            budget(endpoint[0], "error_rate", 100 * endpoint[2] / endpoint[1], "<=", 1, 4)
            for endpoint in SHOP[:4]
        ),
    ]
    return report(SHOP[:4], results)


def failing() -> Report:
    """Three of fourteen budgets fail, one is undecided, one is a warning."""
    results = [
        budget("GET /", "latency.p95", 31, "<=", 300, 3),
        budget("GET /products", "latency.p95", 120, "<=", 300, 3),
        budget("GET /products/[id]", "latency.p95", 142, "<=", 300, 3),
        budget("POST /login", "latency.p95", 190, "<=", 300, 3),
        budget(
            "GET /search",
            "latency.p95",
            846,
            "<=",
            500,
            8,
            owner="@acme/search",
            reason="Customers leave after half a second.",
        ),
        budget("POST /cart", "latency.p95", 160, "<=", 300, 3),
        budget("POST /checkout", "error_rate", 4.84375, "<=", 1, 4),
        budget("POST /upload", "latency.p95", 910, "<=", 1000, 19),
        budget("GET /health", "error_rate", 1 / 6, "<=", 0, 29),
        budget("GET /orders", "latency.p99_9", None, "<=", 900, 21),
        budget("GET /static/app.js", "latency.p95", 9, "<=", 300, 3),
        budget(OVERALL, "throughput", 236.9, ">=", 200, 17),
        budget("POST /login", "latency.mean", 88, "<=", 80, 12, gates=False),
        vanished("GET /legacy", 25),
    ]
    errors = (
        (
            "POST /checkout",
            "HTTPError('500 Server Error: Internal Server Error for url: /checkout')",
            27,
        ),
        (
            "POST /checkout",
            "RemoteDisconnected('Remote end closed connection without response')",
            4,
        ),
        ("POST /cart", "HTTPError('409 Conflict')", 3),
        ("GET /products/[id]", "CatchResponseError('wrong | price')", 2),
    )
    note = "locust_stats_history.csv is not there: the course of each endpoint is unknown."
    return report(SHOP, results, errors=errors, notes=(note,))


def hostile() -> Report:
    """Every word that a foreign file can carry is an attack."""
    endpoints = [
        (attack, 100 + i, i, 3.0, 40.0 + i, 40.0, 600.0 + 10 * i, 900.0)
        for i, attack in enumerate(ATTACKS)
    ]
    results = [
        budget(
            attack,
            "latency.p95",
            600 + 10 * i,
            "<=",
            500,
            3,
            gates=i % 3 > 0,
            owner=attack,
            reason=attack,
        )
        for i, attack in enumerate(ATTACKS)
    ]
    results += [vanished(attack, 7)._replace(fix=attack, message=attack) for attack in ATTACKS]
    results.append(
        results[0]._replace(
            kind="open", message=ATTACKS[1], location=Location(ATTACKS[2], ATTACKS[3], 1)
        )
    )
    errors = [(attack, attack, i + 1) for i, attack in enumerate(ATTACKS)]
    whole = report(endpoints, results, name=ATTACKS[0], errors=errors, notes=ATTACKS)
    return whole._replace(notes=ATTACKS, facts={**whole.facts, "profile": ATTACKS[0]})


def many() -> Report:
    """Five hundred endpoints, most of them in trouble."""
    names = [f"GET /api/v1/resource-{i:03}/items/[id]" for i in range(500)]
    endpoints = [
        (name, 100 + i, i % 7, 1 + i / 10, 40.0 + i, 30.0 + i, 100.0 + i * 3, 200.0 + i * 4)
        for i, name in enumerate(names)
    ]
    results = [
        budget(name, "latency.p95", 100 + i * 3, "<=", 700, 3) for i, name in enumerate(names)
    ]
    results += [
        budget(name, "error_rate", 100 * (i % 7) / (100 + i), "<=", 3, 4, gates=False)
        for i, name in enumerate(names)
    ]
    errors = [
        (name, f"HTTPError('50{i % 5} Server Error')", i % 7)
        for i, name in enumerate(names)
        if i % 7
    ]
    return report(endpoints, results, errors=errors)


def neutral() -> Report:
    """Facts without any budget, and a run too short to have a course."""
    return report(SHOP[:3], (), points=3)


def invalid() -> Report:
    """No file matched."""
    problem = "results/*.csv: no file matches. Check the glob, and that the step before wrote its results."
    return Report(
        action="perf",
        name="perf",
        conclusion=Conclusion("failure", 2),
        generated_at="2026-11-23T08:46:12Z",
        sources=(),
        results=(),
        measurements=(),
        origin=ORIGIN,
        problems=(problem,),
        facts={"thresholds": {"path": BUDGETS, "count": 0}, "profile": None},
    )


def moments(levels: Sequence[tuple[int, float, float]]) -> tuple[Window, ...]:
    """Twenty seconds of each level: users, requests a second, p95."""
    course, total = [], 0
    for second in range(20 * len(levels)):
        users, rate, p95 = levels[second // 20]
        total += int(rate)
        percentiles = (("latency.p50", p95 / 2), ("latency.p95", p95))
        course.append(Window(1e9 + second, OVERALL, users, rate, 0.0, percentiles, total, 0))
    return tuple(course)


def of_profile(load: Profile, levels: Sequence[tuple[int, float, float]], p95: float) -> Report:
    """The report of one profile's run against two budgets, one of them for stress only."""
    numbers = {"requests": 1200.0, "failures": 0.0, "throughput": 60.0, "latency.p95": p95}
    facts = RunFacts(
        tuple(
            Measurement(subject, metric(name), float(value), 1200)
            for subject in (OVERALL, "GET /search")
            for name, value in numbers.items()
        ),
        timeline=moments(levels),
    )
    path = f"raw/{load.name}/locust.json"
    reading = Reading(path, "locust", "json", "complete", facts, 1, "endpoints", "2.47.0")
    at_most = Threshold(
        Pattern("glob", "*"), metric("latency.p95"), Limit("<=", 200), path=BUDGETS, line=3
    )
    knee = Threshold(
        Pattern("exact", OVERALL), metric("knee.users"), Limit(">=", 80),
        path=BUDGETS, line=9, profiles=("stress",),
    )  # fmt: skip
    context = Context("perf", "2026-06-15T10:00:00Z", ".", ORIGIN, BUDGETS, load.name, load)
    return analyze(Run((reading,), facts, "complete"), (at_most, knee), context)


def several() -> Report:
    """A smoke, a load and a stress run in one report; the stress run finds its knee too early."""
    steps = [
        (20, 200, 30),
        (40, 400, 32),
        (60, 590, 41),
        (80, 600, 160),
        (100, 600, 300),
        (20, 200, 31),
    ]
    whole = together(
        [
            of_profile(Profile("smoke", 5, 5, 20), [(5, 50, 28)], 28),
            of_profile(Profile("load", 50, 10, 40), [(50, 480, 35)] * 2, 36),
            of_profile(Profile("stress", 100, 20, 120, 5), steps, 290),
        ],
        [],
        Context("perf", "2026-06-15T10:00:00Z", ".", ORIGIN, BUDGETS),
    )
    return whole._replace(notes=("This is a note.",))


REPORTS: Final = {
    "several": several,
    "passing": passing,
    "failing": failing,
    "hostile": hostile,
    "many": many,
    "neutral": neutral,
    "invalid": invalid,
}
