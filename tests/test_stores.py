"""Both kinds of store keep the same promises."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.github.data_branch import DataBranch
from tests.github_double import GitHubDouble
from trivigil.core.errors import InputError
from trivigil.core.store import Changes, Conflict, Entry, Store, StoreError, View
from trivigil.directory_store import DirectoryStore
from trivigil.github.branch_store import BranchStore
from trivigil.stores import open_store

Opener = Callable[[], Store]


@pytest.fixture(params=["folder", "branch"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens one and the same place, each time for another writer."""
    if request.param == "folder":
        yield lambda: DirectoryStore(str(tmp_path / "data"))
        return
    with GitHubDouble() as github:
        branch = DataBranch(github)
        yield branch.store
        branch.close()
        github.assert_clean()


@pytest.fixture
def store(opener: Opener) -> Store:
    return opener()


def test_an_empty_store(store: Store) -> None:
    """Where nothing was ever written there is no version and no file, and reading makes none."""
    assert (store.head(), store.read("a"), store.paths()) == (None, None, [])
    assert store.write({}, "nothing", expected=None) is None
    assert store.write({"a": None}, "nothing", expected=None) is None
    assert store.head() is None


CONTENTS = {
    "text": b"one\ntwo\r\n",
    "no line end": b"one",
    "nothing": b"",
    "bytes that are no text": bytes(range(256)),
    "NUL": b"a\0b",
    "a byte order mark": b"\xef\xbb\xbfx",
    "every plane": "ä→😀\u2028\x85".encode(),
    "larger than a text in a request": b"0123456789abcdef\n" * 65_000,
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_a_content_comes_back_byte_for_byte(opener: Opener, content: bytes) -> None:
    """What one writer writes another reads, unchanged."""
    opener().write({"deep/in/file.bin": content}, "content", expected=None)
    assert opener().read("deep/in/file.bin") == content


def test_a_change_is_whole(opener: Opener) -> None:
    """Files are written, replaced and deleted together, others stay, and folders are not files."""
    store = opener()
    first = store.write({"a": b"1", "b/c": b"2", "b/d": b"3"}, "first", expected=None)
    second = store.write({"a": b"4", "b/c": None, "e": b"5"}, "second", expected=first)
    other = opener()
    assert {path: other.read(path) for path in other.paths()} == {"a": b"4", "b/d": b"3", "e": b"5"}
    assert other.paths("b/") == ["b/d"]
    assert (other.read("b"), other.read("b/c"), other.read("a/x")) == (None, None, None)
    assert second not in {first, None}
    assert other.head() == second


def test_compare_and_swap(opener: Opener) -> None:
    """Who rests on another version than the present one writes nothing and is told."""
    mine, yours = opener(), opener()
    first = mine.write({"a": b"mine"}, "m", expected=None)
    with pytest.raises(Conflict):
        yours.write({"a": b"yours", "b": b"yours"}, "y", expected=None)
    second = yours.write({"a": b"yours"}, "y", expected=first)
    with pytest.raises(Conflict):
        mine.write({"a": b"again"}, "m", expected=first)
    assert (mine.read("a"), mine.paths(), mine.head()) == (b"yours", ["a"], second)


def test_what_changes_nothing_makes_no_version(store: Store) -> None:
    """The same content, or deleting what is not there, leaves the version as it is."""
    first = store.write({"a": b"1"}, "m", expected=None)
    assert store.write({"a": b"1", "b": None}, "m", expected=first) == first
    assert store.update(lambda view: {"a": view.read("a")}, "m") == first
    assert store.head() == first


def test_a_file_and_a_folder_of_one_name(store: Store) -> None:
    """Neither takes the other's place, unless the same change clears it."""
    first = store.write({"a": b"1", "b/c": b"2"}, "m", expected=None)
    for clash in ("a/x", "b"):
        with pytest.raises(StoreError, match="cannot be a file and a folder"):
            store.write({clash: b"x"}, "m", expected=first)
    assert store.head() == first
    second = store.write({"a": None, "a/x": b"3"}, "m", expected=first)
    assert (store.paths(), store.head()) == (["a/x", "b/c"], second)


@pytest.mark.parametrize("path", ["../x", "/x", ".git/x", "a\\b", ""])
def test_no_path_leaves_the_store(store: Store, path: str) -> None:
    """Such a path is neither read nor written, alone or among others."""
    with pytest.raises(StoreError, match="no path for a store"):
        store.read(path)
    with pytest.raises(StoreError, match="no path for a store"):
        store.write({"good": b"1", path: b"2"}, "m", expected=None)
    with pytest.raises(StoreError, match="no path for a store"):
        store.append(path, [Entry("1", {})], "m")
    assert store.paths() == []


def test_a_view_is_one_version(opener: Opener) -> None:
    """What a view answers belongs together: the old version, or an error, never half of each."""
    store = opener()
    first = store.write({"a": b"1", "b": b"1"}, "m", expected=None)
    view = opener().view()
    assert (view.head, view.read("a")) == (first, b"1")
    store.write({"a": b"2", "b": b"2"}, "m", expected=first)
    try:
        assert (view.read("b"), view.paths()) == (b"1", ["a", "b"])
    except Conflict:
        assert isinstance(store, DirectoryStore)


def test_update_rests_on_what_it_read(opener: Opener) -> None:
    """A change is made on the present version, also where another writer was there just before."""
    mine, yours = opener(), opener()
    mine.write({"n": b"1"}, "m", expected=None)
    mine.read("n")
    yours.update(_counted, "y")
    mine.update(_counted, "m")
    assert opener().read("n") == b"3"


def test_an_error_in_the_change_writes_nothing(store: Store) -> None:
    """What the change itself raises comes through, and the store is as before and usable."""

    def failing(view: View) -> Changes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.update(failing, "m")
    assert store.head() is None
    assert store.write({"a": b"1"}, "m", expected=None) is not None


WRITERS, EACH = 6, 4


def test_writers_at_the_same_time_lose_nothing(opener: Opener) -> None:
    """Of many writers every line and every count is there, each once, from the first file on."""

    def write(writer: int) -> None:
        store = opener()
        for index in range(EACH):
            entry = Entry(f"{writer}-{index}", {"writer": writer})
            store.append("history/all.jsonl", [entry], f"writer {writer}")
            store.update(_counted, "count")
            own: Changes = {f"own/{writer}": b"%d" % index}
            store.update(functools.partial(_always, own), "own")

    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(write, writer) for writer in range(WRITERS)]:
            done.result(timeout=120)
    store = opener()
    lines = (store.read("history/all.jsonl") or b"").decode().splitlines()
    expected = {f"{writer}-{index}" for writer in range(WRITERS) for index in range(EACH)}
    assert sorted(line.split('"')[3] for line in lines) == sorted(expected)
    assert store.read("n") == b"%d" % (WRITERS * EACH)
    assert {store.read(path) for path in store.paths("own/")} == {b"%d" % (EACH - 1)}


def _always(changes: Changes, _view: View) -> Changes:
    return changes


def _counted(view: View) -> Changes:
    return {"n": b"%d" % (int(view.read("n") or b"0") + 1)}


def test_open_a_folder(tmp_path: Path) -> None:
    """A path opens a folder; nothing is made before something is written."""
    store = open_store(str(tmp_path / "history"))
    assert store.read("a") is None
    assert list(tmp_path.iterdir()) == []
    store.write({"a": b"1"}, "m", expected=None)
    assert (tmp_path / "history" / "a").read_bytes() == b"1"


def test_open_the_branch() -> None:
    """`branch` opens trivigil-data, `branch:NAME` another one; without GitHub it says so."""
    with GitHubDouble() as github:
        place = DataBranch(github)
        for spec, name in (("branch", "trivigil-data"), ("branch:data/perf", "data/perf")):
            store = open_store(spec, event=place.event(), connect=place.client)
            assert isinstance(store, BranchStore)
            store.write({"a": b"1"}, "m", expected=None)
            assert place.shop.files(name) == {"a": b"1"}
            assert store.read("a") == b"1"
        place.close()
    with pytest.raises(InputError, match="needs GitHub"):
        open_store("branch")
    with pytest.raises(InputError, match="no name"):
        open_store(" ")


@pytest.mark.parametrize("name", ["a..b", "-x", "a b", "x.lock", "a//b", "refs\n"])
def test_names_that_no_branch_has(name: str) -> None:
    """A branch's name stands in addresses, so it is checked first."""
    with GitHubDouble() as github:
        place = DataBranch(github)
        with pytest.raises(StoreError, match="not one that Git takes"):
            open_store(f"branch:{name}", event=place.event(), connect=place.client)
        place.close()
        assert len(github.journal) == 0
