"""The document of a report, by the renderer of its action."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from trivigil.render.document import MOST_FOLDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.core.report import Report
    from trivigil.render.document import Document

RENDERERS: Final = {
    "perf": ("perf", "perf_page"),
    "security": ("security", "security_page"),
    "monitor": ("monitor", "monitor_page"),
}
"""Action, and its modules of `trivigil.render` for a document and for a page. A new watch is one line here."""


def document(
    report: Report, *, artifact_url: str | None = None, folded: int = MOST_FOLDED
) -> Document:
    """Everything a reader wants to know, most urgent first; `folded` rows at most are made of a list that is folded away.

    Raises KeyError for an action that has no renderer.
    """
    module = import_module(f"trivigil.render.{RENDERERS[report.action][0]}")
    make = cast("Callable[..., Document]", module.document)
    return make(report, artifact_url=artifact_url, folded=folded)


def page(report: Report) -> str:
    """The same, and more, as an HTML page of its own."""
    module = import_module(f"trivigil.render.{RENDERERS[report.action][1]}")
    return cast("Callable[[Report], str]", module.render)(report)
