"""A runner's machine for our own actions: the double as GitHub, and the environment that set-up would make."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.act.consumer import Consumer
from tests.github_double import GitHubDouble, Repository
from tests.github_double.events import write_event
from tests.runner_model import Finished, Hook, Job, UsesFailed, read_action

ROOT = Path(__file__).resolve().parents[2]
NUMBER = 7
PERMISSIONS = {"contents": "read", "pull_requests": "write", "checks": "write"}
UPLOAD = "actions/upload-artifact"
OBEYED = frozenset(
    {"add-mask", "debug", "endgroup", "error", "group", "notice", "stop-commands", "warning"}
)
"""The commands that our own program issues."""

USUAL: Mapping[str, Mapping[str, str]] = {
    "actions/perf/action.yml": {"results": "results/*.csv", "thresholds": "budgets.json"},
    "actions/security/action.yml": {"results": "scans/*.json"},
    "actions/monitor/action.yml": {"retries": "0", "allow-private": "true"},
    "action.yml": {},
}
"""What each action is given in every use."""


class Machine:
    """One job's machine, with a consumer's repository checked out in its workspace; `variables` are the runner's own."""

    def __init__(
        self,
        place: Path,
        github: GitHubDouble,
        *,
        fork: bool = False,
        base: Mapping[str, str] | None = None,
        private: bool = False,
        event: str = "pull_request",
        may: Mapping[str, str] = PERMISSIONS,
        repository: Repository | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self.github = github
        self.repository = repository or github.repository("octo/shop", private=private)
        if base:
            self.repository.put("main", {name: text.encode() for name, text in base.items()})
        if repository is None:
            self.repository.pull(NUMBER, fork=fork)
        self.token = github.installation_token(self.repository, may)
        self.python = sys.executable
        self.uploads: list[Mapping[str, str]] = []
        self.refused_upload = ""
        """The beginning of an artifact's name whose upload fails."""
        self._place = place
        place.mkdir(exist_ok=True)
        facts = {"number": NUMBER} if event == "pull_request" else {}
        payload = github.event(event, self.repository, **facts)
        path = write_event(place / "event.json", payload)
        self.job = Job(
            place,
            {
                **github.runner_environment(event, self.repository, payload),
                "GITHUB_EVENT_PATH": str(path),
                **(variables or {}),
            },
            token=self.token,
            machine={"PATH": os.environ["PATH"], "HOME": str(place), "LANG": "C.UTF-8"},
            uses={UPLOAD: self._upload},
        )
        self.consumer = Consumer(self.job.workspace)
        stock(self.job.tool_cache)

    def run(
        self,
        hooks: Mapping[str, Hook] | None = None,
        action: str = "actions/perf/action.yml",
        **inputs: str,
    ) -> Finished:
        """Use one of our actions."""
        given = {
            **USUAL[action],
            "python": self.python,
            **{name.replace("_", "-"): text for name, text in inputs.items()},
        }
        done = self.job.run(read_action(ROOT / action), given, hooks)
        sys.stdout.write(f"{done.text}\n")  # pytest shows it where a test fails
        assert self.token not in done.text + done.summary + json.dumps(dict(done.outputs))
        return done

    def _upload(self, given: Mapping[str, str], env: Mapping[str, str]) -> Mapping[str, str]:
        if self.refused_upload and given["name"].startswith(self.refused_upload):
            raise UsesFailed("Failed to CreateArtifact: Unable to make request: ECONNRESET")
        self.uploads.append(given)
        return {"artifact-url": f"{self.github.server_url}/octo/shop/actions/runs/4242/artifacts/1"}

    @property
    def comments(self) -> list[str]:
        """The comments on the pull request."""
        return [comment.body for comment in self.repository.comments(NUMBER)]

    def check_runs(self) -> list[Any]:
        """The check runs on its head."""
        return list(self.repository.check_runs(self.repository.pulls()[NUMBER].head_sha))


def stock(tool_cache: Path) -> None:
    """Put this Python's environment where set-up looks for those it has made: nothing is installed."""
    environment = _environment()
    for lock in ("action.txt", "monitor.txt"):
        wanted = environment.plan(ROOT / "requirements" / lock, wheels_only=True)
        place = tool_cache / "trivigil" / wanted.key
        place.mkdir(parents=True)
        for one in Path(sys.prefix).iterdir():
            if one.name in {"bin", "lib", "lib64", "pyvenv.cfg", "Scripts", "Lib"}:
                (place / one.name).symlink_to(one)
        marker = f"{wanted.digest} {wanted.key}\n"
        (place / environment.MARKER).write_text(marker, encoding="utf-8")


def _environment() -> ModuleType:
    path = ROOT / "actions" / "environment.py"
    spec = importlib.util.spec_from_file_location("actions_environment", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
