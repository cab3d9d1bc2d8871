"""One bench: a consumer's repository, isolated folders, and act runs between them and the double."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.github_double import GitHubDouble, Repository
from tests.github_double.events import write_event

from .consumer import Consumer
from .finished import Finished
from .project import OURS, upload_pin

SECONDS = 120
"""A run takes a few seconds; what is still there after this hangs."""
PERMISSIONS = {"contents": "read", "pull_requests": "write", "checks": "write"}
"""What our README asks a team to grant."""
UPLOAD_STAND_IN = Path(__file__).parent / "upload_artifact"
PASSED_ON = ("PIP_", "UV_", "SSL_", "REQUESTS_CA_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
"""How this machine reaches its package index; nothing else of our environment reaches a run."""


class Machine(NamedTuple):
    """What all benches of a session share."""

    act: str
    project: Path
    """The copy of this project that is the action."""
    tool_cache: Path
    path: str
    """PATH of the runner."""


class Bench:
    """Where one test runs workflows. The consumer's files may change between two runs."""

    def __init__(self, root: Path, machine: Machine, github: GitHubDouble) -> None:
        self.root = root
        self.machine = machine
        self.github = github
        self.repository: Repository = github.repository("octo/shop")
        self.consumer = Consumer(root / "repository")
        self._runs = 0
        (root / "home").mkdir()
        (root / "cache").mkdir()
        # act's tool cache always lies in its cache folder; one environment serves all tests.
        (root / "cache" / "tool_cache").symlink_to(machine.tool_cache, target_is_directory=True)

    def token(self, **permissions: str) -> str:
        """A job's token with what the README asks for, or with these permissions alone."""
        return self.github.installation_token(self.repository, permissions or PERMISSIONS)

    def run(
        self,
        workflow: str,
        *,
        event: str = "pull_request",
        number: int = 7,
        payload: Mapping[str, Any] | None = None,
        token: str | None = None,
        run_id: int = 4242,
        actor: str | None = None,
        variables: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
    ) -> Finished:
        """Execute a workflow of the folder `workflows`, and bring back what it left.

        The event is made from the double's present state, or is the `payload` of an earlier moment.
        `variables` and `secrets` are the repository's (`vars` and `secrets` in the workflow). Neither the token nor a secret may
        show anywhere.
        """
        token = token or self.token()
        facts = {} if event == "push" else {"number": number}
        payload = dict(payload or self.github.event(event, self.repository, **facts))
        place = self._place()
        taken = self.consumer.take_workflow(workflow)
        runner = self.github.runner_environment(event, self.repository, payload)
        runner |= {"GITHUB_RUN_ID": str(run_id), "BENCH": str(place)}
        runner |= {"SHA_REF": runner["GITHUB_SHA"]}  # act's own name for it
        command = [
            self.machine.act, event,
            "--workflows", taken,
            "--eventpath", str(write_event(place / "event.json", payload)),
            "--actor", actor or runner["GITHUB_ACTOR"],
            *_each("--env", runner),
            *_each("--var", variables or {}),
            *_each("--secret", {"GITHUB_TOKEN": token, **(secrets or {})}),
            "--insecure-secrets", "--json",
            *self._isolation(),
        ]  # fmt: skip
        code, output = self._execute(command)
        finished = Finished(code, output, place / "artifacts", place / "written")
        sys.stdout.write(f"{finished!r}\n")  # pytest shows it where a test fails
        for secret in (token, *(secrets or {}).values()):
            finished.assert_hides(secret)
        return finished

    @property
    def next_place(self) -> Path:
        """The folder for what the next run will leave."""
        return self.root / f"run-{self._runs + 1}"

    def _place(self) -> Path:
        place = self.next_place
        self._runs += 1
        (place / "artifacts").mkdir(parents=True)
        (place / "written").mkdir()
        return place

    def _isolation(self) -> Iterable[str]:
        """No containers, no network but loopback, no folder outside the bench."""
        return (
            "--platform", "ubuntu-latest=-self-hosted",
            "--action-offline-mode", "--no-cache-server", "--concurrent-jobs", "2",
            "--action-cache-path", str(self.root / "cache"),
            "--local-repository", f"{OURS}={self.machine.project}",
            "--local-repository", f"{upload_pin()}={UPLOAD_STAND_IN}",
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        passed = {
            name: value for name, value in os.environ.items() if name.upper().startswith(PASSED_ON)
        }
        own = {"PATH": self.machine.path, "HOME": str(self.root / "home"), "LANG": "C.UTF-8"}
        return passed | own

    def _execute(self, command: list[str]) -> tuple[int, str]:
        """Run act to its end; its whole process group is gone afterwards, come what may."""
        process = subprocess.Popen(
            command, cwd=self.consumer.folder, env=self._environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
            errors="replace", start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return process.returncode, output


def _each(flag: str, values: Mapping[str, str]) -> Iterable[str]:
    return (part for name, value in values.items() for part in (flag, f"{name}={value}"))
