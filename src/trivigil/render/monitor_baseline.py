"""The comparison with the baseline, phase by phase, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Code,
    Column,
    Details,
    Icon,
    Row,
    Spans,
    Table,
    Text,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report

_FOLDED: Final = 50
_DASH: Final = "\N{EN DASH}"
_COLUMNS: Final = ("Usual ms", "Spread", "Now ms", "Change ms", "Change %")
_KEYS: Final = ("usual", "spread", "now", "change_ms", "change_percent")


def baseline(report: Report) -> Iterable[Block]:
    """A table of the phases, folded; nothing where nothing was compared."""
    found = figures.mapping(report, "baseline")
    phases = found.get("phases")
    if not isinstance(phases, dict) or not phases:
        return
    columns = (Column("Phase"), *(Column(title, "right") for title in _COLUMNS))
    rows = [_row(str(phase), row) for phase, row in phases.items() if isinstance(row, dict)]
    said = {"slower": "slower than usual", "faster": "faster than usual"}
    verdict = said.get(figures.text(found, "verdict"), "as fast as usual")
    since = figures.text(found, "created_at")[:10]
    yield Details(
        (
            Text(f"{verdict.capitalize()}, by "),
            Code(figures.text(found, "file")),
            Text(f" of {since}"),
        ),
        (Table(columns, tuple(rows), "phase"),),
    )


def _row(phase: str, row: Mapping[str, Any]) -> Row:
    slower: Spans = (Text(" "), Icon("warning")) if row.get("slower") is True else ()
    return Row(((Code(phase), *slower), *(_number(row.get(key)) for key in _KEYS)), _FOLDED)


def _number(value: object) -> Spans:
    return text(f"{value:,.1f}" if isinstance(value, int | float) else _DASH)
