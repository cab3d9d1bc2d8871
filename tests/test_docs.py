"""Docs cannot drift: tables are compared with what they describe."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from trivigil import config
from trivigil.cli import COMMANDS
from trivigil.perf.readers import readers

ROOT = Path(__file__).resolve().parents[1]
READERS = tuple(readers())
ACTIONS = {
    "perf": ROOT / "actions" / "perf" / "action.yml",
    "security": ROOT / "actions" / "security" / "action.yml",
    "monitor": ROOT / "actions" / "monitor" / "action.yml",
    "publish": ROOT / "actions" / "publish" / "action.yml",
    "front door": ROOT / "action.yml",
}
SECRET = {"slack-webhook", "webhook"}
"""Inputs for the step that sends alone; the environment has them where the input is empty."""
OUTSIDE_THE_MODEL = {"config", "github-token", "python", "watch", *SECRET}
"""Inputs that say where the model's values are, or that no configuration file may hold."""
IN_THE_FILE_ONLY = {"profiles"}
"""Settings with an inner structure, which no input can hold."""


def action(path: Path) -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(path.read_text(encoding="utf-8")))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table_of(entries: dict[str, dict[str, str]]) -> list[str]:
    return [
        f"| `{name}` | {entry['description'].replace('|', chr(92) + '|')} |"
        for name, entry in entries.items()
    ]


@pytest.mark.parametrize("key", ["inputs", "outputs"])
@pytest.mark.parametrize("path", ACTIONS.values(), ids=ACTIONS)
def test_docs_list_every_input_and_output(path: Path, key: str) -> None:
    """docs/actions.md has the row of each input and output, word for word."""
    missing = [
        row
        for row in table_of(action(path)[key])
        if row not in read("docs/actions.md").splitlines()
    ]
    assert not missing, "add to docs/actions.md:\n" + "\n".join(missing)


def test_docs_list_nothing_that_is_not_there() -> None:
    """A row of docs/actions.md is an input or output of an action."""
    known = {
        row
        for path in ACTIONS.values()
        for key in ("inputs", "outputs")
        for row in table_of(action(path)[key])
    }
    rows = [line for line in read("docs/actions.md").splitlines() if line.startswith("| `")]
    assert set(rows) <= known


def test_every_setting_is_an_input_and_every_input_a_setting() -> None:
    """action.yml and the model have the same names, so nothing is accepted and ignored."""
    for watch in config.WATCHES:
        model = config.MODELS[watch]
        fields = {name.replace("_", "-") for name in model.model_fields} - IN_THE_FILE_ONLY
        assert set(action(ACTIONS[watch])["inputs"]) - OUTSIDE_THE_MODEL == fields
    received = {name.replace("_", "-") for name in config.Receive.model_fields}
    assert set(action(ACTIONS["publish"])["inputs"]) - OUTSIDE_THE_MODEL == received
    common = {name.replace("_", "-") for name in config.Common.model_fields}
    assert set(action(ACTIONS["front door"])["inputs"]) - OUTSIDE_THE_MODEL == common


@pytest.mark.parametrize("path", ACTIONS.values(), ids=ACTIONS)
def test_every_input_reaches_python_by_its_own_variable(path: Path) -> None:
    """An input is handed over through env, under the name that config.py reads, and never in a script."""
    described = action(path)
    env = {k: v for step in described["runs"]["steps"] for k, v in step.get("env", {}).items()}
    for name, entry in described["inputs"].items():
        variable = config.variable(name)
        other = f" || env.{variable}" if name in SECRET else ""
        assert env[variable] == f"${{{{ inputs.{name}{other} }}}}"
        assert entry["default"] == ("${{ github.token }}" if name == "github-token" else "")


@pytest.mark.parametrize("name", ACTIONS)
def test_few_steps_know_the_token(name: str) -> None:
    """No step that runs code of the workspace sees it: the one that publishes, the one that reads the base branch's file, and the one that remembers."""
    steps = action(ACTIONS[name])["runs"]["steps"]
    holders = [s["id"] for s in steps if "github-token" in str(s)]
    expected = {
        "security": ["base", "publish"],
        "monitor": ["tell", "publish"],
        "front door": ["base", "tell", "publish"],
    }
    assert holders == expected.get(name, ["publish"])
    for step in steps:
        if step.get("id") in holders:
            verb = "receive" if name == "publish" else step["id"]
            assert step["run"].strip().endswith(f"step {verb}")


def test_docs_list_every_format() -> None:
    """docs/formats.md has a row for each reader, with its docstring's first sentence."""
    rows = read("docs/formats.md").splitlines()
    for reader in READERS:
        said = " ".join((reader.__doc__ or "").split("\n\n")[0].split())
        row = f"| {reader.TOOL} | `{reader.FORMAT}` | {said} |"
        assert row in rows, f"add to docs/formats.md:\n{row}"


def test_every_format_has_a_fixture() -> None:
    """No member without its example."""
    for tool in {reader.TOOL for reader in READERS}:
        folder = ROOT / "tests" / "data" / "perf" / tool
        assert (folder / "README.md").is_file(), (
            f"say in {folder}/README.md how the fixtures were made"
        )


def test_readme_shows_commands_that_exist() -> None:
    """A `trivigil X` in the README is a command."""
    shown = set(re.findall(r"^\$ trivigil (\w+)", read("README.md"), re.MULTILINE))
    assert shown
    assert shown <= set(COMMANDS)


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    """A relative link of a page names a file that is there."""
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(page)):
        assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_every_page_is_found_from_the_readme() -> None:
    """The README is the index: no page of docs/ is left out."""
    linked = set(re.findall(r"\]\(docs/([a-z-]+\.md)", read("README.md")))
    assert linked == {page.name for page in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("page", sorted(p.name for p in (ROOT / "docs").glob("*.md")))
def test_links_lead_to_headings_that_are_there(page: str) -> None:
    """`page.md#heading` names a heading of that page, as GitHub makes its anchors."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", text):
        other = (ROOT / "docs" / (target or page)).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.+)$", other, re.MULTILINE)
        anchors = {
            re.sub(r"[^\w\- ]", "", each).strip().lower().replace(" ", "-") for each in headings
        }
        assert anchor in anchors, f"docs/{page} links to {target}#{anchor}"


def test_the_architecture_names_modules_that_are_there() -> None:
    """Whoever walks with the travellers finds each module on their way."""
    named = set(re.findall(r"`([a-z_/]+\.py)`", read("docs/architecture.md")))
    there = [path.as_posix() for path in (ROOT / "src").rglob("*.py")]
    assert len(named) > 30
    assert not [name for name in named if not any(path.endswith(f"/{name}") for path in there)]


FORK_PAIR = ("fork-performance.yml", "fork-publish.yml")


def workflow(name: str) -> dict[Any, Any]:
    return cast("dict[Any, Any]", yaml.safe_load(read(f"examples/workflows/{name}")))


def test_the_workflows_for_forks_are_shown_as_they_are() -> None:
    """docs/forks.md has both workflows word for word, and the second waits for the first by its name."""
    page = read("docs/forks.md")
    for name in FORK_PAIR:
        assert f"```yaml\n{read(f'examples/workflows/{name}')}```\n" in page, f"copy {name} into it"
    first, second = map(workflow, FORK_PAIR)
    assert second[True]["workflow_run"]["workflows"] == [first["name"]]


def test_the_monitoring_workflow_is_shown_as_it_is() -> None:
    """docs/monitor.md has it word for word; one permission that writes is enough, and no run ends another."""
    text = read("examples/workflows/monitoring.yml")
    assert f"```yaml\n{text}```\n" in read("docs/monitor.md"), "copy monitoring.yml into it"
    shown = workflow("monitoring.yml")
    assert shown["permissions"] == {}
    assert shown["jobs"]["monitor"]["permissions"] == {"contents": "read", "issues": "write"}
    assert shown["concurrency"]["cancel-in-progress"] is False


def test_the_second_half_runs_nothing() -> None:
    """It checks out nothing and runs no script, only for pull requests, with four permissions and no more."""
    [job] = workflow("fork-publish.yml")["jobs"].values()
    assert [step["uses"].partition("@")[0] for step in job["steps"]] == [
        "trivigil/trivigil/actions/publish"
    ]
    assert job["if"] == "${{ github.event.workflow_run.event == 'pull_request' }}"
    assert job["permissions"] == {
        "actions": "read", "checks": "write", "pull-requests": "write", "statuses": "write",
    }  # fmt: skip


def test_zizmor_accepts_the_workflows_for_forks() -> None:
    """What people paste is clean at the auditor's strictest, but for what is ignored with its reason."""
    zizmor = shutil.which(
        "zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    if zizmor is None:
        pytest.skip("zizmor is not installed")
    names = (*FORK_PAIR, "security.yml", "security-scanners.yml", "monitoring.yml")
    files = [str(ROOT / "examples" / "workflows" / name) for name in names]
    command = [zizmor, "--offline", "--quiet", "--persona", "pedantic"]
    done = subprocess.run(
        [*command, "--config", str(ROOT / ".github" / "zizmor.yml"), *files],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
