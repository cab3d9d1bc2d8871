from __future__ import annotations

import pytest

from tests.runner_model import LAYOUTS, LINUX, MACOS, WINDOWS, FileCommandError, Layout, pairs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a=b\n", [("a", "b")], id="a line"),
        pytest.param("a=b=c\n", [("a", "b=c")], id="the first sign divides"),
        pytest.param("a=\n", [("a", "")], id="an empty value"),
        pytest.param("=b\n", [("", "b")], id="an empty name passes here"),
        pytest.param("\n\na=b", [("a", "b")], id="empty lines, and no line end at the end"),
        pytest.param("a=x<<y\n", [("a", "x<<y")], id="the earlier mark counts"),
        pytest.param("a<<E\n1\n2\nE\n", [("a", "1\n2")], id="a heredoc"),
        pytest.param("a<<E\nE\n", [("a", "")], id="an empty heredoc"),
        pytest.param("a<<E\n\nE\n", [("a", "")], id="one empty line"),
        pytest.param("a<<E\n1\n\nE\n", [("a", "1\n")], id="only the last line end is not the value's"),
        pytest.param("a<<E=F\n1\nE=F\n", [("a", "1")], id="a sign in the delimiter"),
        pytest.param("a<<E\n E\nE \nE\nb=c\n", [("a", " E\nE "), ("b", "c")], id="the delimiter is a whole line"),
        pytest.param("a<<E\nx=1\nE\n", [("a", "x=1")], id="a value is not read as entries"),
        pytest.param("a<<E\nx\rE\ry\nE\n", [("a", "x\rE\ry")], id="CR ends no line"),
        pytest.param("a<<E\nx\u2028E\nE\n", [("a", "x\u2028E")], id="nor does U+2028"),
        pytest.param("a=1\na=2\n", [("a", "1"), ("a", "2")], id="twice: the later counts"),
    ],
)  # fmt: skip
def test_entries(text: str, expected: list[tuple[str, str]]) -> None:
    """`name=value` and heredocs, as the runner divides them."""
    assert list(pairs(text)) == expected


@pytest.mark.parametrize(
    ("text", "before"),
    [
        pytest.param("a=b\nwords\nc=d\n", [("a", "b")], id="a line that is neither"),
        pytest.param("<<E\nx\nE\n", [], id="no name"),
        pytest.param("a<<\nx\n\n", [], id="no delimiter"),
        pytest.param("x=1\na<<E\nb\n", [("x", "1")], id="no end"),
        pytest.param("a<<E\nb", [], id="no line end behind the value"),
        pytest.param("a<<E\nb\nE \n", [], id="the delimiter with a space"),
    ],
)
def test_what_is_wrong_stops_the_reading(text: str, before: list[tuple[str, str]]) -> None:
    """What stands before a wrong line counts, and nothing behind it."""
    found: list[tuple[str, str]] = []
    with pytest.raises(FileCommandError):
        found.extend(pairs(text))
    assert found == before


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.os)
def test_line_ends_by_system(layout: Layout) -> None:
    """CRLF ends a line on Windows; elsewhere the CR belongs to it, and a delimiter with it is another one."""
    assert list(pairs("a=b\r\n", layout)) == [("a", "b" if layout.windows else "b\r")]
    assert list(pairs("a<<E\r\nx\r\nE\r\n", layout)) == [("a", "x" if layout.windows else "x\r")]
    text = "a<<E\nx\r\nE\n"
    assert list(pairs(text, layout)) == [("a", "x" if layout.windows else "x\r")]


def test_environment_by_system() -> None:
    """On Windows a variable is found whatever its case, and keeps its first name."""
    layers = ({"Path": "1", "a": "x"}, {"PATH": "2"})
    assert WINDOWS.merged(*layers) == {"Path": "2", "a": "x"}
    assert LINUX.merged(*layers) == {"Path": "1", "PATH": "2", "a": "x"}


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        (LINUX, "/home/runner/work/_temp/x"),
        (MACOS, "/Users/runner/work/_temp/x"),
        (WINDOWS, r"D:\a\_temp\x"),
    ],
    ids=lambda one: one.os if isinstance(one, Layout) else "",
)
def test_paths_by_system(layout: Layout, expected: str) -> None:
    """Each system joins paths its own way."""
    assert layout.join(layout.temp, "x") == expected
