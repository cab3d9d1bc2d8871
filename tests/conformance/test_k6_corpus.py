"""Every k6 file of the corpus agrees with what is known of it.

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
    places = (root / "corpus/perf/k6", root / "perf/k6")
    return next((place for place in places if (place / "expected.json").is_file()), None)


CORPUS = _corpus()
EXPECTED: dict[str, dict[str, Any]] = (
    json.loads((CORPUS / "expected.json").read_text(encoding="utf-8")) if CORPUS else {}
)
RUNS: dict[str, dict[str, Any]] = EXPECTED.get("_runs", {})
FILES = {
    name: truth
    for name, truth in EXPECTED.items()
    if not name.startswith("_") and "note" not in truth
}
FORMATS = {
    "legacy": "summary-export",
    "handleSummary": "handle-summary",
    "machine": "machine-readable",
}

pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with perf/k6 in it"
)


def _reading(name: str) -> Reading[RunFacts]:
    assert CORPUS is not None
    return read(CORPUS / name)


def _close(found: float | None, due: float) -> bool:
    return found is not None and found == pytest.approx(due, rel=1e-9)


def _summary(reading: Reading[RunFacts], truth: dict[str, Any]) -> Iterator[bool]:
    found = values(reading)
    yield reading.format == FORMATS[truth["shape"].split()[0].removesuffix("-readable")]
    yield reading.count == truth["metrics"]
    yield found.get("requests") == truth["http_reqs"]
    yield found.get("failures", 0) == truth["failed_requests"]
    yield from _times(found, truth["http_req_duration_ms"])
    judged = [v for v in facts(reading).verdicts if v.rule.id == "k6.threshold"]
    ours = {v.location.name: v.kind for v in judged}
    yield ours == {name: kind.lower() for name, kind in truth.get("thresholds", {}).items()}


def _times(found: dict[str, float], times: dict[str, float]) -> Iterator[bool]:
    """A time of 0 is no measurement: nothing was requested, or nothing answered."""
    for key, name in (("avg", "latency.mean"), ("p(95)", "latency.p95"), ("p95", "latency.p95")):
        if key in times:
            yield _close(found.get(name), times[key]) if times[key] else name not in found


def _stream(reading: Reading[RunFacts], truth: dict[str, Any]) -> Iterator[bool]:
    found = values(reading)
    yield reading.count == truth.get("rows", truth.get("lines", 0) - truth.get("metric_lines", 0))
    yield found.get("requests", 0) == truth.get("http_reqs", truth.get("http_reqs_points"))
    yield found.get("failures", 0) == truth.get("http_req_failed_ones", truth.get("failed_points"))


def _checks(reading: Reading[RunFacts], truth: dict[str, Any]) -> Iterator[bool]:
    empty = not (truth.get("http_reqs") or truth.get("http_reqs_points"))
    yield reading.problem is None
    yield reading.state == ("empty" if empty else "complete")
    yield from _summary(reading, truth) if "shape" in truth else _stream(reading, truth)


@pytest.mark.parametrize("name", FILES)
def test_file(name: str) -> None:
    """Each file is read whole, and every number that is known of it is the same."""
    checks = list(_checks(_reading(name), FILES[name]))
    assert all(checks), checks


def test_share(tell: Callable[[str], None]) -> None:
    """Nothing that is known of the corpus is left out, but scripts and consoles."""
    agreed = sum(all(_checks(_reading(name), truth)) for name, truth in FILES.items())
    tell(f"k6 corpus: {agreed} of {len(FILES)} files agree with expected.json")
    assert agreed == len(FILES)
    left = {Path(name).suffix for name in EXPECTED if name not in FILES and name[0] != "_"}
    assert left <= {".js", ".txt"}


@pytest.mark.parametrize(
    "run", [run for run in RUNS if any(n.startswith(f"{run}/") for n in FILES)]
)
def test_run(run: str) -> None:
    """The files of one run are one run; the server counted the same requests; k6's 99 is a fail."""
    whole = reconcile([_reading(name) for name in FILES if name.startswith(f"{run}/")])
    found = {m.metric.name: m.value for m in whole.facts.measurements if m.subject == OVERALL}
    if counted := RUNS[run].get("server_counted"):
        assert found["requests"] == sum(counted.values())
    thresholds = [v for v in whole.facts.verdicts if v.rule.id == "k6.threshold"]
    if thresholds:
        crossed = any(v.kind == "fail" for v in thresholds)
        assert crossed == (RUNS[run]["exit_code"] == 99)


STREAMED = sorted({n.split("/")[0] for n in FILES if "points" in n} & {n.split("/")[0] for n in FILES if "summary" in n})  # fmt: skip


@pytest.mark.parametrize("run", STREAMED)
def test_streams_agree_with_k6s_own_summary(run: str) -> None:
    """What is computed from the samples is what k6 computed, rates aside."""
    own = values(_reading(f"{run}/summary.json"))
    own.pop("throughput", None)
    for name in ("points.ndjson", "points.csv"):
        ours = values(_reading(f"{run}/{name}"))
        assert {key: ours.get(key) for key in own} == pytest.approx(own, rel=1e-5)
