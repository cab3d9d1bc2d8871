"""Where Grafana's k6 is on this machine, for the tests that run it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

CACHED = Path.home() / ".cache/trivigil/bin/k6"


def find_k6() -> str | None:
    """The program that TRIVIGIL_K6 names, else the one on PATH, else the one in the cache."""
    if named := os.environ.get("TRIVIGIL_K6"):
        return named
    return shutil.which("k6") or (str(CACHED) if CACHED.is_file() else None)


NO_K6 = (
    "there is no k6: name it in TRIVIGIL_K6, or "
    "`GOBIN=~/.cache/trivigil/bin go install go.k6.io/k6@v1.5.0`"
)
