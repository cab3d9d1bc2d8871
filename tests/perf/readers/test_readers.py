"""The table of readers: by content, by the tool's name, and what nobody reads."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import LOCUST, PERF, read, read_data
from trivigil import sources
from trivigil.perf.readers import TABLE, TOOLS, readers

READERS = tuple(readers())

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTS = {".yml", ".py", ".md", ".js"}
FILES = sorted(
    path
    for path in PERF.glob("*/*/*.*")
    if path.suffix not in SCRIPTS and path.parent.name != "foreign"
)
KNOWN = ", ".join(TOOLS)


def name_of(path: Path) -> str:
    return path.relative_to(PERF).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_one_reader_recognises_each_file(path: Path) -> None:
    """No file belongs to two readers, so their order in the table decides nothing."""
    (source,) = sources.find([path.name], directory=str(path.parent))
    assert len([reader for reader in READERS if reader.recognises(source)]) == 1


def test_every_reader_has_its_file() -> None:
    """No reader without an example that it reads."""
    readings = [read(path) for path in FILES]
    assert {(r.tool, r.format) for r in readings} == {(r.TOOL, r.FORMAT) for r in READERS}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_has_a_plain_an_empty_and_a_malformed_file(tool: str) -> None:
    """The three cases that every format has are there, or the README beside them says why not."""
    states = {read(path).state for path in FILES if path.is_relative_to(PERF / tool)}
    assert "complete" in states
    if tool not in {"k6", "locust"}:  # whose damaged files are made by their own tests
        assert "partial" in states
        said = (PERF / tool / "README.md").read_text(encoding="utf-8")
        assert "empty" in states or "no empty" in said


@pytest.mark.parametrize(
    ("data", "guess"),
    [
        pytest.param(b"a,b\r\n1,2\r\n", "it looks like CSV with the columns `a, b`.", id="CSV"),
        pytest.param(
            b"::error::x,b\n1,2\n",
            "the columns `:\u200b:error:\u200b:x, b`.",
            id="a hostile header",
        ),
        pytest.param(b'{"metrics": {}}', "it looks like JSON of another tool.", id="JSON"),
        pytest.param(
            b"<!DOCTYPE html><html>", "it is HTML: name the tool's CSV or JSON", id="HTML"
        ),
        pytest.param(
            b"\n\n<table >\n<tr ><th colspan=2>",
            "it is HTML: name the tool's CSV or JSON",
            id="ab -w",
        ),
        pytest.param(
            b"<?xml version='1.0' encoding='UTF-8'?>\n<testsuites>\n<testsuite name='sample_labels' package='bzt'>",
            "it is a JUnit report, which has verdicts and no measurements",
            id="JUnit of Taurus",
        ),
        pytest.param(b"<testResults/>", "it looks like XML.", id="XML"),
        pytest.param(
            b'{\n "schema": "trivigil/report/1",', "it is a report of Trivigil's own", id="a report"
        ),
        pytest.param(b"# budgets, in YAML\na: 1\n", "it looks like plain text.", id="a comment"),
        pytest.param(b"Running 30s test\n", "it looks like plain text.", id="text"),
        pytest.param(gzip.compress(b"a" * 99), "it looks like plain text.", id="gzip of text"),
        pytest.param(b"\x1f\x8b\0\0", "it is binary.", id="no gzip"),
        pytest.param(
            "Type,Name".encode("utf-16"), "it is UTF-16 text: save it as UTF-8.", id="UTF-16"
        ),
    ],
)
def test_what_nobody_reads_gets_a_guess(data: bytes, guess: str, tmp_path: Path) -> None:
    """The sentence says what is read, and what the file looks like."""
    reading = read_data(data, tmp_path, "x.txt")
    assert (reading.state, reading.facts, reading.format) == ("missing", None, None)
    problem = reading.problem or ""
    assert problem.startswith("x.txt is not a result file of any tool that Trivigil reads; it")
    assert problem.endswith(f"Known: {KNOWN}.")
    assert guess in problem


def test_another_tools_csv_is_not_taken_for_locusts() -> None:
    """JMeter's table is JMeter's, whatever folder it lies in."""
    assert read(LOCUST / "foreign/jmeter.csv").tool == "jmeter"


@pytest.mark.parametrize(
    ("tool", "file", "problem"),
    [
        pytest.param(
            "locust",
            "foreign/jmeter.csv",
            "jmeter.csv is named as a file of locust, but it is one of jmeter.",
            id="another tool's content",
        ),
        pytest.param(
            "k7",
            "v2.47-run/run_stats.csv",
            f"run_stats.csv is named as a file of k7, which is not known here. Known: {KNOWN}.",
            id="no such tool",
        ),
    ],
)
def test_a_named_tool_must_fit(tool: str, file: str, problem: str) -> None:
    """What the user says of a file is checked, not believed."""
    reading = read(LOCUST / file, tool)
    assert (reading.problem or "").startswith(problem)
    assert reading.state == "missing"


def test_a_named_tool_that_fits_changes_nothing() -> None:
    """`locust=` before a Locust file is a promise kept."""
    path = LOCUST / "v2.47-run/run_stats.csv"
    assert read(path, "locust") == read(path)


def test_a_source_with_a_problem_keeps_it(tmp_path: Path) -> None:
    """A 0-byte file is not handed to any reader."""
    reading = read_data(b"", tmp_path)
    assert (reading.state, reading.facts) == ("missing", None)
    assert (reading.problem or "").startswith("x.csv is empty (0 bytes).")


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in FILES
        if b"\0" not in path.read_bytes() and path.stat().st_size > 2 and "k6" not in path.parts
    ],
    ids=name_of,
)
def test_another_encoding_is_a_problem_of_the_reading(path: Path, tmp_path: Path) -> None:
    """A file with one Latin-1 letter at its end is named with the line, never guessed at."""
    data = path.read_bytes()
    reading = read_data(data + b"\xe9\n", tmp_path)
    line = data.count(b"\n") + 1
    assert (reading.problem or "").startswith(f"x.csv:{line}: is not UTF-8 (byte 0xe9).")
    assert reading.state == "partial"


def test_the_table_says_what_the_modules_say() -> None:
    """The tool beside a module's name is the module's own, and every module has what a reader needs."""
    assert [tool for tool, _ in TABLE] == [reader.TOOL for reader in READERS]
    assert len({(reader.TOOL, reader.FORMAT) for reader in READERS}) == len(TABLE)
    for reader in READERS:
        assert reader.RANK is None or reader.RANK >= 0
        assert isinstance(reader.LAG, str)
        assert isinstance(reader.WINDOWED, bool)
        assert callable(reader.recognises)
        assert callable(reader.read)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b" " * (1 << 16), id="blanks"),
        pytest.param(b"\n" * (1 << 16), id="empty lines"),
        pytest.param(b"a" + b" x " * (1 << 14), id="blanks and letters"),
        pytest.param(b"ok a b " * (1 << 13) + b"\nzz\nzz\n", id="one long line of go test"),
        pytest.param(b'{"numTotalTestSuites":' + b'"assertionResults":' * 3000, id="half a report"),
        pytest.param(b"\nrunning 0 tests\n" * 3000, id="frames without an end"),
    ],
)
def test_recognition_does_not_depend_on_what_a_pattern_could_mean(
    head: bytes, tmp_path: Path
) -> None:
    """A file made to keep patterns busy is refused at once, like any other stranger."""
    assert read_data(head, tmp_path).state == "missing"
