"""Each event with each kind of token: something always reaches people, and a refusal says what mends it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.github_double import GitHubDouble
from tests.publish.scene import ALL, CHECKOUT, NUMBER, Scene, finding, outputs_in, report
from trivigil.github.client import connect
from trivigil.github.event import Event, read_event
from trivigil.github.workflow import Workflow
from trivigil.publish import Published, Wanted, deliver, payloads, plan, prepare, recall

FAILED: Final = report(results=(finding(),))
CHECKS, COMMENT, ISSUE = "checks: write", "pull-requests: write", "issues: write"
LINES: Final = {"check-run": CHECKS, "comment": COMMENT, "issue": ISSUE}
SCOPES: Final[Mapping[str, Mapping[str, str]]] = {
    "no scope": {"contents": "read"},
    "comment only": {"contents": "read", "pull-requests": "write"},
    "checks only": {"contents": "read", "checks": "write"},
    "issues only": {"contents": "read", "issues": "write"},
    "all": ALL,
}
TOKENS: Final = (*SCOPES, "personal token", "bad token", "no token")


class Run(NamedTuple):
    """An event, and what it lets a token do."""

    event: str
    number: int | None = NUMBER
    fork: bool = False
    author: str = "octocat"
    comments: bool = False
    """Whether there is a pull request to comment on."""
    issues: bool = False
    """Whether it is about the default branch."""
    writes: bool = True
    """Whether its token may ever write."""


RUNS: Final = {
    "push": Run("push", number=None, issues=True),
    "pull request": Run("pull_request", comments=True),
    "fork": Run("pull_request", fork=True, comments=True, writes=False),
    "Dependabot": Run("pull_request", author="dependabot[bot]", comments=True, writes=False),
    "merge group": Run("merge_group"),
    "schedule": Run("schedule", number=None, issues=True),
    "workflow_run": Run("workflow_run"),
    "dispatch": Run("workflow_dispatch", number=None),
}


class Outcome(NamedTuple):
    """What one run left behind."""

    published: Published
    log: str
    summary: str
    outputs: Mapping[str, str]
    plan: Mapping[str, Mapping[str, str | None]]
    """What the job's next step would plan, by channel."""


class Bench:
    """One repository with one pull request, and a runner's files."""

    def __init__(self, github: GitHubDouble, place: Path, run: Run) -> None:
        self.github = github
        self.place = place
        self.run = run
        self.shop = github.repository("octo/shop")
        self.shop.pull(number=NUMBER, fork=run.fork, author=run.author)

    def token(self, kind: str) -> str:
        """A token of a kind; a fork's job gets one that may only read, whatever the workflow says."""
        if kind == "no token":
            return ""
        if kind == "bad token":
            return "ghs_" + "0" * 36
        if kind == "personal token":
            return self.github.personal_token("octocat", self.shop)
        if not self.run.writes:
            return self.github.fork_token(self.shop)
        return self.github.installation_token(self.shop, SCOPES[kind])

    def environ(self) -> dict[str, str]:
        """The variables of the run, with its files."""
        facts = {} if self.run.number is None else {"number": self.run.number}
        payload = self.github.event(self.run.event, self.shop, **facts)
        files = {name: self.place / name for name in ("event.json", "output", "summary")}
        files["event.json"].write_text(json.dumps(payload), encoding="utf-8")
        for name in ("output", "summary"):
            files[name].touch()
        return {
            **self.github.runner_environment(self.run.event, self.shop, payload),
            "GITHUB_EVENT_PATH": str(files["event.json"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_ACTOR": self.run.author,
        }

    def publish(self, token: str) -> Outcome:
        """Publish as a step does, and look at what the next step would plan."""
        environ, state = self.environ(), str(self.place / "state")
        event = read_event(environ)
        assert event is not None
        ready, log = prepare(FAILED, event, CHECKOUT), io.StringIO()
        published = deliver(
            plan(FAILED, event, Wanted(), {}),
            ready,
            lambda: connect(event, token),
            Workflow(environ, log),
            state_dir=state,
            handover_dir=str(self.place / "results"),
        )
        return Outcome(
            published,
            log.getvalue(),
            (self.place / "summary").read_text(encoding="utf-8"),
            outputs_in(self.place / "output"),
            planned(event, state),
        )


def planned(event: Event, state: str) -> Mapping[str, Mapping[str, str | None]]:
    """`publish-plan.json` of the job's next step."""
    chosen = plan(FAILED, event, Wanted(), recall(state, event))
    written = payloads(chosen, prepare(FAILED, event, CHECKOUT))["publish-plan.json"]
    return {step["channel"]: step for step in json.loads(written)["steps"]}


def refused(run: Run, token: str) -> set[str]:
    """The channels that are tried and refused."""
    if not run.writes:
        return set()
    tried = {"check-run"}
    tried |= {"comment"} if run.comments else set()
    tried |= {"issue"} if run.issues else set()
    granted = {
        "all": {"check-run", "comment", "issue"},
        "comment only": {"comment"},
        "checks only": {"check-run"},
        # GitHub lets issues: write also comment on pull requests, and list them.
        "issues only": {"comment", "issue"},
        "personal token": {"comment", "issue"},
    }
    return tried - granted.get(token, set())


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_every_event_with_every_token(tmp_path: Path, run: Run, token: str) -> None:
    """No unhandled error; the summary always; each refusal is named with the line that mends it."""
    with GitHubDouble() as github:
        bench = Bench(github, tmp_path, run)
        done = bench.publish(bench.token(token))
        expected = refused(run, token)
        assert {one.channel for one in done.published.refused} & LINES.keys() == expected
        assert {"summary", "outputs"} <= set(done.published.done)
        assert "GET /login" in done.summary
        assert done.outputs["passed"] == "false"
        assert "Traceback" not in done.log
        handed = {one.channel for one in done.published.handed_over}
        assert handed == (set() if run.writes else {"check-run", "comment"})
        assert ("annotations" in done.published.done) is ("check-run" not in done.published.done)
        if not run.writes or token == "no token":
            assert len(github.journal) == 0
        _told(done, expected, token)


def _told(done: Outcome, expected: set[str], token: str) -> None:
    """In the log, the summary, the output and the plan: what is missing, why, and what to add."""
    listed = {one["channel"]: one for one in json.loads(done.outputs["published"])["refused"]}
    assert listed.keys() & LINES.keys() == expected
    for channel in expected:
        line = LINES[channel] if token in SCOPES else None
        assert listed[channel]["permission"] == line
        assert f"{channel} not published" in done.log
        assert "not published" in done.summary
        if line is not None:
            assert f"add `{line}` to the job's permissions" in done.log
        if token != "no token":
            assert done.plan[channel]["act"] == "skip"
            assert done.plan[channel]["permission"] == line
    skipped = {one.channel: one.reason for one in done.published.skipped}
    assert all(len(reason) > 10 for reason in skipped.values())


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize("channel", LINES)
def test_the_permissions_table(tmp_path: Path, channel: str, private: bool) -> None:
    """With the line of the docs' table a channel is delivered, in a private repository too; without it, it is refused."""
    line = _table()[channel]
    assert line == LINES[channel]
    name, _, level = line.partition(": ")
    # GitHub takes issues: write for comments on pull requests as well.
    lacking = {**ALL, name: "read", **({"issues": "read"} if channel == "comment" else {})}
    for permissions, delivered in (({name: level}, True), (lacking, False)):
        with GitHubDouble() as github:
            place = tmp_path / str(delivered)
            place.mkdir()
            scene = Scene(github, place, private=private)
            wanted = Wanted(frozenset({channel, "summary"}))
            environ = scene.environ("push" if channel == "issue" else "pull_request")
            told = scene.run(FAILED, scene.token(permissions), environ, wanted=wanted)
            assert (channel in told.published.done) is delivered
            assert {one.permission for one in told.published.refused} == (
                set() if delivered else {line}
            )


def test_no_call_needs_more_than_the_table(tmp_path: Path) -> None:
    """Every call of a whole publish is one that a line of the table allows."""
    table = {line.split(": ")[0].replace("-", "_") for line in _table().values()}
    with GitHubDouble() as github:
        scene = Scene(github, tmp_path, private=True)
        token = scene.token({line.split(": ")[0]: "write" for line in _table().values()})
        for event in ("pull_request", "push"):
            told = scene.run(FAILED, token, scene.environ(event))
            assert told.published.refused == ()
        used = set()
        for call in github.journal:
            accepted = call.response_headers.get("X-Accepted-GitHub-Permissions", "")
            ways = [part.strip().partition("=")[0] for part in accepted.split(";") if part.strip()]
            allowed = [name for name in ways if name in table]
            assert allowed or not ways, f"{call.method} {call.path} needs {accepted}"
            used.update(allowed)
        assert used == table


def _table() -> Mapping[str, str]:
    """The permissions of the channels that are tested here, as docs/actions.md has them."""
    text = (Path(__file__).parents[2] / "docs" / "actions.md").read_text(encoding="utf-8")
    section = text.partition("\n## Permissions\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in row.split("|")[1:3]]
        for row in section.splitlines()
        if row.startswith("| ")
    ]
    found = {}
    for channel in LINES:
        [line] = [need for what, need in rows if what.startswith(channel.replace("-", " "))]
        found[channel] = line.strip("`")
    return found
