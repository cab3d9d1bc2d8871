"""`govulncheck -format json`: one finding for each advisory of a module, at the deepest level that govulncheck saw.

Format: internal/govulncheck of golang.org/x/vuln, protocol v1.0.0: objects one after another, or saved as a list; before 1.0 one object with `Vulns`. `osv` records
are definitions and no findings. A finding's trace begins at the vulnerable end: with a function the code is called, with a package it is
imported, with a module it is only required. A run that fails has written `config` alone. There is no severity.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign, sources
from trivigil.core.errors import SourceError
from trivigil.security import advisory, dependency, lenient, outline, scan
from trivigil.security.facts import Finding, Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trivigil.core.reading import Reading
    from trivigil.foreign import Fields
    from trivigil.security.facts import Rating, ScanFacts
    from trivigil.sources import Source

TOOL: Final = "govulncheck"
FORMAT: Final = "json"
UNIT: Final = "advisories"

_KEYS: Final = {
    "config",
    "SBOM",
    "progress",
    "osv",
    "finding",
    "Calls",
    "Imports",
    "Requires",
    "Vulns",
    "Modules",
}
_CALLS: Final = re.compile(rb'\s*\{\s*"Calls"\s*:\s*\{\s*"Functions"\s*:')
_SPACE: Final = re.compile(r"\s*")
_LEVELS: Final = ("module", "package", "symbol")
_CONFIDENCE: Final = {"module": "low", "package": "medium", "symbol": "high"}
_SAID: Final = {
    "module": "The module is required; the vulnerable package is not imported.",
    "package": "The vulnerable package is imported; the vulnerable function is not called.",
    "symbol": "The vulnerable function is called.",
}


def recognises(source: Source) -> bool:
    """Whether it begins with govulncheck's configuration, or is the one object of before 1.0."""
    seen = outline.outline(source)
    if seen.below("config", "protocol_version"):
        return b'"govulncheck"' in source.head or b'"scanner_name"' not in source.head
    # Before 1.0 the calls came first, and are often all that is seen here.
    older = seen.has("Calls") and seen.keys <= _KEYS
    return seen.below("Vulns", "OSV") or (older and _CALLS.match(source.head) is not None)


def read(source: Source) -> Reading[ScanFacts]:
    """The deepest finding of each advisory and module."""
    records, cut = _records(sources.text(source))
    if records and "Vulns" in records[0].value:
        found = list(_older(records[0]))
        return scan.reading(source, (TOOL, FORMAT, UNIT), found, incomplete=cut)
    config = next(
        (lenient.inner(each, "config") for each in records if "config" in each.value), None
    )
    definitions = {
        own: osv
        for each in records
        if (own := lenient.text(osv := lenient.inner(each, "osv"), "id")) is not None
    }
    reported = [lenient.inner(each, "finding") for each in records if "finding" in each.value]
    only = not cut and all(set(each.value) == {"config"} for each in records)
    deepest = _deepest(reported)
    return scan.reading(
        source,
        (TOOL, FORMAT, UNIT),
        [_finding(each, level, definitions) for each, level in deepest],
        incomplete=() if only else (*cut, *_unfinished(records)),
        crashed="govulncheck stopped before it looked at the code." if only else None,
        counts={
            "records": len(reported),
            **{level: sum(each == level for _, each in deepest) for level in _LEVELS},
        },
        version=lenient.text(config, "scanner_version") if config is not None else None,
    )


def _records(text: str) -> tuple[list[Fields], tuple[str, ...]]:
    """The objects one after another or of a list, and a sentence where the text is cut."""
    if not text.lstrip().startswith("{"):
        found, left = lenient.objects(foreign.decode(text, TOOL))
        return list(found), left
    import json

    decoder, at = json.JSONDecoder(), 0
    records: list[Fields] = []
    while at < len(text):
        match = _SPACE.match(text, at)
        start = match.end() if match else at
        if start == len(text):
            break
        line = text.count("\n", 0, start) + 1
        try:
            decoded, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            if not records:
                raise SourceError("the JSON is damaged or cut.", line=line) from None
            return records, (f"From line {line} on the output is damaged or cut.",)
        if not isinstance(decoded, dict) or not decoded.keys() <= _KEYS:
            return records, (f"Line {line} is nothing that govulncheck writes.",)
        records.append(foreign.Fields(decoded, f"[{len(records)}]"))
    return records, ()


def _unfinished(records: Iterable[Fields]) -> Iterator[str]:
    """Whether it never came to compare the code with the database, which it says before the first finding."""
    told = [lenient.text(lenient.inner(each, "progress"), "message") or "" for each in records]
    newer = any("SBOM" in each.value for each in records)
    # Versions between them say that they check, and have no bill of materials.
    words = ("Checking",) if newer else ("Checking", "Scanning")
    if not any(each.startswith(words) for each in told):
        yield "govulncheck stopped before it compared the code with its database: the output is cut."


def _deepest(reported: Iterable[Fields]) -> list[tuple[Fields, str]]:
    """One record for each advisory and module: the one that got furthest."""
    found: dict[tuple[str | None, str | None], tuple[Fields, str]] = {}
    for each in reported:
        end = _end(each)
        key = (lenient.text(each, "osv"), lenient.text(end, "module"))
        level = _level(end)
        if key not in found or _LEVELS.index(level) > _LEVELS.index(found[key][1]):
            found[key] = (each, level)
    return list(found.values())


def _trace(record: Fields) -> tuple[Fields, ...]:
    return lenient.listed(record, "trace")


def _end(record: Fields) -> Fields:
    """The vulnerable end of a trace."""
    return next(iter(_trace(record)), foreign.Fields({}))


def _level(end: Fields) -> str:
    if lenient.text(end, "function"):
        return "symbol"
    return "package" if lenient.text(end, "package") else "module"


def _finding(record: Fields, level: str, definitions: Mapping[str, Fields]) -> Finding:
    own = lenient.text(record, "osv") or "unknown advisory"
    end = _end(record)
    fixed = lenient.text(record, "fixed_version")
    package = Package(
        name=lenient.text(end, "module") or "unknown module",
        version=lenient.text(end, "version"),
        ecosystem="golang",
        fixed=(fixed,) if fixed else (),
    )
    said = " ".join(filter(None, (_SAID[level], _called(record))))
    return _made(own, definitions.get(own, foreign.Fields({})), package, level, said)


def _called(record: Fields) -> str:
    """Where the code of this repository gets there, as a sentence."""
    position = lenient.inner(next(iter(reversed(_trace(record))), foreign.Fields({})), "position")
    file, line = lenient.text(position, "filename"), lenient.line(position.value.get("line"))
    return f"At {file}:{line}." if file and line else ""


def _made(own: str, osv: Fields, package: Package, level: str, said: str) -> Finding:
    others = lenient.texts(osv.value.get("aliases"))
    details = lenient.text(osv, "details") or ""
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=lenient.text(osv, "summary") or f"{package.name} has {own}",
        description=dependency.paragraph(f"{said}\n\n{details}"),
        aliases=dependency.aliases(own, others),
        ratings=tuple(_ratings(osv)),
        confidence=_CONFIDENCE[level],
        package=package,
        help_uri=lenient.text(lenient.inner(osv, "database_specific"), "url"),
        malicious=advisory.is_malware((own, *others)),
    )


def _ratings(osv: Fields) -> Iterator[Rating]:
    """What a database of its own may say; Go's says nothing."""
    yield from dependency.worded(TOOL, osv.value.get("severity"))
    for each in lenient.listed(osv, "severity"):
        yield from dependency.scored(TOOL, each.value.get("score"))
    said = lenient.inner(osv, "database_specific").value.get("severity")
    yield from dependency.worded(TOOL, said)


# --- before 1.0 ---------------------------------------------------------------------------------


def _older(report: Fields) -> Iterator[Finding]:
    """`Vulns`: with modules and call stacks (0.1 and later), or one for each symbol (0.0)."""
    seen: set[tuple[str, str]] = set()
    for vuln in lenient.objects(report.value.get("Vulns"), "Vulns")[0]:
        osv = lenient.inner(vuln, "OSV")
        own = lenient.text(osv, "id") or "unknown advisory"
        for module in lenient.listed(vuln, "Modules") or (vuln,):
            package, level = _older_module(module)
            if (own, package.name) not in seen:
                seen.add((own, package.name))
                yield _made(own, osv, package, level, _SAID[level])


def _older_module(module: Fields) -> tuple[Package, str]:
    packages = lenient.listed(module, "Packages")
    called = any(each.value.get("CallStacks") for each in packages) or bool(
        lenient.whole(module.value.get("CallSink"))
    )
    fixed = lenient.text(module, "FixedVersion")
    package = Package(
        name=lenient.text(module, "Path", "ModPath") or "unknown module",
        version=lenient.text(module, "FoundVersion"),
        ecosystem="golang",
        fixed=(fixed,) if fixed else (),
    )
    return package, "symbol" if called else "package" if packages else "module"
