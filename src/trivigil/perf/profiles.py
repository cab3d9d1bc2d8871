"""Load profiles: which question a run asks, with how many users, how fast they come and how long they stay.

smoke: is it correct, and does it start well? load: how does it behave in its steady state? stress: where does it stop
to follow, and how does it recover? endurance: does it drift over time? A stress run climbs in equal steps and falls back
to the first one at its end; every other run is one ramp and then steady.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

START: Final = 5.0
"""Seconds that a tool needs to start and to stop, where the sum of several runs is compared with a time limit."""


class Profile(NamedTuple):
    """The load of one run: users, users started per second, and the run's length in seconds."""

    name: str
    users: int
    spawn_rate: float
    run_time: float
    steps: int = 0
    """How many equal steps lead to all users; 0 for one ramp."""
    arrivals: bool = False
    """Whether users arrive whatever the service does, so that how many are there is an outcome and no plan."""

    @property
    def ramp(self) -> float:
        """Seconds until all users have come, of a run that is not stepped."""
        return self.users / self.spawn_rate

    @property
    def levels(self) -> tuple[int, ...]:
        """Users of each step, the last one being the fall back to the first; empty where it is not stepped."""
        steps = min(self.steps, self.users)
        climbed = tuple(round(self.users * step / steps) for step in range(1, steps + 1))
        return (*climbed, climbed[0]) if climbed else ()

    @property
    def hold(self) -> float:
        """Seconds of each level."""
        return self.run_time / max(1, len(self.levels))


class Amount(NamedTuple):
    """What a user changes in a profile: users, users per second or the seconds of the ramp, seconds, steps."""

    users: int | None = None
    rate: float | None = None
    ramp: float | None = None
    duration: float | None = None
    steps: int | None = None


PROFILES: Final = {
    profile.name: profile
    for profile in (
        Profile("smoke", 10, 2, 300),
        Profile("load", 100, 5, 1800),
        Profile("stress", 200, 10, 900, steps=5),
        Profile("endurance", 50, 5, 3600),
    )
}
QUESTIONS: Final = {
    "smoke": "Is it correct, and does it start well?",
    "load": "How does it behave in its steady state?",
    "stress": "Where does it stop following, and how does it recover?",
    "endurance": "Does it drift over time?",
}
HEAVY: Final = ("stress", "endurance")
"""Only on a host that is named."""
FULL: Final = tuple(PROFILES)
BY_EVENT: Final = {"schedule": FULL}
"""What `auto` means for an event; elsewhere it is smoke."""


def chosen(text: str, event: str | None = None, choice: str = "") -> tuple[str, ...]:
    """The profiles that a list names, each once: names, `full` for all, `auto` for those of the GitHub event.

    `choice` is what somebody chose who started the workflow by hand (the input `profile` of the event).
    """
    names = tuple(
        dict.fromkeys(name for word in _words(text) for name in _meant(word, event, choice))
    )
    if not names:
        raise InputError("a profile was expected.", key="profile", tip=_known())
    for name in names:
        if name not in PROFILES:
            raise InputError(f"`{name[:40]}` is not a profile.", key="profile", tip=_known())
    return names


def single(text: str) -> str | None:
    """The one profile that result files are of; None for `auto`. Raises InputError for several."""
    if text.strip() in ("", "auto"):
        return None
    names = chosen(text)
    if len(names) > 1:
        raise InputError("result files are of one load profile.", key="profile", tip="Name one.")
    return names[0]


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _meant(word: str, event: str | None, choice: str) -> Sequence[str]:
    if word == "full":
        return FULL
    if word != "auto":
        return (word,)
    if event == "workflow_dispatch" and choice and choice != "auto":
        return chosen(choice)
    return BY_EVENT.get(event or "", ("smoke",))


def _known() -> str:
    return f"Known: auto, full, {', '.join(PROFILES)}."


def amounted(profile: Profile, amounts: Iterable[Amount]) -> Profile:
    """The profile with what was changed in it; the last amount goes first."""
    for amount in amounts:
        if amount.rate is not None and amount.ramp is not None:
            raise InputError(
                "give its `rate` or its `ramp`: the one follows from the other.",
                key=f"profiles.{profile.name}",
            )
        users = amount.users or profile.users
        rate = amount.rate or (users / amount.ramp if amount.ramp else profile.spawn_rate)
        profile = profile._replace(
            users=users,
            spawn_rate=rate,
            run_time=amount.duration or profile.run_time,
            steps=amount.steps or profile.steps,
        )
    return profile


def check_time(profiles: Sequence[Profile], timeout: float) -> None:
    """Raises InputError where the runs cannot all end within the time limit, before any of them begins."""
    needed = sum(profile.run_time + START for profile in profiles)
    if needed <= timeout:
        return
    parts = ", ".join(f"{profile.name} {spell(profile.run_time)}" for profile in profiles)
    raise InputError(
        f"the run needs {spell(needed)} ({parts}, and {START:g} s each to start and stop), more than "
        f"the {spell(timeout)} it has.",
        key="timeout",
        tip="Give it more `timeout`, fewer profiles, or a shorter `run-time`.",
    )


def spell(seconds: float) -> str:
    """A length of time for people: `90 s`, `5 min`, `1 h 50 min`."""
    whole = round(seconds)
    if whole < 120 and whole % 60:  # noqa: PLR2004 (below two minutes seconds read better)
        return f"{seconds:g} s"
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
