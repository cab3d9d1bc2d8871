"""Where real scanners are on this machine: on PATH of the environment, or in the cache that .ci/run fills."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from trivigil.security import readers
from trivigil.security.tools import TOOLS

CACHE = Path(os.environ.get("TRIVIGIL_CACHE", Path.home() / ".cache/trivigil"))
MODULES = {
    "actionlint": "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
    "gitleaks": "github.com/zricethezav/gitleaks/v8@v8.30.0",
    "gosec": "github.com/securego/gosec/v2/cmd/gosec@v2.22.10",
    "govulncheck": "golang.org/x/vuln/cmd/govulncheck@v1.1.4",
    "osv-scanner": "github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.2.4",
}
PACKAGES = ("bandit", "pip-audit", "safety", "semgrep")
REAL = (
    "bandit",
    "ruff",
    "zizmor",
    "npm-audit",
    *MODULES,
    "pip-audit",
    "safety",
    "semgrep",
    "web-tests",
)
"""Every scanner that a test really runs; the others are only replayed."""


def find(name: str) -> str | None:
    """The program of a scanner, if it is here."""
    scanner = TOOLS[name]
    places = [
        Path(sys.executable).parent / scanner.PROGRAM,
        CACHE / "bin" / scanner.PROGRAM,
        CACHE / "scanners" / f"{scanner.NAME}-{scanner.DEFAULT_VERSION}" / "bin" / scanner.PROGRAM,
    ]
    here = next((str(place) for place in places if place.is_file()), None)
    return here or shutil.which(scanner.PROGRAM)


def needs(*names: str) -> pytest.MarkDecorator:
    """Skips a test where one of these scanners is not here, and says what to do."""
    absent = [name for name in names if find(name) is None]
    unread = [name for name in names if TOOLS[name].TOOL not in readers.TOOLS]
    reason = f"there is no {', '.join(absent)} (.ci/run installs it)"
    if unread:
        reason = f"{', '.join(unread)} is not read yet"
    return pytest.mark.skipif(bool(absent or unread), reason=reason)


def path_of(folder: Path, *names: str) -> Path:
    """A folder for PATH with these scanners, and nothing else of their environments."""
    folder.mkdir(exist_ok=True)
    for name in names:
        found = find(name)
        assert found is not None, name
        (folder / TOOLS[name].PROGRAM).symlink_to(found)
    return folder
