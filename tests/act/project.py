"""This project as an action: its files as they would be committed, and the tools that run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = "trivigil/trivigil@v1"
"""What a consumer's workflow names."""
UPLOAD = "actions/upload-artifact"
BESIDE = tuple(f":!{name}" for name in ("tests", "docs", "examples", "benchmarks"))
"""What no action uses, as git leaves it out."""


def find_act() -> str | None:
    """The act to use: the one that TRIVIGIL_ACT names, on PATH, or in the cache that .ci/run fills."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    named = os.environ.get("TRIVIGIL_ACT")
    places = (named,) if named else (shutil.which("act"), str(cache / "trivigil" / "bin" / "act"))
    return next((place for place in places if place and os.access(place, os.X_OK)), None)


def find_tool(name: str) -> str | None:
    """A program of the development environment or of PATH."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if os.access(beside, os.X_OK) else shutil.which(name)


def copy_project(place: Path) -> Path:
    """Copy what git knows, or would take in, of what the actions are made of, and nothing that is ignored.

    act copies it anew several times a run. Without what stands beside the actions that takes a
    third, and an action that used any of it would fail here.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ".", *BESIDE],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in sorted(set(listed.stdout.split("\0"))):
        source, target = ROOT / name, place / name
        if name and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    return place


def compile_project(project: Path, python: str) -> None:
    """Leave Python's compiled files beside the sources, as every run of an action would do at its start.

    They hold for the copies that act makes, whose files may have other times.
    """
    subprocess.run(
        [python, "-I", "-m", "compileall", "-q", "--invalidation-mode=unchecked-hash", "src"],
        cwd=project, check=True,
    )  # fmt: skip


def upload_pin() -> str:
    """`actions/upload-artifact@<commit>` as our action files name it, the same in each."""
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "action.yml", *actions())]
    found = {match[1] for text in texts for match in re.finditer(rf"uses: ({UPLOAD}@\S+)", text)}
    assert len(found) == 1, f"the actions name different artifacts actions: {sorted(found)}"
    return found.pop()


def actions() -> tuple[Path, ...]:
    """The action files below `actions/`."""
    return tuple(sorted((ROOT / "actions").glob("*/action.yml")))
