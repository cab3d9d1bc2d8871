"""`trivigil security run`: replayed scanners from the command line to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.test_order import FLAW, bandit, report_of
from trivigil.cli import main


def run(folder: Path, *words: str) -> int:
    environ = {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "HOME": str(folder)}
    return main(["security", "run", *words], environ)


@pytest.mark.parametrize(
    ("fail_on", "code"),
    [pytest.param("high", 1, id="high fails"), pytest.param("critical", 0, id="critical only")],
)
def test_scanners_are_run_and_judged(
    fail_on: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report is written, and the verdict is the exit code."""
    monkeypatch.chdir(tmp_path)
    bandit(tmp_path, report_of(FLAW) + "sys.exit(1)")
    assert run(tmp_path, "--scanners", "bandit", "--fail-on", fail_on, "--out", "out") == code
    report = json.loads((tmp_path / "out/security-analysis.json").read_bytes())
    assert [source["path"] for source in report["sources"]] == ["out/raw/bandit/bandit.json"]


def test_any_command_can_be_one_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it writes is recognised, and its exit code means what that tool's means."""
    monkeypatch.chdir(tmp_path)
    bandit(tmp_path, report_of(FLAW) + "sys.exit(0)")
    line = "bandit -r . -f json -o {output}/found.json"
    assert run(tmp_path, "--command", line, "--fail-on", "critical", "--out", "out") == 1
    (source,) = json.loads((tmp_path / "out/security-analysis.json").read_bytes())["sources"]
    assert source["path"] == "out/raw/command/found.json"
    assert source["state"] == "partial"
    assert "exit code 0, which says that it found nothing" in source["notes"][0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param([], "no scanner is named", id="no scanner"),
        pytest.param(["--scanners", "bandit", "--scanner-args", "bandit"], "SCANNER=VALUE", id="no pair"),
        pytest.param(["--command", "nothing-here"], "the scan of command is missing", id="no such command"),
    ],
)  # fmt: skip
def test_what_cannot_be_run(
    words: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One sentence, and never exit code 0."""
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, *words) in (1, 2)
    captured = capsys.readouterr()
    assert said in captured.out + captured.err
