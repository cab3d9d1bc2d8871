"""A pull request on the double, and runs that publish a report on it as the command does."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.github_double import GitHubDouble, Repository
from trivigil.core.gate import Conclusion, conclude
from trivigil.core.reading import State
from trivigil.core.report import Origin, Report, SourceRecord
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.github.client import Client, connect
from trivigil.github.event import Event, read_event
from trivigil.github.patience import Manners
from trivigil.github.workflow import Workflow
from trivigil.publish import Published, Wanted, deliver, plan, prepare, recall
from trivigil.publish.annotations import Checkout

ALL = {"contents": "read", "checks": "write", "issues": "write", "pull-requests": "write"}
QUICK = Manners(ceiling=30.0, backoff=0.01, timeout=30)
CHECKOUT = Checkout("/home/runner/work/shop/shop", "/home/runner/work/shop/shop")
NUMBER = 7
WITHOUT_PULL = {"push", "repository_dispatch", "schedule", "workflow_dispatch"}


class Told(NamedTuple):
    """What one run left behind: what was published, its log, outputs and summary."""

    published: Published
    log: str
    outputs: Mapping[str, str]
    summary: str


def finding(index: int = 0, *, gates: bool = True, subject: str = "GET /login") -> Result:
    """A broken budget; a greater index is a smaller excess."""
    limit, excess = 300.0, 1.0 / (index + 1)
    return Result(
        Rule("budget.latency.p95", "budget for p95 latency"),
        "fail",
        Severity.HIGH if gates else Severity.LOW,
        f"{subject}: p95 latency is 412 ms, at most 300 ms required",
        Location(subject if index == 0 else f"{subject}/{index}", "budgets.json", index + 1),
        gates=gates,
        evidence={
            "value": limit * (1 + excess), "unit": "ms", "n": 1200,
            "operator": "<=", "limit": limit, "excess": excess,
        },
    )  # fmt: skip


def held(index: int = 0) -> Result:
    """The budget of `finding(index)`, kept."""
    found = finding(index)
    evidence = {**found.evidence, "value": 200.0, "excess": 0.0}
    return found._replace(kind="pass", message="p95 latency is 200 ms", evidence=evidence)


def whole(results: tuple[Result, ...], name: str = "perf", state: State = "complete") -> Report:
    """A report of one run whose results were read in this state."""
    source = SourceRecord("stats.csv", "locust", "stats-csv", state, count=1, unit="endpoints")
    return report(name, results)._replace(sources=(source,))


def report(name: str = "perf", results: tuple[Result, ...] = (), commit: str = "") -> Report:
    """A report about these results."""
    conclusion: Conclusion = conclude(results, (), criteria=max(len(results), 1))
    return Report(
        action="perf",
        name=name,
        conclusion=conclusion,
        generated_at="2026-01-31T12:00:00Z",
        sources=(),
        results=results,
        measurements=(),
        origin=Origin(commit or None),
    )


class Scene:
    """A repository with pull request 7, and a place for the runner's files."""

    def __init__(self, github: GitHubDouble, files: Path, *, private: bool = False) -> None:
        self.github = github
        self.files = files
        self.shop: Repository = github.repository("octo/shop", private=private)
        self.shop.pull(number=NUMBER)
        self._runs = 0

    @property
    def head(self) -> str:
        """The pull request's present head."""
        return self.shop.pulls()[NUMBER].head_sha

    def token(self, permissions: Mapping[str, str] = ALL) -> str:
        """A job's token."""
        return self.github.installation_token(self.shop, permissions)

    def environ(
        self, event: str = "pull_request", number: int = NUMBER, **values: str
    ) -> dict[str, str]:
        """The variables of a fresh run, with its own files."""
        self._runs += 1
        place = self.files / f"run-{self._runs}"
        place.mkdir()
        facts = {} if event in WITHOUT_PULL else {"number": number}
        payload = self.github.event(event, self.shop, **facts)
        path = place / "event.json"
        path.write_text(json.dumps(payload), encoding="utf-8")
        for name in ("output", "summary"):
            (place / name).touch()
        return {
            **self.github.runner_environment(event, self.shop, payload),
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_RUN_ID": str(1000 + self._runs),
            **values,
        }

    def run(
        self,
        told: Report,
        token: str,
        environ: Mapping[str, str] | None = None,
        *,
        wanted: Wanted = Wanted(),  # noqa: B008 - an immutable record
        manners: Manners = QUICK,
        state: Path | None = None,
        handover: Path | None = None,
    ) -> Told:
        """Publish a report as a step of a job does."""
        environ = environ if environ is not None else self.environ()
        event = read_event(environ)
        assert event is not None
        log = io.StringIO()
        published = deliver(
            plan(told, event, wanted, recall(str(state) if state else None, event)),
            prepare(told, event, CHECKOUT, wishes=wanted.issue),
            lambda: connect(event, token, manners=manners),
            Workflow(environ, log),
            state_dir=str(state) if state else None,
            report_path="trivigil-results/performance-analysis.json",
            handover_dir=str(handover) if handover else None,
        )
        return Told(
            published,
            log.getvalue(),
            outputs_in(Path(environ["GITHUB_OUTPUT"])),
            Path(environ["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8"),
        )

    def client(self, token: str, *, manners: Manners = QUICK) -> Client:
        """A client for this repository."""
        return connect(self.event(), token, manners=manners)

    def event(self, name: str = "pull_request") -> Event:
        """The event of a fresh run."""
        event = read_event(self.environ(name))
        assert event is not None
        return event

    def bodies(self) -> list[str]:
        """The comments on the pull request."""
        return [comment.body for comment in self.shop.comments(NUMBER)]

    def mine(self) -> list[str]:
        """The comments that begin with our marker."""
        return [body for body in self.bodies() if body.startswith("<!-- trivigil:comment:1 ")]


def outputs_in(path: Path) -> dict[str, str]:
    """The outputs in a step's file, read as the runner reads heredocs."""
    found: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").splitlines())
    for line in lines:
        name, mark, delimiter = line.partition("<<")
        assert mark, f"not a heredoc: {line}"
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found
