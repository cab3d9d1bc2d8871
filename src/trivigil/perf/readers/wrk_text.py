"""What wrk and wrk2 print: one run, times each with their unit; percentiles with `--latency` only, and no p95.

The lines are those of `src/wrk.c` of wg/wrk and giltene/wrk2. `Socket errors` and `Non-2xx or 3xx responses` stand there only where
there were some. A request that was open at the end is not counted; where none was timed, times of 0 are printed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, metric, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "wrk"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb"^Running \S+ test @ \S[^\n]*\n +\d+ threads and \d+ connections", re.MULTILINE
)
_TIME: Final = r"(\d+(?:\.\d+)?)(us|ms|s|m|h)"
_LATENCY: Final = re.compile(rf"^ +Latency +{_TIME} +{_TIME} +{_TIME} ", re.MULTILINE)
_PERCENTILE: Final = re.compile(rf"^ +(\d+(?:\.\d+)?)% +{_TIME}\s*$", re.MULTILINE)
_REQUESTS: Final = re.compile(r"^ +(\d+) requests in ", re.MULTILINE)
_RATE: Final = re.compile(r"^Requests/sec: +(\d+(?:\.\d+)?)\s*$", re.MULTILINE)
_REFUSED: Final = re.compile(r"^ +Non-2xx or 3xx responses: (\d+)", re.MULTILINE)
_SOCKET: Final = re.compile(
    r"^ +Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", re.MULTILINE
)
_MS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}
_ALL: Final = 100
_NO_P95: Final = "wrk gives no p95: budget p90 or p99."
_NO_PERCENTILES: Final = "It has no percentiles: run wrk with `--latency`."


def recognises(source: Source) -> bool:
    """Whether wrk's first two lines are in it; autocannon begins with one like the first."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: wrk knows no endpoints."""
    text = sources.text(source)
    requests, rate = _REQUESTS.search(text), _RATE.search(text)
    if requests is None or rate is None:
        raise SourceError("wrk's totals are missing; the text is cut.", line=text.count("\n") + 1)
    errors = tuple(_errors(text))
    overall = _entry(text, int(requests.group(1)), float(rate.group(1)), errors)
    return of_whole_run(
        source, (TOOL, FORMAT), overall, facts=RunFacts(errors=errors), notes=_notes(overall)
    )


def _entry(text: str, answered: int, rate: float, errors: tuple[ErrorCount, ...]) -> Entry:
    """A request that was late is counted as a timeout, and again when its answer came after all."""
    counts = {error.text: error.count for error in errors}
    late, refused = counts.pop("timeout", 0), counts.pop("HTTP 4xx or 5xx", 0)
    requests = answered + sum(counts.values())
    latency = _LATENCY.search(text)
    mean, stddev, slowest = _latencies(latency) if latency else (None, None, None)
    timed = answered if slowest else 0
    return Entry(
        subject=OVERALL,
        requests=requests,
        failures=min(requests, refused + sum(counts.values()) + late),
        timed=timed,
        mean=mean,
        slowest=slowest,
        stddev=stddev,
        throughput=rate,
        percentiles=tuple(_percentiles(text)) if timed else (),
    )


def _latencies(match: re.Match[str]) -> tuple[float, float, float]:
    cells = match.groups()
    return _ms(*cells[0:2]), _ms(*cells[2:4]), _ms(*cells[4:6])


def _ms(number: str, unit: str) -> float:
    return float(number) * _MS[unit]


def _percentiles(text: str) -> Iterator[tuple[str, float]]:
    """Each once: wrk2 can print a second distribution, of uncorrected times."""
    seen = set()
    for percent, number, unit in _PERCENTILE.findall(text):
        name = percentile_name("latency", float(percent))
        if float(percent) < _ALL and name not in seen:
            seen.add(name)
            metric(name)
            yield name, _ms(number, unit)


def _errors(text: str) -> Iterator[ErrorCount]:
    socket, refused = _SOCKET.search(text), _REFUSED.search(text)
    named = ("connect", "read", "write", "timeout")
    for name, count in zip(named, socket.groups() if socket else (), strict=False):
        if int(count):
            yield ErrorCount(OVERALL, name, int(count))
    if refused:
        yield ErrorCount(OVERALL, "HTTP 4xx or 5xx", int(refused.group(1)))


def _notes(overall: Entry) -> tuple[str, ...]:
    if not overall.timed:
        return ()
    names = {name for name, _ in overall.percentiles}
    if not names:
        return (_NO_PERCENTILES,)
    return () if "latency.p95" in names else (_NO_P95,)
