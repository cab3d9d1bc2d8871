"""A monitoring report as a page: what is not up, who was told, the times of everything, the baseline, headers, the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.render import monitor
from trivigil.render import monitor_figures as figures
from trivigil.render.monitor_baseline import baseline
from trivigil.render.page import blocks, page, section
from trivigil.render.perf_run import sources
from trivigil.render.security import problems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.report import Report


def render(report: Report) -> str:
    """The whole page. It says the same as the result file, and nothing that is withheld there."""
    return page(report, _parts(report))


def _parts(report: Report) -> Iterable[str]:
    seen = figures.checks(report)
    wrong = [check for check in seen if check.status != "up"]
    yield section("Run", blocks((*problems(report), *monitor.about(report))))
    yield section("Not up", blocks(monitor.troubles(wrong, report)))
    yield section("Who was told", blocks(monitor.told(report)))
    yield section("Checks", blocks((monitor.times(seen),) if seen else ()))
    yield section("Baseline", blocks(baseline(report)))
    yield section("Security headers", blocks(monitor.headers(report)))
    yield section("Sources", blocks((*sources(report), *monitor.footer(report))))
