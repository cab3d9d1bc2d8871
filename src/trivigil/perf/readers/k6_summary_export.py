"""k6's `--summary-export` (k6 0.26 to today): the run's metrics and its thresholds, whose `true` means crossed.

Written by exportSummary in internal/js/summary.go of grafana/k6. That a threshold's boolean says "was crossed" is
grafana/k6#1498. Groups and checks are maps by name.
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
FORMAT: Final = "summary-export"
RANK: int | None = 3
LAG = ""
WINDOWED = False


def recognises(source: Source) -> bool:
    """Whether metrics hold their values directly, and groups are maps."""
    return k6_outline.export(source.head)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the run and of its tagged parts, thresholds, checks."""
    data = k6_summary.document(sources.text(source))
    checks, odd = k6_checks.listed(data.get("root_group"))
    metrics, drifted = k6_summary.parted(_metrics(data.get("metrics")))
    summary = k6_summary.Summary(metrics, checks, (*drifted, *odd))
    return k6_summary.reading(source, FORMAT, summary)


def _metrics(listed: object) -> Iterator[k6_summary.Metric | str]:
    for name, values in listed.items() if isinstance(listed, dict) else ():
        crossed = values.pop("thresholds", {}) if isinstance(values, dict) else {}
        if not isinstance(crossed, dict) or not all(isinstance(x, bool) for x in crossed.values()):
            yield k6_summary.drift(name, "has thresholds that are not true or false")
            continue
        yield k6_summary.metric(name, values, {text: not x for text, x in crossed.items()})
