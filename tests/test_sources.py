"""Files that users name: found, bounded, decoded."""

from __future__ import annotations

import gzip
import os
import socket
from pathlib import Path

import pytest

from trivigil import sources
from trivigil.core.errors import SourceError
from trivigil.sources import Source


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
    expected = "a is a directory. Name its files, for example a/*.json."
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


def test_two_gigabytes_are_not_read_as_a_whole(folder: Path) -> None:
    """A document's size is judged before it is read: the sparse file has no bytes on the disk."""
    with (folder / "big.csv").open("wb") as stream:
        stream.truncate(2 << 30)
    (source,) = sources.find(["big.csv"], directory=str(folder))
    with pytest.raises(SourceError, match=r"is too large \(2.0 GiB, the limit is 1 GiB\)"):
        sources.text(source)


def _source(folder: Path, data: bytes) -> Source:
    (folder / "x").write_bytes(data)
    (source,) = sources.find(["x"], directory=str(folder))
    return source


def test_gzip_is_looked_into_by_content(folder: Path) -> None:
    """The head and the text are those inside, whatever the file is called."""
    source = _source(folder, gzip.compress("größe\n".encode()))
    assert source.packed
    assert source.head == "größe\n".encode()
    assert sources.text(source) == "größe\n"
    assert list(sources.blocks(source)) == ["größe\n".encode()]


def test_what_only_begins_like_gzip_stays_as_it_is(folder: Path) -> None:
    """Two bytes do not make gzip; an empty one is a problem."""
    assert _source(folder, b"\x1f\x8b" * 20).head == b"\x1f\x8b" * 20
    assert "is gzip with nothing inside" in (_source(folder, gzip.compress(b"")).problem or "")


BLOCK = sources.BLOCK_BYTES


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a\nb\n", id="two lines"),
        pytest.param(b"a\nb", id="no end to the last line"),
        pytest.param(b"x" * 99 + b"\n" + b"y" * 3 * BLOCK + b"\nz", id="a line beyond a block"),
        pytest.param((b"l" * 1023 + b"\n") * 2500, id="many blocks"),
    ],
)
def test_blocks_are_whole_lines(data: bytes, *, packed: bool, folder: Path) -> None:
    """Together they are the file, and all but the last end with a line."""
    blocks = list(sources.blocks(_source(folder, gzip.compress(data) if packed else data)))
    assert b"".join(blocks) == data
    assert all(block.endswith(b"\n") for block in blocks[:-1])


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_the_first_bytes_have_no_mark(folder: Path, packed: bool) -> None:
    """Readers know a file by what stands behind a UTF-8 byte-order mark."""
    data = b"\xef\xbb\xbf{}\n"
    assert _source(folder, gzip.compress(data) if packed else data).head == b"{}\n"


def test_a_stream_drops_its_mark(folder: Path) -> None:
    """A UTF-8 byte-order mark is no part of the first line."""
    assert list(sources.blocks(_source(folder, b"\xef\xbb\xbfa\n"))) == [b"a\n"]


def test_a_cut_gzip_gives_its_lines_and_then_says_so(folder: Path) -> None:
    """What could be unpacked is read; then the sentence comes."""
    lines = b"".join(b"%d %d\n" % (n, n * n) for n in range(200_000))
    source = _source(folder, gzip.compress(lines)[:-5000])
    got: list[bytes] = []
    with pytest.raises(SourceError, match="is cut: its gzip has no end"):
        got.extend(sources.blocks(source))
    with pytest.raises(SourceError, match="is cut"):
        sources.text(source)
    whole = sources.blocks(source)
    assert lines.startswith(next(whole))


def test_a_damaged_gzip_is_said(folder: Path) -> None:
    """A checksum that does not fit is no result."""
    data = bytearray(gzip.compress(b"a\n" * 99))
    data[-6] ^= 0xFF
    with pytest.raises(SourceError, match="its gzip"):
        list(sources.blocks(_source(folder, bytes(data))))


def test_a_gzip_bomb_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to hundreds of times its size is not unpacked to its end."""
    monkeypatch.setattr(sources, "FREE_BYTES", 1 << 20)
    source = _source(folder, gzip.compress(b"0\n" * (4 << 20)))
    for read in (sources.text, lambda each: list(sources.blocks(each))):
        with pytest.raises(SourceError, match=r"is too large \(more than \d+ MiB when"):
            read(source)


def test_a_line_without_end_is_refused(folder: Path) -> None:
    """Memory stays flat also where a stream has no lines."""
    with (folder / "x").open("wb") as stream:
        stream.truncate(sources.MAX_LINE + 2 * BLOCK)
    (source,) = sources.find(["x"], directory=str(folder))
    with pytest.raises(SourceError, match="a line is longer than 16 MiB"):
        list(sources.blocks(source))


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
    assert "outside" in (source.problem or "")


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
