"""What GitHub asks of a tree's entries beyond its description.

Sources: the texts of its own 422 answers ("Must supply either tree.sha or tree.content. Request will
be rejected if both are present.", octokit/octokit.net#2836; "tree.path cannot start with a slash").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

BOTH = "Must supply either tree.sha or tree.content"


def tree(body: Mapping[str, Any]) -> Iterator[str]:
    """Each entry has one content and a path that Git can keep."""
    entries = body.get("tree")
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if not isinstance(entry, Mapping):
            continue
        if ("sha" in entry) == ("content" in entry):
            yield f"tree[{index}]: {BOTH}, and one of them"
        for name in ("path", "mode", "type"):
            if name not in entry:
                yield f"tree[{index}]: no {name}"
        parts = str(entry.get("path", "x")).split("/")
        if any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
            yield f"tree[{index}]: tree.path contains a malformed path component"
    if not entries and not body.get("base_tree"):
        yield "tree: an empty tree cannot be made"
