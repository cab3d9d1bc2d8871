"""Every security reader, and the reading of one source, recognised by its content and not its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import Reading
    from trivigil.security.facts import ScanFacts
    from trivigil.security.reader import Reader
    from trivigil.sources import Source

TABLE: Final = (
    ("trivy", "trivy_json"),
    ("bandit", "bandit_json"),
    ("safety", "safety_list"),
    ("safety", "safety_check"),
    ("safety", "safety_scan"),
    ("safety", "safety_failure"),
    ("zap", "zap_json"),
    ("zap", "zap_xml"),
    ("custom", "custom_json"),
    ("defectdojo", "defectdojo_json"),
    ("sarif", "sarif"),
)
"""Tool and module, in the order they are asked. A new format is one module and one line here."""

SHARED: Final = ("sarif",)
"""Formats that many tools write."""

SHELF: Final = Shelf["Reader"](__name__, TABLE, SHARED)
TOOLS: Final = SHELF.tools


def readers(tool: str | None = None) -> Iterator[Reader]:
    """All readers, one import after the other; those of the tool come first."""
    return SHELF.readers(tool)


def read(source: Source) -> Reading[ScanFacts]:
    """What one source says. Whatever is wrong with it is the reading's `problem`, not an exception."""
    return SHELF.read(source)
