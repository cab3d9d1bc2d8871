"""Rendering is light: it is on the way of every verdict."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "cmarkgfm",
    "pydantic",
    "jsonschema",
    "yaml",
    "github",
    "requests",
    "msgspec",
    "dataclasses",
    "asyncio",
    "urllib.request",
    "http.client",
    "html.parser",
    "importlib.resources",
    "subprocess",
    "typing_extensions",
)


def test_verdict_paths_import_nothing_heavy() -> None:
    """Writing the result file and the terminal's text needs none of the heavy modules."""
    code = (
        "import sys\n"
        "from trivigil.render import headline, json, markdown, perf, text\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
