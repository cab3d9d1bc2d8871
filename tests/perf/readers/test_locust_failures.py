"""Locust's table of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import LOCUST, facts, read, read_data
from trivigil.perf.facts import ErrorCount

if TYPE_CHECKING:
    from pathlib import Path

HEADER = b"Method,Name,Error,Occurrences,First Seen,Last Seen\r\n"


def test_a_real_file() -> None:
    """Subject, text, count and times of each error."""
    reading = read(LOCUST / "v2.47-run/run_failures.csv")
    assert (reading.format, reading.state, reading.problem) == (
        "failures-csv",
        "complete",
        None,
    )
    assert (reading.count, reading.unit) == (1, "errors")
    (error,) = facts(reading).errors
    assert error.subject == "GET /err"
    assert error.text == "HTTPError('500 Server Error: Internal Server Error for url: /err')"
    assert error.count == 25
    assert (error.first_seen or "").endswith("Z")


def test_the_old_style() -> None:
    """Inner quotes are not doubled and texts have line ends; there is no last line end."""
    reading = read(LOCUST / "v1.0/run_failures.csv")
    assert (reading.state, reading.problem) == ("complete", None)
    assert facts(reading).errors == (
        ErrorCount('GET say "hello", twice', '500 Server Error: "boom", really', 4),
        ErrorCount("POST Aggregated", "two\nlines", 10),
    )


def test_a_header_alone_says_that_nothing_failed(tmp_path: Path) -> None:
    """That is a complete answer."""
    reading = read_data(HEADER, tmp_path)
    assert (reading.state, reading.problem, reading.count) == ("complete", None, 0)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(HEADER + b"GET,/a,boom,3\r\n", "x.csv:2: the row has 4 cells", id="short"),
        pytest.param(
            HEADER + b"GET,/a,boom,x,,\r\n", "the number of occurrences is `x`", id="letters"
        ),
        pytest.param(
            HEADER + b"GET,/a,boom,3,,", "x.csv:2: the last row has no line end", id="cut"
        ),
        pytest.param(
            b'"Method","Name","Error","Occurrences"\n"GET","/a","boo\n"GET","/b","boom",3',
            "x.csv:2: the row cannot be read; the file is damaged or cut.",
            id="old style: a cut row does not swallow the next one",
        ),
    ],
)
def test_damage(data: bytes, problem: str, tmp_path: Path) -> None:
    """A damaged file is partial and says where."""
    reading = read_data(data, tmp_path)
    assert reading.state == "partial"
    assert problem in (reading.problem or "")
