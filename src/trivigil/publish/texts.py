"""What a report looks like in words, offered to the channels: a headline, and Markdown of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trivigil.core.report import Report
    from trivigil.render.document import Document


class Texts(NamedTuple):
    """A report in words."""

    headline: str
    """One line of plain text."""
    document: Document

    def markdown(self, *, chars: int, bytes_: int, elsewhere: str) -> str:
        """Within so many characters and UTF-8 bytes; `elsewhere` says where the whole is."""
        from trivigil.render import markdown

        text = markdown.render(self.document, chars=chars, bytes_=bytes_, elsewhere=elsewhere)
        return text.strip("\n")


def of(report: Report, artifact_url: str | None = None) -> Texts:
    """The texts of a report, by the renderer of its action; `artifact_url` is where its files are."""
    from trivigil import render
    from trivigil.render.documents import document as made

    document = made(report, artifact_url=artifact_url)
    return Texts(render.headline(report), document)
