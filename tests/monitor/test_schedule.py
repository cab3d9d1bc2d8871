"""When a scheduled run was due."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.monitor import schedule


def moment(text: str) -> datetime.datetime:
    """An aware time."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("line", "began", "due"),
    [
        pytest.param(
            "7,37 * * * *", "2026-01-31T12:09:30", "2026-01-31T12:07:00Z", id="two minutes late"
        ),
        pytest.param(
            "7,37 * * * *", "2026-01-31T12:06:59", "2026-01-31T11:37:00Z", id="half an hour late"
        ),
        pytest.param(
            "7,37 * * * *", "2026-01-31T00:01:00", "2026-01-30T23:37:00Z", id="over midnight"
        ),
        pytest.param(
            "*/30 * * * *", "2026-01-31T12:30:00", "2026-01-31T12:30:00Z", id="to the second"
        ),
        pytest.param(
            "10/25 * * * *", "2026-01-31T12:59:00", "2026-01-31T12:35:00Z", id="a step from a start"
        ),
        pytest.param(
            "0 6 * * mon-fri",
            "2026-02-01T12:00:00",
            "2026-01-30T06:00:00Z",
            id="a Sunday after working days",
        ),
        pytest.param(
            "0 6 * * 7",
            "2026-02-02T12:00:00",
            "2026-02-01T06:00:00Z",
            id="Sunday is 7 as well as 0",
        ),
        pytest.param(
            "0 0 13 * 5", "2026-01-31T12:00:00", "2026-01-30T00:00:00Z", id="a 13th or a Friday"
        ),
        pytest.param(
            "0 0 29 feb *", "2026-01-31T12:00:00", "2024-02-29T00:00:00Z", id="a leap day"
        ),
    ],
)
def test_the_last_time_of_a_line(line: str, began: str, due: str) -> None:
    """A run belongs to the last time that its line names before it."""
    when, seconds = schedule.lateness(line, moment(began))

    assert when == due
    assert seconds == (moment(began) - moment(due.removesuffix("Z"))).total_seconds()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "* * * *",
        "60 * * * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "@daily",
        "a * * * *",
        "0 0 31 2 *",
        "0 0 0 * *",
    ],
)
def test_what_names_no_time_says_nothing(line: str) -> None:
    """A line that is none, or names a day that never comes, has no lateness."""
    assert schedule.lateness(line, moment("2026-01-31T12:00:00")) == (None, None)


@given(
    st.integers(0, 6 * 366 * 86_400),
    st.integers(1, 30),
)
def test_a_run_every_so_many_minutes_is_never_later(after: int, step: int) -> None:
    """With a time every few minutes the last one is nearer than two steps."""
    began = moment("2024-01-01") + datetime.timedelta(seconds=after)
    _, seconds = schedule.lateness(f"*/{step} * * * *", began)

    assert seconds is not None
    assert 0 <= seconds < 2 * step * 60
