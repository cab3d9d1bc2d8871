from __future__ import annotations

import pytest

from tests.runner_model import WINDOWS, Command, Log, parse
from tests.runner_model.log import Masks


def log(*lines: str) -> Log:
    """A log after these lines."""
    found = Log(Masks(), workspace="/w")
    found.read("".join(f"{line}\n" for line in lines))
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("::error::x", ("error", {}, "x"), id="the plain form"),
        pytest.param("\t \u3000::error::x", ("error", {}, "x"), id="white space before it"),
        pytest.param("x ::error::y", None, id="not behind other text"),
        pytest.param("::ERROR::x", ("error", {}, "x"), id="names know no case"),
        pytest.param("::nothing::x", None, id="an unknown name is text"),
        pytest.param("::error x", None, id="without the second mark"),
        pytest.param("::error file=a%2Cb,line=1::x", ("error", {"file": "a,b", "line": "1"}, "x"), id="properties"),
        pytest.param("::error file=,=y,z::x", ("error", {}, "x"), id="pairs without name or value"),
        pytest.param("::error::a%0Ab%25%0D", ("error", {}, "a\nb%\r"), id="escapes of the data"),
        pytest.param("::error::%250A", ("error", {}, "%0A"), id="the percent sign comes last"),
        pytest.param("::error::a::b", ("error", {}, "a::b"), id="marks in the data"),
        pytest.param("x ##[error]y", ("error", {}, "y"), id="the old form anywhere"),
        pytest.param("##[set-output name=a;b=c]v%5D%3B", ("set-output", {"name": "a", "b": "c"}, "v];"), id="its properties"),
        pytest.param("##[x] ##[error]y", None, id="only the first of the old form"),
        pytest.param("::x::##[error]y", ("error", {}, "y"), id="the old form where the new one is text"),
        pytest.param("##[error", None, id="without its end"),
        pytest.param(":\u200b:error::x", None, id="broken by a zero-width space"),
        pytest.param("#\u200b#[error]x", None, id="the old form, broken"),
        pytest.param("##\u200b[error]x", None, id="the old form, broken behind"),
        pytest.param("", None, id="nothing"),
    ],
)  # fmt: skip
def test_a_line_is_a_command_or_text(
    line: str, expected: tuple[str, dict[str, str], str] | None
) -> None:
    """Both prefixes, where each counts, with their own escapes."""
    assert parse(line) == (Command(*expected) if expected else None)


def test_stopped_commands() -> None:
    """Between stop-commands and its token everything is text, in both forms."""
    found = log("::stop-commands::T0ken", "::error::a", "x ##[error]b", "::t0KEN::", "::error::c")
    assert [one.message for one in found.annotations.shown] == ["c"]
    assert "::error::a" in found.lines


def test_ten_of_each_level() -> None:
    """The runner keeps ten annotations of each level, whichever steps of the action made them."""
    found = log(*(f"::{level}::{n}" for n in range(12) for level in ("error", "warning", "notice")))
    found.begin()
    found.read("::error::later\n")
    assert len(found.annotations.shown) == 30
    assert len(found.annotations.dropped) == 7


def test_a_message_is_cut_after_masking() -> None:
    """4,096 characters, counted when secrets are gone."""
    found = log("::add-mask::secret", f"::error::{'secret' * 1000}")
    [one] = found.annotations.shown
    assert one.message == "***" * 1000
    assert len(log(f"::error::{'x' * 5000}").annotations.shown[0].message) == 4096


def test_secrets_are_hidden_from_the_next_line_on() -> None:
    """A mask works for what is printed later; overlapping secrets are hidden together."""
    found = log(
        "abcdef",
        "::add-mask::abcd",
        "::add-mask::cdef",
        "x abcdef y",
        "::add-mask::one%0Atwo",
        "two",
    )
    assert found.lines == ["abcdef", "x *** y", "***"]


def test_old_output_commands_still_work() -> None:
    """`set-output` and `save-state` set what no file sets; `set-env` and `add-path` fail the step."""
    found = log("##[set-output name=a]1", "::save-state name=s::2", "##[set-output]3")
    assert (found.outputs, found.state, found.failed) == ({"a": "1"}, {"s": "2"}, True)
    assert log("::set-env name=a::b").failed
    assert log("##[add-path]/tmp").failed


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param(r"D:\a\shop\shop\src\a.py", "src/a.py", id="below the workspace"),
        pytest.param(r"d:\A\SHOP\shop\src\a.py", "src/a.py", id="whatever the case"),
        pytest.param(r"src\a.py", "src/a.py", id="relative"),
        pytest.param(r"C:\elsewhere\a.py", r"C:\elsewhere\a.py", id="outside"),
    ],
)
def test_files_of_annotations_on_windows(file: str, expected: str) -> None:
    """A file is named relative to the workspace, with forward slashes."""
    found = Log(Masks(), WINDOWS, WINDOWS.workspace)
    found.read(f"::error file={file.replace(':', '%3A')}::x\n")
    assert found.annotations.shown[0].place == {"file": expected}
