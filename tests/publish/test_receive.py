"""The second half of a fork's publishing: what it publishes, and every attack that it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.github_double import GitHubDouble, made_up_sha
from tests.hostile.scan import controls, living
from trivigil.core.result import Location
from trivigil.github.event import read_event
from trivigil.publish import handover
from trivigil.publish.reception import report_of

from .handing import FIRST, MAY, NUMBER, SERVER, Fork
from .scene import finding, report
from .zips import Zip, handed_over


@pytest.fixture
def github() -> Iterator[GitHubDouble]:
    """The double."""
    with GitHubDouble() as double:
        yield double


@pytest.fixture
def fork(github: GitHubDouble, tmp_path: Path) -> Fork:
    """A pull request from a fork."""
    return Fork(github, tmp_path)


def test_a_fork_is_published(fork: Fork) -> None:
    """Comment and check run stand on the pull request, about the fork's run, and say whose it was."""
    fork.upload()
    done = fork.receive()
    assert done.code == 0
    [body] = fork.bodies
    run = f"{SERVER}/octo/shop/actions/runs/{FIRST}"
    assert "GET /login" in body
    assert f"[from a fork's run]({run})" in body
    assert f"[the run's artifact]({run}#artifacts)" in body
    assert f"{SERVER}/octo/shop/blob/{fork.head}/budgets.json#L1" in body
    [check] = fork.shop.check_runs(fork.head)
    assert (check.name, check.conclusion) == ("Trivigil / perf", "failure")
    assert [one.path for one in check.annotations] == ["budgets.json"]
    assert "GET /login" in done.summary
    [leg] = done.published["published"]
    assert (leg["name"], leg["done"]) == ("perf", ["check-run", "comment", "summary"])
    assert done.outputs["comment-url"].startswith(f"{fork.github.server_url}/octo/shop/pull/7#")
    assert done.outputs["check-run-url"]
    assert len(fork.writes) <= 3
    assert len(fork.github.journal) <= 8 + 3


def test_again(fork: Fork) -> None:
    """A second delivery of the same event changes nothing that people see."""
    fork.upload()
    fork.receive()
    before = fork.bodies
    fork.receive()
    assert fork.bodies == before


def test_a_matrix(fork: Fork) -> None:
    """Every leg has its section and its check run; a pattern takes some of them."""
    for name in ("perf (api)", "perf (web)", "load"):
        fork.upload(fork.handover(report(name, (finding(),))))
    done = fork.receive(TRIVIGIL_ARTIFACT="perf*")
    assert done.code == 0
    assert [leg["name"] for leg in done.published["published"]] == ["perf (api)", "perf (web)"]
    [body] = fork.bodies
    assert "perf (api)" in body
    assert "load" not in [run.name for run in fork.shop.check_runs()]
    assert len(fork.shop.check_runs(fork.head)) == 2
    assert "its name is not asked for" in done.log


def test_too_many_legs(fork: Fork) -> None:
    """Thirty are published, and the rest is said."""
    for number in range(32):
        fork.artifact(b"PK", f"trivigil-handover-leg-{number:02}")
    done = fork.receive()
    assert "of 32 hand-overs the first 30 are published" in done.log
    assert len(fork.github.blobs.requests) == 30


def test_one_bad_leg(fork: Fork) -> None:
    """It is refused, and the others are published."""
    fork.artifact(b"PK", "trivigil-handover-bad")
    fork.upload()
    done = fork.receive()
    assert done.code == 0
    assert len(fork.bodies) == 1
    [refused] = done.published["refused"]
    assert refused.startswith("trivigil-handover-bad: the artifact's zip is refused")
    assert fork.receive(TRIVIGIL_PUBLISH_REQUIRED="true").code == 1


FORGED: dict[str, tuple[dict[str, Any], str]] = {
    "another pull request": ({"pull": 8}, "names pull request 8, which is not from this run's"),
    "no pull request": ({"pull": 999}, "(from it: 7)"),
    "another repository": ({"repository": "octo/other"}, "something else than GitHub"),
    "another commit": ({"head_sha": "d" * 40}, "something else than GitHub"),
    "another run": ({"run_id": 4241}, "something else than GitHub"),
}


@pytest.mark.parametrize(("changes", "said"), FORGED.values(), ids=FORGED)
def test_a_forged_claim(fork: Fork, changes: dict[str, Any], said: str) -> None:
    """What the file says besides GitHub is refused as a whole: nothing is written anywhere."""
    fork.shop.pull(8)
    fork.github.repository("octo/other").pull(NUMBER)
    fork.upload(fork.handover(**changes))
    done = fork.receive()
    assert done.code == 0
    assert said in done.published["refused"][0]
    assert "::warning" in done.log
    assert fork.writes == []


def test_an_older_attempts_word(fork: Fork) -> None:
    """A hand-over of another attempt of the run is passed over; that attempt has an event of its own."""
    fork.upload(fork.handover(run_attempt=2))
    done = fork.receive()
    assert "attempt 2 of the run, and this is about attempt 1" in done.published["passed-over"][0]
    assert fork.writes == []


def test_an_earlier_attempts_artifact(fork: Fork) -> None:
    """The artifacts of all attempts stand in one list; the earlier ones are left alone."""
    early = fork.github.clock.now()
    fork.upload(fork.handover(run_attempt=2), created_at=early)
    fork.github.clock.advance(600)
    began = fork.github.clock.now()
    fork.github.clock.advance(60)
    fork.upload(fork.handover(report(), run_attempt=2))
    payload = fork.event(run_attempt=2, run_started_at=began.strftime("%Y-%m-%dT%H:%M:%SZ"))
    done = fork.receive(payload)
    assert "of an earlier attempt than 2" in done.published["passed-over"][0]
    assert [run.conclusion for run in fork.shop.check_runs(fork.head)] == ["success"]
    assert len(fork.github.blobs.requests) == 1


def test_a_swapped_run(fork: Fork) -> None:
    """An artifact that GitHub lists with another run or commit is refused before it is downloaded."""
    fork.upload(head_sha=made_up_sha("other"))
    done = fork.receive()
    assert f"not of run {FIRST}" in done.published["refused"][0]
    assert fork.github.blobs.requests == []
    assert fork.writes == []


def test_the_artifact_of_another_run(fork: Fork) -> None:
    """The hand-over of another run of the same commit, uploaded again, says that run's number."""
    fork.upload(fork.handover(run_id=FIRST - 1))
    assert "run_id" in fork.receive().published["refused"][0]
    fork.artifact(handed_over(handover.dump(fork.handover())), run=FIRST - 1)
    assert fork.bodies == []


def test_another_name(fork: Fork) -> None:
    """An artifact speaks for its own name alone."""
    text = handover.dump(fork.handover())
    fork.artifact(handed_over(text), "trivigil-handover-security")
    assert "another name than its artifact" in fork.receive().published["refused"][0]
    assert fork.writes == []


def test_other_artifacts(fork: Fork) -> None:
    """What is no hand-over is not looked at."""
    fork.artifact(b"PK", "trivigil-perf")
    done = fork.receive()
    assert (done.code, done.published["refused"]) == (0, [])
    assert "left no hand-over" in done.log
    assert len(fork.github.journal) == 1


def test_the_pull_request_has_moved_on(fork: Fork) -> None:
    """A run of an older commit overwrites nothing."""
    fork.upload()
    payload = fork.event()
    fork.shop.push(NUMBER, made_up_sha("newer"))
    done = fork.receive(payload)
    assert done.code == 0
    assert "has moved on to" in done.published["passed-over"][0]
    assert fork.writes == []


def test_an_older_run_of_the_same_commit(fork: Fork) -> None:
    """The newer run's section stays, by the first halves' numbers and not the second halves'."""
    fork.upload()
    fork.artifact(
        handed_over(handover.dump(fork.handover(report(), run_id=FIRST + 1))), run=FIRST + 1
    )
    fork.receive(fork.event(run_id=FIRST + 1))
    before = fork.bodies
    fork.receive(fork.event(run_id=FIRST))
    assert fork.bodies == before


def test_a_closed_pull_request(fork: Fork) -> None:
    """It is passed over."""
    fork.upload()
    fork.shop.close(NUMBER)
    done = fork.receive()
    assert (done.code, done.published["passed-over"]) == (
        0, ["trivigil-handover-perf: pull request 7 is closed"],
    )  # fmt: skip
    assert fork.writes == []


def test_a_deleted_fork(github: GitHubDouble, tmp_path: Path) -> None:
    """Without its repository the pull request cannot be found, and that is said."""
    fork = Fork(github, tmp_path, fork_deleted=True)
    fork.upload()
    done = fork.receive()
    assert done.code == 0
    assert "was deleted" in done.published["passed-over"][0]
    assert len(github.journal) == 0


def test_an_expired_artifact(fork: Fork) -> None:
    """It says what to do."""
    fork.upload(expired=True)
    done = fork.receive()
    assert (done.code, done.published["refused"]) == (
        0, ["trivigil-handover-perf: it has expired; run the workflow again"],
    )  # fmt: skip


def test_a_run_of_a_push(fork: Fork) -> None:
    """The workflow also ends for pushes, which publish for themselves."""
    payload = fork.event()
    payload["workflow_run"]["event"] = "push"
    done = fork.receive(payload)
    assert (done.code, len(fork.github.journal)) == (0, 0)
    assert "was started by push" in done.published["passed-over"][0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param({"GITHUB_EVENT_NAME": "push"}, "this is a push event", id="wrong event"),
        pytest.param({"GITHUB_ACTIONS": ""}, "not a GitHub Actions run", id="no runner"),
        pytest.param({"TRIVIGIL_PUBLISH": "sarif"}, "not published on sarif", id="a channel"),
        pytest.param({"TRIVIGIL_PUBLISH": "coment"}, "is not a channel", id="no channel"),
        pytest.param({"TRIVIGIL_COMMENT_MODE": "often"}, "comment-mode", id="no mode"),
        pytest.param({"TRIVIGIL_DISCLOSE": "maybe"}, "true or false", id="no answer"),
    ],
)
def test_misuse(fork: Fork, values: dict[str, str], said: str) -> None:
    """Exit 2 and one sentence, and GitHub is not asked."""
    environ = fork.environ(fork.event(), **values)
    import io
    from contextlib import redirect_stderr

    from trivigil.cli import receive
    from trivigil.cli.console import Console

    with redirect_stderr(io.StringIO()) as log:
        assert receive.run(environ, Console(environ)) == 2
    assert said in log.getvalue()
    assert len(fork.github.journal) == 0


def test_no_permission_to_read_artifacts(github: GitHubDouble, tmp_path: Path) -> None:
    """The sentence names the line; the step is green unless publishing is required."""
    fork = Fork(github, tmp_path, private=True)
    fork.upload()
    less = {name: level for name, level in MAY.items() if name != "actions"}
    token = github.installation_token(fork.shop, less)
    done = fork.receive(TRIVIGIL_GITHUB_TOKEN=token)
    assert done.code == 0
    assert "add `actions: read` to the job's permissions" in done.log
    assert fork.receive(TRIVIGIL_GITHUB_TOKEN=token, TRIVIGIL_PUBLISH_REQUIRED="true").code == 1


def test_no_permission_to_write(fork: Fork) -> None:
    """A refused channel is a warning once for all legs, and the rest is published."""
    for name in ("api", "web"):
        fork.upload(fork.handover(report(name, (finding(),))))
    token = fork.github.installation_token(fork.shop, {"actions": "read", "checks": "write"})
    done = fork.receive(TRIVIGIL_GITHUB_TOKEN=token)
    assert done.code == 0
    assert len(fork.shop.check_runs(fork.head)) == 2
    assert done.log.count("::warning") == 1
    assert "add `pull-requests: write`" in done.log
    assert fork.receive(TRIVIGIL_GITHUB_TOKEN=token, TRIVIGIL_PUBLISH_REQUIRED="true").code == 1


def test_no_token(fork: Fork) -> None:
    """Without a token it says so."""
    done = fork.receive(TRIVIGIL_GITHUB_TOKEN="")
    assert (done.code, len(fork.github.journal)) == (0, 0)
    assert "no usable token" in done.log


def test_dependabot(github: GitHubDouble, tmp_path: Path) -> None:
    """A run by Dependabot, from a branch of the repository itself, is published as well."""
    fork = Fork(github, tmp_path, fork=False, author="dependabot[bot]")
    fork.upload()
    assert fork.receive().code == 0
    [body] = fork.bodies
    assert "from the pull request's run" in body


@pytest.mark.parametrize(
    ("publish", "channels", "done"),
    [
        pytest.param("", ("check-run",), ["check-run", "summary"], id="as the run wanted"),
        pytest.param("", ("status",), ["status", "summary"], id="a status by itself"),
        pytest.param("comment", ("check-run", "comment"), ["comment"], id="as the input says"),
        pytest.param("none", ("comment",), [], id="nothing"),
    ],
)
def test_channels(fork: Fork, publish: str, channels: tuple[str, ...], done: list[str]) -> None:
    """The input goes first; without it the run's own wish counts."""
    fork.upload(fork.handover(channels=channels))
    token = fork.github.installation_token(fork.shop, {**MAY, "statuses": "write"})
    said = fork.receive(TRIVIGIL_PUBLISH=publish, TRIVIGIL_GITHUB_TOKEN=token)
    assert said.published["published"][0]["done"] == done


def test_comment_mode(fork: Fork) -> None:
    """The run's mode counts, and the input goes first."""
    fork.upload(fork.handover(report(), comment="on-failure"))
    fork.receive()
    assert fork.bodies == []
    fork.receive(TRIVIGIL_COMMENT_MODE="always")
    assert len(fork.bodies) == 1


# --- hostile files --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(Zip(b"[" * 100_000, method=0).bytes(), "deeper than 32 levels", id="deep lists"),
        pytest.param(
            Zip(b'{"a":' * 5000 + b"1" + b"}" * 5000, method=0).bytes(), "deeper than 32", id="deep objects"
        ),
        pytest.param(Zip(b"\xff\xfe{}").bytes(), "no UTF-8", id="no UTF-8"),
        pytest.param(Zip(b"{}").bytes(), "schema", id="an empty object"),
        pytest.param(Zip(b"").bytes(), "not JSON", id="an empty file"),
        pytest.param(Zip(b'{"schema": NaN}').bytes(), "not JSON", id="no number"),
        pytest.param(Zip(name=b"../../x").bytes(), "not called trivigil-handover", id="traversal"),
        pytest.param(Zip(b" " * (3 * 1024 * 1024)).bytes(), "larger than", id="oversize"),
        pytest.param(b"\0" * (3 * 1024 * 1024), "larger than", id="an oversize zip"),
    ],
)  # fmt: skip
def test_a_poisoned_artifact(fork: Fork, content: bytes, said: str) -> None:
    """It is refused with a sentence, and nothing is written anywhere."""
    fork.artifact(content)
    done = fork.receive()
    assert done.code == 0
    assert said in done.published["refused"][0]
    assert fork.writes == []


ATTACK = (
    "<!-- trivigil:end --> <!-- trivigil:comment:1 {} --> @octocat #1 Fixes #2 ![x](https://evil.example/x) "
    "[y](javascript:alert(1)) </details><script> ##[error]x ::error::y \u202e\x1b[31m https://evil.example"
)


def test_words(fork: Fork) -> None:
    """Whatever the report says is words: no marker, mention, link, element or command comes of it."""
    hostile = finding()._replace(
        message=ATTACK, location=Location(ATTACK, "src/x.py", 3), fix=ATTACK,
    )  # fmt: skip
    hostile = hostile._replace(
        rule=hostile.rule._replace(title=ATTACK, help_uri="https://evil.example/help")
    )
    told = report("perf", (hostile,))._replace(
        notes=(ATTACK,), problems=(ATTACK,), facts={"profile": ATTACK}
    )
    fork.upload(fork.handover(told))
    done = fork.receive()
    [body] = fork.bodies
    ours = (f"{SERVER}/octo/shop/",)
    assert living(body, comments=3, ours=ours) == []
    assert living(done.summary, ours=ours) == []
    assert controls(body.replace("\u200b", "")) == []
    lines = [line for line in done.log.splitlines() if line.startswith("::")]
    assert {line.split("::")[1].split(" ")[0] for line in lines} <= {
        "add-mask",
        "notice",
        "warning",
    }
    [check] = fork.shop.check_runs(fork.head)
    assert living(check.summary or "", ours=ours) == []


@pytest.mark.parametrize(
    "path",
    ["../../../../evil/x", "a/../../../../../../evil/x", "..\\..\\..\\..\\evil", "/etc/passwd", "//evil.example/x",
     "https://evil.example/x", "a/./../.."],
)  # fmt: skip
def test_paths(fork: Fork, path: str) -> None:
    """A path never becomes a link out of the repository, nor an annotation outside of it."""
    hostile = finding()._replace(location=Location("GET /login", path, 3))
    fork.upload(fork.handover(report("perf", (hostile,))))
    fork.receive()
    [body] = fork.bodies
    base = f"{SERVER}/octo/shop/"
    assert living(body, comments=3, ours=(base,)) == []
    assert "/blob/" not in body
    [check] = fork.shop.check_runs(fork.head)
    assert not [one.path for one in check.annotations if ".." in one.path or one.path[:1] == "/"]


def test_no_address_is_kept(fork: Fork) -> None:
    """The report that is rendered has GitHub's facts for origin, and no address of its own in any rule."""
    one = finding()
    evil = one._replace(rule=one.rule._replace(help_uri="https://evil.example/help"))
    event = read_event(fork.environ(fork.event()))
    assert event is not None
    told = report_of(fork.handover(report("perf", (evil,))), event)
    assert [result.rule.help_uri for result in told.results] == [None]
    assert told.origin.run_url == event.run_url


def test_a_run_elsewhere(fork: Fork) -> None:
    """The address of the run is made here, not read."""
    one = fork.handover()
    evil = "https://evil.example/octo/shop/actions/runs/4242"
    origin = one.report.origin._replace(run_url=evil)
    fork.upload(one._replace(report=one.report._replace(origin=origin)))
    fork.receive()
    assert "evil.example" not in fork.bodies[0]
    assert fork.shop.check_runs(fork.head)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"errors": 7, "timeline": "x", "profile": []}, id="of other types"),
        pytest.param({"errors": [{}], "exceptions": [None]}, id="lists of other things"),
        pytest.param({"errors": {"count": "many"}}, id="an object"),
        pytest.param({"timeline": [[1e300, -1e300]] * 10}, id="numbers"),
    ],
)
def test_facts_of_another_shape(fork: Fork, facts: dict[str, Any]) -> None:
    """Where a report breaks its renderer, its leg is refused and the others are published."""
    fork.upload(fork.handover(report("bad", (finding(),))._replace(facts=facts)))
    fork.upload()
    done = fork.receive()
    assert done.code == 0
    assert "perf" in [leg["name"] for leg in done.published["published"]]
    assert len(fork.bodies) == 1


def test_disclosure(fork: Fork) -> None:
    """In a public repository a tool's own words are withheld here too, unless it is asked for."""
    facts = {"errors": [{"subject": "GET /login", "text": "hush-hush", "count": 3}]}
    told = report("perf", (finding(),))._replace(facts=facts)
    fork.upload(fork.handover(told))
    done = fork.receive()
    assert done.published["published"], done.log
    assert "hush-hush" not in fork.bodies[0] + done.summary
    assert "hush-hush" in fork.receive(TRIVIGIL_DISCLOSE="true").summary


def test_a_store_that_fails(fork: Fork) -> None:
    """A redirect to somewhere else is refused, and the token is sent nowhere."""
    fork.upload()
    fork.github.blobs.redirect("http://example.invalid/x?sig=1")
    done = fork.receive()
    assert "no https" in done.published["refused"][0]
    assert fork.writes == []
