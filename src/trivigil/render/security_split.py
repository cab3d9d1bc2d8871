"""The results of a security report, sorted once by what they mean for a reader."""

from __future__ import annotations

from itertools import compress, groupby, repeat
from operator import attrgetter, not_
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.report import Report
    from trivigil.core.result import Result

SCAN: Final = "scan."
"""How rules begin that are about the scans themselves."""
WORST_FIRST: Final = tuple(sorted(Severity, reverse=True))
_RULE: Final = attrgetter("rule.id")
_SIDE: Final = attrgetter("suppression", "kind", "gates", "severity")


class Split(NamedTuple):
    """Each part in the order of the report; of what has a severity none is left out, the worst is first."""

    active: tuple[Result, ...]
    """What scanners found and nobody accepted: `blocking` and `others` together."""
    blocking: Mapping[Severity, list[Result]]
    others: Mapping[Severity, list[Result]]
    """Active, but not meant to fail the gate."""
    accepted: tuple[Result, ...]
    scans: tuple[Result, ...]
    """What is said of scans that are missing or not whole, and nobody accepted."""


def split(report: Report) -> Split:
    """To be asked for by `report.once(split)`.

    Results stand in the report worst first, so that neighbours mean the same: what is alike is taken in runs.
    """
    about = list(map(str.startswith, map(_RULE, report.results), repeat(SCAN)))
    of_scans = list(compress(report.results, about))
    active: list[Result] = []
    accepted = [result for result in of_scans if not (result.finding or result.kind == "pass")]
    blocking: dict[Severity, list[Result]] = {severity: [] for severity in WORST_FIRST}
    others: dict[Severity, list[Result]] = {severity: [] for severity in WORST_FIRST}
    for side, run in groupby(compress(report.results, map(not_, about)), _SIDE):
        suppression, kind, gates, severity = side
        if kind == "pass":
            continue
        if suppression is not None:
            accepted += run
            continue
        alike = tuple(run)
        active += alike
        (blocking if gates else others)[severity] += alike
    scans = tuple(result for result in of_scans if result.finding)
    return Split(tuple(active), blocking, others, tuple(accepted), scans)
