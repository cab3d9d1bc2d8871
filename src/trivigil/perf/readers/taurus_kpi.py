"""What Taurus (bzt) keeps of every request in its artifacts: `kpi.jtl` of its Locust and `apiritif.*.csv`; times in ms. Read as a stream.

They are made after JMeter's model (bzt/resources/locustio-taurus-wrapper.py, apiritif's `ApiritifSampleFormatter`), in columns of their own. Taurus's other
executors leave files of their own tools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.perf import jtl

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "taurus"
FORMAT = "kpi-csv"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_HEADERS: Final = (
    b"allThreads,timeStamp,label,method,elapsed,",
    b"timeStamp,elapsed,Latency,label,responseCode,",
)
_NO_ANSWER: Final = "999"
"""apiritif's status of a request that raised; it is timed as 0 ms."""


def recognises(source: Source) -> bool:
    """Whether the first line is the header of one of them."""
    return source.head.startswith(_HEADERS)


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run."""
    return jtl.read(source, (TOOL, FORMAT), unanswered=_NO_ANSWER)
