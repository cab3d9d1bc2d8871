"""What siege prints at its end (on standard error): the run summed up, times in seconds unless a unit says otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.perf.readers.siege_figures import Figures, reading

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "siege"
FORMAT = "text"
RANK: int | None = 1
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"^Transactions:[ \t]+\d+ hits\r?\nAvailability:", re.MULTILINE)
_START: Final = re.compile(r"^Transactions:[ \t]+\d+ hits\r?$", re.MULTILINE)
_VERSION: Final = re.compile(r"^\*\* SIEGE (\S+)", re.MULTILINE)
_LINE: Final = r"^{name}:[ \t]+(\d+(?:\.\d+)?)(?: (secs|ms|sec|hits))?\s*$"


def recognises(source: Source) -> bool:
    """Whether siege's first two lines of the summary are in it."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the last run in it."""
    text = sources.text(source)
    starts = [match.start() for match in _START.finditer(text)]
    before = text.count("\n", 0, starts[-1])
    last, version = text[starts[-1] :], _VERSION.findall(text)
    counts = (
        int(_value(last, "Transactions", before)),
        int(_value(last, "Successful transactions", before)),
        int(_value(last, "Failed transactions", before)),
    )
    names = ("Elapsed time", "Response time", "Longest transaction", "Shortest transaction")
    seconds, *times = (_value(last, name, before) for name in names)
    several = f"It has {len(starts)} runs; the last one is read."
    mean, slowest, fastest = times
    figures = Figures(*counts, seconds=seconds / 1000, mean=mean, slowest=slowest, fastest=fastest)
    made = reading(source, FORMAT, figures, (several,) if len(starts) > 1 else (), before + 1)
    return made._replace(tool_version=version[-1] if version else None)


def _value(text: str, name: str, before: int) -> float:
    """A count, or a time in ms."""
    match = re.search(_LINE.format(name=name), text, re.MULTILINE)
    if match is None:
        line = before + text.count("\n") + 1
        raise SourceError(f"`{name}` of siege's summary is missing; the text is cut.", line=line)
    number, unit = float(match.group(1)), match.group(2)
    return number if unit in ("ms", "hits") or "ransactions" in name else number * 1000
