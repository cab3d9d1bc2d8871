"""Every file of the corpus that a reader is there for agrees with what is known of it.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared`
beside the checkout is tried. What is compared stands in one function a tool.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.perf.readers.reading import facts, read, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

    Truth = dict[str, Any]
    Checks = Iterator[tuple[str, bool]]


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/perf", root / "perf")
    return next((place for place in places if (place / "artillery").is_dir()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with perf/artillery in it"
)


def _artillery(reading: Reading[RunFacts], truth: Truth) -> Checks:
    printed, found = truth["printed_summary"], values(reading)
    errors = {error.text: error.count for error in facts(reading).errors}
    yield (
        "requests",
        found["requests"] == printed.get("http.requests", printed.get("requestsCompleted", 0)),
    )
    for name, count in printed.items():
        code = name.removeprefix("http.codes.")
        if code != name and int(code) >= 400:
            yield name, errors[f"HTTP {code}"] == count
    times = printed.get("http.response_time", {"p95": printed["p95"]} if "p95" in printed else {})
    for name, value in times.items():
        ours = {"median": "latency.p50"}.get(name, f"latency.{name}")
        yield name, found[ours] == value


def _pytest_benchmark(reading: Reading[RunFacts], truth: Truth) -> Checks:
    yield "version", reading.tool_version == truth["version"]
    yield "count", reading.count == len(truth["benchmarks"])
    yield "rounds", truth["has_data"] == any(m.rounds for m in facts(reading).measurements)
    for row in truth["benchmarks"]:
        found = values(reading, row["fullname"])
        for name in ("mean", "median", "stddev"):
            yield f"{row['fullname']} {name}", found[f"time.{name}"] == row[name]


def _jmeter(reading: Reading[RunFacts], truth: Truth) -> Checks:
    found = values(reading)
    if truth.get("last_row_cut"):
        yield "rows", found["requests"] == truth["rows"] - 1 and "cut" in (reading.problem or "")
        return
    yield "samples", found["requests"] == truth["samples"]
    yield "errors", found["failures"] == truth["errors"]
    if truth["samples"]:
        for name in ("avg", "min", "max"):
            ours = int(found["latency.mean" if name == "avg" else f"latency.{name}"])
            yield name, ours == truth[f"{name}_ms"]  # the summary cuts the fraction off


CHECKS: dict[str, Callable[[Reading[RunFacts], Truth], Checks]] = {
    "artillery": _artillery,
    "jmeter": _jmeter,
    "pytest_benchmark": _pytest_benchmark,
}
_TRANSACTIONS = "the tool's summary counts transactions among the requests"
_LATER = "this format of the tool is not read yet"
NOT_READ: dict[str, str] = {
    "jmeter/csv-tx/out.jtl": _TRANSACTIONS,
    "jmeter/v5.6-tx/out.jtl": _TRANSACTIONS,
    "jmeter/xml-dirty/out.jtl": _LATER,
    "jmeter/v5.6-xml-dirty/out.jtl": _LATER,
    **{
        f"jmeter/v5.6-{name}/statistics.json": _LATER
        for name in ("clean", "dirty", "embedded", "tx")
    },
}
"""Files that agree with nothing, each with its reason."""


def _cases() -> Iterator[tuple[str, str]]:
    for tool in CHECKS if CORPUS else ():
        assert CORPUS is not None
        expected = json.loads((CORPUS / tool / "expected.json").read_text(encoding="utf-8"))
        for name, truth in expected.items():
            if name[0] != "_" and _comparable(name, truth):
                yield tool, name


def _comparable(name: str, truth: Truth) -> bool:
    return set(truth) != {"note"} and name.endswith((".json", ".jtl", ".csv", ".txt"))


CASES = list(_cases())


def _truth(tool: str, name: str) -> Truth:
    assert CORPUS is not None
    expected: dict[str, Truth] = json.loads((CORPUS / tool / "expected.json").read_bytes())
    return expected[name]


def _wrong(tool: str, name: str) -> list[str]:
    """What of one file does not agree."""
    assert CORPUS is not None
    reading = read(CORPUS / tool / name)
    if reading.tool is None:
        return [f"not read: {reading.problem}"]
    return [what for what, agrees in CHECKS[tool](reading, _truth(tool, name)) if not agrees]


@pytest.mark.parametrize(("tool", "name"), CASES, ids=["/".join(case) for case in CASES])
def test_file(tool: str, name: str) -> None:
    """Every number that is known of a file is the same, or the file stands in NOT_READ."""
    wrong = _wrong(tool, name)
    if f"{tool}/{name}" in NOT_READ:
        assert wrong, "it agrees: take it out of NOT_READ"
    else:
        assert not wrong


def test_share(capsys: pytest.CaptureFixture[str]) -> None:
    """The share of files that agree, by tool, and each deviation with its reason."""
    of, agreed = Counter(tool for tool, _ in CASES), Counter[str]()
    agreed.update(tool for tool, name in CASES if not _wrong(tool, name))
    with capsys.disabled():
        print()
        for tool in CHECKS:
            print(f"{tool} corpus: {agreed[tool]} of {of[tool]} files agree with expected.json")
        for name, reason in NOT_READ.items():
            print(f"  {name}: {reason}")
    assert sum(of.values()) - sum(agreed.values()) == len(NOT_READ)
