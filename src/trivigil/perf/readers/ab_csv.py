"""`ab -e`: the time within which each percentage of the requests was served, in ms of three decimals; no counts.

Where requests were lost (`-r`) the time of 100 % may be less than that of 99 %, and is left out then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, Measurement, metric, percentile_name
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf import rows
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.sources import Source

TOOL = "ab"
FORMAT = "percentiles-csv"
RANK: int | None = 2
LAG = ""
WINDOWED = False

_HEADER: Final = b"Percentage served,Time in ms"
_KEPT: Final = (50, 66, 75, 80, 90, 95, 98, 99)
"""Those that ab prints."""
_LAST: Final = 100
_NO_COUNTS: Final = "It has no counts: name what ab printed beside it."


def recognises(source: Source) -> bool:
    """Whether the first line is ab's header."""
    return source.head.startswith(_HEADER)


def read(source: Source) -> Reading[RunFacts]:
    """Percentiles of the whole run."""
    times: list[float] = []
    for line, cells in rows.rows(source, 2):
        if line > 1:
            times.append(_time(cells, line, len(times), times))
    if times and len(times) <= _LAST:
        message = f"the table ends at {len(times) - 1} %; the file is cut."
        raise SourceError(message, line=len(times) + 1)
    wanted = [(percentile_name("latency", percent), percent) for percent in _KEPT]
    wanted = [("latency.min", 0), *wanted]
    if times and times[_LAST] >= times[_LAST - 1]:
        wanted.append(("latency.max", _LAST))
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="complete" if times else "empty",
        facts=RunFacts(
            measurements=tuple(
                Measurement(OVERALL, metric(name), times[at]) for name, at in wanted if times
            )
        ),
        count=len(times),
        unit="percentiles",
        notes=(_NO_COUNTS,),
    )


def _time(cells: list[str], line: int, due: int, before: list[float]) -> float:
    try:
        percent, time = int(cells[0]), float(cells[1])
    except ValueError:
        percent, time = -1, -1.0
    if percent != due or not 0 <= time < float("inf"):
        shown = printable(",".join(cells), 60)
        raise SourceError(f"`{shown}` stands where {due} % and its time are due.", line=line)
    if before and time < before[-1] and percent < _LAST:
        message = f"{time:g} ms at {due} % is less than the {before[-1]:g} ms before it."
        raise SourceError(message, line=line)
    return time
