"""Load profiles: how many users, how fast they come and how long they stay.

Each profile asks its own question: smoke, whether the service is correct and starts well at all; load,
how it behaves in its steady state.
"""

from __future__ import annotations

import re
from typing import Final

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple

_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", re.IGNORECASE)


class Profile(NamedTuple):
    """The load of one run: users, users started per second, and the run's length in seconds."""

    name: str
    users: int
    spawn_rate: float
    run_time: float


PROFILES: Final = {
    profile.name: profile
    for profile in (Profile("smoke", 10, 2, 300), Profile("load", 100, 5, 1800))
}
BY_EVENT: Final = {
    "pull_request": "smoke",
    "push": "smoke",
    "merge_group": "smoke",
    "schedule": "load",
}


def profile(name: str, event: str | None = None) -> Profile:
    """The profile of this name; `auto` chooses by the GitHub event, and is smoke elsewhere."""
    chosen = BY_EVENT.get(event or "", "smoke") if name == "auto" else name
    if chosen not in PROFILES:
        raise InputError(
            f"`{chosen}` is not a profile.",
            key="profile",
            tip=f"Known: auto, {', '.join(PROFILES)}.",
        )
    return PROFILES[chosen]


def seconds(text: str, key: str) -> float:
    """A duration such as `90`, `90s`, `5m` or `1h30m`, in seconds."""
    match = _DURATION.fullmatch(text.strip())
    parts = [int(part or 0) for part in match.groups()] if match else []
    total = parts[0] * 3600 + parts[1] * 60 + parts[2] if parts else 0
    if total <= 0:
        raise InputError("a duration such as 30s, 5m or 1h30m was expected.", key=key)
    return float(total)
