from __future__ import annotations

import pytest

from trivigil.github.patience import REPEATS, Manners, Patience
from trivigil.github.refusal import Refused

UNCLEAR = Refused("no answer", unclear=True)
FINAL = Refused("no")


def limited(pause: float) -> Refused:
    """A rate limit that lasts so long."""
    return Refused("limit", limited=True, pause=pause)


class Slept(list[float]):
    """Sleeps in no time, and remembers how long it should have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.mark.parametrize(
    ("trouble", "repeatable", "again"),
    [
        pytest.param(UNCLEAR, True, True, id="no answer to what may happen twice"),
        pytest.param(UNCLEAR, False, False, id="no answer to what may not"),
        pytest.param(limited(5), False, True, id="a limit: the call was not carried out"),
        pytest.param(FINAL, True, False, id="a refusal stays a refusal"),
        pytest.param(limited(61), True, False, id="a limit that opens too late"),
    ],
)
def test_what_is_tried_again(trouble: Refused, *, repeatable: bool, again: bool) -> None:
    """Whether a call is repeated follows from what went wrong and from what it does."""
    slept = Slept()
    assert Patience(Manners(), slept).wait(trouble, 0, repeatable=repeatable) is again
    assert bool(slept) is again


def test_pauses_double() -> None:
    """Pauses after unclear answers grow, and their number is bounded."""
    slept = Slept()
    patience = Patience(Manners(), slept)
    answers = [patience.wait(UNCLEAR, turn, repeatable=True) for turn in range(REPEATS + 1)]
    assert answers == [True] * REPEATS + [False]
    assert slept == [1.0, 2.0, 4.0]


def test_all_waits_share_one_ceiling() -> None:
    """However many calls there are, together they wait no longer than the ceiling."""
    slept = Slept()
    patience = Patience(Manners(ceiling=10), slept)
    answers = [patience.wait(limited(4), 0, repeatable=False) for _ in range(5)]
    assert answers == [True, True, False, False, False]
    assert sum(slept) == 8


def test_failed_calls_count() -> None:
    """The time that failed calls took is no longer there for waiting."""
    times = iter([0.0, 9.0])
    patience = Patience(Manners(ceiling=10), Slept(), lambda: next(times))
    patience.spent(patience.started())
    assert not patience.wait(limited(2), 0, repeatable=False)


def test_rests_share_the_ceiling() -> None:
    """Waiting for what GitHub does later counts like any other waiting, in units of the first pause."""
    slept = Slept()
    patience = Patience(Manners(ceiling=10, backoff=2), slept)
    assert [patience.rest(factor) for factor in (1, 3, 2)] == [True, True, False]
    assert slept == [2, 6]
    assert not patience.wait(limited(3), 0, repeatable=False)
