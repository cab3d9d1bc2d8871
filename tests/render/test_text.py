"""The terminal's text: aligned, bounded, harmless."""

from __future__ import annotations

import re

import pytest

from tests.render.reports import REPORTS, failing, hostile
from trivigil.core.report import Origin
from trivigil.render import text
from trivigil.render.document import Column, Details, Document, Row, Table
from trivigil.render.document import text as words

ESCAPES = re.compile(r"\x1b\[[\d;]*m")


@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_a_command(name: str) -> None:
    """The runner finds no command, a terminal no control character."""
    rendered = text.render(REPORTS[name](), width=100, colour=False)
    assert not re.search(r"^\s*::|##\[", rendered, re.MULTILINE)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", rendered)


def test_colours_only_when_asked() -> None:
    """With colours the words are the same, and every colour is switched off again."""
    plain = text.render(failing(), width=100, colour=False)
    painted = text.render(failing(), width=100, colour=True)
    assert ESCAPES.sub("", painted) == plain
    assert painted.startswith("\x1b[1;31m❌ Performance")
    assert painted.count("\x1b[0m") * 2 == painted.count("\x1b[")


def test_colour_does_not_let_an_escape_through() -> None:
    """Sequences of a hostile name are spelled out in colour too."""
    painted = text.render(hostile(), width=100, colour=True)
    assert set(ESCAPES.findall(painted)) <= {
        f"\x1b[{code}m" for code in ("0", "1", "2", "31", "33", "1;31")
    }
    assert "\x1b" not in ESCAPES.sub("", painted)


def test_no_line_of_tools_alone() -> None:
    """Without a commit and a run the last line would only repeat who measured."""
    report = failing()._replace(origin=Origin(), facts={})
    [whole, bare] = [
        text.render(each, width=100, colour=False).rstrip().split("\n")[-1]
        for each in (report._replace(origin=Origin(commit="4f2c9a1")), report)
    ]
    assert whole == "Commit 4f2c9a1 · locust 2.47.0"
    assert "locust 2.47.0" not in bare


@pytest.mark.parametrize("width", [40, 60, 100, 200])
def test_tables_fit_the_width(width: int) -> None:
    """The widest column of words gives way, and columns stay aligned."""
    rows = tuple(Row((words("n" * size), words(f"{size} ms"))) for size in (3, 300))
    shown = text.render(
        Document((Table((Column("Endpoint"), Column("p95", "right")), rows, "row"),)),
        width=width,
        colour=False,
    )
    lines = shown.split("\n")
    assert len({len(line) for line in lines}) == 1
    assert len(lines[0]) <= width


def test_wide_letters_take_two_columns() -> None:
    """Columns are aligned by what a terminal shows, not by characters."""
    rows = tuple(Row((words(name), words("1"))) for name in ("日本語", "abcdef", "e\u0301tude"))
    shown = text.render(
        Document((Table((Column("a"), Column("b", "right")), rows, "row"),)), width=80, colour=False
    )
    assert len({text.columns_of(line) for line in shown.split("\n")}) == 1


def test_folded_tables_are_cut_and_counted() -> None:
    """What a page folds away is shown by its first rows, and the rest is counted."""
    rows = tuple(Row((words(f"{index}"),)) for index in range(37))
    folded = Details(words("All"), (Table((Column("a"),), rows, "endpoint"),))
    shown = text.render(Document((folded,), elsewhere="the file"), width=80, colour=False)
    assert shown.endswith("  9\n  … and 27 more endpoints: see the file.")
