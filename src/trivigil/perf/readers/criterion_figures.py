"""What criterion's files have in common: names, rounds and throughput; all times are in nanoseconds.

`benchmark.json`, `sample.json` and `estimates.json` of one benchmark lie in one folder (`new`), and each of them says a part.
The fields are those of src/benchmark.rs, src/connection.rs and src/estimate.rs of bheisler/criterion.rs, which calls them private.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.perf import beside

if TYPE_CHECKING:
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "criterion"
NS = 1e-9
MOST = 2**63
"""More bytes or elements no iteration works on: the counts are of 64 bits."""


def name(source: Source) -> str:
    """The benchmark's whole name, from the file beside the source; else of its folders, which criterion cleans of some signs."""
    record = beside.fields(source, "benchmark.json", TOOL)
    found = record.value.get("full_id") if record is not None else None
    if isinstance(found, str) and found:
        return found
    folders = os.path.dirname(source.file).split(os.sep)
    whole = (
        "/".join(folders[len(folders) - folders[::-1].index("criterion") : -1])
        if "criterion" in folders
        else ""
    )
    if not whole:
        raise SourceError(
            "the benchmark has no name here: `benchmark.json` is not beside the file.",
            tip="Keep criterion's folders as they are.",
        )
    return whole


def rounds(sample: Fields) -> tuple[float, ...]:
    """Seconds of one iteration in every sample. Raises SourceError where counts and times do not match."""
    iterations, times = sample.numbers("iters"), sample.numbers("times")
    return per_iteration(sample, iterations, times)


def per_iteration(
    sample: Fields, iterations: tuple[float, ...], times: tuple[float, ...]
) -> tuple[float, ...]:
    """Seconds of one iteration, from sums in nanoseconds."""
    if not times or len(iterations) != len(times) or 0 in iterations:
        raise SourceError(
            f"`{sample.place or 'the sample'}` has not one time for each iteration count."
        )
    return tuple(time * NS / count for time, count in zip(times, iterations, strict=True))


def data_rate(unit: str, amount: float, seconds: float | None) -> tuple[tuple[str, float], ...]:
    """The rate of what one iteration is said to work on: of bytes a data rate, of elements a throughput."""
    if not seconds or not amount:
        return ()
    kind = "data_rate" if unit.lower().startswith("bytes") else "throughput"
    return ((kind, amount / seconds),)


def throughput(record: Fields | None, seconds: float | None) -> tuple[tuple[str, float], ...]:
    """The same, of `benchmark.json`: `{"Bytes": 1024}`, `{"BytesDecimal": …}` or `{"Elements": 7}`."""
    said = record.value.get("throughput") if record is not None else None
    if not isinstance(said, dict):
        return ()
    return tuple(
        rate
        for unit, amount in said.items()
        if unit in {"Bytes", "BytesDecimal", "Elements"}
        and type(amount) in {int, float}
        and 0 <= amount <= MOST
        for rate in data_rate(unit, float(amount), seconds)
    )
