"""Rows of samples as JMeter writes them (JTL), and as Taurus does after its model: one row a sample, times in ms.

Columns are those of `CSVSaveService.java` of apache/jmeter; which there are, and what parts them, is the user's choice
(`jmeter.save.saveservice.*`). Three kinds of rows repeat others: a transaction ("Number of samples in transaction" is its message),
and the parts of a sample (redirect hops, embedded resources: `label-0`, `label-1`, within the time of their parent and by its
thread). Plain blocks are counted column by column, which is several times faster than row by row; a block in which anything is
unusual is gone through by rows, which finds the line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import compress
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import rows, samples
from trivigil.perf.jtl_table import MAX_DIGITS, PART, Table, cut, hops, whole_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

PLAIN: Final = (
    *("timestamp", "elapsed", "label", "responsecode", "responsemessage", "threadname", "datatype"),
    "success",
)
"""What every JMeter without a header begins with; later columns differ by version."""
_NEEDED: Final = ("timestamp", "elapsed", "label", "success")
_READ: Final = (*_NEEDED, "responsemessage", "datatype", "samplecount")
"""What is looked at in every row."""
_TRANSACTION: Final = "Number of samples in transaction"
_CLOCK: Final = 0.002
"""Seconds that a part may seem to end after its parent, by rounding."""
_DATE: Final = re.compile(r"\d{4}([/-])\d\d\1\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?", re.ASCII)


class Sample(NamedTuple):
    """One row: when it began (Unix seconds), how long it took (ms), and what it was."""

    begin: float
    elapsed: int
    label: str
    failed: bool
    error: str
    thread: str
    users: int | None
    transaction: bool


class Log:
    """Counts a file piece by piece."""

    def __init__(
        self, columns: Sequence[str] | None, unanswered: str | None, delimiter: str
    ) -> None:
        self.delimiter = delimiter
        self.unanswered = unanswered
        """The status of a request that got no answer, whose time is none."""
        self.samples = samples.Samples()
        self.columns: dict[str, int] = {}
        """Position by name; empty until the header was read."""
        self.width = 0
        self.parents: dict[str, list[str]] = {}
        """The last request of each thread: what follows it may be a part of it."""
        self._before = ""
        """The piece before, where it was counted by columns: as text, because its rows would crowd the processor's cache."""
        self.parts = self.rows = self.transactions = 0
        if columns is not None:
            self.columns = {name: at for at, name in enumerate(columns)}

    def piece(self, line: int, text: str) -> None:
        """Count whole rows. Raises SourceError with the line of a damaged one, after those before it."""
        if not self.width:
            line, text = self._begin(line, text)
        if self.at_once(text):
            return
        self._remember()
        for number, cells in rows.split(line, text, self.delimiter):
            self._row(number, cells)

    def order(self) -> tuple[str, object] | None:
        """Ranges can be counted apart once the header is read."""
        known = self.columns, self.width, self.unanswered, self.delimiter
        return (__name__, known) if self.width else None

    def take(self, part: Part) -> bool:
        """Add the next range; False, and nothing is, where its rows may be parts of those before it."""
        labels = part.samples.endpoints
        if any(hop in self.samples.endpoints for hop in hops(labels)):
            return False
        if not self.samples.take(part.samples):
            return False
        self.rows, self.transactions = self.rows + part.rows, self.transactions + part.transactions
        self._before = part.last
        self.parents.clear()
        return True

    def _begin(self, line: int, text: str) -> tuple[int, str]:
        """What is behind the header, where there is one; the first row says how many cells are due."""
        number, cells = next(rows.split(line, text, self.delimiter), (line, [""]))
        self.width = len(cells)
        if self.columns:
            return line, text
        self.columns = _columns(cells)
        return number + 1, text.lstrip("\r\n").partition("\n")[2]

    def _remember(self) -> None:
        """Keep the last request of each thread of the piece before."""
        for _, cells in rows.split(1, self._before, self.delimiter):
            if not self._is_transaction(cells):
                self.parents[self._cell(cells, "threadname") or ""] = cells
        self._before = ""

    def _row(self, line: int, cells: list[str]) -> None:
        if len(cells) != self.width:
            raise rows.wrong_width(cells, self.width, line)
        try:
            self._add(self._sample(cells), cells)
        except SourceError as error:
            raise SourceError(error.message, line=line, tip=error.tip) from None

    def _add(self, sample: Sample, cells: list[str]) -> None:
        """Count a row where it belongs: parts of others nowhere, transactions under their own name only."""
        self.rows += 1
        if sample.transaction:
            self.transactions += 1
            self.samples.group(sample.label, float(sample.elapsed), failed=sample.failed)
        elif self._is_part(sample):
            self.parts += 1
        else:
            self.samples.add(
                sample.label,
                sample.begin,
                float(sample.elapsed),
                failed=sample.failed,
                error=sample.error,
                users=sample.users,
                timed=self.unanswered is None
                or self._cell(cells, "responsecode") != self.unanswered,
            )
            self.parents[sample.thread] = cells

    def _is_part(self, sample: Sample) -> bool:
        match = PART.fullmatch(sample.label)
        cells = self.parents.get(sample.thread) if match else None
        if match is None or cells is None or match.group(1) != self._cell(cells, "label"):
            return False
        parent = self._sample(cells)
        end, last = (s.begin + s.elapsed / 1000 for s in (sample, parent))
        return sample.begin >= parent.begin and end <= last + _CLOCK

    def _cell(self, cells: Sequence[str], name: str) -> str | None:
        at = self.columns.get(name)
        return None if at is None or at >= len(cells) else cells[at]

    def _sample(self, cells: Sequence[str]) -> Sample:
        several = self._cell(cells, "samplecount") or "1"
        if several not in ("0", "1"):
            raise SourceError(
                f"the row stands for `{printable(several, 20)}` samples, and their single times are lost.",
                tip="Do not let JMeter send statistics (mode=Standard).",
            )
        found = self._cell(cells, "success") or ""
        if found.lower() not in ("true", "false"):
            raise _bad(found, "success", "true or false")
        users = self._cell(cells, "allthreads") or ""
        return Sample(
            begin=_time(self._cell(cells, "timestamp") or ""),
            elapsed=_whole(self._cell(cells, "elapsed") or "", "elapsed"),
            label=self._cell(cells, "label") or "",
            failed=found.lower() == "false",
            error=self._error(cells),
            thread=self._cell(cells, "threadname") or "",
            users=_users(users),
            transaction=self._is_transaction(cells),
        )

    def _error(self, cells: Sequence[str]) -> str:
        code, message = (
            self._cell(cells, name) or "" for name in ("responsecode", "responsemessage")
        )
        return self._cell(cells, "failuremessage") or f"{code} {message}".strip()

    def _is_transaction(self, cells: Sequence[str]) -> bool:
        message = self._cell(cells, "responsemessage") or ""
        return message.startswith(_TRANSACTION) and not self._cell(cells, "datatype")

    def at_once(self, text: str) -> bool:
        """Count a piece by columns; False, and nothing is counted, where it must be gone through by rows."""
        table = self._table(text)
        if table is None or not self._count(table):
            return False
        self._before = text
        self.parents.clear()
        for cells in table.others:
            self._add(self._sample(cells), cells)
        return True

    def made(self) -> Part:
        """What was counted of a range."""
        return Part(self.samples, self.rows, self.transactions, self._before)

    def _table(self, text: str) -> Table | None:
        if self.unanswered is not None and self.unanswered in text:
            return None
        needed = 1 + max(self.columns.get(name, 0) for name in _READ)
        every = cut(text, self.delimiter, self.width, needed)
        if not every:
            return None
        others: list[list[str]] = []
        if _TRANSACTION in text:
            others = [cells for cells in every if self._is_transaction(cells)]
            every = [cells for cells in every if not self._is_transaction(cells)]
        table = Table(self.columns, every, others)
        return table if every and table.plain(self.samples.endpoints) else None

    def _count(self, table: Table) -> bool:
        course, failed = self.samples.course, table.failed
        seconds = self.samples.add_all(table.labels, table.begins, table.times, failed)
        if seconds is None:
            return False
        for cells in compress(table.rows, failed):
            row = whole_row(cells, self.delimiter)
            self.samples.failed(row[self.columns["label"]], self._error(row))
        if "allthreads" in self.columns:
            for second, cells in dict(zip(seconds, table.rows, strict=True)).items():
                users = _users(self._cell(whole_row(cells, self.delimiter), "allthreads") or "")
                course.at(int(second)).users = users
        self.rows += len(table.rows)
        return True

    def notes(self) -> Iterator[str]:
        """What was not counted as requests."""
        if self.parts:
            yield (
                f"{self.parts} of {self.rows} rows are parts of others (redirect hops, embedded "
                "resources) and not counted."
            )
        if self.transactions:
            yield (
                f"{self.transactions} rows are transactions: they have their own times and are no requests "
                "of the whole run."
            )


class Part(NamedTuple):
    """What was counted of a range of the file."""

    samples: samples.Samples
    rows: int
    transactions: int
    last: str
    """Its last piece: what comes behind may belong to it."""


def part(
    order: tuple[dict[str, int], int, str | None, str], blocks: Iterable[bytes]
) -> tuple[int, object] | None:
    """A range of whole rows; None where it must be gone through by rows."""
    columns, width, unanswered, delimiter = order
    log = Log(None, unanswered, delimiter)
    log.columns, log.width = columns, width
    log.samples.apart()
    return rows.part(blocks, log.at_once, log.made)


def read(
    source: Source,
    reader: tuple[str, str],
    delimiter: str = ",",
    *,
    columns: Sequence[str] | None = None,
    unanswered: str | None = None,
) -> Reading[RunFacts]:
    """The reading of a file; `columns` are those of a file without a header. Damage ends it and is kept."""
    log = Log(columns, unanswered, delimiter)
    damage = rows.count(source, log)
    return samples.reading(source, reader, log.samples, damage=damage, notes=log.notes())


def _columns(cells: list[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in cells]
    for name in _NEEDED:
        if name not in names:
            raise SourceError(
                f"there is no column `{name}`, so the samples cannot be judged.",
                line=1,
                tip="Let JMeter save it (jmeter.save.saveservice.*).",
            )
    return {name: at for at, name in enumerate(names)}


@lru_cache(maxsize=4096)
def _users(cell: str) -> int | None:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 9 else None  # noqa: PLR2004 (no run has more)


def _whole(cell: str, name: str) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > MAX_DIGITS:
        raise _bad(cell, name, "a whole number that is not negative")
    return int(cell)


def _time(cell: str) -> float:
    """Unix seconds of a time in ms, or of a date, whose zone the file does not have: taken as UTC."""
    if cell.isascii() and cell.isdigit():
        return _whole(cell, "timeStamp") / 1000
    from datetime import UTC, datetime

    if _DATE.fullmatch(cell):
        try:
            moment = datetime.fromisoformat(cell.replace("/", "-").replace(",", "."))
            return moment.replace(tzinfo=UTC).timestamp()
        except (ValueError, OverflowError):
            pass
    raise _bad(cell, "timeStamp", "Unix ms, or a date such as 2024/01/31 12:00:00.000")


def _bad(cell: str, name: str, expected: str) -> SourceError:
    return SourceError(f"{name} is `{printable(cell, 60)}` where {expected} is due.")
