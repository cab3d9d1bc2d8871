"""Reports of the first tools: one reader each, and no damage that reads as clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.security.readers.damage import taken_for_clean
from tests.security.readers.reading import DATA, read
from trivigil import sources
from trivigil.perf.readers import readers as perf_readers
from trivigil.security.readers import readers

if TYPE_CHECKING:
    from pathlib import Path

OWN = ("trivy", "bandit", "safety", "zap", "custom", "defectdojo", "sarif")
FILES = sorted(p for tool in OWN for p in (DATA / tool).glob("*/*") if p.suffix != ".md")
NAMED = {"empty-list.json", "null.json"}
"""Files that are a tool's only where it is named, as `v1/empty.json` of Safety is."""


def name_of(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


def tool_of(path: Path) -> str | None:
    """The tool that has to be named for the file."""
    tool = path.relative_to(DATA).parts[0]
    return tool if path.name in NAMED or path == DATA / "safety/v1/empty.json" else None


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_one_reader_recognises_each_file(path: Path) -> None:
    """No file belongs to two readers, and none to a reader of load tools."""
    tool = tool_of(path)
    spec = path.name if tool is None else f"{tool}={path.name}"
    (source,) = sources.find([spec], directory=str(path.parent))
    found = [each.TOOL for each in readers() if each.recognises(source)]
    assert found == [path.relative_to(DATA).parts[0]]
    if tool is None:
        assert not [each for each in perf_readers() if each.recognises(source)]


def test_every_reader_has_its_files() -> None:
    """No reader of these tools without a whole, an empty and a damaged example."""
    states: dict[tuple[str | None, str | None], set[str]] = {}
    for path in FILES:
        reading = read(path, tool_of(path))
        state = "damaged" if reading.problem else reading.state
        tool = "sarif" if reading.format == "sarif" else reading.tool
        states.setdefault((tool, reading.format), set()).add(state)
    known = {(each.TOOL, each.FORMAT) for each in readers() if each.TOOL in OWN}
    assert known <= states.keys()
    for tool in OWN:
        together = set().union(*(found for (of, _), found in states.items() if of == tool))
        assert {"complete", "empty", "damaged"} <= together, tool


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_damage_reads_as_clean(path: Path, tmp_path: Path) -> None:
    """Deleted, cut, emptied, zeroed, wrapped, put together of two, or a page of HTML: never complete, never empty."""
    tool = path.relative_to(DATA).parts[0]
    whole = read(path, tool_of(path))
    siblings = [p for p in FILES if p.parent == path.parent and p != path and p.stat().st_size > 20]
    own = whole.facts.findings if whole.facts else ()
    differ = [p for p in siblings if (facts := read(p).facts) and facts.findings != own]
    # Safety's banner before a report is how Safety prints reports.
    others = [] if whole.state == "crashed" else [p.read_bytes() for p in differ[:3]]
    assert taken_for_clean(path.read_bytes(), others, tool, whole, tmp_path) == []
