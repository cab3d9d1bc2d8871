"""A fork's pull request whose run has ended: what it handed over, and the second half's run."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, NamedTuple

from tests.github_double import GitHubDouble, Repository
from tests.github_double.exchange import Exchange
from trivigil.cli import receive
from trivigil.cli.console import Console
from trivigil.core.report import Origin, Report
from trivigil.publish import handover
from trivigil.publish.handover import Handover

from .scene import finding, outputs_in, report
from .zips import handed_over

NUMBER, FIRST, SECOND = 7, 4242, 5000
SERVER = "https://github.com"
"""What links are made with: only https becomes one."""
MAY = {"contents": "read", "checks": "write", "pull_requests": "write", "actions": "read"}


class Received(NamedTuple):
    """What one second half left behind."""

    code: int
    log: str
    outputs: Mapping[str, str]
    summary: str

    @property
    def published(self) -> Any:
        """The output `published`."""
        return json.loads(self.outputs["published"])


class Fork:
    """octo/shop, with pull request 7 from mona's fork."""

    def __init__(self, github: GitHubDouble, files: Path, **facts: Any) -> None:
        self.github = github
        self.files = files
        self.shop: Repository = github.repository("octo/shop", private=facts.pop("private", False))
        self.shop.pull(NUMBER, **{"fork": True, "head_ref": "fix"} | facts)
        self._runs = 0

    @property
    def head(self) -> str:
        """The pull request's present head."""
        return self.shop.pulls()[NUMBER].head_sha

    def handover(self, told: Report | None = None, **changes: Any) -> Handover:
        """What an honest first half writes, with changes."""
        told = told or report(results=(finding(),))
        run_url = f"{self.github.server_url}/octo/shop/actions/runs/{FIRST}"
        made = Handover(
            watch="perf",
            name=told.name,
            repository="octo/shop",
            head_sha=self.head,
            pull=NUMBER,
            run_id=FIRST,
            run_attempt=1,
            workflow="ci",
            event="pull_request",
            channels=("check-run", "comment"),
            comment="always",
            report=told._replace(origin=Origin(self.head, run_url, "octo/shop")),
        )
        return agreeing(made._replace(**changes))

    def upload(self, one: Handover | None = None, **facts: Any) -> None:
        """Hand it over as upload-artifact does."""
        one = one or self.handover()
        self.artifact(handed_over(handover.dump(one)), handover.artifact_name(one.name), **facts)

    def artifact(
        self, content: bytes, name: str = "trivigil-handover-perf", run: int = FIRST, **facts: Any
    ) -> None:
        """Upload any zip."""
        self.shop.artifact(run, name, content, **{"head_sha": self.head, **facts})

    def event(self, **facts: Any) -> dict[str, Any]:
        """The event that the end of the first half's run makes."""
        return self.github.event(
            "workflow_run", self.shop, number=NUMBER, **{"run_id": FIRST, **facts}
        )

    def environ(self, payload: Mapping[str, Any], **values: str) -> dict[str, str]:
        """The second half's variables."""
        self._runs += 1
        place = self.files / f"second-{self._runs}"
        place.mkdir()
        (place / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        for name in ("output", "summary"):
            (place / name).touch()
        return {
            **self.github.runner_environment("workflow_run", self.shop, payload),
            "GITHUB_SERVER_URL": SERVER,
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_RUN_ID": str(SECOND + self._runs),
            "TRIVIGIL_STATE_FOLDER": str(place / "state"),
            "TRIVIGIL_GITHUB_TOKEN": self.github.installation_token(self.shop, MAY),
            **values,
        }

    def receive(self, payload: Mapping[str, Any] | None = None, **values: str) -> Received:
        """Run the second half as `trivigil step receive` does. The token must not show."""
        environ = self.environ(self.event() if payload is None else payload, **values)
        log = io.StringIO()
        with redirect_stderr(log):
            code = receive.run(environ, Console(environ))
        done = Received(
            code,
            log.getvalue(),
            outputs_in(Path(environ["GITHUB_OUTPUT"])),
            Path(environ["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8"),
        )
        token = environ["TRIVIGIL_GITHUB_TOKEN"]
        shown = [line for line in done.log.splitlines() if not line.startswith("::add-mask::")]
        for text in (*shown, done.summary, json.dumps(dict(done.outputs))):
            assert not token or token not in text
            assert "sig=" not in text
        return done

    @property
    def bodies(self) -> list[str]:
        """The comments on the pull request."""
        return [comment.body for comment in self.shop.comments(NUMBER)]

    @property
    def writes(self) -> list[Exchange]:
        """What changed anything, GraphQL's queries aside."""
        return self.github.journal.writes


def agreeing(one: Handover) -> Handover:
    """The report says what the rest says: who forges one, forges both."""
    run_url = (one.report.origin.run_url or "").rpartition("/octo/")[0]
    origin = Origin(
        one.head_sha, f"{run_url}/{one.repository}/actions/runs/{one.run_id}", one.repository
    )
    return one._replace(report=one.report._replace(origin=origin, name=one.name))
