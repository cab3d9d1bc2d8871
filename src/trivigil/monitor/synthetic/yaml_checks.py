"""`*.yml` and `*.yaml`: one check a file by the name of its stem, or several, each with its own name behind it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from trivigil.core.untrusted import printable
from trivigil.monitor.planned import Planned

from . import xpath
from .addresses import named_host
from .attempts import attempt, refuse_writes

if TYPE_CHECKING:
    from trivigil.monitor.planned import Bounds

    from .check_file import CheckFile


def planned(file: CheckFile, bounds: Bounds) -> tuple[Planned, ...]:
    """The checks of a file. Raises CheckFileError for one that cannot be read, or that may not be done within the bounds."""
    from .yml import checks

    found = checks.read(file.text, file.path, file.name)
    for one in found:
        xpath.require(one.check)
        refuse_writes(one.check, bounds)
    return tuple(
        Planned(
            printable(one.check.name, 300),
            "synthetic",
            partial(attempt, one.check, file),
            file=file.path,
            line=one.place.line,
            retries=one.retries,
            depends_on=one.depends_on,
            runbook=one.runbook,
            tags=one.tags,
            host=named_host(one.check),
        )
        for one in found
    )
