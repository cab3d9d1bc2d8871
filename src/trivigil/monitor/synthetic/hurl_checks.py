"""`*.hurl`: one check a file, by the name of its stem."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trivigil.monitor.planned import Planned

from . import remarks, xpath
from .addresses import named_host
from .attempts import attempt, refuse_writes
from .hurl import entries
from .hurl.subset import left_out
from .model import Place
from .problem import CheckFileError

if TYPE_CHECKING:
    from trivigil.monitor.planned import Bounds

    from .check_file import CheckFile


def planned(file: CheckFile, bounds: Bounds) -> tuple[Planned, ...]:
    """The check of a file. Raises CheckFileError for one that cannot be read, or that may not be done within the bounds."""
    check = entries.read(file.text, file.path, file.name)
    if not check.steps:
        wanted = left_out("value", "a file without a request", Place(1, 1)).wanted
        raise CheckFileError(wanted, path=file.path, place=Place(1, 1))
    xpath.require(check)
    said = remarks.read(check, file.text)
    refuse_writes(said.check, bounds)
    return (
        Planned(
            file.name,
            "synthetic",
            partial(attempt, said.check, file),
            file=file.path,
            line=check.steps[0].place.line,
            retries=said.retries,
            depends_on=said.depends_on,
            runbook=said.runbook,
            tags=said.tags,
            host=named_host(check),
        ),
    )
