"""JMeter's CSV: what counts as a request, with and without a header, and what is lost in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL

DATA = PERF / "jmeter" / "v5.6"
HEADER = "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success\n"


def rows(*lines: str, header: str = HEADER) -> bytes:
    return (header + "".join(f"{line}\n" for line in lines)).encode()


def test_requests_are_counted_once() -> None:
    """Transactions and the hops of a redirect repeat requests; a label that ends in a number does not."""
    reading = read(DATA / "plain.jtl")
    assert (reading.state, reading.problem) == ("complete", None)
    assert subjects(reading) == [OVERALL, "fast", 'find, "it"\nnow', "home", "item-7", "checkout"]
    found = values(reading)
    assert (found["requests"], found["failures"]) == (14, 2)
    assert values(reading, "checkout")["latency.mean"] == 220
    assert [note.split(" rows")[0] for note in reading.notes] == ["2 of 17", "1"]


def test_percentiles_are_of_nearest_rank() -> None:
    """Of 11 times, half is the sixth."""
    found = values(read(DATA / "plain.jtl"), "fast")
    assert (found["latency.p50"], found["latency.p90"], found["latency.p99"]) == (15, 19, 30)


def test_a_failed_assertion_is_a_failure() -> None:
    """`success` decides, whatever the status; the message says why."""
    errors = {error.subject: error.text for error in facts(read(DATA / "plain.jtl")).errors}
    assert errors["fast"] == "Test failed: text expected to contain /x/"
    assert errors['find, "it"\nnow'] == "500 Internal Server Error"


def test_throughput_is_by_the_run() -> None:
    """From the first beginning to the last end."""
    reading = read(DATA / "plain.jtl")
    assert values(reading)["throughput"] == pytest.approx(14 / 2.405)
    assert facts(reading).started == 1700000000
    last = facts(reading).timeline[-1]
    assert (last.total_requests, last.total_failures, last.users) == (14, 2, 2)


def test_no_header_is_no_obstacle() -> None:
    """The first eight columns are the same in every version."""
    found = values(read(DATA / "noheader.jtl"), "GET /")
    assert (found["requests"], found["latency.max"]) == (5, 5)


def test_another_delimiter_and_dates() -> None:
    """Dates have no zone, and give the run's length all the same."""
    assert values(read(DATA / "dates.jtl"))["throughput"] == pytest.approx(2 / 1.009)


def test_a_header_alone_is_empty() -> None:
    """Nothing was requested."""
    reading = read(DATA / "empty.jtl")
    assert (reading.state, values(reading)) == ("empty", {"requests": 0, "failures": 0})


def test_a_cut_file_keeps_what_came_before() -> None:
    """The line is named, and the state is partial."""
    reading = read(DATA / "malformed.jtl")
    assert (reading.state, values(reading)["requests"]) == ("partial", 14)
    assert "malformed.jtl:19: the row has" in (reading.problem or "")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(rows("1,x,a,200,OK,t,text,true"), "x:2: elapsed is `x`", id="a text"),
        pytest.param(rows("1,-5,a,200,OK,t,text,true"), "x:2: elapsed is `-5`", id="negative"),
        pytest.param(rows("1,5,a,200,OK,t,text,maybe"), "x:2: success is `maybe`", id="no truth"),
        pytest.param(rows("soon,5,a,200,OK,t,text,true"), "timeStamp is `soon`", id="no time"),
        pytest.param(
            rows("1,5,a", header="timeStamp,elapsed,label\n"), "no column `success`", id="column"
        ),
        pytest.param(
            rows("1,5,a,true,3", header="timeStamp,elapsed,label,success,SampleCount\n"),
            "stands for `3` samples",
            id="statistics in place of samples",
        ),
        pytest.param(rows("1,5,a,200,OK,t,text,true")[:-1], "no line end", id="perhaps cut"),
    ],
)
def test_damage_is_a_sentence(data: bytes, problem: str, tmp_path: Path) -> None:
    """The line and the column are named."""
    assert problem in (read_data(data, tmp_path, "x").problem or "")


def test_an_endpoint_cannot_have_the_name_of_the_run(tmp_path: Path) -> None:
    """It would be taken for the whole run."""
    reading = read_data(rows("1,5,OVERALL,200,OK,t,text,true"), tmp_path)
    assert "is called OVERALL" in (reading.problem or "")
