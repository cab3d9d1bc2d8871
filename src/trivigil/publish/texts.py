"""What a report looks like in words, offered to the channels: a headline, and Markdown of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.render.document import Code, Document, Link, Paragraph, Text
from trivigil.render.places import repository_url

if TYPE_CHECKING:
    from trivigil.core.report import Origin, Report
    from trivigil.publish.delta import Delta


_PRIORITY: Final = 95


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


def telling(texts: Texts, delta: Delta | None, origin: Origin) -> Texts:
    """The same texts with the line that says what changed, below the verdict."""
    if delta is None:
        return texts
    first, *rest = texts.document.blocks
    return texts._replace(document=Document((first, _line(delta, origin), *rest)))


def _line(delta: Delta, origin: Origin) -> Paragraph:
    commit = Code(delta.since[:7])
    base = repository_url(origin)
    shown = commit if base is None else Link((commit,), f"{base}/commit/{delta.since}")
    return Paragraph((Text(f"{delta.sentence} since "), shown, Text(".")), _PRIORITY)


def of(report: Report, artifact_url: str | None = None) -> Texts:
    """The texts of a report, by the renderer of its action; `artifact_url` is where its files are."""
    from trivigil import render
    from trivigil.render.documents import document as made

    document = made(report, artifact_url=artifact_url)
    return Texts(render.headline(report), document)
