"""A monitoring report as a page: every check at a glance, what is not up, where the time went, headers, who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.render import monitor, monitor_baseline, monitor_cards, monitor_charts, monitor_told
from trivigil.render import monitor_figures as figures
from trivigil.render import monitor_headers as grades
from trivigil.render.document import Bullets
from trivigil.render.page import blocks, page, section
from trivigil.render.perf_run import sources
from trivigil.render.security import problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked
    from trivigil.render.document import Block


def render(report: Report) -> str:
    """The whole page. It says the same as the result file, and nothing that is withheld there."""
    return page(report, _parts(report), styles=("cards.css", "monitor.css"))


def _parts(report: Report) -> Iterable[str]:
    seen = figures.checks(report)
    numbered = [(f"check-{number}", one) for number, one in enumerate(seen, 1)]
    yield section("Problems", blocks(problems(report)))
    yield section("At a glance", monitor_cards.key_facts(report) + monitor_cards.strip(numbered))
    yield section("What is not as it should be", monitor_cards.troubles(numbered, report))
    yield section("Who was told", blocks(_told(report)))
    yield section("Where the time went", _times(numbered))
    yield section("Against the baseline", _baseline(report))
    yield section("Security headers", _headers(report))
    yield section("Sources", blocks((*sources(report._replace(notes=())), *monitor.footer(report))))


def _told(report: Report) -> Iterable[Block]:
    items = monitor_told.items(report)
    if items:
        yield Bullets(items, "incident")
    yield from monitor.notes(report)


def _times(numbered: Sequence[tuple[str, Checked]]) -> str:
    """The bars, then every number."""
    bars = monitor_charts.waterfall(
        [("" if monitor_cards.has_card(one) else anchor, one) for anchor, one in numbered]
    )
    return bars + blocks(monitor.all_times([one for _, one in numbered]))


def _baseline(report: Report) -> str:
    compared = figures.mapping(report, "baseline")
    if not compared:
        return ""
    return blocks((*monitor_baseline.origin(compared), *monitor_baseline.phases(compared)))


def _headers(report: Report) -> str:
    """The lines to send, and each test of the compatible grade."""
    graded = figures.mapping(report, "headers")
    advice = blocks((*grades.without(graded), *grades.advice(grades.findings(graded))))
    return "".join(
        f'<div class="{name}">{part}</div>'
        for name, part in (("advice", advice), ("tests", blocks(grades.tests(graded))))
        if part
    )
