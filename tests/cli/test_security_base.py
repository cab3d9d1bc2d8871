"""What a pull request accepts, where the command line runs in its workflow: the base branch's file, as in the action."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.security.files import SQL, bandit
from trivigil.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".trivigil-suppressions.yml"
ENTRY = "suppressions:\n  - rule: B608\n    reason: seen\n    expires: 2999-06-30\n"


def _git(folder: Path, *words: str) -> str:
    author = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", "-C", str(folder), *author, *words],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


def _run(folder: Path, base: str) -> dict[str, str]:
    """The runner's environment of a pull request from this commit on."""
    event = folder.parent / "event.json"
    head = _git(folder, "rev-parse", "HEAD")
    pull = {"number": 7, "head": {"sha": head}, "base": {"sha": base, "ref": "main"}}
    event.write_text(json.dumps({"pull_request": pull, "number": 7}), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "owner/shop",
        "GITHUB_RUN_ID": "1",
        "GITHUB_SHA": head,
        "GITHUB_REF": "refs/pull/7/merge",
        "GITHUB_WORKSPACE": str(folder),
        "RUNNER_TEMP": str(folder.parent),
    }


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a report that blocks, and nothing that is accepted."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "b.json").write_text(bandit(SQL), encoding="utf-8")
    _git(folder, "init", "-q")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-qm", "shop")
    monkeypatch.chdir(folder)
    return folder


def test_a_pull_request_does_not_silence_itself(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither with the usual file nor with one that it names; what it would accept is told. On the base branch it counts."""
    base = _git(shop, "rev-parse", "HEAD")
    (shop / FILE).write_text(ENTRY, encoding="utf-8")
    (shop / "own.yml").write_text(ENTRY, encoding="utf-8")
    (shop / "out.yml").symlink_to(shop.parent / "elsewhere.yml")
    (shop.parent / "elsewhere.yml").write_text(ENTRY, encoding="utf-8")
    _git(shop, "add", "-A")
    _git(shop, "commit", "-qm", "accept it")
    for named in ([], ["--suppressions", "own.yml"], ["--suppressions", "out.yml"]):
        assert main(["security", "analyze", "b.json", *named], _run(shop, base)) == 1
        assert "would accept 1 finding more" in capsys.readouterr().err
    merged = _git(shop, "rev-parse", "HEAD")
    os.unlink(shop / FILE)
    assert main(["security", "analyze", "b.json"], _run(shop, merged)) == 0
    assert main(["security", "analyze", "b.json"], {}) == 1


def test_a_base_that_is_not_there_accepts_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shallow clone does not have the base commit, and the report says so."""
    (shop / FILE).write_text(ENTRY, encoding="utf-8")
    assert main(["security", "analyze", "b.json"], _run(shop, "0" * 39 + "1")) == 1
    assert "does not have that commit" in capsys.readouterr().err


def test_a_file_from_elsewhere_counts_as_it_is(shop: Path) -> None:
    """What lies outside of the workspace is no file of the change."""
    theirs = shop.parent / "organisation.yml"
    theirs.write_text(ENTRY, encoding="utf-8")
    named = ["--suppressions", str(theirs)]
    base = _git(shop, "rev-parse", "HEAD")
    assert main(["security", "analyze", "b.json", *named], _run(shop, base)) == 0
