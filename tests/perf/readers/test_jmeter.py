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


def test_xml_counts_as_the_csv_does() -> None:
    """Hops lie inside their sample, requests inside a transaction: the ones repeat, the others count."""
    reading = read(DATA / "plain.xml")
    assert (reading.state, reading.problem) == ("complete", None)
    assert subjects(reading) == [OVERALL, "home <é>", "search", "cart", "pay", "checkout"]
    found = values(reading)
    assert (found["requests"], found["failures"], found["latency.max"]) == (4, 2, 40)
    assert values(reading, "checkout")["latency.mean"] == 60
    errors = {error.subject: error.text for error in facts(reading).errors}
    assert errors == {
        "search": "Test failed: text expected to contain /found/",
        "pay": "500 Internal Server Error",
    }
    assert [note.split(" samples")[0] for note in reading.notes] == ["2 of 7", "1"]
    assert facts(reading).timeline[0].users == 2


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"</testResults>", b"", "the XML is damaged or cut (no element found)"),
        (b't="5"', b't="-5"', "x:9: `t` is `-5`"),
        (b't="5"', b't="NaN"', "x:9: `t` is `NaN`"),
        (b't="5" ', b"", "x:9: `t` is missing"),
        (b's="false" lb="search"', b's="no" lb="search"', "`s` is `no` where true or false is due"),
        (b'lb="search"', b'lb="OVERALL"', "x:9: an endpoint is called OVERALL"),
        (b'lb="search"', b'lb="search" sc="7"', "stands for `7` samples"),
        (b'ts="1700000000030"', b'ts="1600000000030"', "x:9: the clock goes back"),
        (b"lb=", b"<lb=", "the XML is damaged or cut"),
    ],
)  # fmt: skip
def test_damaged_xml(old: bytes, new: bytes, problem: str, tmp_path: Path) -> None:
    """The line is named, and what came before is kept."""
    data = (DATA / "plain.xml").read_bytes().replace(old, new, 1)
    reading = read_data(data, tmp_path, "x")
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    """Entities could grow without end."""
    data = (DATA / "plain.xml").read_bytes()
    bomb = data.replace(b"<testResults", b"<!-- x --><testResults", 1)
    assert read_data(bomb, tmp_path).state == "complete"
    inside = data.replace(b"<testResults", b'<!DOCTYPE a [<!ENTITY b "c">]><testResults', 1)
    assert read_data(inside, tmp_path).state == "missing"
    late = data.replace(b'version="1.2">', b'version="1.2">&b;', 1)
    assert read_data(late, tmp_path).state == "partial"


def test_the_dashboards_statistics() -> None:
    """Total is the whole run; the slots of percentiles are said."""
    reading = read(DATA / "statistics.json")
    found = values(reading)
    assert (reading.state, subjects(reading)) == ("complete", [OVERALL, "home", "item-7"])
    assert (found["requests"], found["failures"], found["latency.p90"]) == (6, 1, 38.5)
    assert "taken as p90, p95 and p99" in reading.notes[-1]


def test_the_dashboard_counts_hops() -> None:
    """They are taken out of its counts; its times cannot be taken apart, so the whole run has none."""
    reading = read(DATA / "parts.json")
    assert subjects(reading) == [OVERALL, "home", "item-7", "nothing"]
    assert values(reading) == {"requests": 6, "failures": 1, "error_rate": pytest.approx(100 / 6)}
    assert values(reading, "nothing") == {"requests": 0, "failures": 0}
    assert reading.notes[0].startswith("4 of its samples are parts of others")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b'"Total": {', b'"Sum": {', "there is no `Total`"),
        (b'"meanResTime": 20.0', b'"meanResTime": "NaN"', "`home.meanResTime` is `NaN`"),
        (b'"meanResTime": 20.0', b'"meanResTime": -20.0', "`home.meanResTime` is `-20.0`"),
        (b'"errorCount": 0', b'"errorCount": 7', "more failures (7) than requests (4)"),
        (b'"sampleCount": 4', b'"sampleCount": 4.5', "`home.sampleCount` is `4.5`"),
        (b'"item-7": {', b'"OVERALL": {', "an endpoint is called OVERALL"),
    ],
)
def test_statistics_that_cannot_be(old: bytes, new: bytes, problem: str, tmp_path: Path) -> None:
    """The field is named."""
    data = (DATA / "statistics.json").read_bytes().replace(old, new, 1)
    reading = read_data(data, tmp_path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")
