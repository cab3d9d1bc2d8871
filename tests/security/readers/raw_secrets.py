"""What of a raw report must never get further, taken from the report itself."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = frozenset(
    [
        "Secret",
        "secrets",
        "lines",
        "Match",
        "secret",
        "offender",
        "Raw",
        "RawV2",
        "Redacted",
        "stringsFound",
        "hashed_secret",
        "Author",
        "Email",
        "author",
        "email",
        "Message",
        "commitMessage",
        "raw_source_code_extract",
        "evidence",
        "request",
        "response",
        "curl-command",
        "extracted-results",
        "interaction",
        "added_by",
        "git_last_modified_by",
        "git_modifiers",
        "code_block",
        "context",
        "ExtraData",
        "assignee",
        "username",
        "diff",
        "printDiff",
    ]
)
"""Fields of the scanners that hold secrets, people, or what was sent and answered."""
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_TOKEN = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{8,}|-----BEGIN [A-Z ]+-----"
)
_MASKED = re.compile(r"(?i)[*x.\s]+|.*redacted.*|.*\*{3}.*", re.DOTALL)
_SHORTEST = 6
"""Shorter texts are in every other word."""


def of(path: Path) -> frozenset[str]:
    """All secrets, names, addresses, messages and tokens of a file."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    found = {*_EMAIL.findall(text), *_TOKEN.findall(text)}
    for document in _documents(text):
        found |= set(_below(document))
    return frozenset(
        each for each in found if len(each) >= _SHORTEST and not _MASKED.fullmatch(each)
    )


def _documents(text: str) -> Iterator[object]:
    try:
        yield json.loads(text)
    except ValueError:
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue
        yield from csv.DictReader(io.StringIO(text, newline=""))


def _below(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from (_texts(value) if key in _KEYS else _below(value))
    elif isinstance(node, list):
        for each in node:
            yield from _below(each)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node.strip()
    elif isinstance(node, dict):
        for each in node.values():
            yield from _texts(each)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)
