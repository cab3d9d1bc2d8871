"""Measuring a target on loopback."""

from __future__ import annotations

import pytest

from tests.web.faults import closed_port, http, wire
from trivigil.core.errors import InputError
from trivigil.monitor.baseline.sampling import Measured, Pace, Sampler
from trivigil.monitor.planned import Bounds


class Clock:
    """Time that passes where somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def pace(clock: Clock, whole: float = 300.0) -> Pace:
    """The default, with luck that is always half."""
    return Pace(whole=whole, clock=clock, wait=clock.wait, luck=lambda: 0.5)


def taken(url: str, count: int, clock: Clock | None = None, whole: float = 300.0) -> Measured:
    """So many samples of it."""
    bounds = Bounds(url, allow_private=True)
    return Sampler(bounds, pace(clock or Clock(), whole)).take(count)


def test_the_first_answer_is_not_counted() -> None:
    """One exchange more than there are samples, each with a pause before it and a connection of its own."""
    clock, counts = Clock(), list[int]()
    with wire(http()) as site:
        sampler = Sampler(Bounds(site.url("/?k=canary-1"), allow_private=True), pace(clock), counts.append)  # fmt: skip
        found = sampler.take(5)
        more = sampler.take(7)
        asked = len(site.heads)
    assert (len(found.samples), len(more.samples), asked) == (5, 7, 8)
    assert (found.problem, counts) == (None, [0, 1, 2, 3, 4, 5, 6, 7])
    assert more.samples[:5] == found.samples
    assert clock.waits == [0.625] * 7
    assert all(each.connect is not None and each.ttfb is not None for each in found.samples)
    assert (found.samples[0].dns, found.samples[0].tls) == (None, None)
    assert "canary" not in repr(found)


@pytest.mark.parametrize(
    ("answers", "samples"),
    [
        pytest.param([http("500 No")], 0, id="at once"),
        pytest.param([http(), http(), http(), http("503 No")], 2, id="after two samples"),
    ],
)
def test_one_failure_is_enough(answers: list[bytes], samples: int) -> None:
    """The measurement is invalid, and nobody is asked any more."""
    with wire(http(), answers=answers) as site:
        found = taken(site.url(), 5)
        asked = len(site.heads)
    assert found.problem is not None
    assert found.problem.cause == "http-5xx"
    assert (len(found.samples), asked) == (samples, len(answers))


def test_nobody_there() -> None:
    """A refused connection is a failure like any other."""
    found = taken(f"http://127.0.0.1:{closed_port()}", 5)
    assert found.problem is not None
    assert found.problem.cause == "refused"


def test_the_guard() -> None:
    """A private address is not asked without a word."""
    with wire(http()) as site:
        found = Sampler(Bounds(site.url()), pace(Clock())).take(5)
        assert site.heads == []
    assert found.problem is not None
    assert found.problem.cause == "blocked-address"


def test_time_is_bounded() -> None:
    """What is measured by then is all there is."""
    with wire(http()) as site:
        found = taken(site.url(), 50, whole=2.0)
    assert (len(found.samples), found.problem) == (3, None)


def test_redirects_are_followed() -> None:
    """Each sample is the sum of all hops; nothing of a query is shown."""
    with wire(0.05, http()) as end:
        away = http("302 Found", f"Location: {end.url('/x?t=canary-2')}")
        with wire(0.05, away) as site:
            found = taken(site.url(), 5)
    assert found.shown == end.url("/x?t")
    assert all((each.ttfb or 0) >= 90 for each in found.samples)


def test_no_url() -> None:
    """What is none is an error."""
    with pytest.raises(InputError):
        taken("ftp://shop.example", 5)
