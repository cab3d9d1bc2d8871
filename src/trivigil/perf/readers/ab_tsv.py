"""`ab -g`: a row for each request, times in whole milliseconds, sorted by time and not by the clock. Read as a stream.

The columns are those of `support/ab.c` of apache/httpd. Nothing in it says which requests failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.untrusted import printable
from trivigil.perf import rows
from trivigil.perf.facts import RunFacts
from trivigil.perf.tally import Tally
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "ab"
FORMAT = "requests-tsv"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_HEADER: Final = b"starttime\tseconds\tctime\tdtime\tttime\twait"
_WIDTH, _SECONDS, _TIME = 6, 1, 4
_MAX_DIGITS: Final = 15
_SHORTEST: Final = 10.0
"""Seconds below which whole seconds say too little of a rate."""
_NO_FAILURES: Final = "It does not say which requests failed: name what ab printed beside it."


def recognises(source: Source) -> bool:
    """Whether the first line is ab's header."""
    return source.head.startswith(_HEADER)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run; which requests failed is not known."""
    tally, damage = Tally(), None
    first, last = float("inf"), 0.0
    try:
        for line, cells in rows.rows(source, _WIDTH, "\t"):
            if line > 1:
                begin, time = _whole(cells[_SECONDS], line), _whole(cells[_TIME], line)
                tally.add(float(time), failed=False)
                first, last = min(first, begin), max(last, begin + time / 1000)
    except SourceError as error:
        damage = error
    long = last - first if last - first >= _SHORTEST else 0.0
    overall = tally.entry(OVERALL, long)._replace(failures_known=False)
    if not overall.slowest:  # below a millisecond, or no answer at all
        overall = overall._replace(timed=0)
    timed = tally.requests > 0
    known = RunFacts(started=first if timed else None, ended=last if timed else None)
    made = of_whole_run(source, (TOOL, FORMAT), overall, facts=known, notes=(_NO_FAILURES,))
    if damage is None:
        return made
    return made._replace(state="partial", problem=foreign.located(damage, source.path))


def _whole(cell: str, line: int) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > _MAX_DIGITS:
        shown = printable(cell, 40)
        message = f"`{shown}` stands where a whole number that is not negative is due."
        raise SourceError(message, line=line)
    return int(cell)
