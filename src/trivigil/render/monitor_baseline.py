"""A target against its baseline, in the document of a monitoring report: phase by phase, what is usual and what is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.core.threshold import quantity
from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Code,
    Column,
    Details,
    Icon,
    Paragraph,
    Row,
    Section,
    Spans,
    Table,
    Text,
    text,
)
from trivigil.render.monitor_words import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.report import Report

DASH: Final = "\N{EN DASH}"
_BASELINE: Final = 55


def baseline(report: Report) -> Iterable[Block]:
    """Whether the target is as fast as it was: openly where it is not."""
    compared = figures.mapping(report, "baseline")
    if not compared:
        return
    words = f"Compared with the baseline: {pace(compared)}"
    table = tuple(phases(compared))
    if is_slower(compared):
        yield Section(text(words), table)
    elif table:
        yield Details(text(words), table)
    else:
        yield Paragraph(text(f"{words}."), _BASELINE)


def origin(compared: Mapping[str, Any]) -> Iterable[Paragraph]:
    """The verdict, and which baseline that is."""
    file, made = figures.text(compared, "file"), figures.text(compared, "created_at")
    of: Spans = (Text(" Baseline "), Code(file)) if file else ()
    since = (Text(f"{' of' if file else ' Baseline of'} {moment(made)}"),) if made else ()
    end = (Text("."),) if of or since else ()
    words = pace(compared)
    yield Paragraph((Text(f"{words[:1].upper()}{words[1:]}."), *of, *since, *end), _BASELINE)


def is_slower(compared: Mapping[str, Any]) -> bool:
    """Whether any phase is slower, or the verdict says so."""
    own = figures.inner(compared, "phases").values()
    return figures.text(compared, "verdict") == "slower" or any(
        isinstance(one, dict) and one.get("slower") is True for one in own
    )


def pace(compared: Mapping[str, Any]) -> str:
    """The verdict in words."""
    verdict_ = figures.text(compared, "verdict")
    known = {
        "usual": "as fast as usual",
        "slower": "slower",
        "faster": "faster",
        "invalid": "not compared, because a request failed while it was measured",
        "skipped": "not compared",
    }
    return known.get(verdict_, verdict_) or "not compared"


def phases(compared: Mapping[str, Any]) -> Iterable[Table]:
    """What each phase usually takes, and takes now."""
    own = figures.inner(compared, "phases")
    rows = tuple(_phase(name, figures.inner(own, name)) for name in own)
    if rows:
        titles = ("Usual", "Now", "Change", "Change %")
        columns = (Column("Phase"), *(Column(title, "right") for title in titles))
        yield Table(columns, rows, "phase")


def _phase(name: str, phase: Mapping[str, Any]) -> Row:
    sign = Icon("warning" if phase.get("slower") is True else "pass")
    usual, spread, now, change, percent = (
        figures.number(phase, key)
        for key in ("usual", "spread", "now", "change_ms", "change_percent")
    )
    about_ = f" \N{PLUS-MINUS SIGN} {quantity(spread, 'ms')}" if spread is not None else ""
    cells = (
        (sign, Text(" "), Text(figures.PHASES.get(name, name.capitalize()))),
        text(DASH if usual is None else f"{quantity(usual, 'ms')}{about_}"),
        text(DASH if now is None else quantity(now, "ms")),
        text(_signed(change, "ms")),
        text(_signed(percent, "%")),
    )
    return Row(cells, _BASELINE)


def _signed(value: float | None, unit: str) -> str:
    return DASH if value is None else f"{value:+,.1f} {unit}".replace("-", "\N{MINUS SIGN}")
