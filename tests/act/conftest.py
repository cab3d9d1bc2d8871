from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import GitHubDouble
from tests.security.tools import real

from .bench import Bench, Machine
from .project import compile_project, copy_project, find_act, find_tool


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder executes a workflow."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.act)


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """The runner of all tests: act, the project as an action, its environment made once."""
    act = find_act()
    if act is None:
        pytest.skip("nektos act is not here, so no workflow is executed; .ci/run installs it")
    shared = tmp_path_factory.mktemp("runner")
    project = copy_project(shared / "project")
    path = _path(shared / "tools")
    named = os.environ.get("TRIVIGIL_TOOL_CACHE")
    tool_cache = Path(named) if named else shared / "tool_cache"
    tool_cache.mkdir(parents=True, exist_ok=True)
    compile_project(project, _make_environment(project, tool_cache, path))
    return Machine(act, project, tool_cache, path)


@pytest.fixture
def github(request: pytest.FixtureRequest) -> Iterator[GitHubDouble]:
    """The double; a test may ask for an Enterprise Server by an indirect parameter."""
    with GitHubDouble(enterprise=getattr(request, "param", False)) as double:
        yield double


@pytest.fixture
def bench(tmp_path: Path, machine: Machine, github: GitHubDouble) -> Bench:
    return Bench(tmp_path, machine, github)


def _path(tools: Path) -> str:
    """The runner's PATH: this one, with uv, Locust and the scanners that are here at its end.

    Names behind which a shell looks for the Python (pyenv's shims) cost a second in every run, so
    the Python of these tests stands before them; tests/test_setup.py has such names.
    """
    tools.mkdir()
    found = {name: find_tool(name) for name in ("uv", "locust", "bandit")}
    found |= {name: real.find(name) for name in ("semgrep", "pip-audit", "gitleaks")}
    for name, place in found.items():
        if place:
            (tools / name).symlink_to(place)
    folders = os.environ["PATH"].split(os.pathsep)
    kept = [folder for folder in folders if Path(folder).name != "shims"]
    return os.pathsep.join((str(Path(sys.base_prefix, "bin")), *kept, str(tools)))


def _make_environment(project: Path, tool_cache: Path, path: str) -> str:
    """What the first run would do: it takes seconds, and should fail by itself where it fails; its Python."""
    environment = {**os.environ, "PATH": path, "RUNNER_TOOL_CACHE": str(tool_cache)}
    for name in ("GITHUB_ACTIONS", "GITHUB_OUTPUT", "GITHUB_WORKSPACE", "TRIVIGIL_PYTHON"):
        environment.pop(name, None)
    done = subprocess.run(
        ["bash", "actions/setup.sh"], cwd=project, env=environment, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"the actions' own set-up fails:\n{done.stdout}"
    [python] = re.findall(r"^python=(.+)$", done.stdout, re.MULTILINE)
    return str(python)
