"""Reading one file as a user names it."""

from __future__ import annotations

from pathlib import Path

from trivigil import sources
from trivigil.core.reading import Reading
from trivigil.security import readers
from trivigil.security.facts import Finding, ScanFacts

DATA = Path(__file__).parents[2] / "data" / "security"


def read(path: Path, tool: str | None = None) -> Reading[ScanFacts]:
    """What the file says, recognised by its content."""
    spec = path.name if tool is None else f"{tool}={path.name}"
    (source,) = sources.find([spec], directory=str(path.parent))
    return readers.read(source)


def brief_reading(path: Path, tool: str | None = None) -> Reading[ScanFacts]:
    """The same for who only counts."""
    spec = path.name if tool is None else f"{tool}={path.name}"
    (source,) = sources.find([spec], directory=str(path.parent))
    return readers.read(source, brief=True)


def counted(reading: Reading[ScanFacts]) -> tuple[object, ...]:
    """All that a reading says but places and words: what a brief one must say, too."""
    said = reading.facts
    if said is None:
        return (reading,)
    marks = [(f.tool, f.ratings, f.malicious, f.accepted, f.expires) for f in said.findings]
    return (reading._replace(facts=None), said._replace(findings=()), marks)


def facts(reading: Reading[ScanFacts]) -> ScanFacts:
    """The facts of a reading that has some."""
    assert reading.facts is not None, reading.problem
    return reading.facts


def findings(path: Path) -> tuple[Finding, ...]:
    """Every finding of a file."""
    return facts(read(path)).findings
