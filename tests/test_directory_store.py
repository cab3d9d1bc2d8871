"""A folder as a store: links, locks, and a process that dies at any moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from trivigil.core.store import Conflict, Entry, StoreError
from trivigil.directory_store import CONTROL, DirectoryStore

OLD = {"a": b"old a", "b/c": b"old c", "d": b"old d"}
NEW = {"a": b"new a", "b": b"new b", "e/f": b"new f", "d": b"old d"}
CHANGE = {"a": NEW["a"], "b/c": None, "b": NEW["b"], "e/f": NEW["e/f"]}


def files(store: DirectoryStore) -> dict[str, bytes | None]:
    """What the store holds."""
    return {path: store.read(path) for path in store.paths()}


# Ends the process, as a power cut would, before its n-th change of the file system, and where that
# makes a file durable, with half of it written.
DYING = """
import os, sys
from trivigil.directory_store import DirectoryStore
folder, left = sys.argv[1], int(sys.argv[2])
change = eval(sys.argv[3])
store = DirectoryStore(folder)
head = store.head()
acts = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "open"}
def hook(event, arguments):
    global left
    if event not in acts or (event == "open" and not writes(arguments)):
        return
    if str(arguments[0]).startswith(folder):
        step()
def step():
    global left
    left -= 1
    if left == 0:
        os._exit(9)
def fsync(descriptor, sync=os.fsync):
    size = os.fstat(descriptor).st_size
    if left == 1:
        os.ftruncate(descriptor, size // 2)
    step()
    sync(descriptor)
os.fsync = fsync
def writes(arguments):
    return isinstance(arguments[1], str) and "w" in arguments[1]
sys.addaudithook(hook)
store.write(change, "m", expected=head)
"""


def die(folder: Path, act: int) -> int:
    """Write CHANGE in a process that ends before its act of this number."""
    done = subprocess.run(
        [sys.executable, "-c", DYING, str(folder), str(act), repr(CHANGE)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in {0, 9}, done.stderr.decode()
    return done.returncode


def test_a_process_that_dies_leaves_one_version_or_the_other(tmp_path: Path) -> None:
    """Before whatever act it ends: the next reader sees the whole old or the whole new state."""
    seen = []
    for act in range(1, 40):
        folder = tmp_path / str(act)
        store = DirectoryStore(str(folder))
        old = store.write(OLD, "m", expected=None)
        died = die(folder, act)
        found, head = files(DirectoryStore(str(folder))), store.head()
        assert found in (OLD, NEW), f"act {act}"
        assert (head == old) == (found == OLD), f"act {act}"
        assert not (folder / CONTROL / "journal").exists()
        store.write({"g": b"on"}, "m", expected=head)
        assert files(store) == {**found, "g": b"on"}
        assert sorted(os.listdir(folder / CONTROL)) == ["head", "lock"]
        seen.append(found == NEW)
        if not died:
            break
    assert seen[0] is False
    assert seen[-1] is True
    assert seen == sorted(seen)
    assert len(seen) >= 10


HOLDING = """
import sys
from trivigil.directory_store import DirectoryStore
def hold(view):
    print("held", flush=True)
    sys.stdin.read()
    return {}
DirectoryStore(sys.argv[1]).update(hold, "m")
"""


def test_a_process_that_dies_leaves_no_lock(tmp_path: Path) -> None:
    """The lock goes with the process that held it, so nobody has to guess whether it is stale."""
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDING,
            str(tmp_path),
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="another process has held the store"):
            DirectoryStore(str(tmp_path), wait=0.1).write({"a": b"1"}, "m", expected=None)
        holder.kill()
        holder.wait()
    assert DirectoryStore(str(tmp_path), wait=0.1).write({"a": b"1"}, "m", expected=None)


def test_writers_in_processes_of_their_own(tmp_path: Path) -> None:
    """Of several processes that append at once, every line is there."""
    code = (
        "import sys\nfrom trivigil.core.store import Entry\n"
        "from trivigil.directory_store import DirectoryStore\n"
        "for n in range(10):\n"
        "    entry = Entry(f'{sys.argv[2]}-{n}', {})\n"
        "    DirectoryStore(sys.argv[1]).append('all.jsonl', [entry, entry], 'm')"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), name], env=environ)
        for name in "abcd"
    ]
    assert [process.wait(timeout=60) for process in running] == [0] * 4
    lines = (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()
    found = sorted(json.loads(line)["id"] for line in lines)
    assert found == sorted(f"{name}-{index}" for name in "abcd" for index in range(10))


def test_a_reader_never_sees_half_of_a_change(tmp_path: Path) -> None:
    """While one thread changes two files together, another always reads both alike."""
    store = DirectoryStore(str(tmp_path))
    store.write({"a": b"0", "b": b"0"}, "m", expected=None)
    done = threading.Event()

    def write() -> None:
        for index in range(60):
            value = b"%d" % index
            DirectoryStore(str(tmp_path)).update(lambda _, v=value: {"a": v, "b": v}, "m")  # type: ignore[misc]
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    pairs = 0
    while not done.is_set() and pairs < 100_000:
        view = store.view()
        try:
            assert view.read("a") == view.read("b")
        except Conflict:
            continue
        pairs += 1
    writer.join()
    assert store.read("a") == b"59"


LINKS = {
    "the file": ("a", "a"),
    "a folder above": ("b", "b/c"),
    "our own folder": (CONTROL, "a"),
}


@pytest.mark.parametrize(("link", "path"), LINKS.values(), ids=LINKS.keys())
def test_links_are_not_followed(tmp_path: Path, link: str, path: str) -> None:
    """Nothing outside of the folder is read, replaced or listed through a link."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "c").write_bytes(b"secret")
    (inside / link).symlink_to(outside / "c" if link == "a" else outside)
    store = DirectoryStore(str(inside))
    with pytest.raises(StoreError, match="does not follow"):
        store.read(path)
    with pytest.raises(StoreError, match="does not follow"):
        store.write({path: b"x"}, "m", expected=None)
    if link != CONTROL:
        assert store.paths() == []
    assert sorted(os.listdir(outside)) == ["c"]
    assert (outside / "c").read_bytes() == b"secret"


def test_files_that_people_put_there(tmp_path: Path) -> None:
    """A folder that never was a store is read as one; hidden files and strange names are not its own."""
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "perf.jsonl").write_bytes(b'{"id":"1"}')
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "a b").write_bytes(b"x")
    store = DirectoryStore(str(tmp_path))
    assert (store.paths(), store.head()) == (["history/perf.jsonl"], None)
    assert not (tmp_path / CONTROL).exists()
    store.append("history/perf.jsonl", [Entry("1", {}), Entry("2", {})], "m")
    assert (tmp_path / "history" / "perf.jsonl").read_bytes() == b'{"id":"1"}\n{"id":"2"}\n'


def test_an_empty_folder_goes(tmp_path: Path) -> None:
    """As on a branch, a folder is there as long as it holds something."""
    store = DirectoryStore(str(tmp_path))
    head = store.write({"a/b/c": b"1", "a/d": b"2"}, "m", expected=None)
    head = store.write({"a/b/c": None}, "m", expected=head)
    assert sorted(os.listdir(tmp_path / "a")) == ["d"]
    store.write({"a/d": None, "a": b"a file now"}, "m", expected=head)
    assert (tmp_path / "a").read_bytes() == b"a file now"


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"head": "x"}',
        b'{"head": "x", "changes": {"../x": null}}',
        b'{"head": "x", "changes": {"x": "../../y"}}',
        b'{"head": 1, "changes": {}}',
    ],
)
def test_a_journal_that_is_not_ours(tmp_path: Path, content: bytes) -> None:
    """A folder may come from anywhere: a strange journal is refused, and moves nothing."""
    store = DirectoryStore(str(tmp_path / "data"))
    store.write({"a": b"1"}, "m", expected=None)
    (tmp_path / "x").write_bytes(b"keep")
    (tmp_path / "data" / CONTROL / "journal").write_bytes(content)
    with pytest.raises(StoreError):
        store.read("a")
    assert (tmp_path / "x").read_bytes() == b"keep"
    assert (tmp_path / "data" / "a").read_bytes() == b"1"


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    """One sentence says what is wrong with the place."""
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StoreError, match="cannot be used: Not a directory") as caught:
        DirectoryStore(str(tmp_path / "file" / "data")).write({"a": b"1"}, "m", expected=None)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read(tmp_path: Path) -> None:
    """It is read; writing says why not."""
    store = DirectoryStore(str(tmp_path))
    store.write({"a": b"1"}, "m", expected=None)
    for place in (tmp_path / CONTROL / "lock", tmp_path / CONTROL, tmp_path):
        place.chmod(place.stat().st_mode & ~0o222)
    try:
        assert store.read("a") == b"1"
        with pytest.raises(StoreError, match="Permission denied"):
            store.update(lambda _: {"a": b"2"}, "m")
    finally:
        for place in (tmp_path, tmp_path / CONTROL, tmp_path / CONTROL / "lock"):
            place.chmod(place.stat().st_mode | 0o200)
