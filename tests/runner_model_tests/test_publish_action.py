"""The second half for forks in the model of the runner: outputs, commands, masks, exit."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble
from tests.hostile.corpus import COMMANDS
from tests.hostile.scan import living
from tests.publish.handing import MAY, SERVER, Fork
from tests.publish.scene import finding, report
from tests.runner_model import Finished, Job, read_action
from trivigil.core.result import Location

from .machine import OBEYED, ROOT, stock

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the model starts bash and sends signals")
PUBLISH = read_action(ROOT / "actions" / "publish" / "action.yml")


@pytest.fixture
def fork(tmp_path: Path) -> Iterator[Fork]:
    """A pull request from a fork."""
    with GitHubDouble() as double:
        yield Fork(double, tmp_path)


def second_half(fork: Fork, place: Path, **inputs: str) -> Finished:
    """The action, as the example uses it."""
    token = fork.github.installation_token(fork.shop, MAY)
    environ = fork.environ(fork.event())
    mine = ("TRIVIGIL_", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
    job = Job(
        place,
        {name: text for name, text in environ.items() if not name.startswith(mine)},
        token=token,
        machine={"PATH": os.environ["PATH"], "HOME": str(place), "LANG": "C.UTF-8"},
    )
    stock(job.tool_cache)
    done = job.run(PUBLISH, {"python": sys.executable, **inputs})
    sys.stdout.write(f"{done.text}\n")  # pytest shows it where a test fails
    assert token not in done.text + done.summary + json.dumps(dict(done.outputs))
    assert list(job.workspace.iterdir()) == []
    return done


def test_a_fork(fork: Fork, tmp_path: Path) -> None:
    """Every output is filled, the workspace stays empty, and no annotation is spent on success."""
    fork.upload()
    done = second_half(fork, tmp_path / "machine")
    assert done.outcome == "success"
    assert all(done.outputs[name] for name in PUBLISH.outputs)
    assert done.log.annotations.shown == []
    assert {command.name for command in done.log.commands} <= OBEYED
    assert len(fork.bodies) == 1


def test_hostile_words(fork: Fork, tmp_path: Path) -> None:
    """No command, no output and nothing alive comes out of a hostile hand-over."""
    findings = tuple(
        finding(index)._replace(message=attack, location=Location(attack[:200], attack[:200], 1))
        for index, attack in enumerate(COMMANDS)
    )
    name = "::error::x ##[error]y @octocat <!-- trivigil:end -->"
    fork.upload(fork.handover(report(name, findings)))
    fork.artifact(b"PK", "trivigil-handover-::error::pwned")
    done = second_half(fork, tmp_path / "machine")
    assert done.outcome == "success"
    assert json.loads(done.outputs["published"])["published"][0]["name"] == name
    assert {command.name for command in done.log.commands} <= OBEYED
    assert [one.level for one in done.log.annotations.shown] == ["warning"]
    assert set(done.steps["publish"].outputs) <= set(PUBLISH.outputs)
    ours = (f"{SERVER}/octo/shop/",)
    assert living(done.summary, ours=ours) == []
    [body] = fork.bodies
    assert living(body, comments=3, ours=ours) == []


def test_required(fork: Fork, tmp_path: Path) -> None:
    """Where publishing is required, what is refused fails the step, with an error that says so."""
    fork.artifact(b"PK")
    inputs = {"publish-required": "true"}
    done = second_half(fork, tmp_path / "machine", **inputs)
    assert done.outcome == "failure"
    said, ended = done.shown("error")
    assert "publish-required" in said.message
    assert ended.message == "Process completed with exit code 1."
