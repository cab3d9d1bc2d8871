"""Gatling: its log as text and as binary records, its reports' figures, and its assertions."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data, subjects, values
from trivigil.core.measurement import OVERALL

DATA = PERF / "gatling"
LOGS = ("v2.0/plain.log", "v3.3/plain.log", "v3.12/plain.log", "v3.15/plain.log")
FIGURES = ("stats.json", "stats.js.txt", "global_stats.json")


@pytest.mark.parametrize("name", LOGS)
def test_every_layout_of_the_log_says_the_same(name: str) -> None:
    """Columns shifted twice and became bytes: requests, groups, errors and users are the same run."""
    reading = read(DATA / name)
    found = values(reading)
    assert (reading.state, reading.problem) == ("complete", None)
    assert (found["requests"], found["failures"], found["latency.max"]) == (5, 1, 100)
    assert found["throughput"] == pytest.approx(5 / 1.04)
    assert [(e.subject, e.count) for e in facts(reading).errors] == [("checkout / pay / card", 1)]
    assert facts(reading).errors[0].text == "status.find.in(200), found 500"
    assert [e.count for e in facts(reading).exceptions] == [1]
    assert [w.users for w in facts(reading).timeline] == [2, 2]
    assert facts(reading).started == 1_700_000_000.02


@pytest.mark.parametrize("name", LOGS[1:])
def test_a_group_is_no_request(name: str) -> None:
    """A group has the time of its requests together, under its own name; the console's names are used for requests."""
    reading = read(DATA / name)
    assert subjects(reading)[0] == OVERALL
    assert set(subjects(reading)[1:]) >= {
        "checkout / cart",
        "checkout / pay / card",
        "checkout / pay",
    }
    assert values(reading, "checkout")["latency.mean"] == 130
    assert sum(values(reading, name)["requests"] for name in subjects(reading)[-2:]) == 2
    assert reading.notes == (
        "2 records are groups: they have their own times and are no requests of the whole run.",
    )


def test_names_of_a_binary_log_are_text_in_two_codings() -> None:
    """Latin-1 and UTF-16, each written once and referred to by its number after that."""
    assert values(read(DATA / "v3.15/plain.log"), "日本 home")["requests"] == 2
    assert read(DATA / "v3.15/plain.log").tool_version == "3.15.1"


@pytest.mark.parametrize("name", ["v3.12/empty.log", "v3.15/empty.log"])
def test_users_alone_prove_nothing(name: str) -> None:
    """A run of pauses made no request."""
    reading = read(DATA / name)
    assert (reading.state, values(reading)) == ("empty", {"requests": 0, "failures": 0})


@pytest.mark.parametrize(
    ("name", "requests", "problem"),
    [
        ("v3.12/malformed.log", 3, "malformed.log:10: the last row has no end: the file is cut."),
        ("v3.15/malformed.log", 5, "the record at byte 360 has no end: the file is cut."),
    ],
)
def test_a_killed_run_keeps_what_came_before(name: str, requests: int, problem: str) -> None:
    """SIGKILL leaves the log cut inside a record."""
    reading = read(DATA / name)
    assert (reading.state, values(reading)["requests"]) == ("partial", requests)
    assert problem in (reading.problem or "")


def test_a_tab_or_a_line_end_in_a_name_breaks_its_row() -> None:
    """Gatling writes them raw and leaves the row out of its own report; it is said, and the rest is kept."""
    reading = read(DATA / "v3.12/broken.log")
    assert (reading.state, reading.problem) == ("partial", None)
    assert values(reading)["requests"] == 3
    assert [note for note in reading.notes if note.startswith("Line 5 is not as Gatling writes it")]


RUN = "RUN\ta.B\tb\t1700000000000\t \t3.12.0\n"


def request(begin: str, end: str) -> str:
    return f"REQUEST\t\thome\t{begin}\t{end}\tOK\t \n"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param(
            request("1700000000500", "1700000000400"), "x:2: a request ends 100 ms before", id="end"
        ),
        pytest.param(
            request("1700000900000", "1700000900001") + request("1700000000000", "1700000000001"),
            "x:3: the clock goes back by 900 s",
            id="clock",
        ),
        pytest.param(RUN, "x:2: a second run begins here", id="two runs in one file"),
        pytest.param(
            "REQUEST\t\tOVERALL\t1700000000000\t1700000000001\tOK\t \n",
            "x:2: an endpoint is",
            id="name",
        ),
    ],
)
def test_what_cannot_be_is_named_with_its_line(rows: str, problem: str, tmp_path: Path) -> None:
    """A damaged log is partial, and no exception."""
    reading = read_data((RUN + rows).encode(), tmp_path, "x")
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


@pytest.mark.parametrize(
    "rows", [request("NaN", "1700000000001"), request("-5", "1700000000001"), "JUNK\t1\n"]
)
def test_a_row_of_another_kind_is_left_out_and_said(rows: str, tmp_path: Path) -> None:
    """No number is guessed."""
    reading = read_data((RUN + rows).encode(), tmp_path, "x")
    assert (reading.state, values(reading)["requests"]) == ("partial", 0)
    assert reading.notes[0].startswith("Line 2 is not as Gatling writes it")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(lambda d: d + b"\x09", "at byte", id="an unknown kind of record"),
        pytest.param(lambda d: d + b"\x01" + struct.pack(">i", -1), "no record", id="length below 0"),
        pytest.param(lambda d: d + d, "no record", id="a second run"),
        pytest.param(
            lambda d: d + b"\x01" + struct.pack(">iiiib", 0, -2, 9, 8, 1) + struct.pack(">i", -1),
            "a request ends",
            id="end before beginning",
        ),
        pytest.param(
            lambda d: d + b"\x04" + struct.pack(">ii", -77, 1), "no record", id="a text not yet written"
        ),
    ],
)  # fmt: skip
def test_bytes_that_are_no_record(change: object, why: str, tmp_path: Path) -> None:
    """The place is named by its byte."""
    data = (DATA / "v3.15/plain.log").read_bytes()
    reading = read_data(change(data), tmp_path, "x")  # type: ignore[operator]  # a function
    assert reading.state == "partial"
    assert why in (reading.problem or "")
    assert "at byte" in (reading.problem or "")


@pytest.mark.parametrize("cut", range(40, 480, 7))
def test_a_binary_log_cut_anywhere_is_never_whole(cut: int, tmp_path: Path) -> None:
    """What is left is read, or the reading says that it is cut."""
    data = (DATA / "v3.15/plain.log").read_bytes()
    reading = read_data(data[:cut], tmp_path, "x")
    if reading.problem is None:  # cut between two records
        assert values(reading)["requests"] <= 5
    else:
        assert reading.state in ("partial", "missing")


@pytest.mark.parametrize("name", FIGURES)
def test_figures_of_the_reports(name: str) -> None:
    """As JSON, as a script with texts for numbers, and of the whole run alone; the percentiles' slots are said."""
    reading = read(DATA / "v3.12" / name)
    found = values(reading)
    assert (found["requests"], found["failures"], found["latency.mean"]) == (5, 1, 44)
    assert (found["latency.p50"], found["latency.p75"], found["latency.p95"]) == (30, 60, 100)
    assert "taken as p50, p75, p95 and p99" in reading.notes[0]


@pytest.mark.parametrize("name", FIGURES[:2])
def test_figures_by_request_and_group(name: str) -> None:
    """Names are those of the log."""
    assert subjects(read(DATA / "v3.12" / name)) == [
        OVERALL, "home", "checkout / cart", "checkout / pay / card", "checkout", "checkout / pay",
    ]  # fmt: skip


def test_a_dash_is_no_number(tmp_path: Path) -> None:
    """The script has `-` where nothing was measured."""
    data = (DATA / "v3.12/stats.js.txt").read_bytes().replace(b'"total": "44"', b'"total": "-"', 1)
    assert "latency.mean" not in values(read_data(data, tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b'"total": 5', b'"total": 6', "requests are 5 together, but 6 of the whole run"),
        (b'"total": 44', b'"total": -1', "`stats.meanResponseTime.total` is `-1`"),
        (b'"ko": 1', b'"ko": 9', "more failures (9) than requests (5)"),
        (b'"name": "cart"', b'"name": 7', "`contents.group_checkout.contents.req_cart.name`"),
    ],
)
def test_figures_that_cannot_be(old: bytes, new: bytes, problem: str, tmp_path: Path) -> None:
    """The field is named with its place."""
    data = (DATA / "v3.12/stats.json").read_bytes().replace(old, new, 1)
    reading = read_data(data, tmp_path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")


def test_the_dialogs_script_is_no_figures(tmp_path: Path) -> None:
    """Since 3.14 `stats.js` has no numbers."""
    assert read_data(b"function openDialog() {\n}\n", tmp_path).state == "missing"


@pytest.mark.parametrize("name", ["v3.3/assertions.json", "v3.12/assertions.xml"])
def test_assertions_are_verdicts(name: str) -> None:
    """Each is a result that gates, as Gatling ends with 2; one that finds no statistics fails."""
    reading = read(DATA / name)
    found = facts(reading).verdicts
    assert [v.kind for v in found] == ["fail", "pass", "fail"]
    assert "it is 20" in found[0].message
    assert (reading.count, reading.unit) == (3, "assertions")
    assert all(v.gates for v in found)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b'<testsuite name="demo.Shop"', b'<!DOCTYPE x []><testsuite name="demo.Shop"', None),
        (b"</testsuite>", b"", "the XML is damaged or cut"),
        (b'status="true"', b'status="maybe"', "`status` is `maybe`"),
    ],
)
def test_damaged_assertions(old: bytes, new: bytes, problem: str | None, tmp_path: Path) -> None:
    """A document type is not even recognised; damage is a sentence."""
    data = (DATA / "v3.12/assertions.xml").read_bytes().replace(old, new, 1)
    reading = read_data(data, tmp_path)
    assert reading.state == ("partial" if problem else "missing")
    assert (problem or "no result file").replace("no result", "not a result") in (
        reading.problem or ""
    )


def test_quotes_that_are_escaped_twice_are_mended(tmp_path: Path) -> None:
    """Gatling 3.3 writes JSON that is none where a name has quotes."""
    data = (DATA / "v3.12/stats.json").read_bytes().replace(b'"home"', rb'"the \\"home\\""')
    assert 'the "home"' in subjects(read_data(data, tmp_path))


def test_quotes_that_are_entities_are_mended(tmp_path: Path) -> None:
    """From 3.7 on the reports have `&quot;` where the log has a quote; a name is the same in both."""
    data = (DATA / "v3.12/stats.json").read_bytes().replace(b'"home"', b'"the &quot;home&quot;"')
    assert 'the "home"' in subjects(read_data(data, tmp_path))
