"""k6's `handleSummary(data)`, saved as JSON by the script: a threshold's `ok: true` means that it held.

Made by summarizeMetricsToObject in internal/js/summary.go of grafana/k6 (k6 0.30 to today). Groups and checks are
lists. The script may have left out what it liked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.perf.readers import k6_checks, k6_outline, k6_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL: Final = "k6"
FORMAT: Final = "handle-summary"
RANK: int | None = 2
LAG = ""
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether metrics hold their values under `values`, and groups are lists."""
    return k6_outline.handled(source.head)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the run and of its tagged parts, thresholds, checks."""
    data = k6_summary.document(sources.text(source))
    checks, odd = k6_checks.listed(data.get("root_group"))
    metrics, drifted = k6_summary.parted(_metrics(data.get("metrics")))
    summary = k6_summary.Summary(metrics, checks, (*drifted, *odd), seconds=_seconds(data))
    return k6_summary.reading(source, FORMAT, summary)


def _seconds(data: dict[str, object]) -> float | None:
    state = data.get("state")
    length = state.get("testRunDurationMs") if isinstance(state, dict) else None
    return length / 1000 if isinstance(length, int | float) and length > 0 else None


def _metrics(listed: object) -> Iterator[k6_summary.Metric | str]:
    for name, record in listed.items() if isinstance(listed, dict) else ():
        if not isinstance(record, dict):
            yield k6_summary.drift(name, "is no object")
            continue
        thresholds = record.get("thresholds") or {}
        outcomes = thresholds.values() if isinstance(thresholds, dict) else (None,)
        if not all(isinstance(x, dict) and isinstance(x.get("ok"), bool) for x in outcomes):
            yield k6_summary.drift(name, "has thresholds without `ok`")
            continue
        held = {text: x["ok"] for text, x in thresholds.items()}
        yield k6_summary.metric(name, record.get("values"), held)
