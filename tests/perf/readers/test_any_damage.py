"""Benchmarks' files with any damage: cut anywhere, bytes changed, fields of another kind."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.perf.readers.reading import PERF, facts, read, read_data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

TOOLS: Final = (
    "asv", "benchmarkdotnet", "benchmarkjs", "cargo-bench", "catch2", "codspeed", "criterion", "divan", "go-bench",
    "google-benchmark", "hyperfine", "iai-callgrind", "jmh", "lhci", "lighthouse", "mitata", "pyperf", "tinybench", "vitest",
)  # fmt: skip
FILES = sorted(
    path for tool in TOOLS for path in (PERF / tool).glob("*/*.*") if "malformed" not in path.name
)
ENDLESS = {".json", ".xml", ".ndjson"}
"""Endings of files whose form itself shows that something is missing at the end."""
WRONG: Final[tuple[Any, ...]] = (
    None,
    [],
    {},
    "x",
    -1,
    0,
    1.5,
    True,
    "NaN",
    [1],
    [[1]],
    [None],
    {"a": 1},
    [{}],
    10**400,
)
BYTES: Final = (
    b"NaN",
    b"-1",
    b"1e999",
    b"\n",
    b"",
    b" ",
    b"|",
    b",",
    b'"',
    b"9" * 30,
    b"\xff",
    b"<",
    b"&",
)


def name_of(path: Path) -> str:
    return path.relative_to(PERF).as_posix()


def sound(reading: Reading[RunFacts]) -> bool:
    """Whether nothing was measured that cannot be."""
    measured = reading.facts.measurements if reading.facts else ()
    return all(0 <= m.value < float("inf") for m in measured)


def places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in pairs:
        yield (*place, key)
        yield from places(value, (*place, key))


def changed(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    document = json.loads(json.dumps(document))
    node = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    return document


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.suffix in ENDLESS and read(path).state == "complete"],
    ids=name_of,
)
def test_a_file_cut_anywhere_is_never_whole(path: Path, tmp_path: Path) -> None:
    """Whatever is missing at its end, the rest is not taken for all of it."""
    data = path.read_bytes().rstrip()
    for at in range(1, len(data), max(1, len(data) // 30)):
        reading = read_data(data[:at], tmp_path, path.name)
        assert reading.state != "complete", data[:at][-80:]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_any_bytes_are_read_without_an_exception(path: Path, tmp_path: Path) -> None:
    """Noise is a problem, a note or nothing, and never a number that cannot be."""
    chance, whole = random.Random(path.name), path.read_bytes()
    for _ in range(20):
        data = whole
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data) + 1)
            data = data[:at] + chance.choice(BYTES) + data[at + chance.randint(0, 6) :]
        assert sound(read_data(data or b" ", tmp_path, path.name))


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".json"], ids=name_of)
def test_any_field_of_another_kind(path: Path, tmp_path: Path) -> None:
    """A list where a number is due, a text where an object is: said, and the other records stay."""
    chance = random.Random(path.name)
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    fields = list(places(document))
    for _ in range(30 if fields else 0):
        data = changed(document, chance.choice(fields), chance.choice(WRONG))
        assert sound(read_data(json.dumps(data).encode(), tmp_path, path.name))


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".ndjson"], ids=name_of)
def test_any_field_of_a_line_of_another_kind(path: Path, tmp_path: Path) -> None:
    """The same for files of a line each."""
    chance = random.Random(path.name)
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for _ in range(30):
        position = chance.randrange(len(records))
        place = chance.choice(list(places(records[position])))
        mixed = list(records)
        mixed[position] = changed(records[position], place, chance.choice(WRONG))
        lines = (json.dumps(each, separators=(",", ":")) for each in mixed)
        assert sound(read_data("\n".join(lines).encode(), tmp_path, path.name))


def test_a_line_that_is_longer_than_any_result(tmp_path: Path) -> None:
    """What a benchmark prints beside its result may be of any length, and does not slow the reading down."""
    data = b"BenchmarkX-2 5 1.0 ns/op\n" + b" " * 300_000 + b"\nBenchmarkY-2 5 2.0 ns/op\n"
    assert len(facts(read_data(data, tmp_path)).measurements) == 8
