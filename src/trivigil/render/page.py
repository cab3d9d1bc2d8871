"""A report as one HTML page of its own: no script, nothing loaded, light and dark, for phone, desktop and paper."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from trivigil.render import escape, html
from trivigil.render.document import Document
from trivigil.render.verdict import icon, own_name, sentence, title

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.report import Report
    from trivigil.render.document import Block


def page(report: Report, parts: Iterable[str], *, styles: Iterable[str] = ()) -> str:
    """The page of a report; `parts` are fragments of HTML that are ready to be shown, `styles` more assets than the usual one."""
    name = own_name(report)
    heading = f"{title(report)}{f' · {name}' if name else ''}"
    said = sentence(report)
    assets = resources.files("trivigil.render").joinpath("assets")
    names = ("report.css", *styles)
    css = "".join(assets.joinpath(one).read_text(encoding="utf-8") for one in names)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    body = "\n".join(part for part in parts if part)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{escape.html_text(heading)}</title>
<style>{css}</style>
</head>
<body>
<header class="verdict {icon(report)}">
<h1>{escape.html_text(heading)}</h1>
<p>{escape.html_text(said[:1].upper() + said[1:])}</p>
</header>
<main>
{body}
</main>
</body>
</html>
"""


def section(title: str, content: str) -> str:
    """A titled part of the page; nothing without content."""
    if not content.strip():
        return ""
    return f"<section>\n<h2>{escape.html_text(title)}</h2>\n{content}\n</section>"


def blocks(parts: Iterable[Block]) -> str:
    """Blocks of a document as HTML; tables may be wider than the page and scroll in themselves."""
    rendered = html.render(Document(tuple(parts)))
    return (
        rendered.replace("<table>", '<div class="wide"><table>')
        .replace("</table>", "</table></div>")
        .replace("<details>", "<details open>")
    )


def grid(charts: Iterable[str]) -> str:
    """Charts side by side where there is room."""
    inner = "".join(charts)
    return f'<div class="grid">{inner}</div>' if inner else ""
