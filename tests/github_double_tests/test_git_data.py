"""Git's objects and refs on the double: real names, fast-forward, compare-and-swap."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from tests.github_double import GitHubDouble
from tests.github_double.state.git import EMPTY_TREE, Git
from tests.github_double_tests.asking import Reply, ask
from trivigil.github import queries

HELLO = "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object, of "hello\n"
HELLO_TREE = "b4d01e9b0c4a9356736dfddf8830ba9a54f5271c"  # git mktree, of that as `hello`


class Bench:
    """A repository and a token that may write its contents."""

    def __init__(self, github: GitHubDouble) -> None:
        self.github = github
        self.shop = github.repository("octo/shop")
        self.token = github.installation_token(self.shop, {"contents": "write"})

    def ask(self, method: str, path: str, body: Any = None) -> Reply:
        """One call below the repository."""
        return ask(self.github, method, f"/repos/octo/shop/{path}", self.token, body)

    def commit(self, *parents: str, text: str = "hello\n") -> str:
        """A commit with one file."""
        tree = self.ask("POST", "git/trees", {"tree": [file("hello", content=text)]}).body["sha"]
        body = {"message": "m", "tree": tree, "parents": list(parents)}
        made: str = self.ask("POST", "git/commits", body).body["sha"]
        return made

    def swap(self, before: str, after: str, token: str = "") -> Any:
        """The branch data, by GraphQL."""
        found = {"owner": "octo", "name": "shop"}
        body = {"query": queries.REPOSITORY_ID, "variables": found}
        answer = ask(self.github, "POST", "/graphql", token or self.token, body).body
        variables = {
            "repository": answer["data"]["repository"]["id"],
            "ref": "refs/heads/data",
            "before": before,
            "after": after,
        }
        body = {"query": queries.SWAP_REF, "variables": variables}
        return ask(self.github, "POST", "/graphql", token or self.token, body).body


def file(path: str, **what: Any) -> dict[str, Any]:
    """An entry of a tree."""
    return {"path": path, "mode": "100644", "type": "blob", **what}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with GitHubDouble() as github:
        yield Bench(github)


def test_objects_have_gits_own_names(bench: Bench) -> None:
    """Blob and tree are named as Git names them, whichever way the content comes."""
    encoded = base64.b64encode(b"hello\n").decode()
    for body in ({"content": "hello\n"}, {"content": encoded, "encoding": "base64"}):
        assert bench.ask("POST", "git/blobs", body).body["sha"] == HELLO
    for entry in (file("hello", sha=HELLO), file("hello", content="hello\n")):
        made = bench.ask("POST", "git/trees", {"tree": [entry]})
        assert (made.status, made.body["sha"]) == (201, HELLO_TREE)
    assert base64.b64decode(bench.ask("GET", f"git/blobs/{HELLO}").body["content"]) == b"hello\n"
    assert Git().tree({}) == EMPTY_TREE


def test_trees_rest_on_a_base(bench: Bench) -> None:
    """Entries replace, add and delete; folders come and go; what is not there cannot be deleted."""
    first = [file("a", content="1"), file("d/e/f", content="2"), file("d/g", content="3")]
    base = bench.ask("POST", "git/trees", {"tree": first}).body["sha"]
    entries = [file("a", content="4"), file("d/e/f", sha=None), file("h", content="5")]
    made = bench.ask("POST", "git/trees", {"base_tree": base, "tree": entries}).body
    assert [one["path"] for one in made["tree"]] == ["a", "d", "h"]
    whole = bench.ask("GET", f"git/trees/{made['sha']}?recursive=1").body
    assert [one["path"] for one in whole["tree"]] == ["a", "d", "d/g", "h"]
    assert whole["truncated"] is False
    gone = {"base_tree": base, "tree": [file("nowhere", sha=None)]}
    assert bench.ask("POST", "git/trees", gone).status == 422
    assert bench.ask("POST", "git/trees", gone | {"base_tree": "a" * 40}).status == 404


def test_a_listing_is_cut(bench: Bench) -> None:
    """Beyond its limit a listing is cut and says so."""
    bench.shop.part(Git).listed_at_most = 2
    entries = [file(name, content=name) for name in "abc"]
    made = bench.ask("POST", "git/trees", {"tree": entries}).body
    assert (len(made["tree"]), made["truncated"]) == (2, True)


def test_commits(bench: Bench) -> None:
    """A commit is by the token's account; its tree and parents have to be there."""
    first = bench.commit()
    second = bench.commit(first)
    found = bench.ask("GET", f"git/commits/{second}").body
    assert [one["sha"] for one in found["parents"]] == [first]
    assert (found["author"]["name"], found["tree"]["sha"]) == ("github-actions[bot]", HELLO_TREE)
    lost = {"message": "m", "tree": HELLO_TREE, "parents": ["b" * 40]}
    assert bench.ask("POST", "git/commits", lost).status == 422
    assert bench.ask("POST", "git/commits", lost | {"tree": "b" * 40, "parents": []}).status == 422


def test_a_branch_moves_forward_only(bench: Bench) -> None:
    """Creating twice and moving sideways are refused in GitHub's words; `force` moves anywhere."""
    first = bench.commit()
    second, other = bench.commit(first), bench.commit(first, text="other")
    made = {"ref": "refs/heads/data", "sha": first}
    assert bench.ask("POST", "git/refs", made).status == 201
    again = bench.ask("POST", "git/refs", made)
    assert (again.status, again.body["message"]) == (422, "Reference already exists")
    assert bench.ask("PATCH", "git/refs/heads/data", {"sha": second}).status == 200
    assert bench.ask("PATCH", "git/refs/heads/data", {"sha": second}).status == 200
    sideways = bench.ask("PATCH", "git/refs/heads/data", {"sha": other, "force": False})
    assert (sideways.status, sideways.body["message"]) == (422, "Update is not a fast forward")
    assert bench.ask("GET", "git/ref/heads/data").body["object"]["sha"] == second
    assert bench.ask("PATCH", "git/refs/heads/data", {"sha": other, "force": True}).status == 200
    head = bench.ask("GET", "branches/data").body
    assert (head["commit"]["sha"], head["commit"]["commit"]["message"]) == (other, "m")
    nowhere = bench.ask("PATCH", "git/refs/heads/nowhere", {"sha": first})
    assert (nowhere.status, nowhere.body["message"]) == (422, "Reference does not exist")
    assert bench.ask("GET", "branches/nowhere").status == 404
    assert bench.ask("GET", "git/ref/heads/nowhere").status == 404


def test_an_empty_repository_takes_no_ref(bench: Bench) -> None:
    """Without any branch no other can be made."""
    sha = bench.commit()
    bench.shop.branches.clear()
    assert bench.ask("POST", "git/refs", {"ref": "refs/heads/x", "sha": sha}).status == 409


def test_a_swap_compares(bench: Bench) -> None:
    """A branch is forced anywhere, if it is where it is said to be; else nothing moves."""
    first, other = bench.commit(), bench.commit(text="other")
    bench.ask("POST", "git/refs", {"ref": "refs/heads/data", "sha": first})
    assert bench.swap(first, other) == {"data": {"updateRefs": {"clientMutationId": None}}}
    refused = bench.swap(first, first)
    assert (refused["data"], len(refused["errors"])) == ({"updateRefs": None}, 1)
    assert bench.shop.branches["data"] == other
    reader = bench.github.installation_token(bench.shop, {"contents": "read"})
    assert bench.swap(other, first, reader)["errors"][0]["type"] == "FORBIDDEN"
    bench.shop.part(Git).refuses_force = True
    assert "Cannot force-push" in bench.swap(other, first)["errors"][0]["message"]
    assert bench.shop.branches["data"] == other


def test_contents_of_a_file(bench: Bench) -> None:
    """A file of a branch or commit; a large one comes without its content."""
    first = bench.shop.put("data", {"d/a.txt": b"1", "big": b"x" * 1_048_577})
    bench.shop.put("data", {"d/a.txt": b"2"})
    found = bench.ask("GET", "contents/d/a.txt?ref=data").body
    assert (base64.b64decode(found["content"]), found["path"]) == (b"2", "d/a.txt")
    found = bench.ask("GET", f"contents/d/a.txt?ref={first}").body
    assert base64.b64decode(found["content"]) == b"1"
    big = bench.ask("GET", "contents/big?ref=data").body
    assert (big["encoding"], big["content"], big["size"]) == ("none", "", 1_048_577)
    assert bench.ask("GET", "contents/nowhere?ref=data").status == 404


BREACHES = {
    "neither sha nor content": [file("a")],
    "sha and content": [file("a", sha=HELLO, content="x")],
    "no mode": [{"path": "a", "type": "blob", "content": "x"}],
    "above": [file("../a", content="x")],
    "a slash at the start": [file("/a", content="x")],
    "Git's own folder": [file(".git/config", content="x")],
    "a mode that is none": [{**file("a", content="x"), "mode": "0644"}],
    "nothing at all": [],
}


@pytest.mark.parametrize("entries", BREACHES.values(), ids=BREACHES.keys())
def test_trees_that_github_refuses(bench: Bench, entries: list[dict[str, Any]]) -> None:
    """An entry has a path, a mode, a type and one content; anything else is a breach."""
    with bench.github.expect_violation("tree"):
        assert bench.ask("POST", "git/trees", {"tree": entries}).status == 422


def test_writing_wants_its_permission(bench: Bench) -> None:
    """With contents: read objects are read and nothing is made."""
    bench.token = bench.github.installation_token(bench.shop, {"contents": "read"})
    sha = bench.shop.put("data", {"a": b"1"})
    assert bench.ask("GET", "branches/data").status == 200
    for method, path, body in (
        ("POST", "git/blobs", {"content": "x"}),
        ("POST", "git/trees", {"tree": [file("a", content="x")]}),
        ("POST", "git/commits", {"message": "m", "tree": EMPTY_TREE}),
        ("POST", "git/refs", {"ref": "refs/heads/x", "sha": sha}),
        ("PATCH", "git/refs/heads/data", {"sha": sha}),
    ):
        reply = bench.ask(method, path, body)
        assert (reply.status, reply.headers["x-accepted-github-permissions"]) == (
            403,
            "contents=write",
        )
