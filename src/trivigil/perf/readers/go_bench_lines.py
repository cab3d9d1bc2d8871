"""The lines that Go's benchmarks print: names, iterations, and pairs of a value and a unit.

The format is that of golang.org/design/14313-benchmark-format and of `testing/benchmark.go`. What follows a name's last hyphen may be
GOMAXPROCS or a part of it, which cannot be told, so names stay whole.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, units
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RESULT: Final = re.compile(r"(Benchmark(?![a-z])\S*)[ \t]+(\d+)[ \t]+(\S.*)")
_BEGUN: Final = re.compile(r"(Benchmark(?![a-z])\S*)[ \t]+(.*)")
_RESUMED: Final = re.compile(r"(?:.*[^\d.])?(\d+)\t\s*([\d.]+ (?:ns|sec|s)/op\b.*)")
_CONFIG: Final = re.compile(r"(goos|goarch|pkg|cpu): (.*)")
_FAILED: Final = re.compile(r"--- FAIL: (Benchmark\S*)")
_END: Final = re.compile(r"(PASS|FAIL|ok\s+\S+\s+\S+.*|FAIL\s+\S+.*)")
_METRICS: Final = {
    "ns/op": ("time", 1e-9),
    "sec/op": ("time", 1.0),
    "MB/s": ("data_rate", 1e6),
    "B/s": ("data_rate", 1.0),
    "B/op": ("memory.allocated", 1.0),
    "allocs/op": ("memory.allocations", 1.0),
}
Values = dict[str, list[float]]


class Found(NamedTuple):
    """What some lines said."""

    results: tuple[tuple[str, str, dict[str, float]], ...] = ()
    """Package, name, and value by unit, in order."""
    host: tuple[tuple[str, str], ...] = ()
    failures: tuple[str, ...] = ()
    drifted: tuple[str, ...] = ()


def parse(lines: Iterable[tuple[int | None, str]], package: str = "") -> Found:
    """Results, failures and damage in lines with their numbers; without numbers in the output of one package."""
    output = _Output(package)
    for number, line in lines:
        output.add(line, number)
    return output.said()


class _Output:
    """What was read so far; the only thing here that changes."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.results: list[tuple[str, str, dict[str, float]]] = []
        self.host: dict[str, str] = {}
        self.failures: list[str] = []
        self.drifted: list[str] = []
        self.begun: tuple[str, int | None] | None = None
        """A name that has no result yet, because its benchmark printed something."""
        self.open = False
        """Whether a package's head came, and neither PASS nor FAIL since."""

    def add(self, line: str, number: int | None) -> None:
        """One line."""
        if (match := _CONFIG.fullmatch(line)) is not None:
            self._config(*match.groups())
        elif self.begun is not None and (match := _RESUMED.fullmatch(line)) is not None:
            self._result(self.begun[0], match.group(2), number)
        elif (match := _RESULT.fullmatch(line)) is not None:
            self._result(match.group(1), match.group(3), number)
        elif (match := _BEGUN.fullmatch(line)) is not None:
            self.begun = (match.group(1), number)
        elif (match := _FAILED.match(line)) is not None:
            self.failures.append(benchmark.failed(match.group(1), "go test says FAIL"))
            self.begun = None
        elif _END.fullmatch(line) is not None:
            self.open = False
            if line.startswith("FAIL"):
                self.failures.append(ended_with_fail(self.package))

    def _config(self, key: str, value: str) -> None:
        self.open = True
        if key == "pkg":
            self.package = value
        else:
            self.host[key] = value[:200]

    def _result(self, name: str, rest: str, number: int | None) -> None:
        try:
            self.results.append((self.package, name, _values(rest, number)))
        except SourceError as error:
            self.drifted.append(_left_out(name, number, error.message))
        self.begun = None

    def said(self) -> Found:
        """All of it; a name without a result, or a package without an end, is a text that was cut."""
        if self.begun is not None and not self.failures:
            self.drifted.append(_left_out(*self.begun, "it has no result; the output is cut."))
        elif self.open:
            self.drifted.append("There is neither PASS nor FAIL at the end: the output is cut.")
        return Found(
            results=tuple(self.results),
            host=tuple(self.host.items()),
            failures=tuple(dict.fromkeys(self.failures)),
            drifted=tuple(self.drifted),
        )


def ended_with_fail(package: str) -> str:
    """The sentence for a package whose tests or benchmarks failed."""
    where = f" in `{printable(package, 120)}`" if package else ""
    return f"go test ended with FAIL{where}, so benchmarks may be missing."


def _left_out(name: str, number: int | None, why: str) -> str:
    where = "" if number is None else f" (line {number})"
    return f"`{printable(name, 200)}`{where} is left out: {why}"


def _values(rest: str, number: int | None) -> dict[str, float]:
    """Value by unit. Raises SourceError where they are no pairs, or what is known by its unit is negative."""
    fields = rest.split()
    if len(fields) % 2:
        raise SourceError("its values and units are no pairs; the line is damaged or cut.")
    pairs = zip(fields[::2], fields[1::2], strict=True)
    return {unit: units.number(value, number) if unit in _METRICS else 0.0 for value, unit in pairs}


def benchmarks(results: Iterable[tuple[str, str, dict[str, float]]]) -> Iterator[Benchmark]:
    """One for each name, its lines as rounds; with its package where several packages have the name."""
    kept: dict[tuple[str, str], Values] = {}
    for package, name, values in results:
        own = kept.setdefault((package, name), {})
        for unit, value in values.items():
            if unit in _METRICS:
                metric, scale = _METRICS[unit]
                own.setdefault(metric, []).append(value * scale)
    names = Counter(name for _, name in kept)
    for (package, name), own in kept.items():
        subject = name if names[name] == 1 else f"{package} {name}"
        others = tuple((key, sum(v) / len(v)) for key, v in own.items() if key != "time")
        times = tuple(own.get("time", ()))
        timed = benchmark.of_rounds(subject, times) if times else Benchmark(subject)
        yield timed._replace(others=others)


def own_units(results: Iterable[tuple[str, str, dict[str, float]]]) -> Iterator[str]:
    """A note for each unit of the benchmarks' own: nothing says which way is better."""
    for unit in sorted({unit for _, _, values in results for unit in values} - set(_METRICS)):
        yield f"`{printable(unit, 80)}` is left out: the file does not say which way is better."
