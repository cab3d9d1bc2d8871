"""Profiles: which are run, how much of them, and whether there is time for all."""

from __future__ import annotations

import pytest

from trivigil.core.errors import InputError
from trivigil.perf import profiles
from trivigil.perf.profiles import PROFILES, Amount, Profile, amounted, chosen


@pytest.mark.parametrize(
    ("text", "event", "choice", "expected"),
    [
        pytest.param("auto", "pull_request", "", ["smoke"], id="a pull request gets a smoke test"),
        pytest.param("auto", "push", "", ["smoke"], id="so does a push"),
        pytest.param("auto", "merge_group", "", ["smoke"], id="and a merge queue"),
        pytest.param("auto", "schedule", "", list(PROFILES), id="a schedule gets all"),
        pytest.param("auto", "workflow_dispatch", "stress", ["stress"], id="by hand the choice"),
        pytest.param("auto", "workflow_dispatch", "full", list(PROFILES), id="which may be all"),
        pytest.param("auto", "workflow_dispatch", "", ["smoke"], id="by hand without a choice"),
        pytest.param("auto", "workflow_dispatch", "auto", ["smoke"], id="a choice of no choice"),
        pytest.param("auto", "push", "stress", ["smoke"], id="only a dispatch has a choice"),
        pytest.param("auto", None, "", ["smoke"], id="outside GitHub"),
        pytest.param("load", "schedule", "", ["load"], id="the user's word goes first"),
        pytest.param("load, smoke", None, "", ["load", "smoke"], id="several, in their order"),
        pytest.param("smoke smoke,full", None, "", list(PROFILES), id="each once"),
    ],
)
def test_which_profiles_are_run(
    text: str, event: str | None, choice: str, expected: list[str]
) -> None:
    """By name, or by the event of the run."""
    assert list(chosen(text, event, choice)) == expected


@pytest.mark.parametrize("text", ["soak", "", " , ", "load,soak"])
def test_what_is_no_profile_is_a_sentence(text: str) -> None:
    """Known profiles are listed."""
    with pytest.raises(InputError, match="auto, full, smoke, load, stress, endurance"):
        chosen(text)


@pytest.mark.parametrize(("text", "expected"), [("", None), ("auto", None), ("load", "load")])
def test_the_profile_of_files_that_are_there(text: str, expected: str | None) -> None:
    """Files are of one profile, or of none that is known."""
    assert profiles.single(text) == expected


def test_files_are_not_of_several_profiles() -> None:
    """Nobody could say which file is of which."""
    with pytest.raises(InputError, match="of one load profile"):
        profiles.single("smoke, load")


LOAD = Profile("load", 100, 5, 1800)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        pytest.param([], (100, 5, 1800, 0), id="defaults"),
        pytest.param([Amount(users=7)], (7, 5, 1800, 0), id="users"),
        pytest.param([Amount(users=40, ramp=20)], (40, 2, 1800, 0), id="a ramp gives the rate"),
        pytest.param([Amount(ramp=50)], (100, 2, 1800, 0), id="of the users that there are"),
        pytest.param([Amount(rate=9, duration=60, steps=3)], (100, 9, 60, 3), id="the rest"),
        pytest.param(
            [Amount(users=7, rate=1), Amount(users=8)], (8, 1, 1800, 0), id="the last goes first"
        ),
    ],
)
def test_what_is_changed_in_a_profile(amounts: list[Amount], expected: tuple[float, ...]) -> None:
    """What nobody changes stays."""
    made = amounted(LOAD, amounts)
    assert (made.users, made.spawn_rate, made.run_time, made.steps) == expected


def test_ramp_and_rate_exclude_each_other() -> None:
    """The one follows from the other, so two could contradict."""
    with pytest.raises(InputError, match=r"profiles\.load: give its `rate` or its `ramp`"):
        amounted(LOAD, [Amount(rate=1, ramp=5)])


@pytest.mark.parametrize(
    ("users", "steps", "levels"),
    [
        pytest.param(200, 5, (40, 80, 120, 160, 200, 40), id="equal steps and the fall"),
        pytest.param(10, 3, (3, 7, 10, 3), id="rounded"),
        pytest.param(2, 5, (1, 2, 1), id="never more steps than users"),
        pytest.param(100, 0, (), id="one ramp"),
    ],
)
def test_the_levels_of_a_stepped_load(users: int, steps: int, levels: tuple[int, ...]) -> None:
    """The last level is that of the first step, to see the recovery."""
    made = Profile("stress", users, 10, 60, steps)
    assert made.levels == levels
    assert made.hold * max(1, len(levels)) == pytest.approx(60)


def test_the_sum_of_the_runs_must_fit() -> None:
    """Said before anything starts, with the parts of the sum."""
    pair = [PROFILES["smoke"], PROFILES["load"]]
    profiles.check_time(pair, 2110)
    with pytest.raises(InputError) as caught:
        profiles.check_time(pair, 2109)
    assert str(caught.value).startswith(
        "timeout: the run needs 35 min 10 s (smoke 5 min, load 30 min, and 5 s each to start and "
        "stop), more than the 35 min 9 s it has."
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (90, "90 s"), (2.5, "2.5 s"), (60, "1 min"), (300, "5 min"), (6600, "1 h 50 min")],
)
def test_lengths_of_time_are_spelt(seconds: float, words: str) -> None:
    """Below two minutes in seconds, else in hours and minutes."""
    assert profiles.spell(seconds) == words
