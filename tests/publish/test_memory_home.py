"""The monitor's memory over the double: in an issue, on the data branch, in whichever of them a token may use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.github.data_branch import DataBranch
from tests.github_double import GitHubDouble
from tests.github_double.subjects.issues import Issue, change
from trivigil.directory_store import DirectoryStore
from trivigil.github.client import connect
from trivigil.github.event import read_event
from trivigil.github.refusal import Refused
from trivigil.monitor.memory import Memory, Row, dump
from trivigil.publish import hidden
from trivigil.publish.memory_home import Home, IssueHome, StoreHome, keep, recollect

from .scene import QUICK, Scene

WATCH = "shop monitor"
ROWS = {"a": Row("login", failures=1, since="2026-01-01T00:00:00Z")}
FIRST = Memory(WATCH, (1, 1), "2026-01-01T00:00:00Z", ROWS)
SECOND = FIRST._replace(age=(2, 1))


def in_issue(
    scene: Scene,
    permission: str = "write",
    watch: str = WATCH,
    wait: Callable[[float], None] = lambda _: None,
) -> IssueHome:
    """The issue, for a token of a run of its own."""
    event = read_event(scene.environ("schedule"))
    assert event is not None
    token = scene.token({"issues": permission})
    return IssueHome(lambda: connect(event, token, manners=QUICK), watch, "octo/shop", wait=wait)


@pytest.fixture
def branch() -> Iterator[DataBranch]:
    """A repository with a data branch to be."""
    with GitHubDouble() as github:
        made = DataBranch(github)
        yield made
        made.close()
        github.assert_clean()


def issues(scene: Scene) -> list[Issue]:
    """All issues."""
    return list(scene.shop.issues().values())


def test_an_issue_remembers(scene: Scene) -> None:
    """One run keeps, the next one knows; the issue is closed and says what it is for."""
    first = in_issue(scene)
    assert recollect([first], WATCH).memory is None
    assert keep([first], FIRST, sure=True) == (first, None)

    second = in_issue(scene)
    assert recollect([second], WATCH).memory == FIRST
    assert keep([second], SECOND, sure=False) == (second, None)
    assert recollect([in_issue(scene)], WATCH).memory == SECOND
    [issue] = issues(scene)
    assert (issue.state, issue.title) == ("closed", "Trivigil remembers: shop monitor")


def test_watches_do_not_share_an_issue(scene: Scene) -> None:
    """Two monitors in one repository remember apart."""
    for watch in (WATCH, "blog monitor"):
        home = in_issue(scene, watch=watch)
        assert recollect([home], watch).memory is None
        keep([home], FIRST._replace(watch=watch), sure=False)

    assert len(issues(scene)) == 2
    assert recollect([in_issue(scene)], WATCH).memory == FIRST


def test_a_foreign_issue_is_not_believed(scene: Scene) -> None:
    """Our marker in an issue that somebody else wrote is somebody's text."""
    home = in_issue(scene)
    recollect([home], WATCH)
    keep([home], FIRST, sure=False)
    [issue] = issues(scene)
    scene.shop.issue("Trivigil remembers: shop monitor", body=issue.body, author="mallory")
    change(scene.shop, issue.number, body="")

    assert recollect([in_issue(scene)], WATCH).memory is None


@pytest.mark.parametrize(
    "spoilt",
    [
        pytest.param(lambda body: body[: len(body) // 2], id="cut"),
        pytest.param(
            lambda body: body.replace("monitor-state:1 e", "monitor-state:1 f"), id="edited"
        ),
        pytest.param(
            lambda body: body.split("<!-- trivigil:monitor-state")[0], id="without its state"
        ),
    ],
)
def test_an_unreadable_issue_is_said_and_mended(scene: Scene, spoilt: Callable[[str], str]) -> None:
    """What is there and cannot be read is lost, which is said; the same issue is written again."""
    home = in_issue(scene)
    recollect([home], WATCH)
    keep([home], FIRST, sure=False)
    [issue] = issues(scene)
    change(scene.shop, issue.number, body=spoilt(issue.body or ""))

    found = recollect([after := in_issue(scene)], WATCH)
    assert found.memory is None
    assert "memory of earlier runs" in (found.lost or "")
    assert keep(found.homes, SECOND, sure=True) == (after, None)
    assert recollect([in_issue(scene)], WATCH).memory == SECOND
    assert len(issues(scene)) == 1


@pytest.mark.parametrize("sure", [True, False])
def test_who_has_read_an_old_issue_does_not_write(scene: Scene, *, sure: bool) -> None:
    """Of two runs that have read the same, the second to write gives way."""
    early = in_issue(scene)
    recollect([early], WATCH)
    keep([early], FIRST, sure=False)
    one, other = in_issue(scene), in_issue(scene)
    recollect([one], WATCH)
    recollect([other], WATCH)

    assert keep([one], SECOND, sure=sure) == (one, None)
    assert keep([other], SECOND._replace(age=(3, 1)), sure=sure) == (None, None)


def test_of_two_that_open_an_issue_at_once_one_is_sure(scene: Scene) -> None:
    """Both make one, because neither has seen the other's; only the older counts from then on."""
    homes = [in_issue(scene), in_issue(scene)]
    for home in homes:
        recollect([home], WATCH)
    found = [keep([home], FIRST, sure=True)[0] for home in homes]

    assert found == [homes[0], None]


def test_the_last_of_two_writers_is_the_sure_one(scene: Scene) -> None:
    """Where another has written between a run's writing and its second look, the run gives way to that one."""
    early = in_issue(scene)
    recollect([early], WATCH)
    keep([early], FIRST, sure=False)
    [issue] = issues(scene)
    home = in_issue(scene)
    recollect([home], WATCH)

    def other_writes(_: float) -> None:
        state = f"monitor-state:1 {hidden.pack(dump(SECOND._replace(age=(9, 1))))} "
        body = re.sub(r"monitor-state:1 \S+ ", state, issue.body or "")
        change(scene.shop, issue.number, body=body)

    home = in_issue(scene, wait=other_writes)
    recollect([home], WATCH)

    assert keep([home], SECOND, sure=True) == (None, None)


def test_a_token_that_may_not_write_issues_takes_the_next_home(
    scene: Scene, tmp_path: Path
) -> None:
    """One permission is enough, whichever it is."""
    store = StoreHome(DirectoryStore(str(tmp_path / "data")), WATCH, "the data branch")
    issue = in_issue(scene, "read")
    found = recollect([issue, store], WATCH)

    assert keep(found.homes, FIRST, sure=True) == (store, None)
    again: list[Home] = [
        in_issue(scene, "read"),
        StoreHome(DirectoryStore(str(tmp_path / "data")), WATCH, "it"),
    ]
    assert recollect(again, WATCH).memory == FIRST


def test_a_token_that_may_write_nothing_is_said(scene: Scene) -> None:
    """Nothing is remembered then, and the reason names what refuses."""
    issue = in_issue(scene, "read")
    home, reason = keep(recollect([issue], WATCH).homes, FIRST, sure=True)

    assert home is None
    assert reason is not None
    assert reason.startswith("nothing can be remembered from run to run: its issue refuses it")


def test_a_branch_remembers(branch: DataBranch) -> None:
    """The data branch keeps a file for each watch, and other files on it do not matter."""
    first = StoreHome(branch.store(), WATCH, "the data branch")
    assert recollect([first], WATCH).memory is None
    branch.store().write({"other.json": b"{}"}, "other", expected=branch.store().head())
    assert keep([first], FIRST, sure=True) == (first, None)

    late, second = (StoreHome(branch.store(), WATCH, "the data branch") for _ in range(2))
    assert recollect([late], WATCH).memory == FIRST
    assert recollect([second], WATCH).memory == FIRST
    assert keep([second], SECOND, sure=True) == (second, None)
    assert keep([late], SECOND._replace(age=(3, 1)), sure=True) == (None, None)


def test_a_home_that_fails_is_said() -> None:
    """A home that cannot even be read is named with its reason, and nothing is raised."""

    class Broken:
        title = "its issue"

        def load(self) -> str | None:
            raise Refused("GitHub answered 500")

        def keep(self, text: str, *, sure: bool) -> bool:
            raise AssertionError(text, sure)

    found = recollect([Broken()], WATCH)

    assert found.homes == ()
    assert found.lost == (
        "the memory of earlier runs could not be read from its issue (GitHub answered 500)"
    )
