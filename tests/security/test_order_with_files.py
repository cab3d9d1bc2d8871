"""Scanners that are started and files that are there already, judged together; scanners with versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.test_order import BANDIT, FLAW, bandit, report_data, report_of
from tests.security.tools.running import judged
from trivigil.core.errors import InputError
from trivigil.security import Order, ordered

OTHER = {**FLAW, "filename": "./other.py", "test_id": "B605"}
OWN = "results/raw/bandit/bandit.json"


def write(folder: Path, name: str, *flaws: object) -> None:
    """A file of Bandit's that the user made."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(report_data(*flaws)), encoding="utf-8")


def test_both_are_judged(tmp_path: Path) -> None:
    """Of one tool, too: both readings are there, and what both say is one finding."""
    write(tmp_path, "scans/mine.json", FLAW, OTHER)
    path = bandit(tmp_path, report_of(FLAW) + "sys.exit(1)")
    report = judged(tmp_path, BANDIT._replace(results=("scans/*.json",)), path=path)
    assert [(one.path, one.state) for one in report.sources] == [
        (OWN, "complete"),
        ("scans/mine.json", "complete"),
    ]
    assert sorted(one.rule.id for one in report.findings) == ["B602", "B605"]


def test_the_same_file_never_counts_twice(tmp_path: Path) -> None:
    """What a glob finds of the scanner's own, or a second time by another name, is read once."""
    write(tmp_path, "mine.json", OTHER)
    (tmp_path / "again.json").symlink_to("mine.json")
    specs = ("results/raw/**/*.json", "*.json", "bandit=mine.json")
    path = bandit(tmp_path, report_of(FLAW) + "sys.exit(1)")
    report = judged(tmp_path, BANDIT._replace(results=specs), path=path)
    assert [one.path for one in report.sources] in ([OWN, "mine.json"], [OWN, "again.json"])
    assert sorted(one.rule.id for one in report.findings) == ["B602", "B605"]


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        pytest.param("scans/*.json", "no file matches `scans/*.json`", id="a glob without a file"),
        pytest.param("scans/a.json", "scans/a.json does not exist", id="a file that is not there"),
    ],
)
def test_a_file_that_is_not_there(spec: str, words: str, tmp_path: Path) -> None:
    """That is the user's to mend, and what the scanners found is told all the same."""
    path = bandit(tmp_path, report_of(FLAW) + "sys.exit(1)")
    report = judged(tmp_path, BANDIT._replace(results=(spec,)), path=path)
    assert report.conclusion.exit_code == 2
    assert words in report.problems[0]
    assert "B602" in {one.rule.id for one in report.findings}
    assert [one.state for one in report.sources] == ["complete", "missing"]


@pytest.mark.parametrize(
    ("words", "names", "versions"),
    [
        pytest.param(("bandit", "ruff"), ("bandit", "ruff"), {}, id="none"),
        pytest.param(("bandit@1.9.4", "zap"), ("bandit", "zap"), {"bandit": "1.9.4"}, id="one"),
        pytest.param(("trivy@0.69.3",), ("trivy",), {"trivy": "0.69.3"}, id="all of Trivy's"),
        pytest.param(("ruff@1", "ruff@1"), ("ruff", "ruff"), {"ruff": "1"}, id="the same twice"),
    ],
)
def test_a_version_stands_behind_the_name(
    words: tuple[str, ...], names: tuple[str, ...], versions: dict[str, str]
) -> None:
    """As package managers write it."""
    assert ordered(words) == (names, versions)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("bandit@",), id="no version"),
        pytest.param(("@1.9.4",), id="no name"),
        pytest.param(("bandit@1", "bandit@2"), id="two versions"),
    ],
)
def test_what_is_no_version(words: tuple[str, ...]) -> None:
    """One sentence that names the input."""
    with pytest.raises(InputError, match="scanners: "):
        ordered(words)


def test_files_outside_of_the_fence(tmp_path: Path) -> None:
    """A link in a checkout does not lead a pull request's run to files of the runner."""
    outside = tmp_path / "outside"
    write(outside, "theirs.json", FLAW)
    project = tmp_path / "project"
    project.mkdir()
    (project / "link.json").symlink_to(outside / "theirs.json")
    order = Order(("bandit",), results=("link.json",))
    path = bandit(project, report_of() + "sys.exit(0)")
    report = judged(project, order, path=path, fence=(str(project),))
    assert report.conclusion.exit_code == 2
    assert "lies outside the workspace" in report.problems[0]
