"""`dump-csv` of Taurus's `final-stats`: a row a label, times in seconds, without the length of the run and so without throughput."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.perf import rows
from trivigil.perf.readers import taurus_stats

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "taurus"
FORMAT = "stats-csv"
RANK: int | None = 2
LAG = ""
WINDOWED = False

_NEEDED: Final = frozenset((b"label", b"avg_rt", b"succ", b"fail", b"throughput"))


def recognises(source: Source) -> bool:
    """Whether the first line has the columns that Taurus always writes."""
    first = source.head.partition(b"\n")[0].strip()
    return set(first.split(b",")) >= _NEEDED


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run."""
    found = rows.rows(source)
    _, columns = next(found)
    listed = [
        taurus_stats.Row(dict(zip(columns, cells, strict=True)), line) for line, cells in found
    ]
    return taurus_stats.reading(source, FORMAT, listed, None)
