"""Files of many requests: counted at once or row by row to the same numbers, in memory that does not grow with them."""

from __future__ import annotations

import json
import random
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, values
from trivigil import sources
from trivigil.core.histogram import ACCURACY
from trivigil.perf import tally
from trivigil.perf.tally import Course, Tally

if TYPE_CHECKING:
    from collections.abc import Callable

START = 1_700_000_000_000
JTL = (
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,allThreads\n"
)
HEY = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n"


def row(number: int, took: int = 7, label: str = "home", ok: str = "true") -> str:
    code = "200,OK" if ok == "true" else "500,broken"
    return f"{START + number},{took},{label},{code},t-{number % 3},text,{ok},{number % 5}\n"


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of few rows, so that a small file has many."""
    monkeypatch.setattr(sources, "BLOCK_BYTES", 4096)


def test_at_once_is_as_row_by_row(tmp_path: Path) -> None:
    """`TRUE` in place of `true` sends the same run another way, to the same numbers."""
    chance = random.Random(1)
    rows = [
        row(n * 7, chance.randrange(500), f"item {n % 4}", chance.choice(("true", "false")))
        for n in range(2000)
    ]
    plain = read_data((JTL + "".join(rows)).encode(), tmp_path)
    upper = [line.replace(",true,", ",TRUE,") for line in rows]
    other = read_data((JTL + "".join(upper)).encode(), tmp_path)
    assert plain.state == other.state == "complete"
    assert facts(plain).measurements == facts(other).measurements
    assert sorted(facts(plain).errors) == sorted(facts(other).errors)
    assert [w._replace(users=None) for w in facts(plain).timeline] == [
        w._replace(users=None) for w in facts(other).timeline
    ]


def test_damage_deep_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    """Everything before it is counted."""
    rows = [row(n) for n in range(1000)]
    rows[700] = row(700).replace(",7,", ",-7,", 1)
    reading = read_data((JTL + "".join(rows)).encode(), tmp_path)
    assert "x.csv:702: elapsed is `-7`" in (reading.problem or "")
    assert values(reading)["requests"] == 700


def test_a_cell_with_line_ends_may_lie_across_blocks(tmp_path: Path) -> None:
    """Lines are counted on through it."""
    rows = [row(n, label='"a, ""b""\nc"') if n % 50 == 3 else row(n) for n in range(500)]
    rows[400] = row(400).replace("true", "perhaps")
    reading = read_data((JTL + "".join(rows)).encode(), tmp_path)
    assert values(reading, 'a, "b"\nc')["requests"] == 8
    assert f"x.csv:{402 + 8}: success is `perhaps`" in (reading.problem or "")


def test_parts_are_found_across_blocks(tmp_path: Path) -> None:
    """A part whose parent stands in the block before is no request."""
    count = 4096 // len(row(1, 5000))
    rows = [row(n, 5000) for n in range(count)]
    rows += [row(count, 10, "home-0").replace(f"t-{count % 3}", f"t-{(count - 1) % 3}")]
    rows += [row(n, 5000) for n in range(count + 1, 2 * count)]
    reading = read_data((JTL + "".join(rows)).encode(), tmp_path)
    assert "home-0" not in {m.subject for m in facts(reading).measurements}
    assert "1 of" in reading.notes[0]


@pytest.mark.parametrize("ok", ["true", "TRUE"])
def test_a_clock_that_goes_back_is_no_run(ok: str, tmp_path: Path) -> None:
    """Two runs in one file, or a clock that was set: some minutes are no matter of threads."""
    rows = [row(500_000 + n) for n in range(100)] + [row(n, ok=ok) for n in range(100)]
    reading = read_data((JTL + "".join(rows)).encode(), tmp_path)
    assert (reading.state, values(reading)["requests"]) == ("partial", 100)
    assert "x.csv:102: the clock goes back by 500 s" in (reading.problem or "")


def test_threads_end_in_any_order(tmp_path: Path) -> None:
    """A remote engine sends its samples in batches: up to two minutes are no damage."""
    rows = [row(100_000 + n) for n in range(50)] + [row(n) for n in range(50)]
    assert read_data((JTL + "".join(rows)).encode(), tmp_path).problem is None


def test_endpoints_beyond_the_limit_are_in_the_whole_run(tmp_path: Path) -> None:
    """Addresses that vary do not fill the memory."""
    rows = [row(n, label=f"GET /item/{n}") for n in range(2_100)]
    reading = read_data((JTL + "".join(rows)).encode(), tmp_path)
    assert reading.count == 2_000
    assert values(reading)["requests"] == 2_100
    assert "more than 2,000 endpoints" in reading.notes[-1]


def test_many_different_times_are_known_to_half_a_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percentiles come from buckets; mean and extremes stay exact."""
    monkeypatch.setattr(tally, "MOST", 100)
    chance = random.Random(2)
    times = [chance.lognormvariate(3, 1) for _ in range(5_000)]
    exact, folded = sorted(times), Tally()
    for time in times[:2_500]:
        folded.add(time, failed=False)
    folded.add_all(times[2_500:], 0)
    found = Tally().merge([folded]).entry("x", 10)
    assert len(folded.times) < 1_500
    assert found.mean == pytest.approx(sum(times) / len(times))
    assert (found.fastest, found.slowest) == (exact[0], exact[-1])
    for name, value in found.percentiles:
        rank = exact[round(int(name[9:]) / 100 * 5_000) - 1]
        assert value == pytest.approx(rank, rel=2.1 * ACCURACY)


def test_a_second_long_gone_lets_its_times_go() -> None:
    """Of a long run only the last minute's times are held; what is late still counts."""
    course = Course()
    for second in range(200):
        course.add(second, 100.0, failed=second % 2 == 0)
    course.add(0.5, 100.0, failed=True)
    assert sum(moment.times is not None for moment in course.moments.values()) == tally.OPEN
    first = next(iter(course.windows()))
    assert (first.total_requests, first.total_failures) == (2, 2)
    assert dict(first.percentiles)["latency.p99"] == 100


@pytest.mark.parametrize("cell", ["nan", "inf", "-0.1", "soon", ""])
def test_seconds_that_are_none(cell: str, tmp_path: Path) -> None:
    """Python takes `nan` for a number; no tool measures it."""
    good = "0.0100,0,0,0,0,0,200,0.0\n" * 30
    reading = read_data(f"{HEY}{good}{cell},0,0,0,0,0,200,0.0\n{good}".encode(), tmp_path)
    assert f"x.csv:32: `{cell}` stands where seconds are due" in (reading.problem or "")
    assert values(reading)["requests"] == 30


def test_vegetas_results_are_the_same_in_both_forms() -> None:
    """CSV and NDJSON of one attack; its report says the same of the whole run."""
    data = PERF / "vegeta" / "v12"
    lines, table, report = (read(data / f"run.{kind}") for kind in ("ndjson", "csv", "json"))
    found, theirs = values(lines), values(report)
    assert found == pytest.approx(values(table), rel=1e-6)
    for name in ("requests", "failures"):
        assert found[name] == theirs[name]
    for name in ("latency.mean", "latency.min", "latency.max"):
        assert found[name] == pytest.approx(theirs[name], rel=1e-3)
    assert len({m.subject for m in facts(lines).measurements}) == 3


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"latency":', '"latency":-', ":2: a latency of -"),
        ('"code":', '"code":"', ":2: the line is not as vegeta writes it"),
        ('"timestamp":"', '"timestamp":"soon', ":2: timestamp is `soon"),
        ('"timestamp":"20', '"timestamp":"19', ":2: the clock goes back by"),
    ],
)
def test_a_line_that_cannot_be(old: str, new: str, problem: str, tmp_path: Path) -> None:
    """The lines before it are counted."""
    lines = (PERF / "vegeta/v12/run.ndjson").read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace(old, new, 1)
    reading = read_data(("\n".join(lines) + "\n").encode(), tmp_path, "x")
    assert problem in (reading.problem or "")
    assert values(reading)["requests"] == 1


def jmeter_row(number: int, second: float) -> str:
    return row(int(second * 1000), number % 400)


def hey_row(number: int, second: float) -> str:
    return f"0.{number % 9000:04},0,0,0,0,0,200,{second:.4f}\n"


def vegeta_row(number: int, second: float) -> str:
    line = {
        "attack": "",
        "seq": number,
        "code": 200,
        "timestamp": f"2026-01-02T03:04:{second:09.6f}Z",
    }
    line |= {"latency": number % 9000 * 100_000, "error": "", "method": "GET", "url": "http://a/"}
    return json.dumps(line, separators=(",", ":")) + "\n"


@pytest.mark.parametrize(
    ("header", "make"),
    [
        pytest.param(JTL, jmeter_row, id="jmeter"),
        pytest.param(HEY, hey_row, id="hey"),
        pytest.param("", vegeta_row, id="vegeta"),
    ],
)
def test_memory_does_not_grow_with_the_file(
    header: str,
    make: Callable[[int, float], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Six times the requests in the same forty seconds need no more memory, once times are folded."""
    monkeypatch.setattr(tally, "OPEN", 2)
    monkeypatch.setattr(tally, "MOST", 2_000)
    monkeypatch.setattr(tally, "MAX_TIMED", 0)
    peaks = []
    for count in (5_000, 30_000):
        rows = (make(n, 40 * n / count) for n in range(count))
        (tmp_path / "x").write_text(header + "".join(rows), encoding="utf-8")
        tracemalloc.start()
        reading = read(tmp_path / "x")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert values(reading)["requests"] == count
    assert peaks[1] < peaks[0] * 1.5
