"""The channels beside comment and check run, as parts of the preview: issue, status, alerts, plan and outputs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from trivigil.render.preview_checks import Check, shown, sign
from trivigil.render.preview_markdown import to_html

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ISSUE = re.compile(r"issue(?:-(\d+))?\.json")
_RANK: Final = {"error": 0, "warning": 1, "note": 2, "none": 3}
_LEVELS: Final = {"error": "Error", "warning": "Warning", "note": "Note", "none": "None"}
_STATES: Final = {"success": "success", "failure": "failure", "error": "failure"}
_ACTS: Final = {"do": "success", "skip": "neutral", "hand-over": "warning"}
_WORDS: Final = {"do": "used", "skip": "skipped", "hand-over": "handed over"}
_PARTS: Final = {
    "comment": "conversation",
    "check-run": "checks",
    "status": "conversation",
    "issue": "issue",
    "sarif": "alerts",
    "annotations": "commands",
    "summary": "summary",
    "outputs": "outputs",
}
_MOST: Final = 100
"""Alerts that are shown; the file has them all."""


def issues(payloads: Mapping[str, str]) -> str:
    """Each issue as its page shows it: title, state, labels and people, and the body."""
    found = sorted(
        (int(match[1] or 1), name)
        for name in payloads
        if (match := _ISSUE.fullmatch(name)) is not None
    )
    return "".join(_issue(_object(payloads[name])) for _, name in found)


def _issue(body: Mapping[str, object]) -> str:
    closed = body.get("state") == "closed"
    state = "Closed" if closed else "Open"
    pill = f'<span class="pill {"closed" if closed else "open"}">{sign("issue")} {state}</span>'
    head = '<div class="head"><b>github-actions</b> <span class="label">bot</span> opened this issue</div>'
    text = f'<div class="body markdown-body">{to_html(_string(body, "body"))}</div>'
    people = _side("Assignees", (f"@{name}" for name in _strings(body, "assignees")))
    labels = _side("Labels", _strings(body, "labels"), style="label")
    milestone = body.get("milestone")
    number = () if not isinstance(milestone, int | str) else (f"Milestone {milestone}",)
    side = f'<div class="facts">{people}{labels}{_side("Milestone", number)}</div>'
    title = f'<h3 class="title">{shown(_string(body, "title"))}</h3>{pill}'
    return f'<div class="issue-page">{title}<div class="columns"><div class="box">{head}{text}</div>{side}</div></div>'


def _side(title: str, entries: Iterable[str], style: str = "") -> str:
    listed = "".join(f'<span class="{style}">{shown(entry)}</span> ' for entry in entries)
    return f"<div><h4>{title}</h4><p>{listed or 'None'}</p></div>"


def status(payloads: Mapping[str, str]) -> list[Check]:
    """The commit status as a row of the merge box."""
    body = _object(payloads.get("status.json", "{}"))
    if not body:
        return []
    state = _STATES.get(_string(body, "state"), "neutral")
    return [
        Check(
            f"{_string(body, 'context')} (status)",
            state,
            _string(body, "sha"),
            _string(body, "description"),
            "",
            "",
            (),
        )
    ]


def alerts(payloads: Mapping[str, str]) -> str:
    """The alerts of code scanning: level, rule, words and place, worst first."""
    upload = _object(payloads.get("sarif-upload.json", "{}"))
    found, rules, category = _results(_object(payloads.get("report.sarif", "{}")))
    if not upload and not found:
        return ""
    rows = "".join(_alert(result, rules) for result in found[:_MOST])
    left = len(found) - _MOST
    more = (
        f'<div class="alert-row muted">and {left:,} more in report.sarif</div>' if left > 0 else ""
    )
    ref = f" · <code>{shown(_string(upload, 'ref'))}</code>" if upload else ""
    named = f" · {shown(category)}" if category else ""
    count = f"<b>{len(found):,} {'alert' if len(found) == 1 else 'alerts'}</b>"
    return f'<div class="box"><div class="head">{count}{named}{ref}</div>{rows}{more}</div>'


def _results(
    log: Mapping[str, object],
) -> tuple[list[Mapping[str, object]], dict[str, str], str]:
    """Results worst first, the rules' short words, and the category of the first run."""
    runs = [run for run in _list(log, "runs") if isinstance(run, dict)]
    found: list[Mapping[str, object]] = [
        one for run in runs for one in _list(run, "results") if isinstance(one, dict)
    ]
    rules: dict[str, str] = {}
    for run in runs:
        for rule in _list(_part(_part(run, "tool"), "driver"), "rules"):
            if isinstance(rule, dict):
                words = _string(_part(rule, "shortDescription"), "text")
                rules[_string(rule, "id")] = words or _string(rule, "name")
    found.sort(key=lambda one: _RANK.get(_string(one, "level"), 1))
    category = _string(_part(runs[0], "automationDetails"), "id") if runs else ""
    return found, rules, category.strip("/")


def _alert(result: Mapping[str, object], rules: Mapping[str, str]) -> str:
    level, rule = _string(result, "level") or "warning", _string(result, "ruleId")
    title = shown(rules.get(rule) or rule)
    words = shown(_string(_part(result, "message"), "text"))
    place = next((one for one in _list(result, "locations") if isinstance(one, dict)), {})
    physical = _part(place, "physicalLocation")
    path = _string(_part(physical, "artifactLocation"), "uri")
    line = _part(physical, "region").get("startLine")
    at = f"{path}:{line}" if isinstance(line, int) else path
    style = level if level in _LEVELS else "warning"
    pill = f'<span class="label {style}">{_LEVELS.get(level, "Warning")}</span>'
    return (
        f'<div class="alert-row"><div class="line">{sign("alert")}<b>{title}</b>{pill}</div>'
        f'<p>{words}</p><p class="at">{shown(at)} · {shown(rule)}</p></div>'
    )


def chips(payloads: Mapping[str, str], shown_parts: Iterable[str]) -> str:
    """Each channel with what becomes of it, as a way to its part of the page."""
    parts = set(shown_parts)
    return "".join(_chip(step, parts) for step in steps(payloads))


def _chip(step: Mapping[str, object], parts: set[str]) -> str:
    channel = _string(step, "channel")
    inner = f"{_mark(step)}<span>{shown(channel)}</span>"
    title = shown(_string(step, "reason"))
    part = _PARTS.get(channel, "")
    if part in parts:
        return f'<a class="chip" href="#{part}" title="{title}">{inner}</a>'
    return f'<span class="chip" title="{title}">{inner}</span>'


def _mark(step: Mapping[str, object]) -> str:
    """What becomes of a channel, as a sign; one that a permission would mend is no mere skip."""
    return sign("failure" if step.get("permission") else _ACTS.get(_string(step, "act"), "neutral"))


def plan(payloads: Mapping[str, str]) -> str:
    """A row for each channel: what becomes of it, why, and which permission line would mend it."""
    rows = "".join(_step(step) for step in steps(payloads))
    return f'<div class="box">{rows}</div>' if rows else ""


def _step(step: Mapping[str, object]) -> str:
    permission = _string(step, "permission")
    act = "refused" if permission else _WORDS.get(_string(step, "act"), _string(step, "act"))
    advice = f"; add <code>{shown(permission)}</code> to the job's permissions"
    mend = f'<span class="mend">{advice}</span>' if permission else ""
    return (
        f'<div class="step">{_mark(step)}<b>{shown(_string(step, "channel"))}</b>'
        f'<span class="act">{shown(act)}</span>'
        f"<span>{shown(_string(step, 'reason'))}{mend}</span></div>"
    )


def steps(payloads: Mapping[str, str]) -> list[Mapping[str, object]]:
    """The steps of the plan; none where it cannot be read."""
    found = _list(_object(payloads.get("publish-plan.json", "{}")), "steps")
    return [step for step in found if isinstance(step, dict)]


def outputs(payloads: Mapping[str, str]) -> str:
    """Name and value, a row each; JSON is laid out to be read."""
    lines = payloads.get("outputs.txt", "").splitlines()
    pairs = [(name, value) for name, mark, value in (one.partition("=") for one in lines) if mark]
    rows = "".join(_output(name, value) for name, value in pairs)
    return f'<div class="box"><dl class="outputs">{rows}</dl></div>' if rows else ""


def _output(name: str, value: str) -> str:
    text = value
    if value.startswith(("{", "[")):
        try:
            text = json.dumps(json.loads(value), indent=2, ensure_ascii=False)
        except (ValueError, RecursionError):
            text = value
    body = "\n".join(shown(line) for line in text.split("\n"))
    return f"<dt>{shown(name)}</dt><dd>{body or '<i>empty</i>'}</dd>"


def _object(text: str) -> Mapping[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _part(entry: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = entry.get(key)
    return value if isinstance(value, dict) else {}


def _list(entry: Mapping[str, object], key: str) -> list[object]:
    value = entry.get(key)
    return value if isinstance(value, list) else []


def _strings(entry: Mapping[str, object], key: str) -> list[str]:
    return [one for one in _list(entry, key) if isinstance(one, str)]


def _string(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
