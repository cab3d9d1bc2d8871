"""The stand-in for actions/upload-artifact: copies what its inputs name to $BENCH/artifacts/<name>.

As the real one does: hidden files stay away, a folder stands for all below it, `!` lines leave out,
paths in the artifact begin below the deepest common folder, and a name is used once in a run.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

WRONG_IN_NAME = re.compile(r'[":<>|*?\r\n\\/]')


def main() -> int:
    """Exit 1 for what the real action refuses."""
    name = os.environ["ARTIFACT_NAME"]
    lines = [line.strip() for line in os.environ["ARTIFACT_PATHS"].splitlines() if line.strip()]
    if not name or WRONG_IN_NAME.search(name):
        print(f"::error::The artifact name is not valid: {name}")
        return 1
    wanted = [Path(line) for line in lines if not line.startswith("!")]
    left_out = [Path(line[1:]) for line in lines if line.startswith("!")]
    files = [
        file for file in found(wanted) if not any(file.is_relative_to(out) for out in left_out)
    ]
    if not files:
        print(f"No files were found: {lines}")
        return 1 if os.environ["IF_NO_FILES_FOUND"] == "error" else 0
    target = Path(os.environ["BENCH"]) / "artifacts" / name
    if target.exists():
        print(f"::error::Conflict: an artifact with this name already exists: {name}")
        return 1
    copy(files, Path(os.path.commonpath(wanted)), target)
    say_address(name)
    return 0


def found(wanted: list[Path]) -> Iterator[Path]:
    """Every file at or below the paths, without hidden ones."""
    for path in wanted:
        for file in (path,) if path.is_file() else sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden:
                yield file


def copy(files: list[Path], base: Path, target: Path) -> None:
    """Copy with the folders below the common one."""
    base = base.parent if base.is_file() else base
    for file in files:
        place = target / file.relative_to(base)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)


def say_address(name: str) -> None:
    """Write the output as the real action does."""
    environ = os.environ
    run = f"{environ['GITHUB_SERVER_URL']}/{environ['GITHUB_REPOSITORY']}/actions/runs/{environ['GITHUB_RUN_ID']}"
    with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as outputs:
        outputs.write(f"artifact-url={run}/artifacts/{len(name)}\n")


if __name__ == "__main__":
    sys.exit(main())
