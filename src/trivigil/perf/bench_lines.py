"""`test NAME ... bench: 1,234 ns/iter (+/- 56)`: the lines of Rust's test harness, and of criterion in its place.

Two tools print them. libtest's number is the median, and its `+/-` the whole width from the fastest to the slowest (library/test/src/bench.rs
of rust-lang/rust), which is no deviation; criterion's are the median and the standard deviation, in whole numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, printed, units
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from trivigil.sources import Source

SHAPE: Final = re.compile(
    rb"^test \S[^\n]* \.\.\. bench:[ \t]+[\d,.]+ (\S+)/iter \(\+/- [\d,.]+\)", re.MULTILINE
)
_WHOLE: Final = re.compile(rb"bench:[ \t]+[\d,]+ \S+/iter")
_FRAME: Final = re.compile(rb"^(running \d+ tests?|test result: )", re.MULTILINE)

_NOTHING: Final = re.compile(
    rb"\s*(?:running \d+ tests?\n(?:test \S[^\n]* \.\.\. (?:ignored|ok)[^\n]*\n)*"
    rb"\s*test result: [^\n]*measured; [^\n]*\s*)+[^\n]*\n?"
)
_BEGUN: Final = re.compile(r"test (.+?)\s+\.\.\. (.*)")
_MEASURED: Final = re.compile(r"(.*)bench:\s+(\S+) (\S+)/iter \(\+/- (\S+)\)(?: = (\S+) MB/s)?\s*")
_RUNNING: Final = re.compile(r"running (\d+) tests?")
_RESULT: Final = re.compile(r"test result: (\w+)\. .*")


class Lines(NamedTuple):
    """What some output of a harness said."""

    benchmarks: tuple[Benchmark, ...]
    failures: tuple[str, ...]
    drifted: tuple[str, ...]


def outside(head: bytes) -> bool:
    """Whether the first such line is criterion's: outside of libtest's frame, and in whole numbers."""
    first = SHAPE.search(head)
    if first is None:
        return False
    frames = _FRAME.findall(head[: first.start()])
    inside = bool(frames) and frames[-1].startswith(b"running")
    return not inside and _WHOLE.search(first.group()) is not None


def parse(source: Source, *, spread: bool) -> Lines:
    """Benchmarks, failures and damage; with `spread` the number after `+/-` is a standard deviation."""
    harness = _Harness(spread=spread)
    for number, line in printed.lines(source):
        harness.add(line, number)
    return harness.said()


class _Harness:
    """What was read so far; the only thing here that changes."""

    def __init__(self, *, spread: bool) -> None:
        self.spread = spread
        self.found: list[Benchmark] = []
        self.failures: list[str] = []
        self.drifted: list[str] = []
        self.begun: tuple[str, int] | None = None
        """A test that has no outcome yet, and its line: a benchmark may print in between."""
        self.open = 0
        """Frames that have begun and not ended."""

    def add(self, line: str, number: int) -> None:
        """One line."""
        rest = line
        if (match := _BEGUN.fullmatch(line)) is not None:
            self.begun, rest = (match.group(1), number), match.group(2)
        if self.begun is not None and self._outcome(self.begun[0], rest, number):
            self.begun = None
        elif _RUNNING.fullmatch(line) is not None:
            self.open += 1
        elif (match := _RESULT.fullmatch(line)) is not None:
            self.open, self.begun = max(0, self.open - 1), None
            if match.group(1) != "ok" and not self.failures:
                self.failures.append(f"The test harness ended with {match.group(1)}.")

    def _outcome(self, name: str, rest: str, number: int) -> bool:
        measured = _MEASURED.fullmatch(rest)
        if measured is None:
            if rest.startswith("FAILED"):
                self.failures.append(benchmark.failed(name, "it panicked"))
            return rest.startswith(("FAILED", "ignored", "ok"))
        try:
            self.found.append(_benchmark(name, measured, number, spread=self.spread))
        except SourceError as error:
            shown = printable(name, 200)
            self.drifted.append(f"`{shown}` (line {number}) is left out: {error.message}")
        return True

    def said(self) -> Lines:
        """All of it; a frame without its end, or a test without an outcome, is a text that was cut."""
        if self.begun is not None:
            name, line = self.begun
            self.drifted.append(
                f"`{printable(name, 200)}` (line {line}) has no outcome: the text is cut."
            )
        elif self.open:
            self.drifted.append("There is no `test result` at the end: the text is cut.")
        return Lines(tuple(self.found), tuple(self.failures), tuple(self.drifted))


def _benchmark(name: str, measured: re.Match[str], line: int, *, spread: bool) -> Benchmark:
    _, value, unit, width, rate = measured.groups()
    width_s = units.seconds(units.number(width, line), unit, line)
    return Benchmark(
        subject=name,
        median=units.seconds(units.number(value, line), unit, line),
        stddev=width_s if spread else None,
        others=(("data_rate", units.number(rate, line) * 1e6),) if rate is not None else (),
    )


def nothing_else(head: bytes) -> bool:
    """Whether there is only the frame of a harness that measured nothing."""
    return _NOTHING.fullmatch(head.replace(b"\r\n", b"\n")) is not None
