"""The checks of a Python file by its syntax: which, what is said of them, and what is wrong, at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic import python_checks
from trivigil.monitor.synthetic.check_file import CheckFile
from trivigil.monitor.synthetic.problem import CheckFileError
from trivigil.monitor.synthetic.py import functions

if TYPE_CHECKING:
    from pathlib import Path

ONE = "def check_a(site):\n    assert site\n"


def given(text: str) -> CheckFile:
    return CheckFile("c/shop_check.py", "/nowhere/shop_check.py", "/nowhere", "shop_check", text)


def test_several_functions_are_several_checks() -> None:
    """Each has its name behind the stem; a single one has the stem alone."""
    bounds = Bounds("http://127.0.0.1:9")
    two = python_checks.planned(given(ONE + "def helper(site): ...\n" + ONE.replace("_a", "_b")), bounds)  # fmt: skip
    assert [(each.name, each.line) for each in two] == [("shop_check a", 1), ("shop_check b", 4)]
    assert [each.name for each in python_checks.planned(given(ONE), bounds)] == ["shop_check"]


def test_nothing_of_the_file_runs_in_the_parent(tmp_path: Path) -> None:
    """Names come from the syntax."""
    trace = tmp_path / "ran"
    text = f"open({str(trace)!r}, 'w').close()\nraise SystemExit(3)\n" + ONE
    assert [each.name for each in functions.read(given(text))] == ["a"]
    assert not trace.exists()


def test_remarks_speak_of_the_check_that_they_stand_at() -> None:
    """Inside it or right above it; elsewhere, of all checks of the file."""
    text = """# trivigil: tags shop
import os

# trivigil: retries 2
# trivigil: runbook https://wiki.example/a
def check_a(site):
    assert os.sep  # trivigil: tags paths


def check_b(site):
    # trivigil: depends-on home, shop_check a
    assert "# trivigil: retries 9"
"""
    a, b = (each.said for each in functions.read(given(text)))
    assert (a.retries, a.runbook, a.tags, a.depends_on) == (2, "https://wiki.example/a", ("shop", "paths"), ())  # fmt: skip
    assert (b.retries, b.tags, b.depends_on) == (None, ("shop",), ("home", "shop_check a"))


@pytest.mark.parametrize(
    ("text", "where", "wanted"),
    [
        pytest.param("", "1:1", "expected a function", id="empty"),
        pytest.param("def test_a(site): ...\n", "1:1", "expected a function", id="no check"),
        pytest.param("def check_a(site:\n", "1:12", "expected Python", id="no Python"),
        pytest.param("x = 1\n\ndef check_a(site)\n    pass\n", "3:18", "expected Python: expected ':'", id="no colon"),
        pytest.param("a\0b", "1:1", "expected Python", id="null character"),
        pytest.param("(" * 5000, "1:201", "expected Python", id="nested too deeply"),
        pytest.param("async def check_a(site):\n    assert site\n", "1:1", "not `async def`", id="async"),
        pytest.param(ONE + ONE, "3:1", "another name", id="a name twice"),
        pytest.param("def check_a():\n    assert 1\n", "1:1", "one argument", id="no argument"),
        pytest.param("def check_a(site, *rest):\n    assert 1\n", "1:1", "one argument", id="too many arguments"),
        pytest.param('def check_a(site):\n    """Soon."""\n', "1:1", "without having looked", id="nothing done"),
        pytest.param("def check_a(site): ...\n", "1:1", "without having looked", id="dots"),
        pytest.param("# trivigil: warn\n" + ONE, "1:1", "expected a remark: depends-on", id="a remark of another language"),
    ],
)  # fmt: skip
def test_a_bad_file_is_an_error_at_its_place(text: str, where: str, wanted: str) -> None:
    """`FILE:LINE:COLUMN: what was expected`."""
    with pytest.raises(CheckFileError) as caught:
        functions.read(given(text))
    assert caught.value.where == f"c/shop_check.py:{where}", caught.value
    assert wanted in caught.value.message


def test_what_is_not_installed_is_said_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before anything is asked, with the extra that has it."""
    monkeypatch.setattr(functions, "find_spec", lambda _name: None)
    for attribute, extra in (("client", "checks"), ("page", "browser")):
        with pytest.raises(CheckFileError, match=rf":2:5: .* install trivigil\[{extra}\]"):
            functions.read(given(f"def check_a(web):\n    web.{attribute}()\n"))
    assert functions.read(given("def check_a(web):\n    assert web.target\n"))
