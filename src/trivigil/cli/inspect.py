"""`trivigil inspect PATH…`: what is in these files; changes nothing, judges nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Account for every file; exit 2 where one is unreadable, after all were shown."""
    from trivigil import sources
    from trivigil.perf import readers

    parser = Parser("trivigil inspect", description="Say what is in result files.")
    parser.add_argument("paths", nargs="+", metavar="[TOOL=]PATH", help="files, or globs")
    parser.add_argument(
        "--json", action="store_true", help="a list, one object a file, on standard output"
    )
    arguments = parser.parse_intermixed_args(argv)
    found = sources.find(arguments.paths, directory=os.getcwd())
    readings = [readers.read(source) for source in found]
    if arguments.json:
        import json

        console.answer(
            json.dumps([describe(reading) for reading in readings], indent=2, ensure_ascii=False)
        )
    else:
        for reading in readings:
            _tell(reading, console)
    return 2 if any(reading.problem for reading in readings) else 0


def describe(reading: Reading[RunFacts]) -> dict[str, object]:
    """One file as the contract's `inspect --json` object."""
    facts = reading.facts
    unit = reading.unit
    return {
        "path": reading.path,
        "tool": reading.tool,
        "format": reading.format,
        "tool_version": reading.tool_version,
        "state": reading.state,
        "unit": unit,
        "findings": None,
        "suppressed": None,
        "by_severity": {},
        "counts": {unit: reading.count} if unit is not None else {},
        "measurements": [
            {
                "subject": m.subject,
                "metric": m.metric.name,
                "unit": m.metric.unit,
                "value": m.value,
                "n": m.n,
            }
            for m in (facts.measurements if facts else ())
        ],
        "problem": reading.problem,
        "notes": list(reading.notes),
    }


def _tell(reading: Reading[RunFacts], console: Console) -> None:
    """One file in a few lines; its subjects are named, their numbers stand in the JSON."""
    what = f"{reading.tool or 'unknown'} {reading.format or ''}".strip()
    count = f", {reading.count} {reading.unit}" if reading.count is not None else ""
    console.say(f"{reading.path}: {what}, {reading.state}{count}")
    if reading.problem:
        console.say(f"  problem: {reading.problem}")
    for note in reading.notes:
        console.say(f"  note: {note}")
    subjects = dict.fromkeys(
        m.subject for m in (reading.facts.measurements if reading.facts else ())
    )
    for subject in list(subjects)[:50]:
        console.say(f"  {printable(subject, 100)}")
