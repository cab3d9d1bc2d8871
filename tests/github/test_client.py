from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.github_double import GitHubDouble, Repository
from trivigil.github.client import Client, connect
from trivigil.github.event import read_event
from trivigil.github.patience import Manners
from trivigil.github.records import Annotation, CheckRun, Comment, Viewer
from trivigil.github.refusal import Refused

WRITE = {"checks": "write", "pull-requests": "write", "statuses": "write", "contents": "read"}
QUICK = Manners(ceiling=30.0, backoff=0.01, timeout=30)
NUMBER = 7


def client_of(
    github: GitHubDouble, shop: Repository, path: Path, token: str, manners: Manners = QUICK
) -> Client:
    """A client as a run on pull request 7 has it."""
    file = github.event_file(path / "event.json", "pull_request", shop, NUMBER)
    payload = json.loads(file.read_text(encoding="utf-8"))
    variables = github.runner_environment("pull_request", shop, payload)
    event = read_event({**variables, "GITHUB_EVENT_PATH": str(file)})
    assert event is not None
    return connect(event, token, manners=manners)


class Bench:
    """A double, its pull request, and clients with tokens."""

    def __init__(self, github: GitHubDouble, path: Path) -> None:
        self.github = github
        self.path = path
        self.shop = github.repository("octo/shop")
        self.pull = self.shop.pull(number=NUMBER)

    def client(self, permissions: Mapping[str, str] = WRITE, manners: Manners = QUICK) -> Client:
        """A client with a fresh token."""
        token = self.github.installation_token(self.shop, permissions)
        return client_of(self.github, self.shop, self.path, token, manners)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with GitHubDouble() as github:
        yield Bench(github, tmp_path)
        github.assert_clean()


def never(_found: Comment | CheckRun) -> bool:
    """Recognises nothing."""
    return False


def body_is(body: str) -> Callable[[Comment], bool]:
    """Recognises a comment by its text."""
    return lambda comment: comment.body == body


def check_run_body(bench: Bench) -> dict[str, object]:
    """The smallest check run."""
    output = {"title": "t", "summary": "s", "text": "x"}
    return {
        "name": "n", "head_sha": bench.pull.head_sha, "external_id": "e", "status": "completed",
        "conclusion": "success", "output": output,
    }  # fmt: skip


def test_viewer(bench: Bench) -> None:
    """A job's token learns its own name by GraphQL, because GET /user is refused to it."""
    assert bench.client().viewer() == Viewer("github-actions[bot]", 41898282)


def test_pull(bench: Bench) -> None:
    """A pull request as it is now, with its present head."""
    bench.shop.push(NUMBER, "b" * 40)
    assert bench.client().pull(NUMBER).head_sha == "b" * 40


def test_comments_of_all_pages(bench: Bench) -> None:
    """All pages are read, a hundred at a time."""
    for index in range(250):
        bench.shop.comment(NUMBER, f"remark {index}")
    found = bench.client().list_comments(NUMBER)
    assert [one.body for one in found] == [f"remark {index}" for index in range(250)]
    assert len(bench.github.journal) == 3


def test_comments_since(bench: Bench) -> None:
    """A second listing asks only for what changed since."""
    bench.shop.comment(NUMBER, "old")
    bench.github.clock.advance(600)
    bench.shop.comment(NUMBER, "new")
    first, second = bench.client().list_comments(NUMBER)
    assert bench.client().list_comments(NUMBER, second.updated_at) == [second]
    assert first.author == "octocat"


def test_comment_from_birth_to_death(bench: Bench) -> None:
    """A comment is created, changed and deleted; deleting it once more does no harm."""
    client = bench.client()
    made = client.create_comment(NUMBER, "one", never)
    assert client.edit_comment(made.id, "two").body == "two"
    client.delete_comment(made.id)
    client.delete_comment(made.id)
    assert bench.shop.comments(NUMBER) == []


def test_check_run_and_annotations(bench: Bench) -> None:
    """Annotations are appended, and the count that comes back is the whole."""
    client = bench.client()
    run = client.create_check_run(check_run_body(bench), never)
    batch = [Annotation("a.json", line, line, "failure", "t", "m") for line in range(1, 51)]
    output = {"title": "t", "summary": "s", "text": "x"}
    run = client.append_annotations(run, output, batch)
    run = client.append_annotations(run, output, batch[:3])
    assert run.annotations_count == 53
    [listed] = client.list_check_runs(bench.pull.head_sha)
    assert (listed.id, listed.annotations_count, listed.external_id) == (run.id, 53, "e")


def test_check_runs_of_all_pages(bench: Bench) -> None:
    """Check runs are read from all pages, too."""
    for index in range(130):
        bench.shop.check_run(bench.pull.head_sha, f"job {index}")
    assert len(bench.client().list_check_runs(bench.pull.head_sha)) == 130


def test_status(bench: Bench) -> None:
    """A commit status is set on a commit."""
    url = "https://github.com/octo/shop/actions"
    bench.client().create_status(bench.pull.head_sha, "failure", "Trivigil / perf", "no", url)
    [status] = bench.shop.statuses(bench.pull.head_sha)
    assert (status.state, status.context) == ("failure", "Trivigil / perf")


@pytest.mark.parametrize("kind", ["500", "502", "503", "reset", "truncated"])
@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
def test_what_may_happen_twice_is_repeated(bench: Bench, verb: str, kind: Any) -> None:
    """Reading, changing and deleting are repeated after an unclear answer."""
    client = bench.client()
    made = client.create_comment(NUMBER, "one", never)
    bench.github.faults.add(kind, method=verb)
    client.list_comments(NUMBER)
    client.edit_comment(made.id, "two")
    client.delete_comment(made.id)
    faulty = [one for one in bench.github.journal if one.fault]
    assert len(faulty) == 1
    assert bench.shop.comments(NUMBER) == []


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("kind", ["500", "502", "reset", "truncated"])
def test_creation_happens_once(bench: Bench, kind: Any, moment: Any) -> None:
    """After an unclear answer to a creation the client looks before it creates again."""
    bench.github.faults.add(kind, method="POST", path="*/comments", moment=moment)
    made = bench.client().create_comment(NUMBER, "one", body_is("one"))
    [there] = bench.shop.comments(NUMBER)
    assert made.id == there.id
    posts = 2 if moment == "before" and kind != "truncated" else 1
    assert len(bench.github.calls("POST", "*/comments")) == posts


def test_creation_that_cannot_be_looked_for_is_not_repeated(bench: Bench) -> None:
    """Where looking fails as well, nothing is created a second time."""
    bench.github.faults.add("500", path="*/comments", moment="after", times=None)
    with pytest.raises(Refused, match="GitHub answered 500"):
        bench.client().create_comment(NUMBER, "one", body_is("one"))
    assert len(bench.github.calls("POST", "*/comments")) == 1


def test_calls_are_bounded(bench: Bench) -> None:
    """A server that never answers well is left alone after a few calls."""
    bench.github.faults.add("503", times=None)
    with pytest.raises(Refused):
        bench.client().list_comments(NUMBER)
    assert len(bench.github.journal) == 4


def test_timeout(bench: Bench) -> None:
    """A server that stalls is given up after the time for one answer, in one sentence."""
    bench.client().pull(NUMBER)
    bench.github.faults.add("timeout", times=None, seconds=2.0)
    with pytest.raises(Refused, match="did not answer in time"):
        bench.client(manners=Manners(ceiling=0.5, timeout=1)).pull(NUMBER)


def test_nobody_there(tmp_path: Path) -> None:
    """A server that is not there is one sentence."""
    with GitHubDouble() as github:
        shop = github.repository("octo/shop")
        shop.pull(number=NUMBER)
        client = client_of(github, shop, tmp_path, "ghs_" + "x" * 36)
    with pytest.raises(Refused, match="the connection to GitHub broke"):
        client.pull(NUMBER)


def test_token_is_in_no_error(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Neither an error with all that led to it, nor the libraries' logs, hold the token."""
    token = bench.github.installation_token(bench.shop, {})
    client = client_of(bench.github, bench.shop, bench.path, token)
    caplog.set_level(logging.DEBUG)
    bench.github.faults.add("reset", times=4)
    with pytest.raises(Refused, match="connection") as broken:
        client.pull(NUMBER)
    with pytest.raises(Refused, match="may not do this") as refused:
        client.create_comment(NUMBER, "text", never)
    for caught in (broken, refused):
        assert token not in "".join(traceback.format_exception(caught.value))
        assert token not in repr(_chain(caught.value))
    assert token not in caplog.text


def _chain(error: BaseException | None) -> list[Any]:
    """An error with its attributes, and all errors before it."""
    return [] if error is None else [vars(error), *_chain(error.__context__)]


def test_client_names_itself(bench: Bench) -> None:
    """Every call says who asks, as GitHub wants it."""
    with bench.client() as client:
        client.pull(NUMBER)
        client.viewer()
    agents = {one.request_headers["user-agent"].partition("/")[0] for one in bench.github.journal}
    assert agents == {"trivigil"}
