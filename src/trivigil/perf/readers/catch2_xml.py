"""Catch2's `-r xml`: mean and standard deviation of every `BENCHMARK`, in nanoseconds, version 2 and 3.

The elements are those of src/catch2/reporters/catch_reporter_xml.cpp of catchorg/Catch2. That the values are nanoseconds stands only in a
comment. One that throws has `failed` in place of numbers; without analysis (`ci` 0) the deviation is no measurement. The text and the
other reporters wrap names or have no numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, units
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.parsers.expat import XMLParserType

    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "catch2"
FORMAT = "xml"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<Catch(?:2TestRun)?[\s>]")
_NS: Final = 1e-9
_PLACES: Final = {"TestCase", "Section"}


def recognises(source: Source) -> bool:
    """Whether Catch2's root is the first element."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Every benchmark, named by its test case and sections; what comes before the damage is kept."""
    found = _Found()
    problem = found.feed(sources.text(source))
    made = benchmark.reading(
        source,
        (TOOL, FORMAT),
        tuple(found.benchmarks),
        drifted=tuple(found.drifted),
        notes=found.notes(),
        facts=RunFacts(invalid=tuple(found.failures)),
    )
    made = made._replace(tool_version=found.version)
    if problem is None:
        return made
    sentence = str(SourceError(problem.message, path=printable(source.path), line=problem.line))
    return made._replace(state="partial", problem=sentence)


class _Found:
    """What was read so far; the only thing here that changes."""

    def __init__(self) -> None:
        self.benchmarks: list[Benchmark] = []
        self.failures: list[str] = []
        self.drifted: list[str] = []
        self.version: str | None = None
        self.failed_cases = 0
        self._way: list[str] = []
        self._name = ""
        self._samples: int | None = None
        self._values: dict[str, float] = {}

    def notes(self) -> tuple[str, ...]:
        """That assertions failed, which is not the benchmarks' business."""
        if not self.failed_cases:
            return ()
        return (f"{self.failed_cases} test cases failed, whatever their benchmarks measured.",)

    def feed(self, text: str) -> SourceError | None:
        """Take all of the document; what is wrong with it, where it is not whole."""
        from xml.parsers import expat

        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda name, of: self._start(name, of, parser)
        parser.EndElementHandler = self._end
        parser.EntityDeclHandler = _refuse
        try:
            parser.Parse(text, True)
        except expat.ExpatError as error:
            said = printable(expat.ErrorString(error.code) or "", 80)
            return SourceError(f"the XML is damaged or cut ({said}).", line=error.lineno)
        return None

    def _start(self, name: str, of: Mapping[str, str], parser: XMLParserType) -> None:
        if name == "Catch2TestRun":
            self.version = printable(of.get("catch2-version", ""), 40) or None
        elif name in _PLACES:
            self._way.append(of.get("name", ""))
        elif name == "BenchmarkResults":
            self._name = " / ".join((*self._way, of.get("name", "")))
            self._samples, self._values = None, {}
            if (samples := of.get("samples", "")).isdecimal():
                self._samples = int(samples)
        elif name in {"mean", "standardDeviation"} and self._name:
            self._value(name, of, parser.CurrentLineNumber)
        elif name == "failed" and self._name:
            self.failures.append(benchmark.failed(self._name, of.get("message", "")))
            self._name = ""
        elif name == "OverallResultsCases" and of.get("failures", "").isdecimal():
            self.failed_cases = int(of["failures"])

    def _value(self, name: str, of: Mapping[str, str], line: int) -> None:
        try:
            value = units.number(of.get("value", ""), line)
        except SourceError as error:
            shown = printable(self._name, 200)
            self.drifted.append(f"`{shown}` (line {line}) is left out: {error.message}")
            self._name = ""
            return
        if name == "mean" or of.get("ci") not in {"0", "0.0"}:
            self._values[name] = value * _NS

    def _end(self, name: str) -> None:
        if name in _PLACES and self._way:
            self._way.pop()
        elif name == "BenchmarkResults" and self._name:
            if "mean" in self._values:
                self.benchmarks.append(
                    Benchmark(
                        subject=self._name,
                        n=self._samples,
                        mean=self._values["mean"],
                        stddev=self._values.get("standardDeviation"),
                    )
                )
            else:
                self.drifted.append(f"`{printable(self._name, 200)}` is left out: it has no mean.")
            self._name = ""


def _refuse(*_: object) -> None:
    raise SourceError("the XML declares entities, which Catch2 never does.")
