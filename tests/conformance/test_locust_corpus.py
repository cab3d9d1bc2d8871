"""Every Locust file of the corpus agrees with what is known of it.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared`
beside the checkout is tried.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.perf.readers.reading import facts, read, values
from trivigil.core.measurement import OVERALL
from trivigil.perf.runs import reconcile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/perf/locust", root / "perf/locust")
    return next((place for place in places if (place / "expected.json").is_file()), None)


CORPUS = _corpus()
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((CORPUS / "expected.json").read_text(encoding="utf-8")) if CORPUS else {}
)
FILES = {
    name: truth
    for name, truth in EXPECTED.items()
    if not name.startswith("_") and "note" not in truth
}
RUNS = sorted({name.split("/")[0] for name in FILES})

pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with perf/locust in it"
)


def _reading(name: str) -> Reading[RunFacts]:
    assert CORPUS is not None
    return read(CORPUS / name)


def _rows(reading: Reading[RunFacts], truth: dict[str, Any]) -> Iterator[bool]:
    """Tables without endpoints: failures, exceptions, history, distribution."""
    found = facts(reading)
    if "occurrences" in truth:
        yield sum(error.count for error in found.errors) == truth["occurrences"]
        yield reading.count == truth["rows"]
    elif "aggregated_rows" in truth:
        overall = [window for window in found.timeline if window.subject == OVERALL]
        yield len(overall) == truth["aggregated_rows"]
        yield reading.count == truth["rows"]
    elif "count" in truth:
        yield sum(exception.count for exception in found.exceptions) == truth["count"]
        yield reading.count == truth["rows"]
    else:
        yield values(reading)["requests"] == truth["requests"]
        yield values(reading)["latency.p95"] == truth["p95_ms"]
        yield reading.count == truth["rows"] - 1


def _overall(reading: Reading[RunFacts], row: dict[str, Any]) -> Iterator[bool]:
    found = values(reading)
    yield (found["requests"], found["failures"]) == (row["requests"], row["failures"])
    names = {
        "avg_ms": "latency.mean",
        "min_ms": "latency.min",
        "max_ms": "latency.max",
        "p95_ms": "latency.p95",
        "p99_ms": "latency.p99",
        "rps": "throughput",
    }
    for key, name in names.items():
        measured = row["requests"] and row[key] is not None
        yield found.get(name) == (row[key] if measured else None)


def _checks(reading: Reading[RunFacts], truth: dict[str, Any]) -> Iterator[bool]:
    if "entries" in truth:
        found = values(reading)
        yield reading.count == truth["entries"]
        yield (found.get("requests", 0), found.get("failures", 0)) == (
            truth["requests"],
            truth["failures"],
        )
    elif "aggregate_row" in truth:
        yield from _overall(reading, truth["aggregate_row"])
        yield reading.count == truth["endpoint_rows"]
        for endpoint in truth["endpoints"]:
            found = values(reading, f"{endpoint['method']} {endpoint['name']}")
            yield found["requests"] == endpoint["requests"]
            yield found["failures"] == endpoint["failures"]
    else:
        yield from _rows(reading, truth)


@pytest.mark.parametrize("name", FILES)
def test_file(name: str) -> None:
    """Each file is read whole, and every number that is known of it is the same."""
    reading = _reading(name)
    assert reading.problem is None
    assert reading.state in ("complete", "empty")
    checks = list(_checks(reading, FILES[name]))
    assert checks
    assert all(checks), checks


def test_share(tell: Callable[[str], None]) -> None:
    """Nothing that is known of the corpus is left out, but scripts, reports for people and logs."""
    agreed = sum(all(_checks(_reading(name), truth)) for name, truth in FILES.items())
    tell(f"Locust corpus: {agreed} of {len(FILES)} files agree with expected.json")
    assert agreed == len(FILES)
    left = {Path(name).suffix for name in EXPECTED if name not in FILES and name[0] != "_"}
    assert left <= {".py", ".html", ".txt"}


@pytest.mark.parametrize("run", RUNS)
def test_run(run: str) -> None:
    """The files of one run are one run; where JSON is there, its numbers are the run's."""
    names = [name for name in FILES if name.startswith(f"{run}/")]
    whole = reconcile([_reading(name) for name in names])
    assert whole.state == ("empty" if "zero" in run else "complete")
    listed = [FILES[name] for name in names if "entries" in FILES[name]]
    table = next((FILES[n]["aggregate_row"] for n in names if "aggregate_row" in FILES[n]), None)
    best = max((*listed, *([table] if table else [])), key=lambda truth: truth["requests"])
    found = {m.metric.name: m.value for m in whole.facts.measurements if m.subject == OVERALL}
    assert found.get("requests", 0) == best["requests"]
    assert found.get("failures", 0) == best["failures"]


EXACT = [name.split("/")[0] for name in FILES if "exact/" in name and "entries" in FILES[name]]


@pytest.mark.parametrize("run", EXACT)
def test_json_and_csv_of_an_idle_end_agree(run: str) -> None:
    """Where a run rested before its end, both files say the same of every subject, rates aside."""
    names = [name for name in FILES if name.startswith(f"{run}/")]
    (listed,) = (name for name in names if "entries" in FILES[name])
    (table,) = (name for name in names if "aggregate_row" in FILES[name])
    for subject in (OVERALL, "GET /fast", "GET /err", "POST /post"):
        ours, theirs = values(_reading(listed), subject), values(_reading(table), subject)
        assert ours.pop("throughput") == pytest.approx(theirs.pop("throughput"), rel=0.1)
        assert ours == pytest.approx(theirs, rel=1e-9)
