"""One page that shows what a dry run would have put on GitHub; it needs no network and loads nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING

from trivigil.render import preview_channels as channels
from trivigil.render.preview_checks import (
    Check,
    Note,
    check_box,
    file_boxes,
    note_box,
    read_checks,
    read_commands,
    shown,
    sign,
)
from trivigil.render.preview_markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SCHEME = re.compile(
    r"@media \(prefers-color-scheme: (dark|light)\) \{\s*[^{]*\{(.*?)\n  \}\n\}", re.DOTALL
)


def page(payloads: Mapping[str, str]) -> str:
    """The page for the payload files of a dry run, by file name.

    A file `files/PATH` holds the content of PATH in the repository, for annotations to be shown on its lines.
    Raises InputError where the Markdown parser is not installed.
    """
    checks = read_checks(payloads)
    sections = [section for section in _sections(payloads, checks) if section[2]]
    links = "".join(f'<a href="#{anchor}">{title}</a>' for anchor, title, _, _ in sections)
    chips = channels.chips(payloads, (anchor for anchor, *_ in sections))
    overview = f'<div class="chips">{chips}</div>' if chips else ""
    body = "\n".join(_section(*section) for section in sections)
    script = _asset("preview.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>Trivigil preview</title>
<style>
{styles()}</style>
</head>
<body>
<header class="top"><strong>Trivigil preview</strong><nav>{links}</nav><button id="theme" type="button" hidden>Dark</button></header>
<main>
<p class="said">This is what GitHub would show. Nothing was sent.</p>
{overview}
{body}
</main>
<script>{script}</script>
</body>
</html>
"""


def styles() -> str:
    """GitHub's own style of Markdown and the page's, in light and dark by the reader's choice or system."""
    css = _asset("github-markdown.css")
    schemes = dict(_SCHEME.findall(css))
    rest = _SCHEME.sub("", css).replace("--fgColor-accent: Highlight;", "")
    dark, light = schemes["dark"], schemes["light"]
    return (
        f":root {{{light}\n}}\n@media (prefers-color-scheme: dark) {{ :root:not([data-theme=light]) {{{dark}\n}} }}\n"
        f":root[data-theme=dark] {{{dark}\n}}\n{rest}\n{_asset('preview.css')}"
    )


def _asset(name: str) -> str:
    return resources.files("trivigil.render").joinpath("assets", name).read_text(encoding="utf-8")


def _sections(
    payloads: Mapping[str, str], checks: list[Check]
) -> Iterable[tuple[str, str, str, str]]:
    """Anchor, title, content and a sentence for each part; without content a part is not shown."""
    notes = [note for check in checks for note in check.notes]
    yield "conversation", "Conversation", _conversation(payloads, checks), "On the pull request."
    yield (
        "checks",
        "Checks",
        "".join(check_box(check) for check in checks),
        "On the check run's page.",
    )
    yield (
        "files",
        "Files",
        file_boxes(notes, payloads),
        "Annotations on their lines; outside the pull request's diff they show only on the check run's page.",
    )
    yield (
        "alerts",
        "Code scanning",
        channels.alerts(payloads),
        "Among the alerts of the repository's security page; on a pull request beside its diff.",
    )
    yield "issue", "Issue", channels.issues(payloads), "Among the repository's issues."
    yield "summary", "Job summary", _summary(payloads), "On the page of the workflow run."
    yield (
        "commands",
        "Annotations of the run",
        _commands(payloads),
        "At the top of the workflow run's page.",
    )
    yield (
        "plan",
        "Plan",
        channels.plan(payloads),
        "What is published where, and what is not, with the reason.",
    )
    yield "outputs", "Outputs", channels.outputs(payloads), "What later steps of the job can read."


def _section(anchor: str, title: str, content: str, where: str) -> str:
    return f'<section id="{anchor}">\n<h2>{title}</h2>\n<p class="where">{where}</p>\n{content}\n</section>'


def _conversation(payloads: Mapping[str, str], checks: list[Check]) -> str:
    comment = payloads.get("comment.md")
    talk = "" if comment is None else _comment(comment)
    rows = [*checks, *channels.status(payloads)]
    return talk + (_merge_box(rows) if rows else "")


def _comment(markdown: str) -> str:
    head = '<div class="head"><b>github-actions</b> <span class="label">bot</span> commented</div>'
    body = f'<div class="body markdown-body">{to_html(markdown)}</div>'
    face = f'<div class="face">{sign("bot", 20)}</div>'
    return f'<div class="talk">{face}<div><div class="box">{head}{body}</div>{_raw(markdown)}</div></div>'


def _raw(markdown: str) -> str:
    size = f"{len(markdown):,} characters, {len(markdown.encode('utf-8', 'replace')):,} bytes"
    lines = "\n".join(shown(line) for line in markdown.split("\n"))
    return f'<details class="raw"><summary>Markdown source ({size})</summary><pre>{lines}</pre></details>'


def _merge_box(checks: list[Check]) -> str:
    """What stands above the merge button."""
    failed = any(check.conclusion not in ("success", "neutral", "skipped") for check in checks)
    verdict = "failure" if failed else "success"
    words = "Some checks were not successful" if failed else "All checks have passed"
    runs = "".join(
        f'<div class="run line">{sign(check.conclusion)}<span><b>{shown(check.name)}</b> {shown(check.title)}</span></div>'
        for check in checks
    )
    title = f'<div class="line">{sign(verdict, 20)}<h3>{words}</h3></div>'
    return f'<div class="talk merge"><div></div><div class="box"><div class="body">{title}{runs}</div></div></div>'


def _summary(payloads: Mapping[str, str]) -> str:
    markdown = payloads.get("summary.md")
    if markdown is None:
        return ""
    body = f'<div class="body markdown-body">{to_html(markdown)}</div>'
    return f'<div class="box"><div class="head">Job summary</div>{body}</div>{_raw(markdown)}'


def _commands(payloads: Mapping[str, str]) -> str:
    notes: list[Note] = read_commands(payloads.get("annotations.txt", ""))
    boxes = "".join(note_box(note) for note in notes)
    return f'<div class="box notes">{boxes}</div>' if boxes else ""
