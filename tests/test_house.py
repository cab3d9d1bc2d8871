"""The house rules that no linter knows: locks, pins, scripts, names and what no file may say."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import tests

CHECKOUT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/action.txt", "requirements/monitor.txt", "requirements/dev.txt")
NOT_OURS = {".git", ".venv", "node_modules", "build", "dist", "demo-results", "trivigil-results"}
EMPTY_NAMES = {"utils", "util", "helper", "helpers", "manager", "handler", "common", "misc", "base"}
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
FORBIDDEN = {
    "a home folder": re.compile(
        r"(?<![\w.}])/(?:root|home/(?!runner/|someone)\w+|Users/(?!runner/)\w+)/"
    ),
    "a folder of one machine": re.compile(r"(?<![\w./}])/wor[k]/"),
    "the address of a package registry": re.compile(
        r"\b(?:pypi|files\.pythonhosted|registry\.npmjs|proxy\.golang|crates)\.(?:org|io)\b"
    ),
}


def files(*endings: str) -> Iterator[Path]:
    """The files of the project, generated ones left out."""
    for folder, folders, names in os.walk(CHECKOUT):
        folders[:] = sorted(
            name for name in folders
            if name not in NOT_OURS and not name.endswith(("_cache", "__pycache__", ".egg-info"))
            and name != ".hypothesis"
        )  # fmt: skip
        for name in sorted(names):
            if name.endswith(endings) and name not in NOT_OURS:  # a worktree's .git is a file
                yield Path(folder, name)


def name_of(path: Path) -> str:
    """A path as a test's id."""
    return path.relative_to(CHECKOUT).as_posix()


WORKFLOWS = sorted((CHECKOUT / ".github").rglob("*.yml"))
ACTIONS = [path for path in files("action.yml") if "examples" not in path.parts]
WORKFLOW_FILES = [path for path in WORKFLOWS if path.parent.name == "workflows"]


def locked(lock: str) -> dict[str, str]:
    """Name to version of a lock."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][\w.-]*)==([^\s;]+)", text, re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(lock: str) -> None:
    """Each entry of a lock is one version with at least one SHA-256, and names no address."""
    text = (CHECKOUT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][\w.-]*==[\w.]+( ; [^\\]+)? \\\n    --hash=", entry), entry[:80]
        assert re.fullmatch(
            r"(\s+(--hash=sha256:[0-9a-f]{64}( \\)?|#.*))+\s*", entry[entry.index("\n") :]
        )
    assert "://" not in text
    assert "index-url" not in text


def test_dev_lock_has_the_versions_of_the_action() -> None:
    """What the tests run with is what the actions run with."""
    action, monitor, dev = (locked(lock) for lock in LOCKS)
    assert action.items() <= monitor.items() <= dev.items()


def test_locks_follow_pyproject() -> None:
    """Every dependency of pyproject.toml stands in the lock that is made from it."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {"requirements/action.txt": project["project"]["dependencies"]}
    extras = project["project"]["optional-dependencies"]
    asked["requirements/monitor.txt"] = [*extras["apprise"], *extras["checks"], *extras["xpath"]]
    asked["requirements/dev.txt"] = project["dependency-groups"]["dev"]
    for lock, dependencies in asked.items():
        names = {
            re.split(r"[\[=<>~; ]", each)[0].lower().replace("_", "-") for each in dependencies
        }
        assert names <= set(locked(lock)), f"run `make lock` for {lock}"


def test_actions_toolkit_is_pinned_exactly() -> None:
    """actions-toolkit is frozen and flawed: only the version that was read is installed."""
    assert locked("requirements/action.txt")["actions-toolkit"] == "0.1.15"


def test_example_service_runs_with_the_locked_versions() -> None:
    """The image of the example service and the tests use the same Celery."""
    asked = (CHECKOUT / "examples" / "service" / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z]+)(?:\[\w+\])?==(\S+)", asked, re.MULTILINE)
    assert pins
    assert dict(pins).items() <= locked("requirements/dev.txt").items()


def test_tests_are_ours() -> None:
    """actions-toolkit installs a top-level `tests` package; this one is found first."""
    assert Path(tests.__file__).parent == CHECKOUT / "tests"


def test_every_folder_of_tests_is_a_package() -> None:
    """A folder without __init__.py would be looked for in actions-toolkit's `tests` package."""
    folders = {path.parent for path in (CHECKOUT / "tests").rglob("test_*.py")}
    assert [name_of(each) for each in folders if not (each / "__init__.py").exists()] == []


@pytest.mark.parametrize("path", WORKFLOWS + ACTIONS, ids=name_of)
def test_foreign_actions_are_pinned_by_commit(path: Path) -> None:
    """`uses` names this repository, or a commit with its version beside it."""
    lines = [line.strip().removeprefix("- ") for line in path.read_text().splitlines()]
    uses = [line for line in lines if line.startswith("uses:") and "uses: ./" not in line]
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


def test_one_action_has_one_pin() -> None:
    """An action used in several files is the same version in all of them."""
    pins: dict[str, set[str]] = {}
    for path in WORKFLOWS + ACTIONS:
        for name, commit in re.findall(r"uses: ([\w./-]+)@(\w+)", path.read_text(encoding="utf-8")):
            pins.setdefault(name, set()).add(commit)
    assert {name: commits for name, commits in pins.items() if len(commits) > 1} == {}


def scripts(node: Any) -> Iterator[str]:
    """Every `run:` below a node of YAML."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "run" and isinstance(value, str):
                yield value
            else:
                yield from scripts(value)
    elif isinstance(node, list):
        for each in node:
            yield from scripts(each)


@pytest.mark.parametrize("path", WORKFLOW_FILES + ACTIONS, ids=name_of)
def test_no_expression_inside_a_script(path: Path) -> None:
    """Values reach scripts through the environment only: an expression would be pasted as code."""
    found = [each for each in scripts(yaml.safe_load(path.read_text())) if "${{" in each]
    assert found == []


@pytest.mark.parametrize("path", WORKFLOW_FILES, ids=name_of)
def test_workflows_start_with_no_permission(path: Path) -> None:
    """A workflow has no permission of its own; every job names what it needs, and its time."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert "permissions" in job, name
        assert "timeout-minutes" in job, name


def test_python_versions_agree() -> None:
    """pyproject.toml, setup.sh and the CI matrix speak of the same Pythons."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = [each.rpartition(" :: ")[2] for each in project["classifiers"]]
    versions = [each for each in said if re.fullmatch(r"3\.\d+", each)]
    setup = (CHECKOUT / "actions" / "setup.sh").read_text(encoding="utf-8")
    assert re.findall(r"\bpython(3\.\d+)\b", setup) == versions[::-1]
    low, high = versions[0].replace(".", ", "), versions[-1].replace(".", ", ")
    assert f"({low}) <= version <= ({high})" in setup
    assert project["requires-python"] == f">={versions[0]}"
    matrix = yaml.safe_load((CHECKOUT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    assert matrix["jobs"]["test"]["strategy"]["matrix"]["python"] == versions


def test_imports_point_down() -> None:
    """The import contracts of pyproject.toml hold."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports; exit(lint_imports())",
    ]
    done = subprocess.run(
        command, check=False, cwd=CHECKOUT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_readers_do_not_see_readers_of_other_tools() -> None:
    """A reader imports only those siblings that read files of the same tool."""
    folder = CHECKOUT / "src" / "trivigil" / "perf" / "readers"
    strangers = []
    for path in folder.glob("[!_]*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "trivigil.perf.readers."
            ):
                sibling = str(node.module).rpartition(".")[2]
                if sibling.partition("_")[0] != path.stem.partition("_")[0]:
                    strangers.append(f"{path.name} imports {sibling}")
    assert strangers == []


def test_what_is_switched_off_says_why() -> None:
    """Each `noqa` and each `type: ignore` of the package has its reason behind it."""
    bare = re.compile(r"# (?:noqa: [A-Z0-9, ]+|noqa|type: ignore(?:\[[^\]]*\])?)\s*$", re.MULTILINE)
    found = [
        f"{path}:{text.count(chr(10), 0, at.start()) + 1}"
        for path in sorted((CHECKOUT / "src").rglob("*.py"))
        for text in [path.read_text(encoding="utf-8")]
        for at in bare.finditer(text)
    ]
    assert not found, "say why, in parentheses or after another #"


def test_names_say_a_subject() -> None:
    """No module is called by a word that says nothing."""
    found = [name_of(path) for path in files(".py") if path.stem in EMPTY_NAMES]
    assert found == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_says(what: str) -> None:
    """No file speaks of the machine or the registry that it was made with."""
    found = []
    for path in files(""):
        text = path.read_bytes().decode("utf-8", errors="replace")
        if match := FORBIDDEN[what].search(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{name_of(path)}:{line}: {match[0]}")
    assert found == []


def test_scripts_are_clean_under_shellcheck() -> None:
    """Shell scripts hold up to shellcheck."""
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    paths = [str(CHECKOUT / ".ci" / "run"), *map(str, files(".sh"))]
    done = subprocess.run(["shellcheck", *paths], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    """The built wheel has the typed package, its command, and no tests."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(command, check=False, cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()
        (entry,) = (name for name in names if name.endswith("entry_points.txt"))
        assert "trivigil = trivigil.__main__:run" in archive.read(entry).decode()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"trivigil"}
    assert "trivigil/py.typed" in names
    assert not [name for name in names if name.endswith(".pyc")]
