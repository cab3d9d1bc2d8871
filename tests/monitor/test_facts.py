"""Checks as records, and their way through the result file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.monitor import facts
from trivigil.monitor.facts import Attempt, Checked, Failed
from trivigil.web.observation import CAUSES, Cause, Phases

TEXT = st.text(max_size=20)
NUMBER = st.none() | st.integers(0, 10_000).map(lambda value: value / 8)
FAILED = st.builds(
    Failed,
    TEXT,
    st.none() | st.integers(1, 99),
    st.none() | st.integers(1, 99),
    severity=st.sampled_from(["fail", "warn"]),
    actual=TEXT,
)
ATTEMPT = st.builds(
    Attempt,
    TEXT,
    st.sampled_from(facts.STATUSES),
    st.none() | st.sampled_from(CAUSES),
    TEXT,
    st.builds(Phases, NUMBER, NUMBER, NUMBER, NUMBER, NUMBER),
    st.none() | st.integers(100, 599),
    TEXT,
    st.lists(FAILED, max_size=2).map(tuple),
    st.booleans(),
)
CHECKED = st.builds(
    Checked,
    st.text(min_size=1, max_size=20),
    st.sampled_from(facts.KINDS),
    st.lists(ATTEMPT, max_size=3).map(tuple),
    tags=st.lists(TEXT, max_size=2).map(tuple),
)


@given(st.lists(CHECKED, max_size=4))
def test_what_is_written_is_read_back(checked: list[Checked]) -> None:
    """The rows of a result file say all that the records say."""
    rows = json.loads(json.dumps(facts.as_json(checked)))

    assert facts.read(rows) == tuple(checked)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | TEXT,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*Checked._fields, *Attempt._fields]), inner, max_size=6
            )
        ),
        max_leaves=30,
    )
)
def test_nothing_that_is_read_is_believed(rows: object) -> None:
    """Whatever stands in a result file, reading it gives records of known words, or leaves it out."""
    for one in facts.read(rows):
        assert one.name
        assert one.status in facts.STATUSES
        assert one.cause is None or one.cause in CAUSES


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        pytest.param(None, "up", id="nothing is wrong"),
        pytest.param("slow", "degraded", id="it works, late"),
        pytest.param("waf-block", "unknown", id="somebody before the target refused us"),
        pytest.param("runner-network", "unknown", id="our own network is down"),
        pytest.param("blocked-address", "unknown", id="we did not ask"),
        pytest.param("http-5xx", "down", id="the target says so"),
    ],
)
def test_a_cause_makes_a_status(cause: Cause | None, status: str) -> None:
    """Only what the target does is an outage of the target."""
    assert facts.status_of(cause) == status


def test_the_last_attempt_decides() -> None:
    """A check that failed and then held is up, and keeps both attempts."""
    tries = (
        Attempt("2026-01-01T00:00:00.000Z", "down", "reset", "closed"),
        Attempt("2026-01-01T00:00:02.000Z", "up"),
    )

    seen = facts.concluded(Checked("login", "synthetic", tries))

    assert (seen.status, seen.cause, len(seen.attempts)) == ("up", None, 2)


def test_a_check_that_was_not_tried_is_unknown() -> None:
    """Nobody looked: that is neither up nor down."""
    seen = facts.concluded(Checked("cart", "synthetic", (), skipped="login is down"))

    assert (seen.status, seen.message) == ("unknown", "login is down")
