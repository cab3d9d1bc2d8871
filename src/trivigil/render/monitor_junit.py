"""The checks of a monitoring report as the cases of a JUnit file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.render import monitor_figures as figures
from trivigil.render.monitor_troubles import explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.monitor.facts import Checked, Failed


def cases(report: Report) -> Iterator[tuple[Result, float, tuple[str, ...]]]:
    """The result of each check, the seconds of all its attempts, and the lines that explain it."""
    seen = {check.name: check for check in figures.checks(report)}
    for result in report.results:
        check = seen.get(result.location.name)
        if check is not None and "status" in result.evidence:
            took = sum(one.phases.total for one in check.attempts) / 1000
            yield result, took, tuple(_lines(check, result))


def _lines(check: Checked, result: Result) -> Iterator[str]:
    if check.cause:
        yield f"{check.cause}: {explained(check)}"
    yield from (_claim(failed, check) for failed in check.failed)
    yield from (
        f"attempt {n}: {one.status}{f' ({one.cause})' if one.cause else ''} {one.started_at}"
        for n, one in enumerate(check.attempts, 1)
        if len(check.attempts) > 1
    )
    if result.fix:
        yield result.fix


def _claim(failed: Failed, check: Checked) -> str:
    place = f"{check.file or check.name}:{failed.line}: " if failed.line is not None else ""
    expected = f", expected {failed.expected}" if failed.expected else ""
    found = f", found {failed.actual}" if failed.actual else ""
    return f"{place}{failed.message or 'a claim does not hold'}{expected}{found}"
