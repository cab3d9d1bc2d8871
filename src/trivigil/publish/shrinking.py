"""A report that is too large to be handed over, made smaller step by step: what people miss least goes first. Pure.

Each step that leaves something out says so in the report's notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.measurement import OVERALL
from trivigil.publish.annotations import rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from trivigil.core.report import Report
    from trivigil.core.result import Result

KEPT: Final = 100
"""How many passed results stay, so that the verdict does not read as if there were no budgets."""
WORDS_KEPT: Final = 20
"""How many sources, notes and problems stay."""
CHARS_KEPT: Final = 1000
"""How long a sentence may then be."""


def lighter(report: Report) -> Iterator[Report]:
    """The report with ever less in it."""
    for step in STEPS:
        less = step(report)
        if less is not None:
            report = less
            yield report
    yield from _worst(report)


def _noted(report: Report, what: str) -> Report:
    return report._replace(notes=(*report.notes, f"Left out to keep the hand-over small: {what}."))


def _distributions(report: Report) -> Report | None:
    """Without histograms and rounds, of which people see only the percentiles."""
    if not any(one.histogram or one.rounds for one in report.measurements):
        return None
    bare = tuple(one._replace(histogram=None, rounds=()) for one in report.measurements)
    return _noted(
        report._replace(measurements=bare), "the distributions and rounds of the measurements"
    )


def _timeline(report: Report) -> Report | None:
    return _without(report, ("timeline",), "the course of the run")


def _errors(report: Report) -> Report | None:
    return _without(report, ("errors", "exceptions"), "the lists of errors and exceptions")


def _endpoints(report: Report) -> Report | None:
    """Without the measurements of anything but the whole run."""
    whole = tuple(one for one in report.measurements if one.subject == OVERALL)
    count = len(report.measurements) - len(whole)
    if not count:
        return None
    return _noted(
        report._replace(measurements=whole), f"{count:,} measurements of other than the whole run"
    )


def _passes(report: Report) -> Report | None:
    """Late, because the headline counts them: without all but the first passed results."""
    gone = [place for place, one in enumerate(report.results) if one.kind == "pass"][KEPT:]
    if not gone:
        return None
    what = f"{len(gone):,} passed results, which the numbers here do not count"
    return _noted(_less(report, gone), what)


def _words(report: Report) -> Report | None:
    """Without what only this action knows, and with few sources and sentences, none of them long."""
    kept = report._replace(
        facts={},
        sources=tuple(one._replace(notes=_few(one.notes)) for one in report.sources[:WORDS_KEPT]),
        notes=_few(report.notes),
        problems=_few(report.problems),
        results=tuple(one._replace(message=_short(one.message)) for one in report.results),
    )
    return None if kept == report else _noted(kept, "details of the run, and most of its words")


def _few(sentences: tuple[str, ...]) -> tuple[str, ...]:
    """The last ones: what was left out before is said there."""
    return tuple(map(_short, sentences[-WORDS_KEPT:]))


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= CHARS_KEPT else f"{sentence[: CHARS_KEPT - 1]}…"


def _worst(report: Report) -> Iterator[Report]:
    """Half of the failed and open results, half of these, and so on, worst first; in the end one."""
    others = [place for place, one in enumerate(report.results) if one.kind != "pass"]
    others.sort(key=lambda place: _urgency(report.results[place]))
    count = len(others)
    while count > 1:
        count //= 2
        gone = others[count:]
        what = f"{len(gone):,} failed or open results; the {count:,} worst are here"
        yield _noted(_less(report, gone), what)


def _urgency(result: Result) -> tuple[object, ...]:
    return (result.suppression is not None, *rank(result))


def _less(report: Report, gone: Iterable[int]) -> Report:
    """Without the results at these places."""
    left_out = frozenset(gone)
    kept = (one for place, one in enumerate(report.results) if place not in left_out)
    return report._replace(results=tuple(kept))


def _without(report: Report, keys: tuple[str, ...], what: str) -> Report | None:
    if not any(report.facts.get(key) for key in keys):
        return None
    facts = {key: value for key, value in report.facts.items() if key not in keys}
    return _noted(report._replace(facts=facts), what)


STEPS: Final[tuple[Callable[[Report], Report | None], ...]] = (
    _distributions,
    _timeline,
    _errors,
    _endpoints,
    _passes,
    _words,
)
"""In this order; the failures come last."""
