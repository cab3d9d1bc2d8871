"""The security gate: reads what scanners write, merges what is one problem, judges it, and explains it.

`judge_files` and `judge_order` gather; `analysis.analyze` is pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import InputError
from trivigil.security.analysis import Context, analyze, refused
from trivigil.security.order import Order, judge_order, ordered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.report import Report

__all__ = ["Context", "Order", "judge_files", "judge_order", "ordered"]


def judge_files(
    specs: Sequence[str], context: Context, *, directory: str, fence: Sequence[str] | None = None
) -> Report:
    """Read the results that `[TOOL=]GLOB` specs name, and judge them.

    Everything that a user can mend becomes a failed report with its sentence, never an exception.
    """
    from trivigil import sources
    from trivigil.security import readers

    try:
        found = sources.find(specs, directory=directory, fence=fence)
    except InputError as error:
        return refused(str(error), context)
    return analyze([readers.read(source) for source in found], context)
