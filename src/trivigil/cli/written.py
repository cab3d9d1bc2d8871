"""The files for people and for other programs that a report becomes beside its result file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil import files

if TYPE_CHECKING:
    from trivigil.core.report import Report

PAGE: Final = "report.html"
JUNIT: Final = "junit.xml"
METRICS: Final = "metrics.txt"
"""OpenMetrics: what the monitor saw, for whoever collects it."""


def write(report: Report, *, html: str | None = None, junit: str | None = None) -> None:
    """The page and the JUnit file, each where a path is given. Raises InputError where it cannot be written."""
    from trivigil.render import documents
    from trivigil.render import junit as junit_xml

    if html:
        files.write(html, documents.page(report))
    if junit:
        files.write(junit, junit_xml.render(report))


def beside(report: Report, folder: str) -> None:
    """All of them, in the folder of an action's results; metrics of the monitor alone, which looks again and again."""
    write(report, html=os.path.join(folder, PAGE), junit=os.path.join(folder, JUNIT))
    if report.action == "monitor":
        from trivigil.observability import metrics

        files.write(os.path.join(folder, METRICS), metrics.text(report))


def names(watch: str) -> tuple[str, ...]:
    """What `beside` writes for a watch."""
    return (PAGE, JUNIT, METRICS) if watch == "monitor" else (PAGE, JUNIT)
