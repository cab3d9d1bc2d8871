"""Trivigil's own format, for tools that it does not know: a list of measurements, each with its subject, metric and value.

docs/formats.md has it. Names and units are those of the vocabulary (core/measurement.py); a time may be in another unit of time, and is converted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import OVERALL, Measurement, Metric, metric, names, thinned
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf.facts import ErrorCount, RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "generic"
FORMAT = "measurements-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SCHEMA: Final = "trivigil/measurements/1"
_SHAPE: Final = re.compile(rb'\s*\{\s*"schema"\s*:\s*"trivigil/measurements/')
_SECONDS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
_COUNTS: Final = ("requests", "failures")


def recognises(source: Source) -> bool:
    """Whether it begins with the name of this format."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The measurements as they stand there; one that is not as due is left out and said."""
    root = foreign.root(foreign.load(source, "the generic format"), "the generic format")
    if root.text("schema") != _SCHEMA:
        raise root.error("schema", f"`{_SCHEMA}`")
    found, drifted = foreign.drifting(root.objects("measurements"), _measurement)
    _consistent(found)
    listed = root.objects("errors") if "errors" in root.value else ()
    errors, strays = foreign.drifting(listed, _error)
    damaged = drifted + strays
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if damaged else "complete" if found else "empty",
        facts=RunFacts(measurements=found, errors=errors),
        count=len(found),
        unit="measurements",
        tool_version=root.text("tool") if "tool" in root.value else None,
        notes=damaged,
    )


def check(document: object) -> None:
    """Raises SourceError for what a JSON Schema cannot say of a document that is valid by it."""
    root = foreign.root(document, "the generic format")
    _consistent(map(_measurement, root.objects("measurements")))


def _measurement(fields: Fields) -> Measurement:
    subject, name = fields.text("subject"), fields.text("metric")
    try:
        known = metric(name)
    except KeyError:
        some = ", ".join(names())
        raise SourceError(
            f"there is no metric `{printable(name, 60)}` (there are {some})."
        ) from None
    factor = _factor(fields, known)
    value = fields.number("value") * factor
    if name in _COUNTS:
        value = fields.count("value")
    rounds = tuple(each * factor for each in fields.numbers("rounds"))
    n = fields.count("n") if fields.value.get("n") is not None else None
    return Measurement(subject, known, value, n, rounds=thinned(rounds))


def _factor(fields: Fields, known: Metric) -> float:
    unit = fields.text("unit") if "unit" in fields.value else known.unit
    if unit == known.unit:
        return 1.0
    if unit in _SECONDS and known.unit in _SECONDS:
        return _SECONDS[unit] / _SECONDS[known.unit]
    raise fields.error("unit", f"`{known.unit}`")


def _error(fields: Fields) -> ErrorCount:
    subject = fields.text("subject") if "subject" in fields.value else OVERALL
    return ErrorCount(subject, fields.text("text"), fields.count("count"))


def _consistent(found: Iterable[Measurement]) -> None:
    """Raises SourceError for a measurement that is there twice, or for more failures than requests."""
    values: dict[tuple[str, str], float] = {}
    for each in found:
        key = each.subject, each.metric.name
        if key in values:
            message = f"`{each.metric.name}` of `{printable(each.subject, 200)}` is there twice."
            raise SourceError(message)
        values[key] = each.value
    for (subject, name), value in values.items():
        if name == "failures" and value > values.get((subject, "requests"), value):
            requests = values[subject, "requests"]
            shown = printable(subject, 200)
            message = f"`{shown}` has more failures ({value:g}) than requests ({requests:g})."
            raise SourceError(message)
