"""A security report as a page: verdict, what blocks, everything found by severity, what is accepted, sources."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from trivigil.render import security
from trivigil.render.page import blocks, page, section
from trivigil.render.perf_run import sources
from trivigil.render.security_split import split

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.report import Report


def render(report: Report) -> str:
    """The whole page. It says the same as the result file, and nothing that is withheld there."""
    return page(report, _parts(report))


def _parts(report: Report) -> Iterable[str]:
    parted = report.once(split)
    yield section("Scans", blocks((*security.problems(report), *security.scans(report))))
    yield section("Findings", blocks((*security.counts(report), *security.unrated(report))))
    gating = [*chain.from_iterable(parted.blocking.values())]
    yield section("Blocking", blocks(security.table(gating, report)))
    advice = [block for part in security.advice(gating, None) for block in part.blocks]
    yield section("What to do", blocks(advice))
    rest = [*chain.from_iterable(parted.others.values())]
    yield section("Not blocking", blocks(security.table(rest, report)))
    yield section("Accepted", blocks(security.accepted(report)))
    yield section("Sources", blocks((*sources(report), *security.footer(report))))
