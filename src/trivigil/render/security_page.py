"""A security report as a page: how bad it is at a glance, what to do, every finding, what is accepted, sources."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from trivigil.render import security, security_cards
from trivigil.render.page import blocks, page, section
from trivigil.render.perf_run import sources
from trivigil.render.security_split import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result


def render(report: Report) -> str:
    """The whole page. It says the same as the result file, and nothing that is withheld there."""
    return page(report, _parts(report), styles=("cards.css",))


def _parts(report: Report) -> Iterable[str]:
    parted = report.once(split)
    gating = [*chain.from_iterable(parted.blocking.values())]
    rest = [*chain.from_iterable(parted.others.values())]
    yield section("Scans", blocks((*security.problems(report), *security.scans(report))))
    yield section("At a glance", _glance(report))
    advice = [block for part in security.advice(gating, None) for block in part.blocks]
    yield section("What to do", blocks(advice))
    yield section("Blocking", _findings(gating, report, "blocking"))
    yield section("Not blocking", _findings(rest, report, "others"))
    yield section("Accepted", blocks(security.accepted(report)))
    yield section("Sources", blocks((*sources(report), *security.footer(report))))


def _glance(report: Report) -> str:
    tiles = security_cards.strip(report)
    return security_cards.key_facts(report) + tiles + blocks(security.unrated(report))


def _findings(results: Sequence[Result], report: Report, anchor: str) -> str:
    """Cards, and a table of those that are too many for them."""
    shown, left = security_cards.cards(results, report, anchor)
    return shown + blocks(security.table(left, report))
