"""`js/assertions.json` of Gatling's reports (2 to 3.9): how the simulation's assertions came out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.perf.readers import gatling_verdicts

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.core.result import Result
    from trivigil.foreign import Fields
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "gatling"
FORMAT = "assertions-json"
RANK: int | None = None
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{\s*"simulation"\s*:\s*"[^"]*"\s*,\s*"simulationId"\s*:.*?"assertions"\s*:', re.DOTALL
)


def recognises(source: Source) -> bool:
    """Whether it begins with the simulation's name and has assertions."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """A result for each assertion."""
    root = foreign.root(foreign.load(source, TOOL), TOOL)
    found = (_verdict(each) for each in root.objects("assertions"))
    return gatling_verdicts.reading(source, FORMAT, found)


def _verdict(fields: Fields) -> Result:
    held = fields.value.get("result")
    if not isinstance(held, bool):
        raise fields.error("result", "true or false")
    values = fields.value.get("actualValue")
    listed = values if isinstance(values, list) else []
    found = ", ".join(f"{each:g}" for each in listed if isinstance(each, int | float))
    return gatling_verdicts.verdict(
        fields.text("message"), f"it is {found}" if found else "", held=held
    )
