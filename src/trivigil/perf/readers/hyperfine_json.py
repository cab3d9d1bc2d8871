"""`hyperfine --export-json`: seconds of a command, with the time of every run.

The fields are those of `src/benchmark/benchmark_result.rs` of sharkdp/hyperfine. The time of the shell is subtracted, so that a
quick command may have taken 0 seconds: that is no measurement.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "hyperfine"
FORMAT = "json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(rb'\s*\{\s*"results"\s*:\s*\[\s*\{\s*"command"\s*:')
_NOTHING: Final = re.compile(rb'\s*\{\s*"results"\s*:\s*\[\s*\]\s*\}\s*')


def recognises(source: Source) -> bool:
    """Whether it is a list of results, the first of which is a command's; an empty one only where the tool is named."""
    if source.tool == TOOL and _NOTHING.fullmatch(source.head):
        return True
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The times of every command; parameters are in the name where commands would be the same."""
    records = foreign.root(foreign.load(source, TOOL), TOOL).objects("results")
    times = Counter(str(record.value.get("command")) for record in records)
    found, drifted = foreign.drifting(records, lambda record: _benchmark(record, times))
    notes = [note for record in records for note in _notes(record)]
    return benchmark.reading(source, (TOOL, FORMAT), found, drifted=drifted, notes=notes)


def _benchmark(record: Fields, times: Counter[str]) -> Benchmark:
    command = record.text("command")
    subject = command if times[command] == 1 else f"{command} ({_parameters(record)})"
    rounds = record.numbers("times")
    mean = record.number("mean")
    if not mean:
        return Benchmark(subject, n=len(rounds) or None)
    return Benchmark(
        subject=subject,
        n=len(rounds) or None,
        mean=mean,
        median=record.maybe_number("median"),
        fastest=record.maybe_number("min"),
        slowest=record.maybe_number("max"),
        stddev=record.maybe_number("stddev"),
        rounds=rounds,
    )


def _parameters(record: Fields) -> str:
    parameters = record.maybe_nested("parameters").value
    return ", ".join(f"{name}={value}" for name, value in parameters.items())


def _notes(record: Fields) -> Iterator[str]:
    name = printable(str(record.value.get("command")), 120)
    codes = record.value.get("exit_codes")
    failed = [code for code in codes if code != 0] if isinstance(codes, list) else []
    if failed and isinstance(codes, list):
        yield f"`{name}` ended with another code than 0 in {len(failed)} of {len(codes)} runs."
    if record.value.get("mean") == 0:
        yield (
            f"`{name}` took no longer than the shell, whose time is subtracted, so it has no "
            "measurement: run hyperfine with `--shell=none`."
        )
