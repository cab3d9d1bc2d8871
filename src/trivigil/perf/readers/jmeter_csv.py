"""JMeter's CSV (JTL), with and without its header: one row a sample, times in ms.

Columns are those of `CSVSaveService.java` of apache/jmeter; which there are, and what parts them, is the user's choice
(`jmeter.save.saveservice.*`). Three kinds of rows repeat others: a transaction (no data type, and "Number of samples in transaction" as
its message), and the parts of a sample (redirect hops, embedded resources: `label-0`, `label-1`, within the time of
their parent and by its thread).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.reading import Reading
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import entry, foreign
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.tally import Course, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trivigil.sources import Source

TOOL = "jmeter"
FORMAT = "csv"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_HEADER: Final = re.compile(rb"(?:\xef\xbb\xbf)?timeStamp([,;|\t])elapsed\1", re.IGNORECASE)
_ROW: Final = re.compile(rb"\d{10,13}([,;|\t])\d+\1")
_PLAIN: Final = (
    *("timestamp", "elapsed", "label", "responsecode", "responsemessage", "threadname", "datatype"),
    "success",
)
"""What every JMeter without a header begins with; later columns differ by version."""
_NEEDED: Final = ("timestamp", "elapsed", "label", "success")
_PART: Final = re.compile(r"(.+)-\d+", re.DOTALL)
_TRANSACTION: Final = "Number of samples in transaction"
_CLOCK: Final = 0.002
"""Seconds that a part may seem to end after its parent, by rounding."""
_FORMATS: Final = ("%Y/%m/%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")


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


def recognises(source: Source) -> bool:
    """Whether its first line is JMeter's header, or a row as JMeter writes it without one."""
    if _HEADER.match(source.head):
        return True
    match = _ROW.match(source.head)
    if match is None:
        return False
    cells = source.head.partition(b"\n")[0].split(match.group(1))
    return len(cells) > len(_PLAIN) and any(cell in (b"true", b"false") for cell in cells[7:])


class _Count:
    """What is counted while the rows are read."""

    def __init__(self) -> None:
        self.whole, self.course = Tally(), Course()
        self.labels: dict[str, Tally] = {}
        self.transactions: dict[str, Tally] = {}
        self.errors: Counter[tuple[str, str]] = Counter()
        self.parents: dict[str, Sample] = {}
        self.parts = self.rows = 0

    def add(self, sample: Sample) -> None:
        """Count a row where it belongs: parts of others nowhere, transactions under their own name only."""
        self.rows += 1
        if sample.transaction:
            tally = self.transactions.setdefault(sample.label, Tally())
            tally.add(float(sample.elapsed), failed=sample.failed)
        elif self._is_part(sample):
            self.parts += 1
        else:
            self.parents[sample.thread] = sample
            self._count(sample)

    def _is_part(self, sample: Sample) -> bool:
        parent, match = self.parents.get(sample.thread), _PART.fullmatch(sample.label)
        if parent is None or match is None or match.group(1) != parent.label:
            return False
        end, last = (s.begin + s.elapsed / 1000 for s in (sample, parent))
        return sample.begin >= parent.begin and end <= last + _CLOCK

    def _count(self, sample: Sample) -> None:
        time = float(sample.elapsed)
        for tally in (self.whole, self.labels.setdefault(sample.label, Tally())):
            tally.add(time, failed=sample.failed)
        self.course.add(sample.begin, time, failed=sample.failed, users=sample.users)
        if sample.failed:
            self.errors[sample.label, sample.error] += 1


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of every label and of the whole run, which transactions and parts are no part of."""
    count, damage = _Count(), None
    try:
        for sample in _samples(sources.text(source), source.head):
            count.add(sample)
    except SourceError as error:
        damage = error
    listed = list(_entries(count))
    state = "partial" if damage else "complete" if count.whole.times else "empty"
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state=state,  # type: ignore[arg-type]  # one of the three
        facts=RunFacts(
            measurements=tuple(m for each in listed for m in entry.measurements(each)),
            errors=tuple(
                ErrorCount(label, text, number) for (label, text), number in count.errors.items()
            ),
            timeline=tuple(count.course.windows()),
            started=count.course.first if count.whole.times else None,
            ended=count.course.last if count.whole.times else None,
            first=count.course.opening,
        ),
        count=len(listed) - 1,
        unit="endpoints",
        notes=tuple(_notes(count)),
        problem=foreign.located(damage, source.path) if damage else None,
    )


def _entries(count: _Count) -> Iterator[entry.Entry]:
    seconds = count.course.length
    yield count.whole.entry(OVERALL, seconds)
    for label, tally in count.labels.items():
        if label == OVERALL:
            message = f"an endpoint is called {OVERALL}, which is the name of the whole run here."
            raise SourceError(message, tip="Give it another name in the test plan.")
        yield tally.entry(label, seconds)
    for label, tally in count.transactions.items():
        taken = label in count.labels or label == OVERALL
        yield tally.entry(f"{label} (transaction)" if taken else label, seconds)


def _notes(count: _Count) -> Iterator[str]:
    if count.parts:
        yield (
            f"{count.parts} of {count.rows} rows are parts of others (redirect hops, embedded "
            "resources) and not counted."
        )
    if count.transactions:
        rows = sum(tally.times.total() for tally in count.transactions.values())
        yield f"{rows} rows are transactions: they have their own times and are no requests of the whole run."


def _samples(text: str, head: bytes) -> Iterator[Sample]:
    """Every row, with or without a header above. Raises SourceError with the line of a damaged one."""
    match = _HEADER.match(head) or _ROW.match(head)
    delimiter = match.group(1).decode() if match else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = _PLAIN
    line, width = 1, None
    try:
        for number, cells in enumerate(reader):
            start, line = line, reader.line_num + 1
            if number == 0:
                width = len(cells)
                if _HEADER.match(head):
                    columns = _columns(cells)
                    continue
            if len(cells) != width:
                message = f"the row has {len(cells)} cells where {width} are due; the file is cut."
                raise SourceError(message, line=start)
            yield _sample(dict(zip(columns, cells, strict=False)), start)
    except csv.Error as error:
        message = f"the row cannot be read as CSV ({error}); the file is damaged or cut."
        raise SourceError(message, line=line) from None
    if text and text[-1] not in "\r\n":
        raise SourceError("the last row has no line end, so it may be cut.", line=line - 1)


def _columns(cells: list[str]) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in cells)
    for name in _NEEDED:
        if name not in names:
            raise SourceError(
                f"there is no column `{name}`, so the samples cannot be judged.",
                line=1,
                tip="Let JMeter save it (jmeter.save.saveservice.*).",
            )
    return names


def _sample(row: Mapping[str, str], line: int) -> Sample:
    if (several := row.get("samplecount", "1")) not in ("0", "1"):
        raise SourceError(
            f"the row stands for `{printable(several, 20)}` samples, and their single times are lost.",
            line=line,
            tip="Do not let JMeter send statistics (mode=Standard).",
        )
    success = row["success"].lower()
    if success not in ("true", "false"):
        raise _bad(row["success"], "success", "true or false", line)
    message = row.get("responsemessage", "")
    users = row.get("allthreads", "")
    return Sample(
        begin=_time(row["timestamp"], line),
        elapsed=_whole(row["elapsed"], "elapsed", line),
        label=row["label"],
        failed=success == "false",
        error=row.get("failuremessage") or f"{row.get('responsecode', '')} {message}".strip(),
        thread=row.get("threadname", ""),
        users=int(users) if users.isascii() and users.isdigit() and len(users) < 9 else None,  # noqa: PLR2004 (no run has more)
        transaction=not row.get("datatype") and message.startswith(_TRANSACTION),
    )


def _whole(cell: str, name: str, line: int) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 15:  # noqa: PLR2004 (30,000 years of ms)
        raise _bad(cell, name, "a whole number that is not negative", line)
    return int(cell)


def _time(cell: str, line: int) -> float:
    """Unix seconds of a time in ms, or of a date, whose zone the file does not have: taken as UTC."""
    if cell.isascii() and cell.isdigit():
        return _whole(cell, "timeStamp", line) / 1000
    from datetime import UTC, datetime

    for form in _FORMATS:
        try:
            return datetime.strptime(cell, form).replace(tzinfo=UTC).timestamp()
        except (ValueError, OverflowError):
            continue
    raise _bad(cell, "timeStamp", "Unix ms, or a date such as 2024/01/31 12:00:00.000", line)


def _bad(cell: str, name: str, expected: str, line: int) -> SourceError:
    return SourceError(f"{name} is `{printable(cell, 60)}` where {expected} is due.", line=line)
