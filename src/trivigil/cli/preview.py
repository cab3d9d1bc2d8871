"""`trivigil preview DIR`: one HTML page that shows a dry run's payloads as GitHub would."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console

PAGE = "preview.html"
_ENDINGS = (".md", ".json", ".txt", ".sarif")


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Write the page into the folder, and say where it is."""
    from trivigil import files
    from trivigil.render import preview

    parser = Parser(
        "trivigil preview",
        description="Show what `trivigil publish --dry-run DIR` wrote, as GitHub would.",
    )
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--out", metavar="FILE", help=f"the page (default: DIR/{PAGE})")
    arguments = parser.parse_args(argv)
    target = arguments.out or os.path.join(arguments.folder, PAGE)
    files.write(target, preview.page(payloads(arguments.folder)))
    console.say(f"Preview: {target}")
    return 0


def payloads(folder: str) -> dict[str, str]:
    """The payload files of a dry run, by name."""
    from trivigil import files

    if not os.path.isdir(folder):
        raise InputError(
            "there is no such folder.",
            path=folder,
            tip="Make it by `trivigil publish --dry-run DIR`.",
        )
    names = sorted(name for name in os.listdir(folder) if name.endswith(_ENDINGS))
    found = {name: files.read(os.path.join(folder, name), empty=True) for name in names}
    if "publish-plan.json" not in found:
        raise InputError(
            "it holds no publish-plan.json, so it is not a dry run's folder.", path=folder
        )
    return found | _files(os.path.join(folder, "files"))


def _files(folder: str) -> dict[str, str]:
    """The repository's files that annotations speak of, as `files/<path>`."""
    from trivigil import files

    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            shown = os.path.relpath(path, os.path.dirname(folder)).replace(os.sep, "/")
            found[shown] = files.read(path, empty=True)
    return found
