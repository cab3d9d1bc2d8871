"""Reports in which a foreign text stands at every place that a foreign file, person or pull request can fill."""

from __future__ import annotations

from tests.render.reports import COMMIT, budget, vanished
from trivigil.config import MAX_NAME
from trivigil.core.gate import conclude
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.report import Origin, Report, SourceRecord
from trivigil.core.result import Result

URL = "https://github.com/octo/shop/actions/runs/4242"
REPOSITORY = "octo/shop"
BUDGETS = "perf/budgets.json"


def everywhere(attack: str) -> Report:
    """The text as endpoint, error, exception, owner, reason, name, note, path, version, profile and problem."""
    results = (
        budget(attack, "latency.p95", 900, "<=", 500, 3, owner=attack, reason=attack),
        budget(attack, "latency.p99", 100, "<=", 500, 4, owner=attack, reason=attack),
        budget(attack, "error_rate", None, "<=", 1, 5, gates=False, reason=attack),
        vanished(attack, 6)._replace(message=attack, fix=attack),
        _elsewhere(attack),
    )
    source = SourceRecord(attack, attack, attack, "partial", attack, 2, attack, (attack,), attack)
    return Report(
        action="perf",
        name=attack[:MAX_NAME].encode("utf-8", "replace").decode() or "perf",
        conclusion=conclude(results, (), len(results)),
        generated_at="2026-01-31T12:00:00Z",
        sources=(source,),
        results=results,
        measurements=(
            Measurement(attack, metric("latency.p95"), 900.0, 10, profile="smoke"),
            Measurement(attack, metric("requests"), 10.0, 10, profile="smoke"),
            Measurement(OVERALL, metric("requests"), 10.0, 10, profile="smoke"),
        ),
        origin=Origin(COMMIT, URL, REPOSITORY),
        notes=(attack,),
        facts={
            "errors": [{"subject": attack, "text": attack, "count": 2}],
            "exceptions": [{"message": attack, "traceback": attack, "count": 1}],
            "thresholds": {"path": attack, "count": len(results)},
            "profile": attack,
        },
    )


def refused(attack: str) -> Report:
    """The text in the one sentence about an input that cannot be used."""
    problem = f"{attack}: no file matches. Check the glob."
    return everywhere(attack)._replace(problems=(problem, attack), results=(), measurements=())


def _elsewhere(attack: str) -> Result:
    """A finding whose file is named by the text."""
    found = budget("GET /", "latency.p95", 900, "<=", 500, 3)
    return found._replace(location=found.location._replace(path=attack or None, line=1))
