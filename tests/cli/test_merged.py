"""`merged.sarif` beside the report: every finding at a place of the repository, and never one of an earlier run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from trivigil.cli import main, merged, written
from trivigil.security.disclosure import conceal

DATA = Path(__file__).parents[1] / "data" / "security"
WORKFLOW = ".github/workflows/security.yml"
FILES = {
    "zap.json": DATA / "zap/json/plain.json",
    "grype.json": DATA / "grype/image/out.json",
    "bandit.json": DATA / "bandit/v1.9/plain.json",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository, with a file of each scanner."""
    monkeypatch.chdir(tmp_path)
    for name, file in FILES.items():
        (tmp_path / name).write_bytes(file.read_bytes())
    return tmp_path


def analyzed(*arguments: str, environ: dict[str, str] | None = None) -> Any:
    """The one run of the file that is written."""
    assert main(["security", "analyze", *arguments], environ or {}) in (0, 1)
    document = json.loads(Path("merged.sarif").read_text(encoding="utf-8"))
    [run] = document["runs"]
    return run


def places(run: Any) -> dict[str, set[str]]:
    """The files of the repository at which a tool's findings are."""
    found: dict[str, set[str]] = {}
    for result in run["results"]:
        [location] = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        for tool in result["properties"]["tools"]:
            found.setdefault(tool, set()).add(uri)
    return found


def test_every_finding_is_in_it(folder: Path) -> None:
    """What has no place in the repository is shown where it is said what is looked at, or the image is built."""
    (folder / "Dockerfile").touch()
    (folder / ".trivigil.yml").touch()
    run = analyzed(*FILES)
    report = json.loads(Path("security-analysis.json").read_text(encoding="utf-8"))
    active = [result for result in report["results"] if result["suppression"] is None]
    assert len(run["results"]) == len(active) == report["total_count"]
    assert places(run) == {
        "zap": {".trivigil.yml"},
        "grype": {"Dockerfile"},
        "bandit": {result["location"]["path"] for result in active if "bandit" in result["tools"]},
    }
    assert run["invocations"][0]["executionSuccessful"] is True
    fingerprints = [
        each["partialFingerprints"]["primaryLocationLineHash"] for each in run["results"]
    ]
    assert len(set(fingerprints)) == len(fingerprints)


def test_words_say_where_a_finding_really_is(folder: Path) -> None:
    """The file at which it is shown is not where it is."""
    (folder / "README.md").touch()
    run = analyzed("zap.json")
    assert all("http" in each["message"]["text"] for each in run["results"])
    assert {
        each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in run["results"]
    } == {1}


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        pytest.param("octo/shop", WORKFLOW, id="its own workflow"),
        pytest.param("octo/other", "README.md", id="a workflow of another repository"),
    ],
)
def test_in_a_run_it_is_the_workflow(folder: Path, owner: str, expected: str) -> None:
    """That names the address that was looked at; one of another repository is no file here."""
    for path in ("README.md", WORKFLOW):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).touch()
    environ = {
        "GITHUB_WORKSPACE": os.fspath(folder),
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_WORKFLOW_REF": f"{owner}/{WORKFLOW}@refs/heads/main",
    }
    assert places(analyzed("zap.json", environ=environ)) == {"zap": {expected}}


def test_without_any_file_it_is_counted() -> None:
    """A repository without a file that speaks of it: the finding is left out, and the file says so."""
    run = analyzed("zap.json")
    assert run["results"] == []
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert "for want of a place in the repository" in note["message"]["text"]


def test_what_is_withheld_is_not_shown_elsewhere(folder: Path) -> None:
    """In a public repository nothing is told of a finding in the application, and no file of it stands for one."""
    (folder / "README.md").touch()
    analyzed("zap.json", "bandit.json")
    report = conceal(written.load("security-analysis.json"))
    merged.write(report, ".", {})
    run = json.loads(Path("merged.sarif").read_text(encoding="utf-8"))["runs"][0]
    assert set(places(run)) == {"bandit"}
    assert "shop.example" not in Path("merged.sarif").read_text(encoding="utf-8")


def test_a_report_that_is_not_whole_says_so(folder: Path) -> None:
    """Code scanning takes what a file does not hold as fixed: who uploads it can see that it is not all."""
    run = analyzed("bandit.json", "--require", "gitleaks")
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["level"] == "error"
    assert run["results"] != []


def test_the_one_of_an_earlier_run_is_taken_away(folder: Path) -> None:
    """Where the input cannot be used there is no file: an upload of an old one would say that nothing changed."""
    analyzed("bandit.json")
    (folder / "bandit.json").write_text("", encoding="utf-8")
    assert main(["security", "analyze", "bandit.json"], {}) == 2
    assert not (folder / "merged.sarif").exists()


def test_the_report_is_not_lost_where_it_cannot_be_written(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Something of its name is in the way: that is said, and the report is there."""
    (folder / "merged.sarif").mkdir()
    assert main(["security", "analyze", "bandit.json"], {}) == 2
    assert "merged.sarif: " in capsys.readouterr().err
    assert json.loads(Path("security-analysis.json").read_text(encoding="utf-8"))["results"]


def test_it_is_sarif(folder: Path) -> None:
    """By the schema of OASIS, where that is here."""
    path = os.environ.get("TRIVIGIL_SARIF_SCHEMA")
    if not path or not Path(path).is_file():
        pytest.skip("SARIF's JSON Schema is not here; TRIVIGIL_SARIF_SCHEMA names its file")
    (folder / "README.md").touch()
    analyzed(*FILES)
    schema = json.loads(Path(path).read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    validator.validate(json.loads(Path("merged.sarif").read_text(encoding="utf-8")))
