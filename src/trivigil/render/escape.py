"""Foreign text made harmless for where it is printed: Markdown by its context, HTML, addresses.

GitHub renders Markdown in two steps, and each needs its own answer. The parser (cmark-gfm) turns punctuation into
structure: that is answered by backslashes, by code spans and fences longer than what they hold. Then filters walk
over the text outside `code`, `pre` and `a` and make mentions, references, commit links and emoji of it; they see no
backslash, so the pattern itself is broken by a zero-width space, which a reader does not see. Names are therefore
best shown as code spans, where no filter looks and a copy is exact.

Everything passes `core.untrusted.visible` first: whatever zero-width character is in the output is ours.
Sources: GitHub Flavored Markdown spec 0.29 (6.1 backslash escapes, 6.3 code spans, 6.9 autolinks); GitHub docs, "Autolinked
references and URLs" and "Writing mathematical expressions".
"""

from __future__ import annotations

import re

from trivigil.core.untrusted import visible

ZERO_WIDTH = "\u200b"

_PUNCTUATION = re.compile(r"[\\`*_\[\]<>|~!#&]")
_BLOCK_START = re.compile(r"^(?:[-+=.):]|\d+(?=[.)]))")
_MARKERS = re.compile(r"(?<=trivigil)(?=\s*:)|(?<=<)(?=!--)|(?<=--)(?=!?>)", re.IGNORECASE)
_REFERENCES = re.compile(
    r"(?<=@)"  # mentions, e-mail addresses, owner/repo@sha
    r"|(?<=#)"  # issues: #1, owner/repo#1, Fixes #1
    r"|(?<=(?<![a-z0-9])gh-)(?=\d|$)"  # issues: GH-1
    r"|(?<=:)(?=//)|(?<=www)(?=\.)"  # bare addresses
    r"|(?<=:)(?=[\w+-]+:)",  # emoji shortcodes
    re.IGNORECASE,
)
_COMMIT = re.compile(r"[0-9A-Fa-f](?<![^\W_].)[0-9A-Fa-f]{6,39}(?![^\W_])")
"""A word of so many digits; the set stands first, because the search then steps over everything else at once."""
_SIX = re.compile(r".{6}(?=.)")
_BACKTICKS = re.compile(r"`+")
_LONG_RUN = re.compile(r"`{40}(?=`)")
"""cmark takes a code span's delimiter only up to 80 backticks, and counts those of a fence up to 255."""
_ADDRESS = re.compile(
    r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:[/?#].*)?", re.DOTALL
)
_MARKED_PATH = re.compile(r"(?<!^https://)(trivigil):", re.IGNORECASE)
"""Nothing that begins like a marker of ours stands in an address either; a host of that name with a port stays."""
_PLAIN_IN_ADDRESS = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?#:@!&'+,;=%"
)
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;"}
_HTML_CHARACTER = re.compile("[&<>\"'`]")


def unmarked(text: str) -> str:
    """One line of visible text in which no hidden marker and no comment opener is left."""
    line = visible(text)
    return _MARKERS.sub(ZERO_WIDTH, line) if ":" in line or "--" in line else line


def unlinked(text: str) -> str:
    """`unmarked`, and nothing that GitHub's filters would make a mention, reference, link or emoji of."""
    line = _COMMIT.sub(lambda match: _SIX.sub(rf"\g<0>{ZERO_WIDTH}", match.group()), unmarked(text))
    return _REFERENCES.sub(ZERO_WIDTH, line) if _may_refer(line) else line


def _may_refer(line: str) -> bool:
    """Whether a character is in it without which nothing is a reference; a look is a tenth of a search."""
    return ":" in line or "-" in line or "@" in line or "#" in line or "www." in line.lower()


def inline(text: str) -> str:
    """Text inside a line of Markdown: a paragraph, heading, list item or table cell."""
    return _PUNCTUATION.sub(r"\\\g<0>", unlinked(text)).replace("$", "&#36;")


def block_start(line: str) -> str:
    """A whole line of ready-made inline Markdown, kept from opening a list, a heading or a code block."""
    return _BLOCK_START.sub(_escaped_start, line.strip(" "), count=1)


def table_cell(text: str) -> str:
    """Text that is a whole cell of a Markdown table; an empty one stays a cell."""
    return inline(text).strip(" ") or " "


def _escaped_start(match: re.Match[str]) -> str:
    """`- x`, `+ x`, `1. x` at the start of a block would open a list, `===` a heading."""
    start = match.group()
    return f"{start}\\" if start.isdigit() else f"\\{start}"


def code_span(text: str, *, table: bool = False) -> str:
    """Text as a Markdown code span; in a table its pipes are escaped as the table extension reads them."""
    content = _LONG_RUN.sub(rf"\g<0>{ZERO_WIDTH}", unmarked(text))
    if not content:
        return "(empty)"
    if table:
        content = content.replace("|", "\\|")
    ticks = "`" * _free_run(content, least=1)
    spaced = content[0] == content[-1] == " " and content.strip(" ")
    padded = spaced or content[0] == "`" or content[-1] == "`"
    return f"{ticks} {content} {ticks}" if padded else f"{ticks}{content}{ticks}"


def fence(text: str) -> str:
    """Lines as a fenced Markdown block, whose fence is longer than any run of backticks in them."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    content = "\n".join(unmarked(line) for line in lines)
    content = _LONG_RUN.sub(rf"\g<0>{ZERO_WIDTH}", content)
    ticks = "`" * _free_run(content, least=3)
    return f"{ticks}\n{content}\n{ticks}"


def _free_run(content: str, least: int) -> int:
    """A number of backticks longer than any run in the content."""
    longest = max((len(run) for run in _BACKTICKS.findall(content)), default=0)
    return max(least, longest + 1)


def address(url: str) -> str | None:
    """An https address in characters that end no Markdown link and no HTML attribute; None for any other."""
    if _ADDRESS.fullmatch(url) is None:
        return None
    octets = url.encode("utf-8", "surrogatepass")
    plain = "".join(chr(o) if o in _PLAIN_IN_ADDRESS else f"%{o:02X}" for o in octets)
    return _MARKED_PATH.sub(r"\1%3A", plain)


def link(text: str, url: str) -> str:
    """A Markdown link around ready-made inline Markdown; that Markdown alone where the address is not https."""
    target = address(url)
    return text if target is None else f"[{text}]({target.replace('&', '&amp;')})"


def html_text(text: str) -> str:
    """Text between HTML tags, on GitHub's pages too, whose filters look there."""
    return _HTML_CHARACTER.sub(lambda match: _HTML[match.group()], unlinked(text))


def html_code(text: str) -> str:
    """Text between `<code>` tags, where no filter looks."""
    return _HTML_CHARACTER.sub(lambda match: _HTML[match.group()], unmarked(text))


def html_attribute(text: str) -> str:
    """Text inside a quoted HTML attribute."""
    return html_code(text)
