"""The result file's layout, said the slow and plain way: what the fast one must equal to the last blank."""

from __future__ import annotations

import json
from typing import Any

from trivigil.render.json import written
from trivigil.render.long_lists import LONG


def laid_out(value: Any, depth: int = 0) -> str:
    """Indented by a blank a level; of a list of `LONG` entries, or more, each entry on one line."""
    blanks = "\n" + " " * (depth + 1)
    end = "\n" + " " * depth
    if isinstance(value, list) and len(value) >= LONG:
        return f"[{blanks}{f',{blanks}'.join(line(entry) for entry in value)}{end}]"
    if isinstance(value, dict) and value:
        members = (f"{line(key)}: {laid_out(inner, depth + 1)}" for key, inner in value.items())
        return f"{{{blanks}{f',{blanks}'.join(members)}{end}}}"
    return written(value, indent=1)[:-1].replace("\n", end)


def line(value: object) -> str:
    """As `json.dumps` writes it, with what hides escaped."""
    return written(value)[:-1]


def parsed(text: str) -> Any:
    """The document, whatever its layout."""
    return json.loads(text)
