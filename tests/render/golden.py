"""Whole outputs kept as files: `TRIVIGIL_GOLDEN=write pytest tests/render` writes them anew, to be looked at in the diff."""

from __future__ import annotations

import os
import re
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "render"


def same(name: str, text: str) -> None:
    """Compare a text with its golden file."""
    path = DATA / name
    if os.environ.get("TRIVIGIL_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8", newline="\n")
    assert path.read_bytes().decode("utf-8") == text


def same_page(name: str, html: str) -> None:
    """Compare a page with its golden file, which has no style sheet: that is the assets' own, and its hash changes with it."""
    bare = re.sub(r"(?s)<style>.*?</style>", "<style></style>", html)
    same(name, re.sub(r"'sha256-[^']{44}'", "'sha256-…'", bare))
