"""`vegeta report -type='hist[…]'`: how many requests took how long, by bounds that the user chose; no percentiles and no statuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.perf.entry import Entry
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "vegeta"
FORMAT = "histogram-text"
RANK: int | None = 5
LAG = ""
WINDOWED = False

_HEADER: Final = re.compile(rb"Bucket +# +% +Histogram")
_ROW: Final = re.compile(r"\[[^,\]]+, +[^\]]+\] +(\d+) +(?:\d+\.\d+|NaN)% .*")
_ONLY_COUNTS: Final = "It only counts requests by their times: name vegeta's JSON report for percentiles and failures."


def recognises(source: Source) -> bool:
    """Whether the first line is vegeta's header."""
    return _HEADER.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """How many requests there were."""
    text, requests, ends = sources.text(source), 0, False
    for line, row in enumerate(text.split("\n"), 1):
        if line == 1 or not row.strip():
            continue
        match = _ROW.fullmatch(row)
        if match is None:
            raise SourceError("the row is no bucket of vegeta's; the file is cut.", line=line)
        requests, ends = requests + int(match.group(1)), "+Inf]" in row
    if not ends:
        raise SourceError("the last bucket is missing; the file is cut.", line=text.count("\n") + 1)
    overall = Entry(OVERALL, requests, 0, timed=0, failures_known=False)
    return of_whole_run(source, (TOOL, FORMAT), overall, notes=(_ONLY_COUNTS,))
