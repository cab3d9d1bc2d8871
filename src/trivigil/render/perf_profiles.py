"""Load profiles in the document of a performance report: each with its load, its answer and its own numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from trivigil.render.document import (
    Block,
    Bullets,
    Column,
    Icon,
    Item,
    Paragraph,
    Row,
    Section,
    Spans,
    Table,
    Text,
    prose,
    text,
)
from trivigil.render.perf_results import figure
from trivigil.render.perf_run import (
    course,
    endpoints,
    entries,
    errors,
    exceptions,
    held,
    key_numbers,
)
from trivigil.render.verdict import tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report
    from trivigil.core.result import Result

_ANSWER, _STEP = 75, 65
_QUESTIONS: Final = ("smoke.", "load.", "stress.", "endurance.")
_LISTED: Final = ("errors", "exceptions", "timeline", "profiles")
_MINUTE: Final = 60


def views(report: Report) -> tuple[Report, ...]:
    """The report of each profile by itself, as its measurements and results tell them apart."""
    measured = [measurement.profile for measurement in report.measurements]
    judged = [result.profile for result in report.results]
    names = dict.fromkeys(name for name in (*measured, *judged) if name)
    return tuple(_view(report, name) for name in names) if len(names) > 1 else ()


def _view(report: Report, name: str) -> Report:
    facts = dict(report.facts)
    for key in _LISTED:
        own = "name" if key == "profiles" else "profile"
        facts[key] = [entry for entry in entries(facts, key) if entry.get(own) == name]
    return report._replace(
        results=tuple(result for result in report.results if result.profile == name),
        measurements=tuple(m for m in report.measurements if m.profile == name),
        facts=facts | {"profile": name},
        problems=(),
    )


def apart(report: Report) -> Iterable[Block]:
    """One section a profile; nothing where the report is of one profile only."""
    for view in views(report):
        blocks = (
            *answer(view),
            *key_numbers(view),
            *course(view),
            *endpoints(view),
            *errors(view),
            *exceptions(view),
            *held(view, tally(view).held),
        )
        yield Section(text(f"Profile {view.facts['profile']}"), blocks)


def answer(report: Report) -> Iterable[Block]:
    """What was asked of the run, with which load, and what it answered."""
    for planned in entries(report.facts, "profiles"):
        yield Paragraph(_load(planned), _ANSWER)
        items = tuple(_item(result, planned) for result in report.results if _answers(result))
        if items:
            yield Bullets(items, "answer")
        yield from _steps(planned)


def _answers(result: Result) -> bool:
    """Whether it is an answer that is not shown among the findings."""
    return result.kind == "pass" and result.rule.id.startswith(_QUESTIONS)


def _item(result: Result, planned: Mapping[str, object]) -> Item:
    said = result.message.removeprefix(f"{planned.get('name')}: ")
    return Item((Icon("pass"), Text(" "), *prose(said)), _ANSWER)


def _load(planned: Mapping[str, object]) -> Spans:
    """`How does it …? 100 users, 5/s, 30 min`."""
    question = planned.get("question")
    users, rate, seconds = (_number(planned, key) for key in ("users", "spawn_rate", "run_time"))
    parts = [
        f"{users:,.0f} users" if users is not None else "",
        f"{rate:,.3g} more a second" if rate is not None else "",
        _length(seconds) if seconds is not None else "",
    ]
    load = ", ".join(part for part in parts if part)
    words = question if isinstance(question, str) else ""
    return text(f"{words} {load}".strip())


def _length(seconds: float) -> str:
    whole = seconds >= 2 * _MINUTE and seconds % _MINUTE == 0
    return f"{seconds / _MINUTE:,.0f} min" if whole else f"{seconds:,.3g} s"


def _steps(planned: Mapping[str, object]) -> Iterable[Block]:
    """The table of a stepped load, the knee marked."""
    steps = entries(planned, "steps")
    if not steps:
        return
    knee = _number(planned, "knee")
    rows = (_step(entry, index, len(steps), knee) for index, entry in enumerate(steps))
    columns = (
        Column("Step"),
        *(Column(name, "right") for name in ("Users", "Throughput", "Errors", "p95")),
    )
    yield Table(columns, tuple(rows), "step")


def _step(entry: Mapping[str, object], index: int, count: int, knee: float | None) -> Row:
    name = "the fall" if index == count - 1 else str(index + 1)
    mark: Spans = (Text(" "), Icon("warning"), Text(" knee")) if knee == index else ()
    cells = (
        _cell(entry, "users", "count"),
        _cell(entry, "throughput", "1/s"),
        _cell(entry, "error_rate", "%"),
        _cell(entry, "p95", "ms"),
    )
    return Row(((*text(name), *mark), *cells), _STEP)


def _cell(entry: Mapping[str, object], key: str, unit: str) -> Spans:
    value = _number(entry, key)
    return text("\N{EN DASH}" if value is None else figure(value, unit))


def _number(entry: Mapping[str, object], key: str) -> float | None:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)
