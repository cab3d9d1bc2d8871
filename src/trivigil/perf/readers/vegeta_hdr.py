"""`vegeta report -type=hdrplot`: how long each share of the requests took, in ms, for HdrHistogram's plotter; no statuses.

The table is that of `NewHDRHistogramPlotReporter` in lib/reporters.go of tsenart/vegeta. The shares are fixed; the last but one row is the whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.core.untrusted import printable
from trivigil.perf.entry import Entry
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "vegeta"
FORMAT = "hdrplot"
RANK: int | None = 4
LAG = ""
WINDOWED = False

_HEADER: Final = re.compile(rb"Value\(ms\) +Percentile +TotalCount +1/\(1-Percentile\)\r?\n")
_KEPT: Final = (50, 75, 90, 95)
_ALL: Final = 100.0
_WIDTH: Final = 4
_NO_STATUSES: Final = "It does not say which requests failed: name vegeta's JSON report beside it."


def recognises(source: Source) -> bool:
    """Whether the first line is vegeta's header."""
    return _HEADER.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Percentiles of the whole run; which requests failed is not known."""
    text = sources.text(source)
    times: dict[float, float] = {}
    requests, last = 0, 0.0
    for line, row in enumerate(text.split("\n"), 1):
        if line == 1 or not row.strip():
            continue
        value, share, count = _row(row, line)
        if value < last or count < requests:
            raise SourceError("its values do not ascend; the file is damaged.", line=line)
        times.setdefault(round(share * 100, 4), value)
        requests, last = count, value
    if times and _ALL not in times:
        raise SourceError(
            "the row of all requests is missing; the file is cut.", line=text.count("\n") + 1
        )
    overall = Entry(
        subject=OVERALL,
        requests=requests,
        failures=0,
        failures_known=False,
        timed=requests,
        fastest=times.get(0.0),
        slowest=times.get(_ALL),
        percentiles=tuple(
            (percentile_name("latency", percent), times[percent])
            for percent in _KEPT
            if percent in times
        ),
    )
    return of_whole_run(source, (TOOL, FORMAT), overall, notes=(_NO_STATUSES,))


def _row(row: str, line: int) -> tuple[float, float, int]:
    cells = row.split()
    try:
        value, share, count = float(cells[0]), float(cells[1]), int(cells[2])
    except (ValueError, IndexError):
        value = share = count = -1
    if len(cells) != _WIDTH or not (0 <= value < float("inf") and 0 <= share <= 1 and count >= 0):
        shown = printable(row, 60)
        raise SourceError(f"`{shown}` is no row of vegeta's; the file is cut.", line=line)
    return value, share, count
