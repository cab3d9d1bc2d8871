"""CSV with a row for each answer to one address, as hey and oha write it: no endpoints, and no time of day.

A request without an answer has no row, so there may have been more failures than the file shows.
"""

from __future__ import annotations

import math
from collections import Counter
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import rows
from trivigil.perf.facts import RunFacts
from trivigil.perf.tally import MOST, Tally
from trivigil.perf.whole_run import of_whole_run, refused, status_errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.reading import Reading
    from trivigil.sources import Source


class Columns(NamedTuple):
    """How many columns there are, and where the seconds of a row and its status stand."""

    width: int
    time: int
    """How long the answer took."""
    begin: int
    """When the request was sent, from the beginning of the run."""
    code: int


_FOLDED: Final = f"There are more than {MOST:,} different times: percentiles are exact to 0.5 %."


class Answers:
    """What is counted while the rows go by."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.tally, self.codes, self.end = Tally(), Counter[str](), 0.0

    def piece(self, line: int, text: str) -> None:
        """Count rows, all at once where nothing is wrong with them. Raises SourceError with the line of a damaged one."""
        if line == 1:
            line, text = 2, text.partition("\n")[2]
        if not self.at_once(text):
            for number, cells in rows.split(line, text):
                self._row(number, cells)

    def order(self) -> tuple[str, object]:
        """A range needs nothing of those before it."""
        return __name__, self.columns

    def take(self, part: Answers) -> bool:
        """Add the next range."""
        self.tally.merge((part.tally,))
        self.codes.update(part.codes)
        self.end = max(self.end, part.end)
        return True

    def made(self) -> Answers:
        """What was counted of a range."""
        return self

    def at_once(self, text: str) -> bool:
        """Count rows by columns; False, and nothing is counted, where one is unusual."""
        every = rows.at_once(text)
        if set(map(len, every)) != {self.columns.width}:
            return False
        times, begins, codes = (
            list(map(itemgetter(at), every))
            for at in (self.columns.time, self.columns.begin, self.columns.code)
        )
        try:
            seconds = [*map(float, times)], [*map(float, begins)]
        except ValueError:
            return False
        if min(map(min, seconds)) < 0 or not math.isfinite(sum(map(sum, seconds))):
            return False
        self.codes.update(codes)
        self.end = max(self.end, *map(float.__add__, *seconds))
        for time, count in Counter(times).items():
            self.tally.add(_ms(float(time)), failed=False, count=count)
        return True

    def _row(self, line: int, cells: list[str]) -> None:
        if len(cells) != self.columns.width:
            raise rows.wrong_width(cells, self.columns.width, line)
        time, begin = (_seconds(cells[at], line) for at in (self.columns.time, self.columns.begin))
        self.tally.add(_ms(time), failed=False)
        self.codes[cells[self.columns.code]] += 1
        self.end = max(self.end, begin + time)


def part(order: Columns, blocks: Iterable[bytes]) -> tuple[int, object] | None:
    """A range of rows; None where one of them is unusual."""
    answers = Answers(order)
    return rows.part(blocks, answers.at_once, answers.made)


def read(
    source: Source, reader: tuple[str, str], columns: Columns, *notes: str
) -> Reading[RunFacts]:
    """The reading of a file whose first row is its header. Damage ends it and is kept."""
    answers = Answers(columns)
    damage = rows.count(source, answers)
    answers.tally.failures = refused(answers.codes)
    made = of_whole_run(
        source,
        reader,
        answers.tally.entry(OVERALL, answers.end),
        facts=RunFacts(errors=status_errors(answers.codes)),
        notes=(*notes, _FOLDED) if answers.tally.folded else notes,
    )
    if damage is None:
        return made
    return made._replace(state="partial", problem=foreign.located(damage, source.path))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 6)


def _seconds(cell: str, line: int) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        shown = printable(cell, 40)
        raise SourceError(f"`{shown}` stands where seconds are due.", line=line)
    return value
