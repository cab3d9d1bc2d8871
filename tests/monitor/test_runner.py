"""Many checks at once: order, limits, retries, dependencies and time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Event, Lock
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivigil.core.errors import InputError
from trivigil.monitor import facts
from trivigil.monitor.control import Control
from trivigil.monitor.facts import Attempt, Checked, Failed, Status
from trivigil.monitor.planned import Bounds, Planned
from trivigil.monitor.runner import FIRST, MOST, Limits, run
from trivigil.web.observation import Cause, Phases
from trivigil.web.probe import Rules

BOUNDS = Bounds("https://shop.test", secrets={"token": "canary-1"})
DOWN = Attempt("2026-01-01T00:00:00.000Z", "down", "http-5xx", "the answer is 500")
UP = Attempt("2026-01-01T00:00:00.000Z", "up")


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


def check(
    name: str, *attempts: Attempt, retries: int | None = None, after: Sequence[str] = ()
) -> Planned:
    """A check with these outcomes, the last one for ever."""
    waiting = list(attempts or (UP,))

    def attempt(_bounds: Bounds) -> Attempt:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    return Planned(
        name, "synthetic", attempt, "checks/a.hurl", 7, retries=retries, depends_on=tuple(after)
    )


def tried(
    *plans: Planned, limits: Limits | None = None, clock: Clock | None = None
) -> tuple[Checked, ...]:
    """The run with a clock that does not keep anybody waiting."""
    clock = clock or Clock()
    return run(plans, BOUNDS, limits=limits or Limits(), clock=clock, wait=clock.wait)


class TestRetries:
    """A check that failed is tried again within the run."""

    def test_waits_grow(self) -> None:
        """Two more attempts, after two and after ten seconds; all three are kept."""
        clock = Clock()
        (checked,) = tried(check("a", DOWN), clock=clock)
        assert clock.waits == [2.0, 10.0]
        assert (checked.status, checked.cause, len(checked.attempts)) == ("down", "http-5xx", 3)

    def test_the_last_attempt_decides(self) -> None:
        """A check that mends itself is up, and its failure is still told."""
        (checked,) = tried(check("a", DOWN, UP))
        assert (checked.status, checked.cause) == ("up", None)
        assert [each.status for each in checked.attempts] == ["down", "up"]

    @pytest.mark.parametrize(
        ("own", "attempts"),
        [
            pytest.param(0, 1, id="none of its own"),
            pytest.param(3, 4, id="more of its own"),
            pytest.param(None, 3, id="as many as the run says"),
        ],
    )
    def test_own_retries(self, own: int | None, attempts: int) -> None:
        """A check's own number counts more than the run's."""
        (checked,) = tried(check("a", DOWN, retries=own))
        assert len(checked.attempts) == attempts

    @pytest.mark.parametrize(
        ("status", "cause", "attempts"),
        [
            pytest.param("up", None, 1, id="well"),
            pytest.param("down", "refused", 3, id="down"),
            pytest.param("unknown", "waf-block", 3, id="a firewall may let go"),
            pytest.param("unknown", "blocked-address", 1, id="what is forbidden stays so"),
            pytest.param("degraded", "slow", 3, id="slow once"),
            pytest.param("degraded", "assertion", 1, id="a warning"),
        ],
    )
    def test_what_deserves_another(
        self, status: Status, cause: Cause | None, attempts: int
    ) -> None:
        """Only what may end otherwise is tried again."""
        (checked,) = tried(check("a", Attempt("", status, cause)))
        assert len(checked.attempts) == attempts

    @pytest.mark.parametrize(
        ("attempt", "attempts"),
        [
            pytest.param({}, 1, id="at its line, before anybody was asked"),
            pytest.param({"http_status": 200}, 3, id="after an answer"),
            pytest.param({"phases": Phases(dns=2.0)}, 3, id="on the way to an answer"),
            pytest.param({"failed": (Failed("it broke off"),)}, 3, id="at no line"),
        ],
    )
    def test_a_fault_of_the_file_stays(self, attempt: dict[str, Any], attempts: int) -> None:
        """An undefined variable is as undefined the second time; what came of the network may not come again."""
        fault = Attempt("", "unknown", "unknown", "x", failed=(Failed("undefined", line=3),))
        (checked,) = tried(check("a", fault._replace(**attempt)))
        assert len(checked.attempts) == attempts

    def test_a_retry_holds_nobody_up(self) -> None:
        """While one check waits for its next attempt, the others use its place."""
        order: list[str] = []

        def named(name: str, *attempts: Attempt) -> Planned:
            plan = check(name, *attempts)

            def attempt(bounds: Bounds) -> Attempt:
                order.append(name)
                return plan.attempt(bounds)

            return plan._replace(attempt=attempt)

        tried(named("a", DOWN, UP), named("b"), named("c"), limits=Limits(at_once=1))
        assert order == ["a", "b", "c", "a"]


class TestCrowd:
    """Many at once, and no more than that."""

    def test_results_are_in_the_plan_s_order(self) -> None:
        """Whoever ends first, the order is the plan's."""
        late = Event()

        def slow(_bounds: Bounds) -> Attempt:
            late.wait(10)
            return UP

        def last(_bounds: Bounds) -> Attempt:
            late.set()
            return DOWN

        plans = [Planned("a", "synthetic", slow), Planned("b", "synthetic", last, retries=0)]
        assert [(each.name, each.status) for each in tried(*plans)] == [("a", "up"), ("b", "down")]

    @pytest.mark.parametrize("many", [FIRST, 200, MOST])
    def test_many_at_once(self, many: int) -> None:
        """So many are really under way together, where each only waits: for all the others."""
        together = Barrier(many, timeout=20)

        def attempt(_bounds: Bounds) -> Attempt:
            together.wait()
            return UP

        plans = [Planned(str(n), "synthetic", attempt) for n in range(2 * many)]
        assert {each.status for each in run(plans, BOUNDS)} == {"up"}

    @pytest.mark.parametrize(
        ("limits", "most"),
        [
            pytest.param(Limits(at_once=3), 3, id="of the run"),
            pytest.param(Limits(at_once=500), FIRST, id="no more than at first while some end"),
            pytest.param(Limits(per_host=2), 4, id="of each of two hosts"),
            pytest.param(Limits(at_once=0, per_host=0), 1, id="none is one"),
        ],
    )
    def test_limits(self, limits: Limits, most: int) -> None:
        """No more attempts are under way than allowed, and all checks are tried."""
        count, highest, lock = 0, 0, Lock()
        pause = Event()

        def attempt(_bounds: Bounds) -> Attempt:
            nonlocal count, highest
            with lock:
                count += 1
                highest = max(highest, count)
            pause.wait(0.005)
            with lock:
                count -= 1
            return UP

        hosts = ("", "other.test")
        plans = [Planned(str(n), "synthetic", attempt, host=hosts[n % 2]) for n in range(70)]
        assert {each.status for each in run(plans, BOUNDS, limits=limits)} == {"up"}
        assert highest <= most

    def test_a_busy_host_keeps_nobody_else_waiting(self) -> None:
        """Checks of another host start although those before them in the plan may not."""
        release = Event()

        def held(_bounds: Bounds) -> Attempt:
            assert release.wait(20)
            return UP

        def other(_bounds: Bounds) -> Attempt:
            release.set()
            return UP

        plans = [
            *(Planned(f"held {n}", "synthetic", held) for n in range(5)),
            Planned("other", "synthetic", other, host="other.test"),
        ]
        seen = run(plans, BOUNDS, limits=Limits(at_once=2, per_host=1))
        assert {each.status for each in seen} == {"up"}


class TestDependencies:
    """A check says nothing where another one, on which it stands, is down."""

    def test_after_what_it_needs(self) -> None:
        """It is tried once all that it needs have been, wherever they stand in the plan."""
        order: list[str] = []

        def noted(name: str, *after: str) -> Planned:
            def attempt(_bounds: Bounds) -> Attempt:
                order.append(name)
                return UP

            return Planned(name, "synthetic", attempt, depends_on=after)

        tried(noted("c", "a", "b"), noted("b", "a"), noted("a"), noted("d", "c", "c"))
        assert order == ["a", "b", "c", "d"]

    @pytest.mark.parametrize("status", ["down", "unknown"])
    def test_skipped_with_all_that_follows(self, status: Status) -> None:
        """It is not tried, nor what depends on it, and the reason is said."""
        a, b, c, d = tried(
            check("a", Attempt("", status, "unknown")),
            check("b", after=["a"]),
            check("c", after=["b"]),
            check("d"),
        )
        assert [each.status for each in (a, b, c, d)] == [status, "unknown", "unknown", "up"]
        assert b.skipped == b.message == f"it depends on `a`, which is {status}"
        assert (c.skipped, c.attempts) == ("it depends on `b`, which is unknown", ())
        assert (d.skipped, b.file, b.line) == (None, "checks/a.hurl", 7)

    @pytest.mark.parametrize("attempts", [(DOWN, UP), (Attempt("", "degraded", "slow"),)])
    def test_what_works_after_all_is_ground_enough(self, attempts: tuple[Attempt, ...]) -> None:
        """One that mended itself, or is only slow, does not keep others from being tried."""
        _, b = tried(check("a", *attempts), check("b", after=["a"]))
        assert b.status == "up"

    @pytest.mark.parametrize(
        ("plans", "message"),
        [
            pytest.param(
                [check("a", after=["x"])],
                "checks/a.hurl:7: it depends on `x`, and there is no such check.",
                id="no such check",
            ),
            pytest.param(
                [check("a"), check("a")],
                "checks/a.hurl:7: there are two checks with the name `a`.",
                id="two of a name",
            ),
            pytest.param(
                [check("a", after=["a"])],
                "checks/a.hurl:7: checks that depend on each other in a circle: `a` → `a`.",
                id="on itself",
            ),
            pytest.param(
                [
                    check("z"),
                    check("c", after=["a"]),
                    check("a", after=["b", "z"]),
                    check("b", after=["a"]),
                ],
                "checks/a.hurl:7: checks that depend on each other in a circle: `a` → `b` → `a`.",
                id="a circle, and one before it",
            ),
        ],
    )
    def test_what_does_not_fit(self, plans: list[Planned], message: str) -> None:
        """It is an error at its place, before anything is asked."""
        with pytest.raises(InputError) as caught:
            tried(*plans)
        assert str(caught.value).startswith(message)

    def test_a_long_chain(self) -> None:
        """A thousand checks, each on the one before, are skipped without a deep recursion."""
        chain = [check("0", DOWN), *(check(str(n), after=[str(n - 1)]) for n in range(1, 1000))]
        assert {each.status for each in tried(*chain)[1:]} == {"unknown"}


class TestTime:
    """The whole run ends in time."""

    def test_what_is_not_tried_in_time(self) -> None:
        """An attempt that hangs and all that wait for its place are unknown, and it is said which is which."""
        over = Event()

        def hang(_bounds: Bounds) -> Attempt:
            over.wait(20)
            return UP

        plans = [check("a"), Planned("b", "synthetic", hang), check("c")]
        a, b, c = run(plans, BOUNDS, limits=Limits(at_once=1, whole=0.3))
        over.set()
        assert (a.status, b.status, c.status) == ("up", "unknown", "unknown")
        assert b.message == "it did not end within the 0.3 s that the run may take"
        assert c.message == "it was not tried within the 0.3 s that the run may take"
        assert (b.attempts, c.attempts) == ((), ())

    def test_a_retry_for_which_there_is_no_time(self) -> None:
        """It is not waited for: what was seen by then counts."""
        clock = Clock()
        (checked,) = tried(check("a", DOWN), limits=Limits(whole=5), clock=clock)
        assert (checked.status, len(checked.attempts), clock.waits) == ("down", 2, [2.0])

    def test_an_attempt_that_hangs_after_a_failure(self) -> None:
        """The attempts that ended are kept, and the last of them decides."""
        over, failed = Event(), Event()

        def attempt(_bounds: Bounds) -> Attempt:
            if failed.is_set():
                over.wait(20)
                return UP
            failed.set()
            return DOWN

        limits = Limits(waits=(0.0,), whole=0.4)
        (checked,) = run([Planned("a", "synthetic", attempt)], BOUNDS, limits=limits)
        over.set()
        assert (checked.status, len(checked.attempts)) == ("down", 1)


def raising(error: BaseException) -> Callable[[Bounds], Attempt]:
    """An attempt that fails itself."""

    def attempt(_bounds: Bounds) -> Attempt:
        raise error

    return attempt


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(KeyError("canary-2"), id="an error"),
        pytest.param(SystemExit("canary-2"), id="an end"),
        pytest.param(InputError("canary-2"), id="an error for people"),
    ],
)
def test_our_own_fault(error: BaseException) -> None:
    """A check that raises is unknown, once, and says the kind of error alone; the others are unharmed."""
    bad, good = tried(Planned("bad", "synthetic", raising(error)), check("good"))
    assert (bad.status, bad.cause, len(bad.attempts), good.status) == (
        "unknown",
        "unknown",
        1,
        "up",
    )
    assert type(error).__name__ in bad.message
    assert "canary" not in repr((bad, good)) + repr(facts.as_json([bad, good]))
    assert facts.ours([bad, good]) == ("bad",)
    assert facts.read(facts.as_json([bad])) == (bad,)


def test_no_attempt_is_our_own_fault() -> None:
    """A check that gives something else than an attempt is one that failed."""
    seen = tried(Planned("bad", "synthetic", lambda _: None))  # type: ignore[arg-type, return-value]
    assert facts.ours(seen) == ("bad",)


def test_a_control_is_asked_for_silence_alone() -> None:
    """Only where nothing at all was heard of the target, and once for all checks."""

    class Dead(Control):
        asked = 0

        def _ask(self) -> bool:
            self.asked += 1
            return False

    control = Dead([], Rules())
    silent = Attempt("", "down", "connect-timeout", "no connection was accepted in time")
    plans = [
        check("heard", DOWN),
        check("silent", silent),
        check("silent too", silent),
        check("spoke before", silent._replace(phases=Phases(tls=3.0))),
    ]
    seen = run(plans, BOUNDS, control=control, limits=Limits(waits=(0.0,)))
    assert [each.cause for each in seen] == [
        "http-5xx",
        "runner-network",
        "runner-network",
        "connect-timeout",
    ]
    assert (seen[1].status, control.asked) == ("unknown", 1)
    assert "(connect-timeout)" in seen[1].message


OUTCOME = st.sampled_from(
    [UP, DOWN, Attempt("", "degraded", "slow"), Attempt("", "unknown", "unknown")]
)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.lists(OUTCOME, min_size=1, max_size=3), st.sets(st.integers(0, 11), max_size=3)
        ),
        max_size=12,
    ),
    st.integers(1, 4),
)
def test_every_plan_ends(shape: list[tuple[list[Attempt], set[int]]], at_once: int) -> None:
    """Whatever depends on what and fails how often: each check has an outcome that follows from its attempts, the same every time."""

    def plans() -> list[Planned]:
        return [
            check(
                str(place), *attempts, after=[str(each) for each in sorted(after) if each < place]
            )
            for place, (attempts, after) in enumerate(shape)
        ]

    limits = Limits(at_once=at_once, per_host=at_once)
    seen = tried(*plans(), limits=limits)
    assert seen == tried(*plans(), limits=limits)
    by_name = {each.name: each for each in seen}
    for each in seen:
        ground = all(by_name[name].status in ("up", "degraded") for name in each.depends_on)
        assert (each.skipped is None) == ground == bool(each.attempts)
        assert each.status == (each.attempts[-1].status if each.attempts else "unknown")


def test_nothing_to_do() -> None:
    """An empty plan has no outcome."""
    assert run((), BOUNDS) == ()
