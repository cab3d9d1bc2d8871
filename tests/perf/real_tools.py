"""Where load tools are on this machine that the tests start as commands."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

CACHE = Path.home() / ".cache/trivigil/bin"
MODULES = {
    "hey": "github.com/rakyll/hey@v0.1.4",
    "vegeta": "github.com/tsenart/vegeta/v12@v12.13.0",
}


def find(name: str) -> str | None:
    """The program that TRIVIGIL_<NAME> names, else the one on PATH, else the one in the cache."""
    if named := os.environ.get(f"TRIVIGIL_{name.upper()}"):
        return named
    beside = Path(sys.executable).parent / name
    cached = CACHE / name
    found = next((str(path) for path in (beside, cached) if path.is_file()), None)
    return shutil.which(name) or found


def absent(name: str) -> str:
    """Why a test is skipped, and what to do."""
    if name in MODULES:
        return f"there is no {name}: `GOBIN={CACHE} go install {MODULES[name]}`"
    return f"there is no {name} here"
