"""The published JSON Schemas: the contracts of what users write and what we write."""

from __future__ import annotations

import os
from typing import Final

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

NAMES: Final = (
    "alert",
    "budgets",
    "checks",
    "config",
    "handover",
    "measurements",
    "monitoring-baseline",
    "report",
    "security-report",
    "suppressions",
)

_HERE: Final = os.path.dirname(os.path.abspath(__file__))
_PLACES: Final = (os.path.join(_HERE, "schemas"), os.path.join(_HERE, "..", "..", "schemas"))
"""In an installed package beside this module; in a checkout in its top folder."""


def text(name: str) -> str:
    """The schema's JSON text. Raises InputError for a name that is not published."""
    if name not in NAMES:
        raise InputError(f"`{printable(name, 40)}` is not a schema. Known: {', '.join(NAMES)}.")
    for place in _PLACES:
        path = os.path.join(place, f"{name}.schema.json")
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
    raise AssertionError(f"the schema {name} is not installed")
