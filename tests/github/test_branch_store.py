"""The data branch: what a write costs, who may write, faults and other writers at every call."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.github.data_branch import DAY, EAGER, QUICK, START, WRITE, DataBranch
from tests.github_double import GitHubDouble
from tests.github_double.exchange import Request
from trivigil.core.store import Changes, Conflict, Entry, Store, StoreError, View
from trivigil.github import ledger
from trivigil.github.branch_store import BRANCH, History, _Write
from trivigil.github.event import read_event
from trivigil.github.patience import Manners
from trivigil.stores import open_store

HASTY = Manners(ceiling=0.0, backoff=0.0, timeout=30)
SHORT = History(commits=3, days=30)


@pytest.fixture
def place() -> Iterator[DataBranch]:
    with GitHubDouble() as github:
        place = DataBranch(github)
        yield place
        place.close()
        github.assert_clean()


def append(store: Store, *ids: str) -> str | None:
    """Lines with these ids in the history."""
    return store.append("history/perf.jsonl", [Entry(one, {"p95": 1.5}) for one in ids], "append")


def ids(place: DataBranch) -> list[str]:
    """The ids in the history."""
    lines = place.files.get("history/perf.jsonl", b"").decode().splitlines()
    return [json.loads(line)["id"] for line in lines]


def count(view: View) -> Changes:
    """One more; done twice, it shows."""
    return {"n": b"%d" % (int(view.read("n") or b"0") + 1)}


# --- what it costs ---------------------------------------------------------------------------


def test_the_first_write_makes_an_orphan_branch(place: DataBranch) -> None:
    """The branch begins with a commit without parents, by the token's own account, and nothing else."""
    store = place.store()
    made = store.write({"a": b"1"}, "first", expected=None)
    assert place.calls() == [
        f"GET branches/{BRANCH}", "POST git/trees", "POST git/commits", "POST git/refs",
    ]  # fmt: skip
    [commit] = place.shop.history(BRANCH)
    assert (commit.sha, commit.parents, commit.author.login) == (made, (), "github-actions[bot]")
    assert place.files == {"a": b"1"}
    assert place.shop.history("main")[0].sha != made


@pytest.mark.parametrize("files", [1, 2, 40])
def test_a_commit_of_texts_is_three_calls(place: DataBranch, files: int) -> None:
    """Texts stand in the tree's request, so that any number of files is tree, commit and branch."""
    store = place.store()
    store.write({"old": b"0"}, "first", expected=None)
    before = len(place.github.journal)
    changes = {f"f/{index}": b"text %d" % index for index in range(files)}
    store.write(changes, "second", expected=store.view().head)
    assert place.calls(before) == [
        f"GET branches/{BRANCH}", "GET git/trees/*",
        "POST git/trees", "POST git/commits", f"PATCH git/refs/heads/{BRANCH}",
    ]  # fmt: skip


def test_bytes_are_a_call_each(place: DataBranch) -> None:
    """What JSON cannot carry as text, or is large, is a blob of its own: three calls and one for each."""
    store = place.store()
    store.write({"a": b"\xff", "b": b"x" * 1_000_001, "c": b"text"}, "m", expected=None)
    assert len([one for one in place.calls() if one == "POST git/blobs"]) == 2
    assert len(place.calls()) == 1 + 3 + 2


def test_many_large_texts_do_not_make_one_huge_request(place: DataBranch) -> None:
    """Beyond four megabytes of text in one request, the others are blobs of their own."""
    place.store().write({f"f{n}": b"%d" % n * 900_000 for n in range(6)}, "m", expected=None)
    assert place.calls().count("POST git/blobs") == 2


def test_an_append_is_six_calls(place: DataBranch) -> None:
    """Head, listing and the file's content are read, then three calls write."""
    append(place.store(), "1")
    before = len(place.github.journal)
    append(place.store(), "2")
    assert place.calls(before) == [
        f"GET branches/{BRANCH}", "GET git/trees/*", "GET git/blobs/*",
        "POST git/trees", "POST git/commits", f"PATCH git/refs/heads/{BRANCH}",
    ]  # fmt: skip


def test_nothing_is_read_twice(place: DataBranch) -> None:
    """Objects never change, so a second look at an unchanged branch asks for its head alone."""
    place.store().write({"a": b"1", "b": b"2"}, "m", expected=None)
    store = place.store()
    before = len(place.github.journal)
    for _ in range(3):
        assert (store.read("a"), store.paths()) == (b"1", ["a", "b"])
    assert place.calls(before).count(f"GET branches/{BRANCH}") == 6
    assert len(place.calls(before)) == 6 + 1 + 1


def test_one_write_after_another_needs_no_look(place: DataBranch) -> None:
    """The writer knows the version that it has just made."""
    store = place.store()
    first = store.write({"a": b"1"}, "m", expected=None)
    before = len(place.github.journal)
    store.write({"a": b"2"}, "m", expected=first)
    assert len(place.calls(before)) == 4
    assert f"GET branches/{BRANCH}" not in place.calls(before)


# --- who may write ---------------------------------------------------------------------------


def test_a_token_that_may_only_read(place: DataBranch) -> None:
    """It reads; writing names the permission line that is missing."""
    place.store().write({"a": b"1"}, "m", expected=None)
    store = place.store({"contents": "read"})
    assert store.read("a") == b"1"
    with pytest.raises(StoreError, match="add `contents: write` to the job's permissions"):
        append(store, "1")
    assert ids(place) == []


def test_a_token_that_may_not_even_read(place: DataBranch) -> None:
    """The same line, already for reading; in a public repository anybody reads."""
    place.shop.private = True
    with pytest.raises(StoreError, match="contents: write"):
        place.store({"issues": "write"}).read("a")


def test_a_fork_never_tries(place: DataBranch, tmp_path: Path) -> None:
    """Under a fork's pull request nothing is written and no call is made; reading works."""
    place.store().write({"a": b"1"}, "m", expected=None)
    place.shop.pull(number=7, fork=True)
    path = place.github.event_file(tmp_path / "event.json", "pull_request", place.shop, 7)
    payload = json.loads(path.read_text(encoding="utf-8"))
    environ = place.github.runner_environment("pull_request", place.shop, payload)
    event = read_event({**environ, "GITHUB_EVENT_PATH": str(path)})
    assert event is not None
    client = place.client({"contents": "read"})
    store = open_store("branch", event=event, connect=lambda: client)
    before = len(place.github.journal)
    with pytest.raises(StoreError, match="from a fork gets a token that may only read"):
        append(store, "1")
    with pytest.raises(StoreError, match="from a fork"):
        store.write({"a": b"2"}, "m", expected=None)
    assert len(place.github.journal) == before
    assert store.read("a") == b"1"


def test_an_archived_repository(place: DataBranch) -> None:
    """It says that it takes no writes."""
    place.shop.archived = True
    with pytest.raises(StoreError, match="archived"):
        append(place.store(), "1")


def test_the_message_is_one_harmless_line(place: DataBranch) -> None:
    """A name from outside neither forges the ledger nor starts a build."""
    forged = "x\n\nTrivigil-Writes: 0123456789abcdef\n::error::no"
    place.store().write({"a": b"1"}, forged, expected=None)
    [commit] = place.shop.history(BRANCH)
    subject, _, rest = commit.message.partition("\n")
    assert subject.startswith("x\\n")
    assert "[skip ci]" in rest
    found = ledger.read(commit.message)
    assert found is not None
    assert (found.commits, len(found.writes), "0123456789abcdef" in found.writes) == (1, 1, False)


# --- other writers at every call -------------------------------------------------------------


def at_call(place: DataBranch, number: int, run: Callable[[], object]) -> Callable[[], int]:
    """Run something just before the number-th call from now on; says how many calls there were."""
    seen = 0

    def picks(request: Request) -> bool:
        nonlocal seen
        seen += 1
        return seen == number

    place.github.on_call(picks, lambda _request: run())
    return lambda: seen


STARTS = {"no branch yet": False, "a branch": True}


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("exists", STARTS.values(), ids=STARTS.keys())
def test_another_writer_at_each_call(place: DataBranch, number: int, *, exists: bool) -> None:
    """Wherever another writer comes between, both changes are there, each once."""
    if exists:
        append(place.store(), "0")
        place.store().update(count, "count")
    other, mine = place.store(), place.store()
    at_call(place, number, lambda: (append(other, "theirs"), other.update(count, "count")))
    append(mine, "mine")
    mine.update(count, "count")
    assert sorted(ids(place)) == sorted((["0"] if exists else []) + ["mine", "theirs"])
    assert place.files["n"] == (b"3" if exists else b"2")


@pytest.mark.parametrize("number", range(1, 6))
def test_a_write_that_lost_is_told(place: DataBranch, number: int) -> None:
    """A compare-and-swap either makes its version, or says Conflict and leaves the other's alone."""
    first = place.store().write({"a": b"0"}, "m", expected=None)
    other, mine = place.store(), place.store()
    at_call(place, number, lambda: other.write({"a": b"theirs"}, "m", expected=first))
    with pytest.raises(Conflict):
        mine.write({"a": b"mine"}, "m", expected=first)
    assert place.files == {"a": b"theirs"}
    assert len(place.shop.history(BRANCH)) == 2


def test_a_branch_that_keeps_moving(place: DataBranch) -> None:
    """A writer that always loses gives up after its tries, with nothing written."""
    append(place.store(), "0")
    other = place.store()
    place.github.on_call(
        lambda request: (
            request.method == "PATCH" and mine_token in request.headers["authorization"]
        ),
        lambda _request: other.update(count, "count"),
    )
    mine = place.store(contention=EAGER._replace(tries=3))
    mine_token = mine._client._token
    with pytest.raises(Conflict, match="other writers have changed the branch trivigil-data"):
        append(mine, "mine")
    assert (ids(place), place.files["n"]) == (["0"], b"3")


def test_a_branch_that_is_deleted_meanwhile(place: DataBranch) -> None:
    """It is made again with what the writer brings."""
    append(place.store(), "0")
    at_call(place, 6, lambda: place.shop.branches.pop(BRANCH))
    append(place.store(), "1")
    assert ids(place) == ["1"]


PROCESS = """
import json, sys
from trivigil.core.store import Entry
from trivigil.github.branch_store import BranchStore, Contention
from trivigil.github.client import connect
from trivigil.github.event import read_event
given = json.load(sys.stdin)
with connect(read_event(given["environ"]), given["token"]) as client:
    store = BranchStore(client, contention=Contention(tries=100, pause=0.01, longest=0.2))
    for index in range(3):
        entry = Entry(f"{given['name']}-{index}", {"p95": 1.0})
        store.append("history/perf.jsonl", [entry], "append")
"""


def test_writers_in_processes_of_their_own(place: DataBranch) -> None:
    """Jobs are processes: of four at once, every line is there."""
    payload = place.github.event("push", place.shop)
    environ = place.github.runner_environment("push", place.shop, payload)
    running = []
    for name in "abcd":
        token = place.github.installation_token(place.shop, WRITE)
        given = json.dumps({"environ": environ, "token": token, "name": name})
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append((process, given))
    for process, given in running:
        assert process.stdin is not None
        process.stdin.write(given)
        process.stdin.close()
    for process, _ in running:
        assert process.stderr is not None
        assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
        process.stderr.close()
    assert sorted(ids(place)) == [f"{name}-{index}" for name in "abcd" for index in range(3)]


# --- faults at every call --------------------------------------------------------------------

UNCLEAR = ["reset", "500", "502", "truncated", "secondary", "429"]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", UNCLEAR)
@pytest.mark.parametrize("exists", STARTS.values(), ids=STARTS.keys())
def test_a_fault_at_each_call(place: DataBranch, kind: Any, moment: Any, *, exists: bool) -> None:
    """A call without answer, carried out or not, neither loses the change nor makes it twice."""
    for call in range(1, 8):
        place.shop.branches.pop(BRANCH, None)
        if exists:
            place.store().update(lambda view: {**count(view), "h": b"old\n"}, "begin")
        faulty = place.store()
        place.github.faults.add(kind, call=call, moment=moment, retry_after=0)
        faulty.update(lambda view: {**count(view), "h": (view.read("h") or b"") + b"new\n"}, "m")
        place.github.faults.clear()
        found = (place.files["n"], place.files["h"])
        assert found == ((b"2", b"old\nnew\n") if exists else (b"1", b"new\n")), f"call {call}"


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("exists", STARTS.values(), ids=STARTS.keys())
def test_a_lost_answer_and_another_writer(place: DataBranch, moment: Any, *, exists: bool) -> None:
    """The branch moved, the answer was lost, another wrote since: the writer still finds its own."""
    if exists:
        append(place.store(), "0")
    other, mine = place.store(), place.store(manners=HASTY)
    verb, path = ("PATCH", "*/git/refs/*") if exists else ("POST", "*/git/refs")
    place.github.faults.add("reset", method=verb, path=path, moment=moment)
    looks = 0

    def second_look(request: Request) -> bool:
        nonlocal looks
        looks += request.path.endswith(f"/branches/{BRANCH}")
        return looks == 2

    place.github.on_call(second_look, lambda _request: other.update(count, "theirs"))
    calls = []

    def mine_once(view: View) -> Changes:
        calls.append(view.head)
        return count(view)

    mine.update(mine_once, "mine")
    assert place.files["n"] == b"2"
    assert len(calls) == (1 if moment == "after" else 2)


def test_a_write_without_any_answer_says_so(place: DataBranch) -> None:
    """Where nobody can say whether a compare-and-swap was done, the error says that."""
    first = place.store().write({"a": b"1"}, "m", expected=None)
    store = place.store(manners=HASTY)
    place.github.faults.add("502", method="PATCH")
    with pytest.raises(StoreError, match="not known whether it was done") as caught:
        store.write({"a": b"2"}, "m", expected=first)
    assert not isinstance(caught.value, Conflict)
    assert place.files == {"a": b"1"}


def test_a_write_whose_answer_was_lost_is_found(place: DataBranch) -> None:
    """A compare-and-swap that was carried out without an answer returns its version."""
    first = place.store().write({"a": b"1"}, "m", expected=None)
    store = place.store(manners=HASTY)
    place.github.faults.add("reset", method="PATCH", moment="after")
    made = store.write({"a": b"2"}, "m", expected=first)
    assert (made, place.files) == (place.shop.branches[BRANCH], {"a": b"2"})


@pytest.mark.parametrize("kind", ["404", "410", "422"])
def test_a_refusal_at_each_call(place: DataBranch, kind: Any) -> None:
    """A plain refusal is one sentence without the token, or is tried again; nothing is done twice."""
    for call in range(1, 7):
        place.shop.branches.pop(BRANCH, None)
        append(place.store(), "0")
        place.github.faults.add(kind, call=call)
        store = place.store()
        told = ""
        try:
            append(store, "1")
        except StoreError as error:
            told = str(error)
        assert "\n" not in told
        assert store._client._token not in told
        assert ("1" in ids(place)) == (told == ""), f"call {call}"
        place.github.faults.clear()
        append(store, "1", "2")
        assert ids(place)[-2:] == ["1", "2"], f"call {call}"


def test_a_conflict_of_githubs_own_is_tried_again(place: DataBranch) -> None:
    """409 is a race inside GitHub: the whole is done again."""
    append(place.store(), "0")
    place.github.faults.add("409", method="PATCH", times=2)
    append(place.store(), "1")
    assert ids(place) == ["0", "1"]


def test_a_branch_that_may_not_move(place: DataBranch) -> None:
    """A refusal that is no race is tried three times and then told in GitHub's words."""
    append(place.store(), "0")
    place.github.faults.add("422", method="PATCH", times=None)
    with pytest.raises(StoreError, match="Validation Failed") as caught:
        append(place.store(), "1")
    assert not isinstance(caught.value, Conflict)
    assert place.calls().count(f"PATCH git/refs/heads/{BRANCH}") == 3


def test_a_server_that_is_down(place: DataBranch) -> None:
    """Without any answer it ends after a bounded number of calls with one sentence."""
    place.github.faults.add("502", times=None)
    with pytest.raises(StoreError, match="GitHub answered 502"):
        append(place.store(), "1")
    assert len(place.github.journal) <= 4


def test_a_blob_that_arrives_damaged(place: DataBranch) -> None:
    """A content that is not the one its name says is not believed."""
    place.store().write({"a": b"right"}, "m", expected=None)
    [sha] = [sha for sha, content in place.git.blobs.items() if content == b"right"]
    place.git.blobs[sha] = b"wrong"
    with pytest.raises(StoreError, match="content of another id"):
        place.store(manners=HASTY).read("a")


# --- squashing -------------------------------------------------------------------------------


def test_a_long_history_is_squashed(place: DataBranch) -> None:
    """The write after the last allowed commit begins a new history with all the files."""
    store = place.store(history=SHORT)
    for index in range(3):
        append(store, str(index))
    assert len(place.shop.history(BRANCH)) == 3
    before = len(place.github.journal)
    append(store, "3")
    [root] = place.shop.history(BRANCH)
    assert (root.parents, ids(place)) == ((), ["0", "1", "2", "3"])
    assert place.calls(before)[-4:] == [
        "POST git/trees", "POST git/commits", "POST /graphql", "POST /graphql",
    ]  # fmt: skip
    append(store, "4")
    assert len(place.shop.history(BRANCH)) == 2
    assert store.notes == []


def test_an_old_history_is_squashed(place: DataBranch) -> None:
    """Age counts from the history's first commit; a lone commit is not replaced by another."""
    store = place.store(history=SHORT)
    append(store, "0")
    place.now = START + 31 * DAY
    append(store, "1")
    assert len(place.shop.history(BRANCH)) == 2
    append(store, "2")
    assert len(place.shop.history(BRANCH)) == 1
    append(store, "3")
    assert (len(place.shop.history(BRANCH)), ids(place)) == (2, ["0", "1", "2", "3"])


def test_nothing_is_ever_forced_without_comparing(place: DataBranch) -> None:
    """The only forced move is the one that names the value before."""
    store = place.store(history=SHORT)
    for index in range(8):
        append(store, str(index))
    for one in place.github.calls("PATCH"):
        assert one.request_body["force"] is False
    forced = [
        one for one in place.github.calls("POST", "/graphql") if "SwapRef" in str(one.request_body)
    ]
    assert len(forced) == 2
    assert all(len(one.request_body["variables"]["before"]) == 40 for one in forced)


@pytest.mark.parametrize("number", range(1, 9))
def test_another_writer_at_each_call_of_a_squash(place: DataBranch, number: int) -> None:
    """Whoever comes between, before or after the swap: nothing is lost and nothing is twice."""
    begin = place.store(history=SHORT)
    for _ in range(3):
        begin.update(count, "begin")
    other, mine = place.store(history=History()), place.store(history=SHORT)
    at_call(place, number, lambda: (append(other, "theirs"), other.update(count, "theirs")))
    append(mine, "mine")
    mine.update(count, "mine")
    assert (sorted(ids(place)), place.files["n"]) == (["mine", "theirs"], b"5")


@pytest.mark.parametrize("number", range(1, 7))
def test_a_squash_at_each_call_of_another_writer(place: DataBranch, number: int) -> None:
    """A writer that rests on the old history writes anew on the new one."""
    for _ in range(3):
        place.store().update(count, "begin")
    squasher, mine = place.store(history=SHORT), place.store(history=History())
    at_call(place, number, lambda: append(squasher, "squasher"))
    append(mine, "mine")
    mine.update(count, "mine")
    assert (sorted(ids(place)), place.files["n"]) == (["mine", "squasher"], b"4")


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_and_a_squash(place: DataBranch, moment: Any) -> None:
    """Also when another has squashed the history meanwhile, the writer finds its own write."""
    for _ in range(2):
        place.store().update(count, "begin")
    squasher, mine = place.store(history=SHORT._replace(commits=2)), place.store(manners=HASTY)
    place.github.faults.add("reset", method="PATCH", moment=moment)
    looks = 0

    def second_look(request: Request) -> bool:
        nonlocal looks
        looks += request.path.endswith(f"/branches/{BRANCH}")
        return looks == 2

    place.github.on_call(second_look, lambda _request: squasher.update(count, "squash"))
    mine.update(count, "mine")
    assert place.files["n"] == b"4"
    assert any(one.parents == () for one in place.shop.history(BRANCH)[:2])


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", UNCLEAR)
def test_a_fault_at_each_call_of_a_squash(place: DataBranch, kind: Any, moment: Any) -> None:
    """Whatever call is not answered: the change is made once, squashed or not."""
    for call in range(1, 10):
        place.shop.branches.pop(BRANCH, None)
        for _ in range(3):
            place.store().update(count, "begin")
        mine = place.store(history=SHORT, manners=QUICK if call % 2 else HASTY)
        place.github.faults.add(kind, call=call, moment=moment, retry_after=0)
        try:
            mine.update(count, "mine")
        except StoreError:
            place.github.faults.clear()
            assert call % 2 == 0, f"call {call}"
            mine.update(lambda view: {} if view.read("n") == b"4" else count(view), "mine")
        place.github.faults.clear()
        assert place.files["n"] == b"4", f"call {call}"


def test_a_squash_on_an_enterprise_server() -> None:
    """There the API and GraphQL have other addresses; the history is squashed all the same."""
    with GitHubDouble(enterprise=True) as github:
        place = DataBranch(github)
        store = place.store(history=SHORT)
        for index in range(4):
            append(store, str(index))
        place.close()
        assert (len(place.shop.history(BRANCH)), len(ids(place))) == (1, 4)


def test_a_squash_that_github_refuses(place: DataBranch) -> None:
    """Where force is forbidden the history goes on, says so, and is not tried again at once."""
    place.git.refuses_force = True
    store = place.store(history=SHORT)
    for index in range(5):
        append(store, str(index))
    assert ids(place) == ["0", "1", "2", "3", "4"]
    assert len(place.shop.history(BRANCH)) == 5
    assert len(place.github.calls("POST", "/graphql")) == 2
    assert len(store.notes) == 1
    assert "tried again after 3 more commits" in store.notes[0]
    place.git.refuses_force = False
    append(store, "5")
    append(store, "6")
    assert len(place.shop.history(BRANCH)) == 1


# --- people, and other limits ----------------------------------------------------------------


def test_people_may_push_to_the_branch(place: DataBranch) -> None:
    """A commit by hand is kept, and the ledger goes on behind it."""
    append(place.store(), "0")
    place.store().update(count, "count")
    place.shop.put(BRANCH, {"README.md": b"What this is\n"})
    place.store().update(count, "count")
    assert place.files["README.md"] == b"What this is\n"
    assert place.files["n"] == b"2"
    found = ledger.read(place.shop.history(BRANCH)[0].message)
    assert found is not None
    assert (found.commits, len(found.writes)) == (3, 3)


def test_a_branch_that_was_there_before(place: DataBranch) -> None:
    """A branch without any commit of ours is written like any other; what is there stays."""
    for index in range(20):
        place.shop.put(BRANCH, {"theirs": b"%d" % index})
    append(place.store(), "0")
    assert (place.files["theirs"], ids(place)) == (b"19", ["0"])


def test_a_listing_that_github_cuts(place: DataBranch) -> None:
    """With more files than a listing holds, single files are found folder by folder; all are refused."""
    store = place.store()
    store.write({f"d{n}/f": b"%d" % n for n in range(9)} | {"z/deep/f": b"z"}, "m", expected=None)
    place.git.listed_at_most = 12
    other = place.store()
    assert (other.read("z/deep/f"), other.read("z/deep/g"), other.read("d0/f/x")) == (
        b"z",
        None,
        None,
    )
    other.update(
        lambda view: {"z/deep/f": (view.read("z/deep/f") or b"") + b"!", "d3/f": None}, "m"
    )
    assert (place.files["z/deep/f"], "d3/f" in place.files) == (b"z!", False)
    with pytest.raises(StoreError, match="more files than GitHub lists"):
        other.paths()
    with pytest.raises(StoreError, match="cannot be a file and a folder"):
        other.update(lambda _view: {"d1/f/x": b"1"}, "m")


def test_a_folder_that_github_cuts(place: DataBranch) -> None:
    """Where even one folder is cut, a file is not taken for missing."""
    place.store().write({f"f{n}": b"1" for n in range(9)}, "m", expected=None)
    place.git.listed_at_most = 4
    store = place.store()
    assert store.read("f1") == b"1"
    with pytest.raises(StoreError, match="more files than GitHub lists"):
        store.read("f8")


def test_a_link_is_not_followed(place: DataBranch) -> None:
    """A link that people put on the branch is neither read nor listed."""
    from tests.github_double.state.git import Entry as Line

    place.shop.put(BRANCH, {"a": b"1"})
    head = place.shop.history(BRANCH)[0]
    tree = place.git.changed(head.tree, "link", Line("120000", "blob", place.git.blob(b"a")))
    made = place.git.commit(tree, (head.sha,), "link", head.author, head.at)
    place.shop.commit(made.sha, branch=BRANCH)
    store = place.store()
    assert store.paths() == ["a"]
    with pytest.raises(StoreError, match="does not follow"):
        store.read("link")


def test_a_file_that_is_too_large_is_not_fetched(place: DataBranch) -> None:
    """Its size stands in the listing, so it is refused without a download."""
    place.shop.put(BRANCH, {"big": b"0" * (20 * 1024 * 1024 + 1)})
    with pytest.raises(StoreError, match="larger than 20 MiB"):
        place.store().read("big")
    assert "GET git/blobs/*" not in place.calls()


def test_ids_of_writes_are_remembered_long_enough() -> None:
    """The ledger keeps the latest forty ids, and the message stays small."""
    book = ledger.Ledger(0, START)
    for _ in range(100):
        book = book.after(_Write("m").id)
    assert (book.commits, len(book.writes)) == (100, 40)
    assert ledger.read(book.message("m")) == book
    assert len(book.message("m")) < 1_000


FOREIGN = {
    "nothing": "",
    "another version": "x\n\nTrivigil-Store: 2 commits=1 since=1",
    "no numbers": "x\n\nTrivigil-Store: 1 commits=x since=1",
    "endless numbers": f"x\n\nTrivigil-Store: 1 commits={'9' * 99} since=1",
    "within a line": "x Trivigil-Store: 1 commits=1 since=1",
}


@pytest.mark.parametrize("message", FOREIGN.values(), ids=FOREIGN.keys())
def test_messages_that_are_not_ours(message: str) -> None:
    """What does not read as a ledger is none."""
    assert ledger.read(message) is None
