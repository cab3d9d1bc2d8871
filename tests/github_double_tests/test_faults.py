"""Faults per call, seen by a client that hides nothing."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from tests.github_double import GitHubDouble, Repository
from tests.github_double.faults import Kind, Moment
from tests.github_double_tests.asking import Reply, ask

COMMENTS = "/repos/octo/shop/issues/7/comments"


class Bench(NamedTuple):
    """A double with a pull request and a token that may comment."""

    double: GitHubDouble
    shop: Repository
    token: str

    def comment(self, seconds: float = 5.0) -> Reply:
        """Write a comment."""
        return ask(self.double, "POST", COMMENTS, self.token, {"body": "x"}, seconds=seconds)

    def written(self) -> int:
        """How many comments there are."""
        return len(self.shop.comments(7))


@contextmanager
def bench() -> Iterator[Bench]:
    """A fresh bench."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        yield Bench(double, shop, double.installation_token(shop, {"issues": "write"}))


@pytest.mark.parametrize(("moment", "written"), [("before", 0), ("after", 1)])
@pytest.mark.parametrize("kind", ["404", "410", "422", "429", "500", "503"])
def test_a_status_instead_of_the_answer(kind: Kind, moment: Moment, written: int) -> None:
    """The client sees the status as JSON; the comment is there only after the commit."""
    with bench() as one:
        one.double.faults.add(kind, method="POST", moment=moment)
        reply = one.comment()
        assert (reply.status, reply.body["status"], one.written()) == (int(kind), kind, written)
        assert one.comment().status == 201


def test_a_gateways_page() -> None:
    """502 comes as HTML, as a gateway's does."""
    with bench() as one:
        one.double.faults.add("502")
        reply = one.comment()
        assert (reply.status, reply.headers["content-type"]) == (502, "text/html")
        assert reply.content.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(("moment", "written"), [("before", 0), ("after", 1)])
def test_a_reset_connection(moment: Moment, written: int) -> None:
    """The connection is aborted (RST), before or after the comment was written."""
    with bench() as one:
        one.double.faults.add("reset", moment=moment)
        with pytest.raises(ConnectionResetError) as seen:
            one.comment()
        assert not isinstance(seen.value, http.client.RemoteDisconnected)
        assert one.written() == written
        assert (one.double.journal[-1].status, one.double.journal[-1].fault) == (
            None,
            f"reset {moment}",
        )


@pytest.mark.parametrize(("moment", "written"), [("before", 0), ("after", 1)])
def test_a_stalled_answer(moment: Moment, written: int) -> None:
    """The client's patience ends before any byte comes."""
    with bench() as one:
        one.double.faults.add("timeout", moment=moment, seconds=30)
        with pytest.raises(TimeoutError):
            one.comment(seconds=0.1)
        assert one.written() == written


def test_a_stall_is_bounded() -> None:
    """After its time the connection closes without an answer."""
    with bench() as one:
        one.double.faults.add("timeout", seconds=0.05)
        with pytest.raises(http.client.RemoteDisconnected):
            one.comment()


def test_a_truncated_answer() -> None:
    """Half of the body comes, although the header promised all; the comment is written."""
    with bench() as one:
        one.double.faults.add("truncated", method="POST")
        with pytest.raises(http.client.IncompleteRead):
            one.comment()
        assert one.written() == 1


def test_a_slow_answer() -> None:
    """It is the right one, only later."""
    with bench() as one:
        one.double.faults.add("slow", seconds=0.05)
        assert one.comment().status == 201


@pytest.mark.parametrize("retry_after", [None, 60], ids=["without retry-after", "with it"])
@pytest.mark.parametrize(
    ("kind", "status"), [("secondary", 403), ("429", 429)], ids=["secondary", "429"]
)
def test_a_limit(kind: Kind, status: int, retry_after: int | None) -> None:
    """Both statuses come with and without the time to wait; the primary budget is not empty."""
    with bench() as one:
        one.double.faults.add(kind, retry_after=retry_after)
        reply = one.comment()
        assert reply.status == status
        assert reply.headers.get("retry-after") == (retry_after and str(retry_after))
        assert int(reply.headers["x-ratelimit-remaining"]) > 0
        assert ("secondary rate limit" in reply.body["message"]) is (kind == "secondary")


def test_an_exhausted_primary_limit() -> None:
    """403, nothing remaining, and the second of the reset."""
    with bench() as one:
        one.double.faults.add("primary", seconds=120)
        reply = one.comment()
        assert (reply.status, reply.headers["x-ratelimit-remaining"]) == (403, "0")
        wait = int(reply.headers["x-ratelimit-reset"]) - one.double.clock.epoch()
        assert 100 <= wait <= 120


def test_which_calls_a_fault_takes() -> None:
    """Matching calls are counted: here the second and third POST, and no GET."""
    with bench() as one:
        one.double.faults.add("500", method="POST", path="*/comments", call=2, times=2)
        assert ask(one.double, "GET", COMMENTS, one.token).status == 200
        assert [one.comment().status for _ in range(4)] == [201, 500, 500, 201]


def test_a_fault_for_good() -> None:
    """times=None lasts until the faults are cleared."""
    with bench() as one:
        one.double.faults.add("503", times=None)
        assert [one.comment().status for _ in range(3)] == [503] * 3
        one.double.faults.clear()
        assert one.comment().status == 201


def test_a_writer_in_between() -> None:
    """A callback may call the double itself before the call is handled."""
    with bench() as one:
        calls: list[int] = []

        def intrude(_: object) -> None:
            if not calls:
                calls.append(1)
                ask(one.double, "POST", COMMENTS, one.token, {"body": "first"})

        one.double.on_call(lambda request: request.method == "POST", intrude)
        one.comment()
        assert [comment.body for comment in one.shop.comments(7)] == ["first", "x"]


def test_two_racers_meet_at_a_barrier() -> None:
    """Both have read before either writes: so races can be made to happen every time."""
    with bench() as one:
        barrier = threading.Barrier(2, timeout=5)
        one.double.on_call(lambda request: request.method == "POST", lambda _: _wait(barrier))
        seen: list[int] = []

        def race() -> None:
            seen.append(len(ask(one.double, "GET", COMMENTS, one.token).body))
            one.comment()

        _both(race)
        assert (seen, one.written()) == ([0, 0], 2)


def _wait(barrier: threading.Barrier) -> None:
    barrier.wait()


def _both(race: Callable[[], None]) -> None:
    racers = [threading.Thread(target=race) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(10)
