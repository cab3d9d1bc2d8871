"""Which checks have to be done before which: names to places in the plan, or an error at the line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.monitor.planned import Planned


def needs(plans: Sequence[Planned]) -> tuple[tuple[int, ...], ...]:
    """For each check the places of those that it depends on. Raises InputError: two of a name, no such name, a circle."""
    places: dict[str, int] = {}
    for place, plan in enumerate(plans):
        if plan.name in places:
            raise _error(plan, f"there are two checks with the name {shown(plan.name)}.")
        places[plan.name] = place
    found = tuple(tuple(_place(plan, name, places) for name in plan.depends_on) for plan in plans)
    _refuse_circles(plans, found)
    return tuple(tuple(dict.fromkeys(each)) for each in found)


def shown(name: str) -> str:
    """A check's name in a sentence."""
    return f"`{printable(name, 80)}`"


def _place(plan: Planned, name: str, places: dict[str, int]) -> int:
    if name not in places:
        tip = "Write the name of a check as the results have it."
        raise _error(plan, f"it depends on {shown(name)}, and there is no such check.", tip)
    return places[name]


def _refuse_circles(plans: Sequence[Planned], found: Sequence[Sequence[int]]) -> None:
    """Takes away, again and again, what depends on nothing that is left; what remains goes round."""
    open_ends = [set(each) for each in found]
    dependents: list[list[int]] = [[] for _ in plans]
    for place, each in enumerate(open_ends):
        for needed in each:
            dependents[needed].append(place)
    free = [place for place, each in enumerate(open_ends) if not each]
    for place in free:  # grows while it is walked
        for dependent in dependents[place]:
            open_ends[dependent].discard(place)
            if not open_ends[dependent]:
                free.append(dependent)
    left = next((place for place, each in enumerate(open_ends) if each), None)
    if left is not None:
        raise _circle(plans, open_ends, left)


def _circle(plans: Sequence[Planned], open_ends: Sequence[set[int]], place: int) -> InputError:
    way: list[int] = []
    while place not in way:
        way.append(place)
        place = min(open_ends[place])
    circle = [*way[way.index(place) :], place]
    names = " → ".join(shown(plans[each].name) for each in circle[-12:])
    return _error(plans[place], f"checks that depend on each other in a circle: {names}.")


def _error(plan: Planned, message: str, tip: str | None = None) -> InputError:
    return InputError(message, path=plan.file, line=plan.line, tip=tip)
