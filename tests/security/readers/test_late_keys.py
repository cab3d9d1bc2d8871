"""Large reports whose first bytes are all of one thing: what a tool is known by stands behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.reading import DATA, findings, read
from trivigil import sources
from trivigil.cli import main

if TYPE_CHECKING:
    from pathlib import Path

PATH = "services/shop/internal/orders"
MANY = 1_500
ACTION = {"action": "install", "module": "a", "target": "1.0.0", "resolves": [{"path": PATH}]}
ERROR = [{"line": 1, "column": 1, "error": "expected declaration"}]
WARNING = {"level": "warn", "type": "Syntax error", "path": PATH, "message": "invalid"}


def report(name: str) -> dict[str, Any]:
    """A small report of the tests."""
    found: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return found


def semgrep(small: dict[str, Any]) -> dict[str, Any]:
    """With many errors, which older releases write first."""
    return {"errors": [WARNING] * MANY, **{k: v for k, v in small.items() if k != "errors"}}


LARGE = {
    "npm-audit/npm-6/plain.json": lambda small: {
        "actions": [ACTION] * MANY,
        **{k: v for k, v in small.items() if k != "actions"},
    },
    "gosec/v2.30/plain.json": lambda small: {
        "Golang errors": {f"{PATH}/{n}.go": ERROR for n in range(MANY)},
        **{k: v for k, v in small.items() if k != "Golang errors"},
    },
    "semgrep/v1.182/plain.json": semgrep,
}


@pytest.mark.parametrize("name", LARGE)
def test_it_is_known(name: str, tmp_path: Path) -> None:
    """And gives the findings of the small report."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps(LARGE[name](report(name))), encoding="utf-8")
    assert path.stat().st_size > 2 * sources.HEAD_BYTES
    assert read(path).tool == read(DATA / name).tool
    assert findings(path) == findings(DATA / name)


def test_inspect_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no tool is named, as `security analyze` does."""
    name = "gosec/v2.30/plain.json"
    (tmp_path / "report.json").write_text(json.dumps(LARGE[name](report(name))), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", "report.json", "--json"], {}) == 0
    assert json.loads(capsys.readouterr().out)[0]["tool"] == "gosec"


def test_a_large_file_of_another_tool_is_refused(tmp_path: Path) -> None:
    """To look through it does not make it a report."""
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"modules": [PATH] * 9_000, "status": "ok"}), encoding="utf-8")
    assert read(path).state == "missing"
