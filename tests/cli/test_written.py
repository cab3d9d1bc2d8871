"""The result file between the steps of an action."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.render.security_reports import blocking
from trivigil import files
from trivigil.cli import main, written
from trivigil.core.errors import InputError
from trivigil.render import json

if TYPE_CHECKING:
    from pathlib import Path


def test_the_file_of_a_hundred_thousand_findings_is_read_back(tmp_path: Path) -> None:
    """What one step writes the next one reads, however many findings there are: 137 MB for a hundred thousand."""
    report = blocking()
    first = report.results[0]
    long = first._replace(evidence={**first.evidence, "description": "x" * files.SMALL})
    report = report._replace(results=(long, *report.results[1:]))
    path = tmp_path / "security-analysis.json"
    files.write(str(path), json.pieces(report))
    assert path.stat().st_size > files.SMALL
    assert written.load(str(path)).results == report.results


@pytest.mark.parametrize(
    "command",
    [
        ("perf", "run", "--command", "touch ran"),
        ("security", "run", "--scanners", "command", "--command", "touch ran"),
        ("security", "test", "--target", "http://127.0.0.1:9/"),
        ("monitor", "run", "--target", "http://127.0.0.1:9/"),
        ("monitor", "baseline", "--url", "http://127.0.0.1:9/", "--baseline", "file/base.json"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_place_that_cannot_be_written_is_said_before_the_run(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A run of half an hour is not lost at its end: nothing is started, and the place is named."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("in the way")
    where = () if "--baseline" in command else ("--out", "file/results")
    assert main([*command, *where], {}) == 2
    said = capsys.readouterr().err
    assert "file/" in said
    assert "it cannot be written: " in said
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_no_file_to_be_written(tmp_path: Path) -> None:
    """That is known before the run, too; where something can be written, nothing is made yet."""
    files.ready(str(tmp_path / "made" / "report.json"))
    assert [*tmp_path.iterdir()] == []
    with pytest.raises(InputError, match="it is a directory"):
        files.ready(str(tmp_path))
