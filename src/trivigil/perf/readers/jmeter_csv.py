"""JMeter's CSV (JTL), with and without its header: one row a sample, times in ms. Read as a stream."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.perf import jtl

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "jmeter"
FORMAT = "csv"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_HEADER: Final = re.compile(rb"timeStamp([,;|\t])elapsed\1", re.IGNORECASE)
_ROW: Final = re.compile(rb"\d{10,13}([,;|\t])\d+\1")
_TAURUS: Final = b"timeStamp,elapsed,Latency,label,"
"""What Taurus's own load generator begins with; JMeter has the label third."""


def recognises(source: Source) -> bool:
    """Whether its first line is JMeter's header, or a row as JMeter writes it without one."""
    if _HEADER.match(source.head):
        return not source.head.startswith(_TAURUS)
    match = _ROW.match(source.head)
    if match is None:
        return False
    cells = source.head.partition(b"\n")[0].split(match.group(1))
    return len(cells) > len(jtl.PLAIN) and any(cell in (b"true", b"false") for cell in cells[7:])


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run, which transactions and parts are no part of."""
    header = _HEADER.match(source.head)
    match = header or _ROW.match(source.head)
    delimiter = match.group(1).decode() if match else ","
    return jtl.read(source, (TOOL, FORMAT), delimiter, columns=None if header else jtl.PLAIN)
