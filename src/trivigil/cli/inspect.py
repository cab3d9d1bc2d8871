"""`trivigil inspect PATH…`: what is in these files; changes nothing, judges nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from trivigil.cli.parser import Parser
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts
from trivigil.render.document import of_units
from trivigil.security import severity
from trivigil.security.facts import ScanFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console
    from trivigil.core.measurement import Measurement
    from trivigil.core.reading import Reading
    from trivigil.sources import Source


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Account for every file; exit 2 where one is unreadable, after all were shown."""
    from trivigil import sources

    parser = Parser("trivigil inspect", description="Say what is in result files.")
    parser.add_argument("paths", nargs="+", metavar="[TOOL=]PATH", help="files, or globs")
    parser.add_argument(
        "--json", action="store_true", help="a list, one object a file, on standard output"
    )
    arguments = parser.parse_intermixed_args(argv)
    found = sources.find(arguments.paths, directory=os.getcwd())
    readings = [read(source) for source in found]
    if arguments.json:
        import json

        console.answer(
            json.dumps([describe(reading) for reading in readings], indent=2, ensure_ascii=False)
        )
    else:
        for reading in readings:
            _tell(reading, console)
    return 2 if any(reading.problem for reading in readings) else 0


def read(source: Source) -> Reading[Any]:
    """By the shelf that the named tool is on, else by the one that recognises it: load tests first, then scanners."""
    from trivigil.perf import readers as perf
    from trivigil.security import readers as security

    if source.tool in security.TOOLS:
        return security.read(source, brief=True)
    if source.tool is None and source.problem is None:
        if _is_sarif(source):
            return security.read(source, brief=True)
        is_run = any(reader.recognises(source) for reader in perf.readers())
        if not is_run and security.SHELF.reader(source) is not None:
            return security.read(source, brief=True)
    return perf.read(source)


def _is_sarif(source: Source) -> bool:
    """Whether no reader of load tests needs to be asked: they are many, and a large part of these files is SARIF."""
    if b'"runs"' not in source.head:
        return False
    from trivigil.security.readers import sarif

    return sarif.recognises(source)


def describe(reading: Reading[Any]) -> dict[str, object]:
    """One file as the contract's `inspect --json` object."""
    unit = reading.unit
    counts = {unit: reading.count} if unit is not None else {}
    scan = reading.facts if isinstance(reading.facts, ScanFacts) else None
    return {
        "path": reading.path,
        "tool": reading.tool,
        "format": reading.format,
        "tool_version": reading.tool_version,
        "state": reading.state,
        "unit": unit,
        "findings": len(scan.active) if scan else None,
        "suppressed": _suppressed(scan) if scan else None,
        "by_severity": _by_severity(scan) if scan else {},
        "counts": {**counts, **(scan.counts if scan else {})},
        "measurements": [
            {
                "subject": m.subject,
                "metric": m.metric.name,
                "unit": m.metric.unit,
                "value": m.value,
                "n": m.n,
            }
            for m in _measurements(reading)
        ],
        "problem": reading.problem,
        "notes": list(reading.notes),
    }


def _measurements(reading: Reading[Any]) -> tuple[Measurement, ...]:
    return reading.facts.measurements if isinstance(reading.facts, RunFacts) else ()


def _suppressed(scan: ScanFacts) -> int:
    return len(scan.findings) - len(scan.active)


def _by_severity(scan: ScanFacts) -> dict[str, int]:
    """Those that the tool counts, each as severe as it would be judged alone; the worst first."""
    counts = severity.counted(scan.active)
    return {label: counts[label] for label in severity.LEVELS if counts[label]}


def _tell(reading: Reading[Any], console: Console) -> None:
    """One file in a few lines; its subjects are named, their numbers stand in the JSON."""
    what = f"{reading.tool or 'unknown'} {reading.format or ''}".strip()
    count = f", {of_units(reading.count, reading.unit or '')}" if reading.count is not None else ""
    console.say(f"{reading.path}: {what}, {reading.state}{count}")
    if reading.problem:
        console.say(f"  problem: {reading.problem}")
    for note in reading.notes:
        console.say(f"  note: {note}")
    if isinstance(reading.facts, ScanFacts):
        _tell_scan(reading.facts, console)
    subjects = dict.fromkeys(m.subject for m in _measurements(reading))
    for subject in list(subjects)[:50]:
        console.say(f"  {printable(subject, 100)}")


def _tell_scan(scan: ScanFacts, console: Console) -> None:
    told = [f"{count:,} {label}" for label, count in _by_severity(scan).items()]
    told += [of_units(count, printable(unit, 40)) for unit, count in scan.counts.items()]
    if accepted := _suppressed(scan):
        told.append(f"{accepted:,} suppressed by the tool itself")
    if told:
        console.say(f"  {', '.join(told)}")
