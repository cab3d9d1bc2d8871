"""Every report of the corpus, damaged in five ways: deleted, cut, emptied, wrapped in text, spliced with another. None reads as clean.

The corpus is not part of this repository: TRIVIGIL_CORPUS names its folder; without it, `../shared` beside the checkout is tried. Where the damage is
done is drawn by the file's name, so that every run does the same.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.damage import is_document
from tests.security.readers.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/security", root / "security")
    return next((place for place in places if (place / "sarif").is_dir()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None, reason="no corpus: TRIVIGIL_CORPUS names no folder with security/sarif in it"
)
TOOLS = sorted(each.name for each in CORPUS.iterdir() if each.is_dir()) if CORPUS else []
ABOUT = {"expected.json", "README.md", "LICENCES.txt"}
"""Files of the corpus about its files."""
LARGE = 400_000
"""Bytes from which on a file is cut at one place only."""
CLEAN = {"complete", "empty"}
ENDLESS = {"csv", "jsonl", "ndjson", "ndjson-1", "json-2"}
"""Formats of rows or lines: nothing tells where they end, so what is left of one counts, and must be something."""

PAGES = {"govulncheck", "dependabot", "code-scanning", "sonarqube", "trufflehog", "trufflehog3", "nuclei", "ruff", "actionlint"}  # fmt: skip
"""Tools whose documents may stand one after another."""


def _files(tool: str) -> list[Path]:
    assert CORPUS is not None
    found = (path for path in sorted((CORPUS / tool).rglob("*")) if path.is_file())
    return [path for path in found if path.name not in ABOUT]


def _reports(tool: str) -> list[tuple[Path, Reading[ScanFacts]]]:
    """The files that are read as they are."""
    readings = ((path, read(path)) for path in _files(tool))
    return [(path, each) for path, each in readings if each.facts is not None and not each.problem]


def _damaged(path: Path, other: Path | None) -> Iterator[tuple[str, bytes]]:
    """Four of the damages; a file that is deleted has no bytes."""
    data, chance = path.read_bytes().rstrip(), random.Random(path.name)
    cuts = [chance.randrange(1, len(data)) for _ in range(1 if len(data) > LARGE else 3)]
    yield from ((f"cut at byte {at} of {len(data)}", data[:at]) for at in cuts)
    yield "cut by one byte", data[:-1]
    yield "emptied", b""
    yield "zeroed", bytes(len(data))
    yield "zeroed at its end", data[: len(data) // 2] + bytes(len(data) - len(data) // 2)
    yield "wrapped in text", b"Starting the scan ...\n\n" + data + b"\n\nThe scan is done.\n"
    yield "wrapped in a page", b"<html><body><pre>\n" + data + b"\n</pre></body></html>\n"
    if other is not None:
        more = other.read_bytes()
        spliced = data[: len(data) // 2] + more[len(more) // 2 :]
        if not is_document(spliced):
            yield f"spliced with {other.name}", spliced
        if more.strip():
            yield f"followed by {other.name}", data + b"\n" + more


def _harmless(what: str, bad: Reading[ScanFacts], whole: Reading[ScanFacts]) -> bool:
    """Whether everything is still read, or, of a format without an end, whatever is left."""
    rows = bad.format in ENDLESS or "lines" in (bad.format or "")
    kept = bad.facts.findings if bad.facts else ()
    if bad.tool in PAGES and "followed" in what and whole.facts and kept:
        # Two of its streams, or pages, one after the other, are one: nothing of either is lost.
        return {each.id for each in whole.facts.findings} <= {each.id for each in kept}
    return (bad.facts == whole.facts and "page" not in what) or (rows and bool(kept))


@pytest.mark.parametrize("tool", TOOLS)
def test_no_damage_reads_as_clean(tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """Each report of a tool's folder, named by its tool and not: unreadable, crashed, partial, or with all that it had."""
    reports, clean, done = _reports(tool), list[str](), 0
    for path, whole in reports:
        others = [o for o, facts in reports if facts.format == whole.format and facts.facts != whole.facts]  # fmt: skip
        place = tmp_path / path.name
        for what, data in _damaged(path, next(iter(others), None)):
            place.write_bytes(data)
            for reading in (read(place), read(place, whole.tool)):
                proven = reading.problem is None and reading.state in CLEAN
                if proven and not _harmless(what, reading, whole):
                    clean.append(f"{path.relative_to(CORPUS or path)}: {what}: {reading.state}")
            done += 1
        place.unlink()
        assert read(place, whole.tool).problem is not None
    with capsys.disabled():
        print(f"{tool}: {len(reports)} of {len(_files(tool))} files are reports, {done} damages")
    assert clean == []
