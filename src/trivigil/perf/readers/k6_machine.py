"""k6's `--new-machine-readable-summary` (k6 1.5 to today): metrics and checks as lists, no thresholds.

Schema 1.0.0 of grafana/k6-summary; internal/lib/summary/machinereadable in grafana/k6. Its Go types say `k6Version`
and `p(95)`, what k6 writes says `k6_version` and `p95`: both are read.
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
FORMAT: Final = "machine-readable"
RANK: int | None = 4
LAG = ""
WINDOWED = False

_NO_THRESHOLDS: Final = (
    "This shape does not have the run's thresholds: whether one was crossed, only k6's exit code (99) says, "
    "or `--summary-export` without `--new-machine-readable-summary`."
)


def recognises(source: Source) -> bool:
    """Whether it has lists under `results`, and the run's length under `config`."""
    return k6_outline.machine(source.head)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the run and of its tagged parts, checks, and when it was."""
    data = k6_summary.document(sources.text(source))
    metadata, config, results = (_object(data, key) for key in ("metadata", "config", "results"))
    metrics, drifted = k6_summary.parted(_metrics(results.get("metrics")))
    checks, odd = k6_checks.flat(_object(results, "checks").get("results"))
    seconds = config.get("duration")
    summary = k6_summary.Summary(
        metrics,
        checks,
        (*drifted, *odd),
        version=_text(metadata, "k6_version", "k6Version"),
        seconds=seconds if isinstance(seconds, int | float) and seconds > 0 else None,
        ended=_unix(_text(metadata, "generated_at", "generatedAt")),
    )
    return k6_summary.reading(source, FORMAT, summary, (_NO_THRESHOLDS,))


def _object(data: dict[str, object], key: str) -> dict[str, object]:
    found = data.get(key)
    return found if isinstance(found, dict) else {}


def _text(data: dict[str, object], *keys: str) -> str | None:
    return next((found for key in keys if isinstance(found := data.get(key), str)), None)


def _unix(text: str | None) -> float | None:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp() if text else None
    except (ValueError, OverflowError):
        return None


def _metrics(listed: object) -> Iterator[k6_summary.Metric | str]:
    for record in listed if isinstance(listed, list) else ():
        name = record.get("name") if isinstance(record, dict) else None
        if not isinstance(name, str):
            yield "A metric without a name is left out."
            continue
        yield k6_summary.metric(name, record.get("values"), {})
