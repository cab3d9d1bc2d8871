"""The document of a monitoring report: the verdict, what is not up and why, who was told, then everything else that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Code,
    Column,
    Details,
    Document,
    Icon,
    Paragraph,
    Row,
    Spans,
    Table,
    Text,
    counted,
    prose,
    text,
)
from trivigil.render.monitor_baseline import baseline
from trivigil.render.monitor_headers import DASH, grades, headers
from trivigil.render.monitor_told import told
from trivigil.render.monitor_troubles import SIGNS, claims, troubles
from trivigil.render.monitor_words import remaining, span
from trivigil.render.security import problems, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked

_ABOUT, _TOLD, _NOTE, _BASELINE, _TIMES = 98, 75, 70, 55, 40
_LATE_SECONDS: Final = 900
_OPENLY: Final = 10
_SHORT: Final = 8
SEPARATOR: Final = " \N{MIDDLE DOT} "


def document(
    report: Report,
    *,
    artifact_url: str | None = None,  # noqa: ARG001 -- as every document is made
    folded: int = 0,  # noqa: ARG001 -- its lists are short
) -> Document:
    """Everything a reader wants to know, most urgent first; details are folded away."""
    seen = figures.checks(report)
    blocks: list[Block] = [
        verdict(report),
        *problems(report),
        *about(report),
        *troubles(seen, report),
        *claims(seen, report),
        *told(report),
        *notes(report),
        *baseline(report),
        *all_times(seen),
        *headers(report),
        *footer(report),
    ]
    return Document(tuple(blocks))


# --- the run -----------------------------------------------------------------------------------


def about(report: Report) -> Iterable[Block]:
    """The target, both grades, the days of its certificate, and how late the run began where that is much."""
    target = figures.text(report.facts, "target")
    parts: list[Spans] = [(Code(target),)] if target else []
    if graded := grades(figures.mapping(report, "headers")):
        parts.append(text(graded))
    parts += [
        text(f"certificate {remaining(one.days)}") for one in figures.certificates(report)[:1]
    ]
    if late := lateness(report):
        parts.append(text(late))
    if parts:
        joined = [span_ for one in parts for span_ in (Text(SEPARATOR), *one)][1:]
        yield Paragraph(tuple(joined), _ABOUT)


def lateness(report: Report) -> str:
    """How late the run began; empty where that is little."""
    late = figures.number(report.facts, "lateness_s")
    return f"began {span(late)} after it was due" if late and late >= _LATE_SECONDS else ""


def notes(report: Report) -> Iterable[Block]:
    """What is to be known of the run beside all that: that the memory of earlier runs was lost."""
    for note in report.notes:
        yield Paragraph((Icon("info"), Text(" "), *prose(note)), _NOTE)


def footer(report: Report) -> Iterable[Block]:
    """Which commit, which run: one small line."""
    from trivigil.render.perf import footer as small

    yield from small(report)


# --- times -------------------------------------------------------------------------------------


def all_times(checks: Sequence[Checked]) -> Iterable[Block]:
    """The times of every check, folded away."""
    shown = [one for one in checks if any(value is not None for value in one.phases)]
    if shown:
        up = sum(one.status == "up" for one in shown)
        title = f"{counted(up, 'check')} up" if up == len(shown) else counted(len(shown), "check")
        yield Details(text(f"{title}: times"), (times(shown),))


def times(checks: Sequence[Checked]) -> Table:
    """The phases of each check, in milliseconds, of the attempt that decided."""
    columns = (
        Column("Check"),
        Column("Total ms", "right"),
        *(Column(title, "right") for title in figures.PHASES.values()),
        Column("Attempts", "right"),
    )
    return Table(columns, tuple(_times(one) for one in checks), "check")


def _times(check: Checked) -> Row:
    values = check.phases._asdict()
    known = any(value is not None for value in values.values())
    cells = (
        (Icon(SIGNS[check.status]), Text(" "), Code(check.name)),
        _milliseconds(check.phases.total if known else None),
        *(_milliseconds(values[phase]) for phase in figures.PHASES),
        text(str(len(check.attempts))),
    )
    return Row(cells, _TIMES)


def _milliseconds(value: float | None) -> Spans:
    return text(DASH if value is None else f"{value:,.1f}")
