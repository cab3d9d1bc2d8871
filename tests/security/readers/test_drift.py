"""Formats drift: a field that is another kind of thing, or gone, never loses the file and is never an exception."""

from __future__ import annotations

import json
import random
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.reading import DATA, facts, read

if TYPE_CHECKING:
    from collections.abc import Iterator

JUNK: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    3.5,
    10**30,
    "",
    "CWE-",
    "12-",
    "://",
    "9" * 400,
    [],
    [None],
    ["a", 1],
    {},
    {"a": 1},
    [{"a": []}],
)
GONE = object()
MOST = 30
"""Mutations a file."""
NO_SCANS = ("vex",)
Path_ = tuple[str | int, ...]


def _whole(path: Path) -> bool:
    """Whether it is one JSON document of a scan: not cut on purpose, and no stream."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return path.relative_to(DATA).parts[0] not in NO_SCANS


FILES = sorted(filter(_whole, DATA.glob("*/*/*.json")))


def _paths(node: object, path: Path_ = ()) -> Iterator[Path_]:
    """Where anything stands in a document."""
    if path:
        yield path
    items: Any = node.items() if isinstance(node, dict) else ()
    for key, each in enumerate(node) if isinstance(node, list) else items:
        yield from _paths(each, (*path, key))


def _mutated(document: Any, path: Path_, junk: object) -> Any:
    """A copy with something else at this place."""
    changed = deepcopy(document)
    node = changed
    for key in path[:-1]:
        node = node[key]
    if junk is not GONE:
        node[path[-1]] = junk
    else:
        del node[path[-1]]
    return changed


def _record(path: Path_) -> bool:
    """Whether it is a field of a record: below a place in a list, and no other list."""
    return any(isinstance(key, int) for key in path[:-1]) and isinstance(path[-1], str)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DATA).as_posix())
def test_no_field_loses_the_file(path: Path, tmp_path: Path) -> None:
    """A record with any field changed or gone is read, or left out and said, and the others are read."""
    document = json.loads(path.read_text(encoding="utf-8"))
    tool = path.relative_to(DATA).parts[0]
    whole = len(facts(read(path, tool)).findings)
    chance = random.Random(path.name)
    places = [each for each in _paths(document) if _record(each)]
    for place in chance.sample(places, min(MOST, len(places))):
        changed = tmp_path / "changed.json"
        changed.write_text(json.dumps(_mutated(document, place, chance.choice((*JUNK, GONE)))))
        reading = read(changed, tool)
        assert reading.facts is not None, (place, reading.problem)
        left = len(reading.facts.findings)
        assert left >= whole - 1 or reading.state in {"partial", "empty"}, place
