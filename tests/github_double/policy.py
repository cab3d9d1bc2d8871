"""The limits that GitHub's description does not state, or states only in prose.

Sources: the reference on publishing (facts C) and its twin limits.json; the issue threads named
there (dead-claudia/github-limits#13, PyGithub/PyGithub#1906).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .contract import git_data, sarif
from .refusal import Refusal, invalid_request, unprocessable

BODY_CHARS = 65_536
BODY_BYTES = 262_144
OUTPUT_CHARS = 65_535
ANNOTATIONS = 50
TITLE_CHARS = 255
DETAIL_BYTES = 65_536
ISSUE_TITLE_CHARS = 256
LABEL_DESCRIPTION_CHARS = 100
STATUS_DESCRIPTION_CHARS = 140
ACTIONS = 3

Faults = Iterator[str]


def faults(operation: str, body: Any) -> Faults:
    """The limits that a body breaks, a sentence each."""
    rule = RULES.get(operation)
    if rule is not None and isinstance(body, Mapping):
        yield from rule(body)


def refusal(operation: str, sentences: Sequence[str]) -> Refusal:
    """How GitHub refuses a body that breaks its schema or these limits."""
    if any("maximum is 65536" in sentence for sentence in sentences):
        if operation.endswith("comment"):
            message = f"Body is too long (maximum is {BODY_CHARS} characters)"
            return unprocessable("IssueComment", "data", "unprocessable", message)
        message = f"body is too long (maximum is {BODY_CHARS} characters)"
        return unprocessable("Issue", "body", "custom", message)
    return invalid_request(sentences)


def text_body(body: Mapping[str, Any]) -> Faults:
    """The body of a comment or an issue."""
    text = body.get("body")
    if not isinstance(text, str):
        return
    size = len(text.encode())
    if len(text) > BODY_CHARS:
        yield f"body has {len(text)} characters (maximum is {BODY_CHARS})"
    if size > BODY_BYTES:
        yield f"body has {size} bytes of UTF-8 (maximum is 65536 characters, {BODY_BYTES} bytes)"


def comment(body: Mapping[str, Any]) -> Faults:
    """A comment: neither too long nor blank."""
    yield from text_body(body)
    if isinstance(body.get("body"), str) and not body["body"].strip():
        yield "body is blank"


def issue(body: Mapping[str, Any]) -> Faults:
    """An issue: body, and a title of 1 to 256 characters."""
    yield from text_body(body)
    title = body.get("title")
    if isinstance(title, str) and not 1 <= len(title) <= ISSUE_TITLE_CHARS:
        yield f"title has {len(title)} characters (1 to {ISSUE_TITLE_CHARS})"


def label(body: Mapping[str, Any]) -> Faults:
    """A label: colour without #, short description."""
    color = body.get("color")
    if isinstance(color, str) and not re.fullmatch("[0-9a-fA-F]{6}", color):
        yield f"color {color!r} is not six hexadecimal digits without #"
    if len(body.get("description") or "") > LABEL_DESCRIPTION_CHARS:
        yield f"description has more than {LABEL_DESCRIPTION_CHARS} characters"


def status(body: Mapping[str, Any]) -> Faults:
    """A commit status: a description of one line's length."""
    if len(body.get("description") or "") > STATUS_DESCRIPTION_CHARS:
        yield f"description has more than {STATUS_DESCRIPTION_CHARS} characters"


def check_run(body: Mapping[str, Any]) -> Faults:
    """A check run: conclusion, sizes of the output, annotations, actions."""
    if body.get("status") == "completed" and not body.get("conclusion"):
        yield "status is completed, and there is no conclusion"
    if body.get("completed_at") and not body.get("conclusion"):
        yield "completed_at is given, and there is no conclusion"
    if body.get("conclusion") == "stale":
        yield "only GitHub concludes stale"
    yield from _output(body.get("output"))
    yield from _actions(body.get("actions"))


def _output(output: Any) -> Faults:
    if not isinstance(output, Mapping):
        return
    for part in ("summary", "text"):
        if len(output.get(part) or "") > OUTPUT_CHARS:
            yield f"output.{part} has {len(output[part])} characters (maximum is {OUTPUT_CHARS})"
    listed = output.get("annotations")
    if not isinstance(listed, list):
        return
    if len(listed) > ANNOTATIONS:
        yield f"output.annotations has {len(listed)} entries (maximum is {ANNOTATIONS})"
    for index, one in enumerate(listed):
        if isinstance(one, Mapping):
            yield from (f"output.annotations[{index}]: {fault}" for fault in annotation(one))


def annotation(one: Mapping[str, Any]) -> Faults:
    """One annotation: sizes, lines from 1, columns only on one line."""
    if len(one.get("title") or "") > TITLE_CHARS:
        yield f"title has {len(one['title'])} characters (maximum is {TITLE_CHARS})"
    for part in ("message", "raw_details"):
        size = len((one.get(part) or "").encode())
        if size > DETAIL_BYTES:
            yield f"{part} has {size} bytes (maximum is {DETAIL_BYTES})"
    if not one.get("message"):
        yield "message is empty"
    yield from _place(one)


def _place(one: Mapping[str, Any]) -> Faults:
    start, end = one.get("start_line"), one.get("end_line")
    path = one.get("path")
    if isinstance(path, str) and (not path or path.startswith(("/", "./")) or "\\" in path):
        yield f"path {path!r} is not relative to the repository"
    if not isinstance(start, int) or not isinstance(end, int):
        return
    if start < 1 or end < start:
        yield f"lines {start} to {end}: the first is 1, the end is not before the start"
    columns = [one[name] for name in ("start_column", "end_column") if one.get(name) is not None]
    if columns and start != end:
        yield "columns are given although the annotation spans lines"
    if any(isinstance(column, int) and column < 1 for column in columns):
        yield "a column is below 1"


def _actions(actions: Any) -> Faults:
    if isinstance(actions, list) and len(actions) > ACTIONS:
        yield f"actions has {len(actions)} entries (maximum is {ACTIONS})"


RULES: Mapping[str, Callable[[Mapping[str, Any]], Faults]] = {
    "issues/create-comment": comment,
    "issues/update-comment": comment,
    "issues/create": issue,
    "issues/update": issue,
    "issues/create-label": label,
    "repos/create-commit-status": status,
    "checks/create": check_run,
    "checks/update": check_run,
    "code-scanning/upload-sarif": sarif.upload,
    "git/create-tree": git_data.tree,
}
