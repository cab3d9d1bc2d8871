"""`merged.sarif`: what all scanners found, as one file that code scanning takes, beside the report."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from trivigil import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.report import Report

FILE: Final = "merged.sarif"


def write(report: Report, folder: str, environ: Mapping[str, str]) -> str | None:
    """Write it, and say where; where the input could not be used, there is none, and an earlier run's is taken away.

    Code scanning takes what it does not hold as fixed. A report that is not whole says so in it (`executionSuccessful`).
    Raises InputError where it cannot be written.
    """
    from trivigil.cli.checkout import checkout
    from trivigil.github.event import read_event
    from trivigil.publish import sarif_upload

    path = os.path.join(folder, FILE)
    if report.problems:
        with suppress(OSError):
            os.unlink(path)
        return None
    event = read_event(environ)
    to = sarif_upload.target(event) if event is not None else sarif_upload.NOWHERE
    commit = sarif_upload.NOWHERE if isinstance(to, str) else to
    text, _ = sarif_upload.file(report, event, checkout(environ), commit)
    files.write(path, text)
    return path
