"""Locust's table of endpoints, of every age, whole and damaged."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.perf.readers.reading import LOCUST, facts, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADER = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%"
)
NUMBERS = ["10", "1", "5", "6.5", "1.25", "41.5", "2.0", "5.0", "0.5"]
PERCENTILES = ["5", "6", "7", "8", "9", "20", "41", "42", "42", "42", "42"]
NOTHING = ["0", "0", "0", "0.0", "0", "0", "0", "0.0", "0.0", *["N/A"] * 11]


def table(rows: Sequence[Sequence[str]], header: str = HEADER) -> str:
    """A file as Locust's csv.writer writes it."""
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    return text.getvalue()


def row(method: str, name: str, **cells: str) -> list[str]:
    """An endpoint's row, with some cells otherwise."""
    named = dict(zip(HEADER.split(","), [method, name, *NUMBERS, *PERCENTILES], strict=True))
    return list(
        {**named, **{key.replace("_", " "): value for key, value in cells.items()}}.values()
    )


def totals(requests: int = 10, failures: int = 1) -> list[str]:
    return row("", "Aggregated", Request_Count=str(requests), Failure_Count=str(failures))


def test_a_real_file() -> None:
    """What Locust 2.47 wrote, with its hostile names, comes out number by number."""
    reading = read(LOCUST / "v2.47-run/run_stats.csv")
    assert (reading.tool, reading.format) == ("locust", "stats-csv")
    assert (reading.state, reading.problem, reading.notes) == ("complete", None, ())
    assert (reading.count, reading.unit) == (11, "endpoints")
    assert subjects(reading) == [
        OVERALL,
        "GET   padded  ",
        "GET /café/東京",
        "GET /err",
        "GET /fast",
        "POST /login",
        "GET /slow",
        "GET ::error::x",
        "GET Aggregated",
        "GET OVERALL",
        'GET say "hello"',
        "GET two\nlines",
    ]
    assert values(reading) == {
        "requests": 106,
        "failures": 25,
        "error_rate": 100 * 25 / 106,
        "throughput": 35.44647664132294,
        "latency.mean": 46.09721957548924,
        "latency.min": 1.5051810000841215,
        "latency.max": 203.47109499994076,
        "latency.p50": 46,
        "latency.p66": 49,
        "latency.p75": 54,
        "latency.p80": 56,
        "latency.p90": 120,
        "latency.p95": 170,
        "latency.p98": 190,
        "latency.p99": 200,
        "latency.p99_9": 200,
        "latency.p99_99": 200,
    }
    assert values(reading, "GET /err")["error_rate"] == 100
    observed = {m.metric.name: m.n for m in facts(reading).measurements if m.subject == OVERALL}
    assert observed["latency.p95"] == observed["error_rate"] == 106
    assert observed["requests"] is None


@pytest.mark.parametrize(
    ("file", "names", "expected"),
    [
        pytest.param(
            "v1.0/run_stats.csv",
            ["GET /fast", 'GET say "hello", twice', 'GET a,b"c"\nd', "POST Aggregated"],
            {"requests": 270, "throughput": 54.0, "latency.p95": 53, "latency.p99_999": 97},
            id="1.0: inner quotes not doubled, line ends in names, no last line end",
        ),
        pytest.param(
            "v0.14/run_stats.csv",
            ["GET /fast", "POST /login"],
            {"failures": 14, "throughput": 54.0, "latency.p95": 12, "latency.p99_999": 53},
            id="0.14: other column names, a percentile without its sign",
        ),
        pytest.param(
            "v0.11/run_requests.csv",
            ["GET /fast", "POST /login"],
            {"requests": 270, "latency.p50": 3, "latency.mean": 3, "throughput": 54.0},
            id="0.11: no percentiles, so the median is p50; Total instead of Aggregated",
        ),
    ],
)
def test_old_ones(file: str, names: list[str], expected: dict[str, float]) -> None:
    """Every Locust since 0.11 is read by one reader."""
    reading = read(LOCUST / file)
    assert (reading.state, reading.problem, reading.notes) == ("complete", None, ())
    assert subjects(reading) == [OVERALL, *names]
    assert expected.items() <= values(reading).items()


def test_zero_is_not_a_measurement(tmp_path: Path) -> None:
    """An endpoint never hit has its two counts, and no rate, no time, no error rate."""
    rows = [row("GET", "/a"), ["GET", "/never", *NOTHING], totals()]
    reading = read_data(table(rows).encode(), tmp_path)
    assert reading.state == "complete"
    assert values(reading, "GET /never") == {"requests": 0, "failures": 0}


def test_times_that_nobody_reported_are_no_times(tmp_path: Path) -> None:
    """Requests without a response time leave a mean and percentiles of 0, which nobody measured."""
    silent = {
        name.replace(" ", "_"): "0" for name in HEADER.split(",") if "Time" in name or "%" in name
    }
    rows = [row("MQTT", "publish", **silent), totals()]
    reading = read_data(table(rows).encode(), tmp_path)
    expected = {"requests": 10, "failures": 1, "error_rate": 10.0, "throughput": 5.0}
    assert values(reading, "MQTT publish") == expected


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        pytest.param([["", "Aggregated", *NOTHING]], "empty", id="no requests at all"),
        pytest.param([["GET", "/a", *NOTHING], ["", "Aggregated", *NOTHING]], "empty", id="never"),
        pytest.param([["None", "Aggregated", *NOTHING]], "empty", id="the older blank"),
        pytest.param([row("GET", "Aggregated"), totals()], "complete", id="a namesake"),
        pytest.param([row("", "Aggregated"), totals()], "complete", id="a namesake, no method"),
    ],
)
def test_states(rows: list[list[str]], state: str, tmp_path: Path) -> None:
    """A run without requests is a whole file that says nothing; only the last row is the totals row."""
    reading = read_data(table(rows).encode(), tmp_path)
    assert (reading.state, reading.problem, reading.count) == (state, None, len(rows) - 1)


def test_percentiles_are_the_users_choice(tmp_path: Path) -> None:
    """PERCENTILES_TO_REPORT may hold anything, in any order; 100 % is the maximum."""
    header = HEADER.partition(",50%")[0] + ",99%,100%,12.5%,97%"
    cells = [*NUMBERS, "40", "42", "2", "39"]
    text = table([["GET", "/a", *cells], ["", "Aggregated", *cells]], header)
    found = values(read_data(text.encode(), tmp_path))
    assert {name: value for name, value in found.items() if ".p" in name} == {
        "latency.p50": 5,
        "latency.p12_5": 2,
        "latency.p97": 39,
        "latency.p99": 40,
    }


def test_windows_line_ends_and_a_mark(tmp_path: Path) -> None:
    """Locust on Windows ends lines with two carriage returns; editors put a mark in front."""
    text = table([row("GET", "/a"), totals()]).replace("\r\n", "\r\r\n")
    reading = read_data(b"\xef\xbb\xbf" + text.encode(), tmp_path)
    assert (reading.state, reading.problem) == ("complete", None)
    assert subjects(reading) == [OVERALL, "GET /a"]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param([], "x.csv:1: the last row is not the totals row", id="header only"),
        pytest.param([row("GET", "/a")], "x.csv:2: the last row is not", id="no totals row"),
        pytest.param([totals(), row("GET", "/a")], "x.csv:3: the last row is not", id="rows after"),
        pytest.param([["GET", "/a"], totals()], "x.csv:2: the row has 2 cells", id="a short row"),
        pytest.param(
            [row("GET", "/a", Average_Response_Time="nan"), totals()],
            "x.csv:2: the average is `nan` where a number that is not negative is due.",
            id="NaN",
        ),
        pytest.param(
            [row("GET", "/a", Request_Count="-3"), totals()],
            "x.csv:2: the request count is `-3` where a whole number that is not negative is due.",
            id="a negative count",
        ),
        pytest.param(
            [row("GET", "/a", Max_Response_Time="1e999"), totals()],
            "x.csv:2: the max",
            id="infinite",
        ),
        pytest.param(
            [row("GET", "/a", Failure_Count="11"), totals()],
            "x.csv:2: the row has more failures (11) than requests (10).",
            id="more failures than requests",
        ),
        pytest.param(
            [row("GET", "a\nb"), row("GET", "/a"), row("GET", "/a"), totals(30, 3)],
            "x.csv:5: `GET /a` is there twice; the file is damaged.",
            id="twice, counted behind a name of two lines",
        ),
        pytest.param(
            [row("", OVERALL), totals()],
            "x.csv:2: an endpoint is called OVERALL",
            id="our own name",
        ),
        pytest.param(
            [{**dict(enumerate(row("GET", "/a"))), 12: "4"}.values(), totals()],
            "x.csv:2: the 66 % cell is less than the percentile before it.",
            id="percentiles that fall",
        ),
        pytest.param(
            [row("GET", "/a", Request_Count="::error::x"), totals()],
            "x.csv:2: the request count is `:\u200b:error:\u200b:x`",
            id="hostile where a number is due",
        ),
        pytest.param(
            [row("GET", "/a", Request_Count="9" * 5000), totals()],
            "x.csv:2: the request",
            id="huge",
        ),
    ],
)
def test_damage_is_named_with_its_line(rows: list[list[str]], problem: str, tmp_path: Path) -> None:
    """A damaged file is partial and says what and where; what came before is kept."""
    reading = read_data(table(rows).encode(), tmp_path)
    assert reading.state == "partial"
    assert (reading.problem or "").startswith(problem)


def test_a_cut_quote_is_damage(tmp_path: Path) -> None:
    """A quote that never closes is not a name as long as the rest of the file."""
    text = table([row("GET", "a,b"), row("GET", "/b"), totals()]).replace('"a,b"', '"a,b')
    reading = read_data(text.encode(), tmp_path)
    assert reading.state == "partial"
    assert (reading.problem or "").startswith("x.csv:2: the row cannot be read as CSV")


def test_a_missing_row_is_noted(tmp_path: Path) -> None:
    """Endpoints that do not add up to the totals row are said."""
    reading = read_data(table([row("GET", "/a"), totals(25, 2)]).encode(), tmp_path)
    assert reading.notes == (
        "The endpoints add up to 10 requests and 1 failures, but the totals row says 25 and 2.",
    )


def test_a_lost_last_line_end_alone_is_no_damage(tmp_path: Path) -> None:
    """An editor that drops the last line end cut nothing: the 100 % cell agrees with the maximum."""
    text = table([row("GET", "/a"), totals()]).rstrip()
    assert read_data(text.encode(), tmp_path).state == "complete"
    nothing = table([["", "Aggregated", *NOTHING]]).rstrip()
    assert read_data(nothing.encode(), tmp_path).state == "empty"
    reading = read_data(text[:-1].encode(), tmp_path)
    assert (
        reading.problem
        == "x.csv:3: the 100 % cell is less than the percentile before it. The file is damaged or cut."
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["GET", "POST", "gRPC"]), TEXT), max_size=6, unique=True))
def test_any_name_comes_back_as_it_was(tmp_path: Path, names: list[tuple[str, str]]) -> None:
    """Whatever an endpoint is called, its subject is its method, one blank, and exactly its name."""
    rows = [row(method, name) for method, name in names]
    reading = read_data(table([*rows, totals(10 * len(rows), len(rows))]).encode(), tmp_path)
    assert (reading.problem, reading.notes) == (None, ())
    assert subjects(reading)[1:] == [f"{method} {name}" for method, name in names]


@pytest.mark.parametrize(
    "file",
    [
        "v2.47-run/run_stats.csv",
        "v1.0/run_stats.csv",
        "v0.14/run_stats.csv",
        "v0.11/run_requests.csv",
    ],
)
def test_a_file_cut_anywhere_is_never_whole(file: str, tmp_path: Path) -> None:
    """However much is lost from the end, more than a line end is noticed."""
    whole = (LOCUST / file).read_bytes()
    content = whole.rstrip(b"\r\n")
    for length in range(1, len(content)):
        reading = read_data(whole[:length], tmp_path)
        assert reading.problem is not None, whole[:length][-40:]
        assert reading.state != "complete"
    assert read_data(content, tmp_path).problem is None
