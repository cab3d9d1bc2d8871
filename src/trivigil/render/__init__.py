"""From a report to what people and programs read. Pure; nothing heavy is imported before it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trivigil.core.report import Report

HEADLINE_LIMIT = 250
"""The longest headline: it is also the title of a check run, which holds 255 characters."""


def headline(report: Report) -> str:
    """The verdict as one plain line: `Performance (api): 2 of 12 budgets fail`. Harmless to print."""
    from trivigil.core.untrusted import printable
    from trivigil.render.fit import clip
    from trivigil.render.verdict import own_name, sentence, title

    name = own_name(report)
    subject = f"{title(report)} ({clip(name, 80)})" if name else title(report)
    return printable(f"{subject}: {sentence(report)}", HEADLINE_LIMIT)
