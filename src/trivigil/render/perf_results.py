"""Failed, undecided and kept budgets, as rows and items of a document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from trivigil.core.measurement import OVERALL, metric
from trivigil.core.threshold import quantity
from trivigil.render.document import (
    Code,
    Column,
    Icon,
    IconName,
    Item,
    Row,
    Spans,
    Text,
    prose,
    text,
)
from trivigil.render.places import place
from trivigil.render.verdict import BUDGET, is_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Origin
    from trivigil.core.result import Result

_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_MANY_TIMES = 10
_NAMED = 3
_LONGEST_NAME = 80
_FIXED_SPACE = "\u00a0"
_TIMES, _MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"


def subject(name: str) -> Spans:
    """An endpoint's name as code; the whole run by its words."""
    return text("whole run") if name == OVERALL else (Code(name, _LONGEST_NAME),)


def figure(value: float, unit: str) -> str:
    """A quantity whose unit stays on its line."""
    return quantity(value, unit).replace(" ", _FIXED_SPACE)


def has_numbers(result: Result) -> bool:
    """Whether a value stands against a limit, so that a table can show it."""
    return number(result, "value") is not None and number(result, "limit") is not None


def number(result: Result, key: str) -> float | None:
    """A finite number of the evidence, whatever wrote it there."""
    value = result.evidence.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def by_excess(results: Iterable[Result]) -> list[Result]:
    """Worst first: an excess that no number can say (a limit of 0), then by how far beyond the limit."""
    return sorted(results, key=lambda result: -(_excess(result)))


def _excess(result: Result) -> float:
    excess = number(result, "excess")
    return math.inf if excess is None else excess


def result_columns(last: str) -> tuple[Column, ...]:
    """The titles of a table of results with numbers."""
    return (
        Column("Endpoint"),
        Column("Metric"),
        Column("Measured", "right"),
        Column("Budget", "right"),
        Column(last, "right"),
        Column("Where"),
    )


def finding_row(result: Result, origin: Origin, priority: int, *, several: bool = False) -> Row:
    """Endpoint, metric, measured, budget, how far beyond it, and the budget's line.

    Where there are `several` profiles, the endpoint has its profile before it.
    """
    row = _row(result, origin, priority, _beyond(result))
    if not several or not result.profile:
        return row
    first: Spans = (Text(f"{result.profile}: "), *row.cells[0])
    return row._replace(cells=(first, *row.cells[1:]))


def held_row(result: Result, origin: Origin, priority: int) -> Row:
    """The same of a budget that holds, with the room that is left."""
    return _row(result, origin, priority, _room(result))


def _row(result: Result, origin: Origin, priority: int, distance: str) -> Row:
    return Row(
        (
            subject(result.location.name),
            text(metric_title(result)),
            text(_measured(result)),
            text(_budget(result)),
            text(distance),
            place(result.location, origin),
        ),
        priority,
    )


def metric_title(result: Result) -> str:
    """What was measured, in words."""
    name = result.rule.id.removeprefix(BUDGET)
    try:
        return metric(name).title if is_budget(result) else result.rule.title
    except KeyError:
        return result.rule.title


def _unit(result: Result) -> str:
    unit = result.evidence.get("unit")
    return unit if isinstance(unit, str) else ""


def _measured(result: Result) -> str:
    value = number(result, "value")
    return "" if value is None else figure(value, _unit(result))


def _budget(result: Result) -> str:
    limit = number(result, "limit")
    sign = _SIGNS.get(str(result.evidence.get("operator")), "")
    return "" if limit is None else f"{sign}{_FIXED_SPACE}{figure(limit, _unit(result))}".strip()


def _beyond(result: Result) -> str:
    """`+37 %` above a maximum, with a minus below a minimum; how many times it is, where percents say little."""
    excess, value, limit = (number(result, key) for key in ("excess", "value", "limit"))
    if excess is None or value is None or limit is None:
        return "—"
    if excess >= _MANY_TIMES and value > limit > 0:
        return f"{_TIMES} {value / limit:,.0f}"
    sign = "+" if value > limit else _MINUS
    percent = abs(excess) * 100
    digits = 0 if percent >= _MANY_TIMES else 1
    return f"{sign}{percent:,.{digits}f}{_FIXED_SPACE}%"


def _room(result: Result) -> str:
    """How much of the limit is left, in percent of it."""
    excess = number(result, "excess")
    return "none" if not excess else f"{abs(excess) * 100:,.0f}{_FIXED_SPACE}%"


def finding_item(result: Result, origin: Origin, icon: IconName, priority: int) -> Item:
    """A result in words, with its sign and its line."""
    where = place(result.location, origin)
    tail: Spans = (Text(" ("), *where, Text(")")) if where else ()
    return Item((Icon(icon), Text(" "), *_sentence(result), *tail), priority)


def _sentence(result: Result) -> Spans:
    """The message with its subject as code, which is how most messages begin."""
    name, message = result.location.name, result.message
    rest = message.removeprefix(f"{name}: ")
    return prose(message) if rest == message else (*subject(name), *prose(f": {rest}"))


def ownership_items(results: Sequence[Result], priority: int) -> list[Item]:
    """Whom to ask and why the budget is there, for what fails; owners are not mentioned, only named."""
    groups: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        key = (_string(result, "owner"), _string(result, "reason"))
        if any(key):
            groups.setdefault(key, []).append(result)
    return [Item(_ownership(*key, group), priority) for key, group in groups.items()]


def _ownership(owner: str, reason: str, results: Sequence[Result]) -> Spans:
    names = list(dict.fromkeys(result.location.name for result in results))
    listed = [span for name in names[:_NAMED] for span in (Text(", "), *subject(name))][1:]
    more = (Text(f" and {len(names) - _NAMED:,} more"),) if len(names) > _NAMED else ()
    owned: Spans = (Text(", ask "), Code(owner)) if owner else ()
    because: Spans = (Text(": "), *prose(reason)) if reason else ()
    return (Text("About "), *listed, *more, *owned, *because)


def _string(result: Result, key: str) -> str:
    value = result.evidence.get(key)
    return value if isinstance(value, str) else ""
