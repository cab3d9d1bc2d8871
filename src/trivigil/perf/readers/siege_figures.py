"""One run as siege sums it up, in any of its forms.

`transactions` leaves out answers of 5xx and requests without one, which are `failed`; answers of 4xx are neither successful nor failed there. Here a
request failed unless it is successful. Times have two decimals of a second: 0.00 is below what siege can tell, and no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL
from trivigil.core.record import NamedTuple
from trivigil.perf.entry import Entry
from trivigil.perf.whole_run import of_whole_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "siege"
_COARSE = (
    "siege tells times to 10 ms: what it prints as 0.00 is left out, and there are no percentiles."
)


class Figures(NamedTuple):
    """Counts, the run's seconds, and times in ms (0 where siege could not tell)."""

    transactions: int
    successful: int
    failed: int
    seconds: float
    mean: float
    slowest: float | None = None
    fastest: float | None = None


def reading(
    source: Source, form: str, figures: Figures, notes: Iterable[str] = (), line: int | None = None
) -> Reading[RunFacts]:
    """The reading of one run. Raises SourceError where its counts contradict each other."""
    requests = figures.transactions + figures.failed
    if figures.successful > figures.transactions:
        message = f"{figures.successful} of {figures.transactions} transactions are successful."
        raise SourceError(message, line=line)
    overall = Entry(
        subject=OVERALL,
        requests=requests,
        failures=requests - figures.successful,
        timed=figures.transactions,
        mean=figures.mean or None,
        fastest=figures.fastest or None,
        slowest=figures.slowest or None,
        throughput=requests / figures.seconds if figures.seconds else None,
    )
    return of_whole_run(source, (TOOL, form), overall, notes=(*notes, _COARSE))
