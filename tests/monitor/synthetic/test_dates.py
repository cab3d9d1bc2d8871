"""Dates by chrono's specifiers."""

from __future__ import annotations

import datetime

import pytest

from trivigil.monitor.synthetic.dates import NoDate, formatted, parsed


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        pytest.param("2026-01-02T03:04:05+02:00", "%+", "2026-01-02T01:04:05", id="offset"),
        pytest.param("2026-01-02", "%Y-%m-%d", "2026-01-02T00:00:00", id="no time is midnight"),
        pytest.param("2026-01-02 03", "%Y-%m-%d %H", "2026-01-02T00:00:00", id="an hour alone is no time"),
        pytest.param("Fri, 02 Jan 2026 03:04:05 GMT", "%a, %d %b %Y %H:%M:%S GMT", "2026-01-02T03:04:05", id="HTTP"),
        pytest.param("1767323045", "%s", "2026-01-02T03:04:05", id="seconds"),
        pytest.param("02/01/70 1:02 pm", "%d/%m/%y %I:%M %p", "1970-01-02T13:02:00", id="short year, twelve hours"),
        pytest.param("2026-060", "%Y-%j", "2026-03-01T00:00:00", id="day of the year"),
        pytest.param("2026-01-02 03:04:05.25", "%F %T%.f", "2026-01-02T03:04:05.250000", id="fraction"),
    ],
)  # fmt: skip
def test_a_text_is_a_date(text: str, form: str, iso: str) -> None:
    """In UTC."""
    assert parsed(text, form).isoformat() == iso + "+00:00"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        pytest.param("2026-02-30", "%Y-%m-%d", id="no such day"),
        pytest.param("Sat, 02 Jan 2026", "%a, %d %b %Y", id="another day of the week"),
        pytest.param("03:04", "%H:%M", id="no day"),
        pytest.param("2026", "%Q", id="no such specifier"),
        pytest.param("2026-01-02x", "%Y-%m-%d", id="more than the form"),
        pytest.param("2026-2026", "%Y-%Y", id="twice"),
        pytest.param("1", "%", id="half a specifier"),
        pytest.param("9" * 30, "%s", id="beyond all calendars"),
    ],
)
def test_what_is_no_date(text: str, form: str) -> None:
    """An error, never another date."""
    with pytest.raises(NoDate):
        parsed(text, form)


def test_a_date_is_written() -> None:
    """By the same specifiers."""
    date = datetime.datetime(2026, 1, 2, 15, 4, 5, 250000, tzinfo=datetime.UTC)
    assert formatted(date, "%+ %e %j %I%p %.3f %A %V %%") == (
        "2026-01-02T15:04:05.250+00:00  2 002 03PM .250 Friday 01 %"
    )
    with pytest.raises(NoDate):
        formatted(date, "%Q")
