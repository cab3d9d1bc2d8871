"""Files that users name: found, bounded, decoded."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from trivigil import sources
from trivigil.core.errors import SourceError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/run_stats.csv", "a/run_stats.csv", "a/deep/er/run.json", "k=v.csv", "x[1].csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"the head of {name}\n")
    return tmp_path


def _paths(folder: Path, *specs: str) -> list[str]:
    return [source.path for source in sources.find(specs, directory=str(folder))]


@pytest.mark.parametrize(
    ("specs", "paths"),
    [
        pytest.param(["*/run_stats.csv"], ["a/run_stats.csv", "b/run_stats.csv"], id="sorted"),
        pytest.param(["**/run.json"], ["a/deep/er/run.json"], id="any number of folders"),
        pytest.param(["a/*.csv", "a/run_stats.csv"], ["a/run_stats.csv"], id="each file once"),
        pytest.param(["./a/../a/run_stats.csv"], ["a/run_stats.csv"], id="shown tidily"),
        pytest.param(["k=v.csv"], ["k=v.csv"], id="an existing name with = is a name"),
        pytest.param(["x[1].csv"], ["x[1].csv"], id="an existing name with brackets is a name"),
        pytest.param(["b/**"], ["b/run_stats.csv"], id="folders that a glob meets are passed over"),
    ],
)
def test_finds(folder: Path, specs: list[str], paths: list[str]) -> None:
    """Names and globs give sorted, unique, forward-slashed paths."""
    assert _paths(folder, *specs) == paths


def test_a_source_knows_its_tool_size_and_head(folder: Path) -> None:
    """`locust=PATH` names the tool; the first bytes are there, the place is absolute."""
    (source,) = sources.find(["locust=a/*.csv"], directory=str(folder))
    assert source.tool == "locust"
    assert source.head == b"the head of a/run_stats.csv\n"
    assert source.size == len(source.head)
    assert source.file == os.path.realpath(folder / "a/run_stats.csv")
    assert source.problem is None


def test_a_tool_named_once_is_kept(folder: Path) -> None:
    """A file named twice keeps the tool that one of the two named."""
    (source,) = sources.find(["a/*.csv", "locust=a/run_stats.csv"], directory=str(folder))
    assert source.tool == "locust"


def test_a_file_outside_the_directory_is_shown_as_it_was_named(folder: Path) -> None:
    """Only what lies below the working directory is shown relative to it."""
    (source,) = sources.find(["../b/run_stats.csv"], directory=str(folder / "a"))
    assert source.path == "../b/run_stats.csv"
    assert source.problem is None


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        pytest.param("results/*.csv", "no file matches `results/*.csv` in ", id="nothing there"),
        pytest.param("locust=*.xml", "no file matches `*.xml` in ", id="nothing for the tool"),
        pytest.param("a/d*", "only folders match `a/d*` in ", id="only a folder"),
        pytest.param(" ", "a result file is named by an empty text.", id="blank"),
        pytest.param("a\0b", "a result file is named by an empty text.", id="a NUL byte"),
    ],
)
def test_a_name_for_nothing_is_an_error(folder: Path, spec: str, message: str) -> None:
    """A glob without a file says what was searched and where."""
    with pytest.raises(SourceError) as caught:
        sources.find([spec], directory=str(folder))
    assert caught.value.message.startswith(message)
    assert caught.value.tip


def _problem(folder: Path, spec: str) -> str:
    (source,) = sources.find([spec], directory=str(folder))
    assert source.problem is not None
    with pytest.raises(SourceError, match=source.path):
        sources.text(source)
    return source.problem


def test_a_directory_asks_for_its_files(folder: Path) -> None:
    """A folder is not guessed at; the sentence shows how to name its files."""
    expected = "a is a directory. Name its files, for example a/*_stats.csv."
    assert _problem(folder, "a") == expected


def test_a_missing_file_is_a_problem_and_not_an_error(folder: Path) -> None:
    """The other files are still read."""
    found = sources.find(["gone.csv", "a/*.csv"], directory=str(folder))
    assert [source.problem is None for source in found] == [True, False]
    assert "does not exist" in _problem(folder, "gone.csv")


def test_an_empty_file_is_a_problem(folder: Path) -> None:
    """0 bytes are no result."""
    (folder / "zero.csv").touch()
    assert _problem(folder, "zero.csv").startswith("zero.csv is empty (0 bytes).")


def test_two_gigabytes_are_not_read(folder: Path) -> None:
    """Size is judged before anything is read: the sparse file has no bytes on the disk."""
    with (folder / "big.csv").open("wb") as stream:
        stream.truncate(2 << 30)
    (source,) = sources.find(["big.csv"], directory=str(folder))
    assert source.problem is not None
    assert "is too large (2.0 GiB, the limit is 1 GiB)" in source.problem
    assert source.head == b""


def test_what_may_never_end_is_not_opened(folder: Path) -> None:
    """A FIFO, a socket and a device are refused before they are opened."""
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(folder / "socket.csv"))
    for name in ("pipe.csv", "socket.csv", os.devnull):
        assert "not a regular file" in _problem(folder, name)


def test_a_file_that_cannot_be_opened_is_a_problem(folder: Path) -> None:
    """The system's own words stand in the sentence."""
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    assert _problem(folder, "loop.csv").startswith("loop.csv cannot be read: Too many levels of")


def test_a_fence_holds_against_links_and_dots(folder: Path) -> None:
    """Whatever leads out of the workspace is refused, and what leads back in is not."""
    (folder / "a/out.csv").symlink_to(folder / "b/run_stats.csv")
    (folder / "a/in.csv").symlink_to(folder / "a/run_stats.csv")
    fence = [str(folder / "a")]
    found = sources.find(["out.csv", "in.csv", "../k=v.csv"], directory=fence[0], fence=fence)
    refused = {source.path for source in found if source.problem}
    assert refused == {"out.csv", "../k=v.csv"}
    assert all(source.head == b"" for source in found if source.problem)


def test_a_neighbour_with_the_same_beginning_is_outside(folder: Path) -> None:
    """`work-secret` does not lie in `work`."""
    (folder / "a-secret").mkdir()
    (folder / "a-secret/run.csv").write_text("x")
    (source,) = sources.find(["a-secret/run.csv"], directory=str(folder), fence=[str(folder / "a")])
    assert source.problem is not None


def test_a_hostile_file_name_is_harmless_in_the_sentence(folder: Path) -> None:
    """A name with a line end and a workflow command in it stays one quiet line."""
    (folder / "x\n::error::boo.csv").touch()
    (source,) = sources.find(["*boo.csv"], directory=str(folder))
    assert source.problem is not None
    assert "\n" not in source.problem
    assert "::" not in source.problem


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"\xef\xbb\xbfa,b\r\n", "a,b\r\n", id="a UTF-8 mark is dropped"),
        pytest.param(b"a\rb\r\nc\n", "a\rb\r\nc\n", id="line ends are facts"),
        pytest.param("東京 😀".encode(), "東京 😀", id="UTF-8"),
    ],
)
def test_text(folder: Path, data: bytes, text: str) -> None:
    """The text is the file's, to the last line end."""
    (folder / "x.csv").write_bytes(data)
    (source,) = sources.find(["x.csv"], directory=str(folder))
    assert sources.text(source) == text


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        pytest.param("a\nb".encode("utf-16"), "is UTF-16 text", 1, id="UTF-16"),
        pytest.param(b"\xfe\xff\x00a", "is UTF-16 text", 1, id="UTF-16, the other way round"),
        pytest.param("a\nb".encode("utf-32"), "is UTF-32 text", 1, id="UTF-32"),
        pytest.param("a\nb".encode("utf-16-le"), "NUL byte", 1, id="UTF-16 without a mark"),
        pytest.param(b"a\nb\n\0\n", "NUL byte", 3, id="binary"),
        pytest.param(
            "a\ncaf\u00e9\n".encode("latin-1"), "is not UTF-8 (byte 0xe9)", 2, id="Latin-1"
        ),
        pytest.param("a\n東".encode()[:-1], "the file is cut", 2, id="cut inside a character"),
    ],
)
def test_what_is_not_utf8_is_refused_with_its_line(
    folder: Path, data: bytes, message: str, line: int
) -> None:
    """Text is never guessed at: the sentence says what was found, where, and what to do."""
    (folder / "x.csv").write_bytes(data)
    (source,) = sources.find(["x.csv"], directory=str(folder))
    with pytest.raises(SourceError) as caught:
        sources.text(source)
    assert message in caught.value.message
    assert (caught.value.path, caught.value.line) == ("x.csv", line)
