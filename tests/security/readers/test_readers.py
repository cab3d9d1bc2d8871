"""The table of security readers: by content, by the tool's name, and what nobody reads."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from tests.security.readers.reading import DATA, read
from trivigil import sources
from trivigil.perf.readers import readers as perf_readers
from trivigil.security.readers import readers

READERS = tuple(readers())
FILES = sorted(path for path in DATA.glob("*/*/*.*") if path.suffix != ".md")
TOOLS = sorted({path.relative_to(DATA).parts[0] for path in FILES})
SAYS_NOTHING = {"[]", "{}", "null", '{"results":null}', '{"results":[]}'}
"""What several tools write when they find nothing; white space aside."""


def name_of(path: Path) -> str:
    return path.relative_to(DATA).as_posix()


def tool_of(path: Path) -> str:
    return path.relative_to(DATA).parts[0]


def says_nothing(path: Path) -> bool:
    return "".join(path.read_text(encoding="utf-8", errors="replace").split()) in SAYS_NOTHING


def source(path: Path, tool: str | None = None) -> sources.Source:
    spec = path.name if tool is None else f"{tool}={path.name}"
    (found,) = sources.find([spec], directory=str(path.parent))
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_one_reader_recognises_each_file(path: Path) -> None:
    """No file belongs to two readers, so their order in the table decides nothing; what says nothing needs its tool's name."""
    found = [each for each in READERS if each.recognises(source(path))]
    if says_nothing(path):
        assert found == []
        found = [each for each in READERS if each.recognises(source(path, tool_of(path)))]
    assert [each.TOOL for each in found] == [tool_of(path)]


@pytest.mark.parametrize("path", [p for p in FILES if not says_nothing(p)], ids=name_of)
def test_no_reader_of_load_tools_recognises_it(path: Path) -> None:
    """A scanner's file is never taken for one of a load tool or benchmark."""
    assert not [each for each in perf_readers() if each.recognises(source(path))]


def test_every_reader_has_its_file() -> None:
    """No reader of these tools without an example that it reads."""
    known = {(r.tool, r.format) for r in map(read, FILES)}
    assert {(r.TOOL, r.FORMAT) for r in READERS if r.TOOL in TOOLS} - known == set()


def test_docs_list_every_format() -> None:
    """docs/formats.md has a row for each reader, with its unit and its docstring's first sentence."""
    rows = (Path(__file__).parents[3] / "docs/formats.md").read_text(encoding="utf-8").splitlines()
    for reader in (each for each in READERS if each.TOOL in TOOLS):
        said = " ".join((reader.__doc__ or "").split("\n\n")[0].split())
        row = f"| {reader.TOOL} | `{reader.FORMAT}` | {reader.UNIT} | {said} |"
        assert row in rows, f"add to docs/formats.md:\n{row}"


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool != "vex"])  # is no scan
def test_every_tool_has_a_plain_an_empty_and_a_malformed_file(tool: str) -> None:
    """The three cases that every format has are there."""
    readings = [
        read(path, tool if says_nothing(path) else None) for path in FILES if tool_of(path) == tool
    ]
    assert {"complete", "empty"} <= {each.state for each in readings}
    assert [each for each in readings if each.problem is not None]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_byte_order_mark_changes_nothing(path: Path, tmp_path: Path) -> None:
    """Windows PowerShell writes one before what a tool prints."""
    data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    (tmp_path / path.name).write_bytes(codecs.BOM_UTF8 + data)
    plain, marked = read(path, tool_of(path)), read(tmp_path / path.name, tool_of(path))
    assert (marked.tool, marked.state, marked.count) == (plain.tool, plain.state, plain.count)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_cut_file_is_clean(path: Path, tmp_path: Path) -> None:
    """A file that ends too early never says that there is nothing."""
    data = path.read_bytes().rstrip()
    for at in {1, len(data) // 4, len(data) // 2, 3 * len(data) // 4, len(data) - 1}:
        cut = tmp_path / f"{at}.cut"
        cut.write_bytes(data[:at])
        reading = read(cut, tool_of(path))
        assert reading.problem is not None or reading.state in {"partial", "complete", "crashed"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
@pytest.mark.parametrize(
    "end", [pytest.param(b'\n{"a": 1}\n', id="more"), pytest.param(b"\n<html>", id="HTML")]
)
def test_no_file_with_something_behind_it_is_clean(path: Path, end: bytes, tmp_path: Path) -> None:
    """What stands behind a report is not passed over where it hides that there is nothing."""
    spliced = tmp_path / "spliced"
    spliced.write_bytes(path.read_bytes() + end)
    reading = read(spliced, tool_of(path))
    assert reading.problem is not None or reading.state != "empty"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[]", id="an empty list"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="an empty object"),
        pytest.param("<!doctype html><html></html>", id="HTML"),
        pytest.param('{"vulnerabilities": 3}', id="a number of vulnerabilities"),
        pytest.param('{"results": "none"}', id="words for results"),
    ],
)
def test_what_is_of_no_tool_is_a_problem(text: str, tmp_path: Path) -> None:
    """A file that could be of several tools, or of none, is never clean."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    reading = read(path)
    assert (reading.state, reading.facts) == ("missing", None)
    assert "is not a result file of any tool" in (reading.problem or "")


def test_a_list_that_says_nothing_asks_for_its_tool(tmp_path: Path) -> None:
    """The complaint about an empty list says what to do."""
    path = tmp_path / "report.json"
    path.write_text("[]\n", encoding="utf-8")
    assert "name the tool (TOOL=PATH)" in (read(path).problem or "")
    assert read(path, "gitleaks").state == "empty"
