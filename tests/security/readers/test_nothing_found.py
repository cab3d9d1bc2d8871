"""Files that say that nothing was found, without a mark of their tool: clean where the tool is named, and never by themselves."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import read
from trivigil.security import exit_codes, readers, unread
from trivigil.security.tool import CLEAN, Ended

if TYPE_CHECKING:
    from pathlib import Path

LISTS = (
    "actionlint", "checkov", "code-scanning", "dependabot", "dependency-track", "gitlab", "gitleaks", "hadolint", "nuclei", "ruff",
    "safety", "trivy", "trufflehog", "trufflehog3", "zizmor",
)  # fmt: skip
NULLS = (
    "actionlint", "gitlab", "gitleaks", "hadolint", "nuclei", "ruff", "trivy", "trufflehog", "trufflehog3", "zizmor",
)  # fmt: skip
SILENT = ("actionlint", "gitleaks", "gosec", "nuclei", "ruff", "trufflehog")
WRITTEN = [
    *[("[]", tool) for tool in LISTS],
    *[("[\n]\n", tool) for tool in LISTS],
    *[("\ufeff[]\r\n", tool) for tool in LISTS],
    *[("null", tool) for tool in NULLS],
    *[('{"results": []}', tool) for tool in ("detect-secrets", "osv-scanner", "tfsec")],
    ('{"results": null}', "tfsec"),
    ('{"vulnerabilities": []}', "gitlab"),
    ('{"advisories": []}', "composer-audit"),
]


@pytest.mark.parametrize(("text", "tool"), WRITTEN, ids=[f"{t} {x!r}" for x, t in WRITTEN])
def test_named_it_is_clean(text: str, tool: str, tmp_path: Path) -> None:
    """`TOOL=PATH` says whose it is, and what started scanners wrote is read so by itself."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    reading = read(path, tool)
    assert (reading.problem, reading.tool, reading.state, reading.count) == (None, tool, "empty", 0)
    ended = Ended(0, 1.0, timed_out=False, log=os.devnull)
    assert exit_codes.weigh(reading, tool, ended, {0: CLEAN}, 60).state == "empty"


@pytest.mark.parametrize("text", sorted({text for text, _ in WRITTEN}), ids=repr)
def test_without_a_name_the_way_out_is_said(text: str, tmp_path: Path) -> None:
    """Whose it is shows nowhere in it, so it is refused, and the sentence says what to do."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    reading = read(path)
    if text == '{"vulnerabilities": []}':  # as a project's own tests write it
        assert reading.tool in ("custom", None)
        return
    assert reading.state == "missing"
    assert "name the tool (TOOL=PATH)" in (reading.problem or "")


@pytest.mark.parametrize("text", ["[]", "null", "{}", '{"results": null}'])
@pytest.mark.parametrize("tool", readers.TOOLS)
def test_no_other_tool_takes_it_for_clean(tool: str, text: str, tmp_path: Path) -> None:
    """A tool that does not write such a file when it finds nothing has written a damaged one."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    reading = read(path, tool)
    clean = reading.problem is None and reading.state in {"complete", "empty"}
    assert clean is ((text, tool) in WRITTEN or (text == '{"results": null}' and tool == "tfsec"))


@pytest.mark.parametrize("tool", SILENT)
def test_no_byte_is_never_clean(tool: str, tmp_path: Path) -> None:
    """Some formats are of no byte where nothing is found, as a file of a run that failed is: another format is named."""
    path = tmp_path / "report"
    path.write_bytes(b"")
    reading = read(path, tool)
    assert reading.state == "missing"
    assert "(0 bytes)" in (reading.problem or "")
    assert unread.silence(tool).strip() in (reading.problem or "")
    assert unread.silence(tool)
