"""Check runs and annotations, as parts of the preview."""

from __future__ import annotations

import json
import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import visible
from trivigil.render.preview_markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_AROUND = 3
_LEVELS = {"failure": "error", "error": "error", "warning": "warning", "notice": "notice"}
_WORDS = {"error": "Check failure", "warning": "Check warning", "notice": "Check notice"}
_COMMAND = re.compile(r"::(error|warning|notice)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)", re.DOTALL)
_PATHS = {
    "success": '<path d="M8 16A8 8 0 1 1 8 0a8 8 0 0 1 0 16Zm3.8-9.7a.75.75 0 0 0-1.1-1L7 9 5.3 7.3a.75.75 0 0 0-1 1l2.2 2.3c.3.3.8.3 1 0Z"/>',
    "failure": '<path d="M8 16A8 8 0 1 1 8 0a8 8 0 0 1 0 16ZM5.3 4.2a.75.75 0 0 0-1 1L7 8l-2.8 2.7a.75.75 0 1 0 1 1L8 9.1l2.7 2.8a.75.75 0 1 0 1-1L9.1 8l2.8-2.7a.75.75 0 1 0-1-1L8 6.9Z"/>',
    "neutral": '<path d="M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm0 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm3.2 3.3a.75.75 0 0 1 0 1l-5.4 5.5a.75.75 0 0 1-1-1l5.4-5.5a.75.75 0 0 1 1 0Z"/>',
    "warning": '<path d="M6.5 1.75a1.75 1.75 0 0 1 3 0l6.1 11A1.75 1.75 0 0 1 14.1 15.400H1.900a1.750 1.750 0 0 1-1.500-2.600Zm1.500 3.500a.75.75 0 0 0-.75.75v3.500a.75.75 0 0 0 1.500 0V6A.75.75 0 0 0 8 5.250ZM8 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z"/>',
    "issue": '<path d="M8 9.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3ZM8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0Zm0 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13Z"/>',
    "alert": '<path d="M7.500.1a1.750 1.750 0 0 1 1 0l5.250 1.700c.75.240 1.250.920 1.250 1.700V7c0 4-2.600 6.900-6.400 8.800a1.300 1.300 0 0 1-1.200 0C3.600 13.900 1 11 1 7V3.500c0-.770.500-1.450 1.250-1.700ZM8 1.500 2.700 3.200a.25.25 0 0 0-.2.300V7c0 3.300 2.100 5.700 5.500 7.400 3.400-1.700 5.500-4.100 5.500-7.400V3.500a.25.25 0 0 0-.2-.300ZM8 4a.75.75 0 0 1 .75.75v3.500a.75.75 0 0 1-1.500 0v-3.500A.75.75 0 0 1 8 4Zm0 8a1 1 0 1 1 0-2 1 1 0 0 1 0 2Z"/>',
    "bot": '<path d="M8 0c.6 0 1 .4 1 1v2h3.5A2.5 2.5 0 0 1 15 5.500v7A2.500 2.500 0 0 1 12.500 15h-9A2.500 2.500 0 0 1 1 12.500v-7A2.500 2.500 0 0 1 3.500 3H7V1c0-.6.4-1 1-1ZM3.500 4.500a1 1 0 0 0-1 1v7c0 .6.4 1 1 1h9c.6 0 1-.4 1-1v-7c0-.6-.4-1-1-1Zm1.500 3c.6 0 1 .4 1 1v1a1 1 0 1 1-2 0v-1c0-.6.4-1 1-1Zm6 0c.6 0 1 .4 1 1v1a1 1 0 1 1-2 0v-1c0-.6.4-1 1-1Z"/>',
}


class Note(NamedTuple):
    """One annotation, from wherever it comes."""

    level: str
    title: str
    message: str
    path: str | None
    line: int | None


class Check(NamedTuple):
    """A check run as it is asked for."""

    name: str
    conclusion: str
    commit: str
    title: str
    summary: str
    text: str
    notes: tuple[Note, ...]


def sign(name: str, size: int = 16) -> str:
    """A small drawing for a conclusion."""
    shape = _PATHS.get(name, _PATHS["neutral"])
    return f'<svg class="{escape(name)}" width="{size}" height="{size}" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>'


def read_checks(payloads: Mapping[str, str]) -> list[Check]:
    """The check runs of a dry run, each with the annotations that later requests add."""
    checks: list[Check] = []
    for name in sorted(payloads, key=_numbered):
        if name.startswith("check-run") and name.endswith(".json"):
            body = _object(payloads[name])
            if "name" in body:
                checks.append(_check(body))
            elif checks:  # a later request, which only adds annotations
                more = tuple(_notes(_part(body, "output")))
                checks[-1] = checks[-1]._replace(notes=checks[-1].notes + more)
    return checks


def _numbered(name: str) -> tuple[str, int]:
    """`check-run.json` before `check-run-2.json` before `check-run-10.json`."""
    stem = name.removesuffix(".json")
    head, _, number = stem.rpartition("-")
    return (head, int(number)) if number.isascii() and number.isdigit() else (stem, 0)


def _check(body: Mapping[str, object]) -> Check:
    output = _part(body, "output")
    return Check(
        _string(body, "name") or "check run",
        _string(body, "conclusion"),
        _string(body, "head_sha"),
        _string(output, "title"),
        _string(output, "summary"),
        _string(output, "text"),
        tuple(_notes(output)),
    )


def _notes(output: Mapping[str, object]) -> Iterable[Note]:
    annotations = output.get("annotations")
    for entry in annotations if isinstance(annotations, list) else []:
        if isinstance(entry, dict):
            line = entry.get("start_line")
            yield Note(
                _LEVELS.get(_string(entry, "annotation_level"), "notice"),
                _string(entry, "title"),
                _string(entry, "message"),
                _string(entry, "path") or None,
                line if isinstance(line, int) else None,
            )


def read_commands(text: str) -> list[Note]:
    """The annotations that workflow commands make (actions/toolkit, command.ts, for the escapes)."""
    found = (_COMMAND.fullmatch(line) for line in text.splitlines())
    return [_of_command(match) for match in found if match is not None]


def _of_command(match: re.Match[str]) -> Note:
    pairs = (pair.partition("=") for pair in (match[2] or "").split(","))
    properties = {key.strip(): _unescaped(value) for key, _, value in pairs}
    line = properties.get("line", "")
    return Note(
        match[1],
        properties.get("title", ""),
        _unescaped(match[3]),
        properties.get("file") or None,
        int(line) if line.isascii() and line.isdigit() else None,
    )


def _unescaped(text: str) -> str:
    for code, char in (("%0A", "\n"), ("%0D", "\r"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def check_box(check: Check) -> str:
    """A check run as its page shows it."""
    parts = [
        f"<h3>{shown(check.title or check.name)}</h3>",
        f'<p class="on">{shown(check.conclusion or "no conclusion")} · commit <code>{shown(check.commit[:7])}</code></p>',
        f'<div class="markdown-body">{to_html(check.summary)}</div>',
    ]
    if check.text:
        parts.append(f'<h4>Details</h4><div class="markdown-body">{to_html(check.text)}</div>')
    if check.notes:
        notes = "".join(note_box(note) for note in check.notes)
        parts.append(
            f'<h4>Annotations ({len(check.notes)})</h4><div class="box notes">{notes}</div>'
        )
    side = f'<div class="line">{sign(check.conclusion)}<span>{shown(check.name)}</span></div>'
    return f'<div class="box check"><div class="side">{side}</div><div class="main">{"".join(parts)}</div></div>'


def note_box(note: Note) -> str:
    """One annotation, with its place."""
    line = "" if note.line is None else f":{note.line}"
    at = f'<div class="at">{shown(note.path + line)}</div>' if note.path else ""
    title = f": {shown(note.title)}" if note.title else ""
    words = _WORDS.get(note.level, note.level)
    return f'<div class="note {note.level}">{at}<div class="level">{words}{title}</div><p>{_lines(note.message)}</p></div>'


def file_boxes(notes: Sequence[Note], payloads: Mapping[str, str]) -> str:
    """Annotations on the lines of their files, with what stands around them where the file is given."""
    placed = sorted((n for n in notes if n.path), key=lambda n: (n.path or "", n.line or 0))
    boxes = [
        _file_box(path or "", list(group), payloads)
        for path, group in groupby(placed, key=lambda n: n.path)
    ]
    return f'<div class="files">{"".join(boxes)}</div>' if boxes else ""


def _file_box(path: str, notes: Sequence[Note], payloads: Mapping[str, str]) -> str:
    content = payloads.get(f"files/{path}", payloads.get(path))
    lines = content.splitlines() if content is not None else []
    rows, last = [], 0
    for line, group in groupby(notes, key=lambda note: note.line or 1):
        rows += [_code_row(n, lines, line) for n in range(max(last + 1, line - _AROUND), line + 1)]
        said = "".join(
            f'<div class="box">{note_box(note._replace(path=None))}</div>' for note in group
        )
        rows.append(f'<tr><td colspan="2" class="said-here">{said}</td></tr>')
        last = line
    rows += [_code_row(n, lines, 0) for n in range(last + 1, min(last + _AROUND, len(lines)) + 1)]
    return f'<div class="box file"><div class="head"><code>{shown(path)}</code></div><table class="code"><tbody>{"".join(rows)}</tbody></table></div>'


def _code_row(number: int, lines: Sequence[str], hit: int) -> str:
    """A line of a file; one that is not given is shown by its number, and only where it is annotated."""
    if number > len(lines) and number != hit:
        return ""
    words = shown(lines[number - 1].replace("\t", "    ")) if number <= len(lines) else ""
    style = ' class="hit"' if number == hit else ""
    return f'<tr{style}><td class="n">{number}</td><td>{words}</td></tr>'


def shown(words: str) -> str:
    """Words inside the page's own HTML."""
    return escape(visible(words))


def _lines(words: str) -> str:
    return "\n".join(shown(line) for line in words.split("\n"))


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {"name": "a payload that is not JSON", "output": {"title": "it cannot be shown"}}
    return value if isinstance(value, dict) else {}


def _part(entry: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _string(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
