"""Reading Procfiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.stack.procfile import SIZE_LIMIT, Skipped, find_skipped, read_procfile


def procfile(tmp_path: Path, text: str) -> Path:
    """A Procfile with this text."""
    path = tmp_path / "Procfile"
    path.write_text(text, encoding="utf-8")
    return path


def test_commands(tmp_path: Path) -> None:
    """Each line is a process that runs in the Procfile's folder; comments and gaps are none."""
    path = procfile(tmp_path, "# the stack\n\nweb:  run -p 80 \r\njob-2: work: hard\n")
    read = read_procfile(path, {})
    assert [(command.name, command.words) for command in read.commands] == [
        ("web", ("run", "-p", "80")),
        ("job-2", ("work:", "hard")),
    ]
    assert {command.directory for command in read.commands} == {tmp_path}
    assert [command.place.line for command in read.commands] == [3, 4]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("web run", 1, "`web run` is not a process", id="no colon"),
        pytest.param("\nweb:\n", 2, "`web:` is not a process", id="no command"),
        pytest.param("../x: run", 1, "is not a process", id="a name is the name of a log file"),
        pytest.param("a: x\na: y", 2, "a is there twice", id="twice"),
        pytest.param("# nothing\n", None, "no process in this", id="only comments"),
        pytest.param("", None, "no process in this", id="empty"),
        pytest.param("a: x && y", 1, "is for a shell", id="shell"),
        pytest.param("a: x\n# optional: b", 2, "no process is called b", id="unknown optional"),
        pytest.param("a: x\n#" + "y" * SIZE_LIMIT, None, "larger than", id="large"),
    ],
)
def test_refused(tmp_path: Path, text: str, line: int | None, says: str) -> None:
    """What is wrong is said with file and line."""
    path = procfile(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read_procfile(path, {})
    assert says in caught.value.message
    assert (caught.value.path, caught.value.line) == (str(path), line)


def test_not_text(tmp_path: Path) -> None:
    """A file in another encoding is refused by name."""
    path = tmp_path / "Procfile"
    path.write_bytes("web: größe".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_procfile(path, {})


def test_optional(tmp_path: Path) -> None:
    """Processes of one `optional` line are skipped together, and what is missing is named."""
    for name in ("there", "also"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    text = (
        "# optional: a b\n# optional: c needs gone\n#optional: d needs also\n"
        "a: there\nb: missing --x\nc: there\nd: there\ne: there\n"
    )
    environ = {"PATH": str(tmp_path)}
    read = read_procfile(procfile(tmp_path, text), environ)
    assert find_skipped(read, environ) == (
        Skipped(("a", "b"), ("missing",)),
        Skipped(("c",), ("gone",)),
    )
