"""What k6's three summaries have in common, and the reading that it gives.

Meaning of the values: metrics/sink.go and internal/js/summary.go of grafana/k6. Times are milliseconds whatever
`summaryTimeUnit` says (that is for the console). `http_req_failed` counts failed requests as `passes`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.reading import Reading
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts
from trivigil.perf.readers import k6_figures, k6_verdicts
from trivigil.perf.readers.k6_figures import Figures
from trivigil.perf.readers.k6_outline import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.core.result import Result
    from trivigil.sources import Source

_PERCENTILE: Final = re.compile(r"p\(?(\d{1,3}(?:\.\d+)?)\)?", re.ASCII)
_SHOWN: Final = 8
NO_ENDPOINTS: Final = "k6's summary names no endpoints; its samples do (`--out json=FILE`)."
_NO_P99: Final = (
    "It has no p(99); k6 writes it with "
    "`--summary-trend-stats=avg,min,med,max,p(90),p(95),p(99),count`."
)
NO_HTTP: Final = (
    "There are no HTTP requests in it; what k6 measures of other protocols is not read."
)


class Metric(NamedTuple):
    """One metric of k6: its values by k6's names, and its thresholds (True = held)."""

    name: str
    values: Mapping[str, float]
    thresholds: Mapping[str, bool]


class Check(NamedTuple):
    """One check of the script, by its groups and name."""

    place: str
    passes: int
    fails: int


class Summary(NamedTuple):
    """A summary of any shape."""

    metrics: Sequence[Metric]
    checks: Sequence[Check]
    drifted: Sequence[str]
    """A sentence for each record that is not as expected and left out."""
    version: str | None = None
    seconds: float | None = None
    """The run's length."""
    ended: float | None = None
    """Unix seconds."""


def document(text: str) -> dict[str, object]:
    """A JSON object. Raises SourceError with the line where it is none."""
    import msgspec

    try:
        value = msgspec.json.decode(text)
    except RecursionError:
        raise SourceError("the JSON is nested too deeply to be k6's.") from None
    except ValueError as error:
        place = re.search(r"byte (\d+)", str(error))
        before = text.encode()[: int(place.group(1))] if place else text.encode()
        message = f"the JSON is damaged or cut ({printable(str(error), 200)})."
        raise SourceError(message, line=before.count(b"\n") + 1) from None
    if not isinstance(value, dict):
        raise SourceError("a JSON object is due, as k6 writes its summary.")
    return value


def metric(name: str, values: object, thresholds: Mapping[str, bool]) -> Metric | str:
    """A metric, or a sentence on what is wrong with it. A value of null was not a number in k6."""
    if not isinstance(values, dict):
        return drift(name, "has no values")
    kept: dict[str, float] = {}
    for key, value in values.items():
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return drift(name, f"has a `{printable(key, 60)}` that is no number")
        kept[key] = float(value)
    return Metric(name, kept, thresholds)


def drift(name: str, what: str) -> str:
    """The sentence for a metric that is not as expected."""
    return f"The metric {printable(name, 120)} {what}, and is left out."


def parted(found: Iterable[Metric | str]) -> tuple[list[Metric], list[str]]:
    """Metrics and sentences apart."""
    listed = list(found)
    metrics = [each for each in listed if isinstance(each, Metric)]
    return metrics, [each for each in listed if isinstance(each, str)]


def reading(
    source: Source, form: str, summary: Summary, notes: Iterable[str] = ()
) -> Reading[RunFacts]:
    """The reading of a summary. Raises SourceError for numbers that cannot be."""
    parts = [k6_figures.check(part) for part in figures(summary)]
    requests = next((part.requests for part in parts if part.subject == k6_figures.subject("")), 0)
    if not summary.metrics:
        raise SourceError("there is no metric of k6 in it.", tip=next(iter(summary.drifted), None))
    started = None
    if summary.ended is not None and summary.seconds is not None:
        started = summary.ended - summary.seconds
    return Reading(
        path=source.path,
        tool="k6",
        format=form,
        state="partial" if summary.drifted else "complete" if requests else "empty",
        facts=RunFacts(
            measurements=tuple(m for part in parts for m in k6_figures.measurements(part)),
            verdicts=tuple(_verdicts(summary)),
            invalid=k6_verdicts.dropped(_values(summary, "dropped_iterations").get("count", 0)),
            started=started,
            ended=summary.ended,
        ),
        count=len(summary.metrics),
        unit="metrics",
        tool_version=summary.version,
        notes=(*summary.drifted, *notes, *_notes(summary, requests)),
    )


def _values(summary: Summary, name: str) -> Mapping[str, float]:
    return next((each.values for each in summary.metrics if each.name == name), {})


def figures(summary: Summary) -> Iterator[Figures]:
    """The whole run first, then each part that a submetric names."""
    by_subject: dict[str, dict[str, Mapping[str, float]]] = {"": {}}
    for each in summary.metrics:
        name, brace, rest = each.name.partition("{")
        if name in ("http_reqs", "http_req_duration", "http_req_failed"):
            values = by_subject.setdefault(brace + rest, {})
            if name in values:
                place = printable(each.name, 120)
                raise SourceError(f"the metric {place} is there twice; the file is damaged.")
            values[name] = _not_negative(each)
    for braces, values in by_subject.items():
        yield _figures(k6_figures.subject(braces), values, summary.seconds)


def _not_negative(each: Metric) -> Mapping[str, float]:
    for key, value in each.values.items():
        if not 0 <= value < float("inf"):
            place = f"{printable(key, 60)} of {printable(each.name, 120)}"
            raise SourceError(f"{place} is {value:g}, which cannot be.", tip="The file is damaged.")
    return each.values


def _figures(
    subject: str, values: Mapping[str, Mapping[str, float]], seconds: float | None
) -> Figures:
    reqs = values.get("http_reqs", {})
    times, failed = values.get("http_req_duration", {}), values.get("http_req_failed", {})
    requests, rate = reqs.get("count"), reqs.get("rate")
    if rate is None and requests is not None and seconds:
        rate = requests / seconds
    failures = failed.get("passes", failed.get("matches"))
    rated = failed.get("total")
    if rated is None and failures is not None:
        rated = failures + failed.get("fails", 0)
    return Figures(
        subject=subject,
        requests=requests,
        failures=failures,
        rated=rated,
        rate=rate,
        timed=times.get("count", requests if requests is not None else rated),
        mean=times.get("avg"),
        fastest=times.get("min"),
        slowest=times.get("max"),
        percentiles=_percentiles(times),
    )


def _percentiles(times: Mapping[str, float]) -> tuple[tuple[float, float], ...]:
    """k6's `p(95)`, the machine-readable summary's `p95`, and the median."""
    found = {}
    for key, value in times.items():
        if match := _PERCENTILE.fullmatch(key):
            found[float(match.group(1))] = value
    if "med" in times:
        found[50.0] = times["med"]
    return tuple(sorted(found.items()))


def _verdicts(summary: Summary) -> Iterator[Result]:
    for each in summary.metrics:
        for expression, held in each.thresholds.items():
            yield k6_verdicts.threshold(each.name, expression, _told(each), held=held)
    for check in summary.checks:
        yield k6_verdicts.check(check.place, check.passes, check.fails)


def _told(each: Metric) -> Mapping[str, float]:
    """Its values, with a rate under that name also where the shape calls it `value`."""
    return {"rate": each.values["value"], **each.values} if "value" in each.values else each.values


def _notes(summary: Summary, requests: float | None) -> Iterator[str]:
    if not requests:
        yield NO_HTTP
        return
    yield NO_ENDPOINTS
    times = _values(summary, "http_req_duration")
    if times and 99.0 not in dict(_percentiles(times)):  # noqa: PLR2004 (the percentile)
        yield _NO_P99
    if not times.get("max", 1):
        yield "No request got an answer, so there are no times."
    yield from left_out(each.name for each in summary.metrics)


def left_out(names: Iterable[str]) -> Iterator[str]:
    """A note on the script's own metrics, which have no name in the vocabulary."""
    own = sorted({n.partition("{")[0] for n in names if not BUILT_IN.fullmatch(n)})
    if own:
        more = f" and {len(own) - _SHOWN} more" if len(own) > _SHOWN else ""
        listed = printable(", ".join(own[:_SHOWN]), 300)
        yield f"The script's own metrics are not measured here: {listed}{more}."
