"""The files for people and for other programs that a report becomes beside its result file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from trivigil import files

if TYPE_CHECKING:
    from trivigil.core.report import Report

PAGE: Final = "report.html"
JUNIT: Final = "junit.xml"


def write(report: Report, *, html: str | None = None, junit: str | None = None) -> None:
    """The page and the JUnit file, each where a path is given. Raises InputError where it cannot be written."""
    from trivigil.render import documents
    from trivigil.render import junit as junit_xml

    if html:
        files.write(html, documents.page(report))
    if junit:
        files.write(junit, junit_xml.render(report))


def beside(report: Report, folder: str) -> None:
    """Both, in the folder of an action's results."""
    write(report, html=os.path.join(folder, PAGE), junit=os.path.join(folder, JUNIT))
