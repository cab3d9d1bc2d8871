"""Short ways to a reading, for the tests of the readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trivigil import sources
from trivigil.core.measurement import OVERALL
from trivigil.perf import readers

if TYPE_CHECKING:
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

PERF = Path(__file__).parents[2] / "data" / "perf"
LOCUST = PERF / "locust"
K6 = PERF / "k6"


def read(path: Path, tool: str | None = None) -> Reading[RunFacts]:
    """The reading of one file, as the product makes it."""
    spec = f"{tool}={path.name}" if tool else path.name
    (source,) = sources.find([spec], directory=str(path.parent))
    return readers.read(source)


def read_data(data: bytes, folder: Path, name: str = "x.csv") -> Reading[RunFacts]:
    """The reading of a file with these bytes."""
    (folder / name).write_bytes(data)
    return read(folder / name)


def facts(reading: Reading[RunFacts]) -> RunFacts:
    """The facts, which there must be."""
    assert reading.facts is not None
    return reading.facts


def values(reading: Reading[RunFacts], subject: str = OVERALL) -> dict[str, float]:
    """One subject's measurements by metric."""
    return {m.metric.name: m.value for m in facts(reading).measurements if m.subject == subject}


def subjects(reading: Reading[RunFacts]) -> list[str]:
    """Who was measured, in the order of the file."""
    return list(dict.fromkeys(m.subject for m in facts(reading).measurements))
