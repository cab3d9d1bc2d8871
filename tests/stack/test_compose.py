"""Containers, with a `docker` that records what it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import replay_docker
from tests.stack.conftest import Bench
from trivigil.core.errors import InputError
from trivigil.stack.state import state_file


class Docker:
    """The folder of the recording `docker`, which is all that is on the path."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        program = folder / "docker"
        replay = Path(replay_docker.__file__)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{replay}" "{folder}" "$@"\n')
        program.chmod(0o755)
        bench.environ["PATH"] = str(folder)
        self.file = bench.write("docker-compose.test.yml", "services: {}\n")

    def calls(self) -> list[list[str]]:
        """The words of every call but `version`, without the ones that all share."""
        lines = (self.folder / "calls.jsonl").read_text().splitlines()
        calls = [json.loads(line)["words"] for line in lines]
        shared = ["compose", "-f", str(self.file)]
        return [call[3:] for call in calls if call[:3] == shared]

    def fail(self, command: str) -> None:
        """Make a command fail from now on."""
        (self.folder / f"fail-{command}").touch()


@pytest.fixture
def docker(bench: Bench, tmp_path: Path) -> Docker:
    """A docker on the path."""
    return Docker(bench, tmp_path / "docker-bin")


UP = ["up", "-d", "--build", "--wait", "--wait-timeout", "300"]
LOGS = ["logs", "--no-color"]
DOWN = ["down", "-v", "--timeout", "10"]


def test_up_and_down(bench: Bench, docker: Docker) -> None:
    """Services come up with their images built, and go with their volumes; their logs stay."""
    started = bench.start("docker-compose.test.yml")
    assert (started.kind, started.names) == ("compose", ())
    bench.stop()
    assert docker.calls() == [UP, LOGS, DOWN]
    assert bench.log("compose") == "web-1  | logs done\n"
    bench.stop()
    assert docker.calls() == [UP, LOGS, DOWN]


def test_environment(bench: Bench, docker: Docker) -> None:
    """Docker gets no token: a compose file can hand its environment to any container."""
    bench.environ |= {"GITHUB_TOKEN": "t", "ACTIONS_RUNTIME_TOKEN": "t", "SHOP_PORT": "1"}
    bench.start("docker-compose.test.yml")
    bench.stop()
    for line in (docker.folder / "calls.jsonl").read_text().splitlines():
        names = json.loads(line)["environment"]
        assert "SHOP_PORT" in names
        assert not [name for name in names if name.endswith("TOKEN")]


def test_unhealthy(bench: Bench, docker: Docker) -> None:
    """Services that do not come up are an error with Docker's last words, and are removed."""
    docker.fail("up")
    with pytest.raises(InputError) as caught:
        bench.start("docker-compose.test.yml")
    assert caught.value.path == str(docker.file)
    assert "ended with status 1" in caught.value.message
    assert "container web is unhealthy" in (caught.value.detail or "")
    assert docker.calls() == [UP, LOGS, DOWN]
    assert not state_file(bench.state).exists()


def test_down_fails(bench: Bench, docker: Docker) -> None:
    """Containers that cannot be removed are an error, and may be tried again."""
    bench.start("docker-compose.test.yml")
    docker.fail("down")
    with pytest.raises(InputError, match="were not removed"):
        bench.stop()
    (docker.folder / "fail-down").unlink()
    bench.stop()
    assert not state_file(bench.state).exists()


def test_first_error_counts(bench: Bench, docker: Docker) -> None:
    """Where both the start and the cleaning up fail, the error is the start's."""
    docker.fail("up")
    docker.fail("down")
    with pytest.raises(InputError, match="did not come up"):
        bench.start("docker-compose.test.yml")
    assert any("were not removed" in line for line in bench.said)
    (docker.folder / "fail-down").unlink()


def test_no_docker(bench: Bench, tmp_path: Path) -> None:
    """Without Docker a compose file is refused, and the way without it is named."""
    bench.write("stack.yaml", "services: {}\n")
    bench.environ["PATH"] = str(tmp_path / "empty")
    with pytest.raises(InputError, match="docker is not installed") as caught:
        bench.start("stack.yaml")
    assert "Procfile" in (caught.value.tip or "")


def test_no_plugin(bench: Bench, docker: Docker) -> None:
    """A docker that has no `compose` command is refused before anything is started."""
    docker.fail("compose")
    with pytest.raises(InputError, match="no `compose` command"):
        bench.start("docker-compose.test.yml")
    assert not state_file(bench.state).exists()


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["compose", "up", "--no-such-option"], id="option"),
        pytest.param(["compose", "up", "--wait-timeout"], id="option without its value"),
        pytest.param(["compose", "destroy"], id="command"),
        pytest.param(["run", "x"], id="not compose"),
    ],
)
def test_replay_refuses(docker: Docker, words: list[str]) -> None:
    """The recording docker refuses what is not documented, or it would prove nothing."""
    done = subprocess.run([docker.folder / "docker", *words], capture_output=True, check=False)
    assert done.returncode != 0
    assert done.stderr
