"""Command lines that no shell reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.stack.command import Command, Place, find_program, read_command

ENVIRON = {"PORT": "81", "WORDS": "a b", "EMPTY": ""}


def read(text: str) -> Command:
    """Read a command line that stands in line 3 of a Procfile."""
    place = Place("Procfile", 3)
    return read_command("web", text, directory=Path("/"), environ=ENVIRON, place=place)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("run -p 80", ("run", "-p", "80"), id="plain words"),
        pytest.param('nginx -g "daemon off;"', ("nginx", "-g", "daemon off;"), id="quoted"),
        pytest.param('redis --save ""', ("redis", "--save", ""), id="an empty argument stays"),
        pytest.param("run ${PORT}", ("run", "81"), id="variable"),
        pytest.param("run 0:${PORT:-9}/x", ("run", "0:81/x"), id="default not needed"),
        pytest.param("run ${NONE:-9}", ("run", "9"), id="default"),
        pytest.param("run ${NONE:-}", ("run", ""), id="empty default"),
        pytest.param("run ${EMPTY}", ("run", ""), id="set, though empty"),
        pytest.param("run ${EMPTY:-9}", ("run", "9"), id="empty takes the default"),
        pytest.param("run ${WORDS}", ("run", "a b"), id="a value never becomes two words"),
        pytest.param("run $PORT $", ("run", "$PORT", "$"), id="only braces are replaced"),
        pytest.param("run a&b x=1", ("run", "a&b", "x=1"), id="inside a word it means nothing"),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    """A command line is split into these words."""
    assert read(text).words == words


def test_assignments() -> None:
    """Leading NAME=value words go to the environment, later ones to the program."""
    command = read("A=1 B=${PORT} run C=3")
    assert command.added == (("A", "1"), ("B", "81"))
    assert command.words == ("run", "C=3")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("a && b", "`&&` is for a shell", id="two commands"),
        pytest.param("a | b", "`|` is for a shell", id="pipe"),
        pytest.param("a > out.txt", "`>` is for a shell", id="redirection"),
        pytest.param("a 2>&1", "`2>&1` is for a shell", id="redirection of a number"),
        pytest.param("a &", "`&` is for a shell", id="background"),
        pytest.param('a "b', "no closing quotation", id="open quotation"),
        pytest.param("a ${NONE}", "needs ${NONE}", id="variable that is not set"),
        pytest.param("A=1", "no program", id="only an assignment"),
    ],
)
def test_refused(text: str, says: str) -> None:
    """What only a shell understands is refused with the line, not passed on."""
    with pytest.raises(InputError) as caught:
        read(text)
    assert says in caught.value.message
    assert (caught.value.path, caught.value.line) == ("Procfile", 3)
    assert caught.value.tip


def test_find_program(tmp_path: Path) -> None:
    """A name with a slash is sought in the folder, another one on the path, if executable."""
    program = tmp_path / "run.sh"
    program.write_text("#!/bin/sh\n")
    assert find_program("./run.sh", directory=tmp_path, path=None) is None
    program.chmod(0o755)
    assert find_program("./run.sh", directory=tmp_path, path=None) == str(program)
    assert find_program("run.sh", directory=tmp_path, path="/nowhere") is None
    assert find_program("run.sh", directory=Path("/"), path=str(tmp_path)) == str(program)


def test_relative_path_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry of PATH that is relative means our folder, not the one the program starts in."""
    program = tmp_path / "bin" / "tool"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    found = find_program("tool", directory=Path("/"), path=f"bin{os.pathsep}/nowhere")
    assert found == str(program)
