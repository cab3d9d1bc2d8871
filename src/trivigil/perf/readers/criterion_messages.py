"""`cargo criterion --message-format=json`: a line for each finished benchmark, with its samples.

The messages are those of src/message_formats/json.rs of bheisler/cargo-criterion, each number with its unit. A stream that ends within
a group is cut: the run panicked, or its plotter did.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, units
from trivigil.perf.benchmark import Benchmark
from trivigil.perf.readers import criterion_figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "criterion"
FORMAT = "messages-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'^\{"reason":\s*"(?:benchmark-complete|group-complete)"', re.MULTILINE)


def recognises(source: Source) -> bool:
    """Whether a message of cargo-criterion stands at the start of a line."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """Every benchmark, with its samples as rounds; without the end of its group the stream is cut."""
    records, damaged = foreign.lines(source, TOOL)
    messages = [record.fields for record in records]
    measured = [m for m in messages if m.value.get("reason") == "benchmark-complete"]
    found, drifted = foreign.drifting(measured, _benchmark)
    return benchmark.reading(
        source, (TOOL, FORMAT), found, drifted=(*damaged, *drifted, *_cut(messages))
    )


def _cut(messages: Iterable[Fields]) -> Iterator[str]:
    grouped: set[object] = set()
    for message in messages:
        listed = message.value.get("benchmarks")
        if message.value.get("reason") == "group-complete" and isinstance(listed, list):
            grouped.update(map(str, listed))
    alone = [
        str(message.value.get("id"))
        for message in messages
        if message.value.get("reason") == "benchmark-complete"
        and str(message.value.get("id")) not in grouped
    ]
    if alone:
        shown = printable(alone[-1], 120)
        yield f"The stream ends within the group of `{shown}`: the run did not finish."


def _benchmark(message: Fields) -> Benchmark:
    unit = message.text("unit")
    rounds = criterion_figures.per_iteration(
        message, message.numbers("iteration_count"), message.numbers("measured_values")
    )
    scale = units.seconds(1.0, unit) / criterion_figures.NS
    mean = _seconds(message.nested("mean"))
    return Benchmark(
        subject=message.text("id"),
        n=len(rounds),
        mean=mean,
        median=_seconds(message.nested("median")),
        rounds=tuple(each * scale for each in rounds),
        others=tuple(
            rate
            for each in message.objects("throughput")
            for rate in criterion_figures.data_rate(
                each.text("unit"), each.number("per_iteration"), mean
            )
        ),
    )


def _seconds(estimate: Fields) -> float:
    return units.seconds(estimate.number("estimate"), estimate.text("unit"))
