"""`oha --output-format json` (before 1.9 `--json`): one run, times in seconds.

The fields are those of `schema.json` of hatoo/oha. Its `successRate` counts every answer as a success, a status of 500 too, so
failures are counted from the statuses. What the deadline of `-z` interrupted is no request of the run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.measurement import OVERALL, percentile_name
from trivigil.perf.entry import Entry
from trivigil.perf.facts import ErrorCount, RunFacts
from trivigil.perf.whole_run import of_whole_run, refused, status_errors

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "oha"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"summary"\s*:\s*\{\s*"successRate"\s*:')
_DEADLINE: Final = "aborted due to deadline"
_PERCENTS: Final = (50, 75, 90, 95, 99, 99.9, 99.99)
_MS: Final = 1000


def recognises(source: Source) -> bool:
    """Whether it begins with oha's summary."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Measurements of the whole run: oha knows no endpoints."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    codes = report.nested("statusCodeDistribution").counts()
    errors = report.nested("errorDistribution").counts()
    stopped = errors.pop(_DEADLINE, 0)
    note = f"{stopped} requests were interrupted by the end of the run and are not counted."
    lost = tuple(ErrorCount(OVERALL, text, count) for text, count in errors.items() if count)
    return of_whole_run(
        source,
        (TOOL, FORMAT),
        _entry(report, codes, sum(errors.values())),
        facts=RunFacts(errors=(*lost, *status_errors(codes))),
        notes=(note,) if stopped else (),
    )


def _entry(report: Fields, codes: dict[str, int], lost: int) -> Entry:
    summary, times = report.nested("summary"), report.nested("latencyPercentiles")
    answered, seconds = sum(codes.values()), summary.maybe_number("total")
    values = (
        (percentile_name("latency", percent), _ms(times, f"p{percent:g}")) for percent in _PERCENTS
    )
    return Entry(
        subject=OVERALL,
        requests=answered + lost,
        failures=lost + refused(codes),
        timed=answered,
        mean=_ms(summary, "average"),
        fastest=_ms(summary, "fastest"),
        slowest=_ms(summary, "slowest"),
        throughput=(answered + lost) / seconds if seconds else None,
        percentiles=tuple((name, value) for name, value in values if value is not None),
    )


def _ms(fields: Fields, key: str) -> float | None:
    seconds = fields.maybe_number(key)
    return None if seconds is None else seconds * _MS
