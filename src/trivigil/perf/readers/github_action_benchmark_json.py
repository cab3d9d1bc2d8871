"""The custom JSON of github-action-benchmark: a list of `name`, `unit` and `value`.

The format is that of the action's README (`customSmallerIsBetter`, `customBiggerIsBetter`). The file does not say which way is
better: a unit of time or a rate does; a value of any other unit is left out, with a note.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import Measurement, metric
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "github-action-benchmark"
FORMAT = "custom-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_KEYS: Final = tuple(re.compile(rb'"%s"\s*:' % key) for key in (b"name", b"unit", b"value"))
_NOT_THIS: Final = re.compile(rb'"(?:num_requests|response_times|primaryMetric)"\s*:')
_TIMES: Final = {"ns": 1e-9, "us": 1e-6, "\u00b5s": 1e-6, "\u03bcs": 1e-6, "ms": 1e-3, "s": 1.0}
_WORDS: Final = {
    "nanoseconds": "ns",
    "microseconds": "us",
    "milliseconds": "ms",
    "seconds": "s",
    "nsec": "ns",
    "usec": "us",
    "msec": "ms",
    "sec": "s",
    "second": "s",
}
_CALL: Final = {"op", "iter", "iteration", "call", "request", "req"}
_BYTES: Final = re.compile(
    r"(?:[kmgt]i?)?(?:b|bytes?|bits?)|(?:kilo|mega|giga|tera|kibi|mebi|gibi)(?:bytes?|bits?)",
    re.IGNORECASE,
)


def recognises(source: Source) -> bool:
    """Whether it is a list of objects with these three keys, and no other tool's; an empty list only where the tool is named."""
    head = source.head.strip()
    if source.tool == TOOL and head == b"[]":
        return True
    return (
        re.match(rb"\[\s*\{", head) is not None
        and all(key.search(head) for key in _KEYS)
        and not _NOT_THIS.search(head)
    )


def read(source: Source) -> Reading[RunFacts]:
    """A measurement for each entry whose unit says which way is better."""
    decoded = foreign.load(source, TOOL)
    if not isinstance(decoded, list):
        raise SourceError(f"the JSON is not a list, as {TOOL} reads it.")
    entries, drifted = foreign.drifting(foreign.of_list(decoded), _entry)
    measurements = [m for m, _ in entries if m is not None]
    names = [m.subject for m in measurements]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise SourceError(f"`{printable(twice, 200)}` is there twice.")
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if drifted else "complete" if entries else "empty",
        facts=RunFacts(measurements=tuple(measurements)),
        count=len(entries),
        unit="benchmarks",
        notes=(*drifted, *(note for _, note in entries if note)),
    )


def _entry(record: Fields) -> tuple[Measurement | None, str]:
    name, unit, value = record.text("name"), record.text("unit"), record.number("value")
    known = _known(unit)
    if known is None:
        shown = f"`{printable(name, 120)}` in `{printable(unit, 40)}`"
        return None, f"{shown} is left out: the file does not say which way is better."
    measured, scale = known
    return Measurement(name, metric(measured), value * scale), ""


def _known(unit: str) -> tuple[str, float] | None:
    """The metric of a unit, and its factor: `ms/op` is a time, `req/s` a rate, `MB/s` neither."""
    top, slash, below = (part.strip() for part in unit.partition("/"))
    time = _TIMES.get(_WORDS.get(top.lower(), top))
    if time is not None and (not slash or below.lower() in _CALL):
        return "time.mean", time
    second = _WORDS.get(below.lower(), below.lower()) == "s"
    if slash and second and time is None and not _BYTES.fullmatch(top):
        return "throughput", 1.0
    return None
