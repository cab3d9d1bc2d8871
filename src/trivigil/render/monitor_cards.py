"""The parts of a monitoring report's page that no table shows: a tile for each check, a card for what is not up, grades as badges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trivigil.core.threshold import quantity
from trivigil.render import escape
from trivigil.render import monitor_figures as figures
from trivigil.render.document import prose
from trivigil.render.fit import clip
from trivigil.render.markdown import html_spans
from trivigil.render.monitor import SEPARATOR, lateness
from trivigil.render.monitor_charts import NAME_CHARS, TONES, attempts
from trivigil.render.monitor_headers import sentence
from trivigil.render.monitor_troubles import explained, grouped, runbook, where
from trivigil.render.monitor_words import moment, remaining

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked, Failed

_VALUE_CHARS: Final = 1000
_SOON_DAYS: Final = 14
_GOOD, _FAIR = ("A", "B"), ("C",)


# --- the strip ---------------------------------------------------------------------------------


def strip(checks: Sequence[tuple[str, Checked]]) -> str:
    """A tile for each check, in the order of the run; it leads to what is said of it."""
    tiles = "".join(_tile(anchor, one) for anchor, one in checks)
    return f'<ul class="strip">{tiles}</ul>' if tiles else ""


def _tile(anchor: str, check: Checked) -> str:
    name = escape.html_code(clip(check.name, NAME_CHARS))
    inner = f'<b>{name}</b><span class="tone">{_state(check)}</span>'
    leads = has_card(check) or check.phases.total
    whole = f'<a href="#{anchor}">{inner}</a>' if leads else f"<div>{inner}</div>"
    return f'<li class="{TONES[check.status]}">{whole}</li>'


def _state(check: Checked) -> str:
    if check.skipped is not None:
        return "not looked at"
    total = check.phases.total
    took = quantity(round(total), "ms") if total else ""
    said = took if check.status == "up" else check.cause
    again = (
        "" if check.status != "up" or len(check.attempts) <= 1 else f"attempt {len(check.attempts)}"
    )
    return SEPARATOR.join(each for each in (check.status, said, again) if each)


# --- the run -----------------------------------------------------------------------------------


def key_facts(report: Report) -> str:
    """Target, grades, certificate and time, side by side."""
    graded = figures.mapping(report, "headers")
    target = figures.text(report.facts, "target")
    cells = [
        _fact(
            "Target",
            f"<code>{escape.html_code(clip(target, 2 * NAME_CHARS))}</code>" if target else "",
        ),
        _fact("Security headers", badge("compatible", graded, "grade")),
        _fact("Strict", badge("strict", graded, "strict_grade")),
        *(_certificate(one) for one in figures.certificates(report)[:1]),
        _fact("Looked at", "" if report.problems else _when(report)),
    ]
    return f'<dl class="facts">{"".join(cells)}</dl>'


def _fact(title: str, content: str, tone: str = "") -> str:
    return f'<div class="{tone}"><dt>{title}</dt><dd>{content}</dd></div>' if content else ""


def _when(report: Report) -> str:
    at = moment(figures.text(report.facts, "started_at") or report.generated_at)
    late = lateness(report)
    return escape.html_text(clip(at, NAME_CHARS)) + (
        f"<small>{escape.html_text(late)}</small>" if late else ""
    )


def _certificate(one: figures.Certificate) -> str:
    tone = "pass" if one.days >= _SOON_DAYS else "warning" if one.days > 0 else "fail"
    if one.check.status in {"down", "degraded"}:
        tone = TONES[one.check.status]
    words = f'<span class="tone">{remaining(one.days)}</span><small>{escape.html_text(moment(one.ends))}</small>'
    return _fact("Certificate", words, tone)


def badge(kind: str, graded: Mapping[str, Any], key: str) -> str:
    """A grade with its score; the colour says the same as the letter."""
    grade = figures.text(graded, key)
    if not grade:
        return ""
    tone = "pass" if grade.startswith(_GOOD) else "warning" if grade.startswith(_FAIR) else "fail"
    score = figures.number(graded, key.replace("grade", "score"))
    points = "" if score is None else f"<small>{score:g} points, {kind}</small>"
    return f'<span class="badge {tone}">{escape.html_text(clip(grade, 8))}</span>{points}'


# --- what is not up ----------------------------------------------------------------------------


def troubles(checks: Sequence[tuple[str, Checked]], report: Report) -> str:
    """A card for each check that is not up, worst first; then those that were up only in a later attempt."""
    anchors = {one.name: anchor for anchor, one in checks}
    ordered = figures.worst_first(one for _, one in checks if has_card(one))
    return "".join(_card(group, anchors, report) for group in grouped(ordered))


def has_card(check: Checked) -> bool:
    """Whether there is more to say of a check than its times."""
    return check.status != "up" or len(check.attempts) > 1


def _card(group: Sequence[Checked], anchors: Mapping[str, str], report: Report) -> str:
    """What there is to say of a check, or of several that nobody could see for one and the same reason."""
    check = group[0]
    names = "".join(_name(one, anchors[one.name]) for one in group)
    status = "not looked at" if check.skipped is not None else check.status
    later = f" in attempt {len(check.attempts)}" if check.status == "up" else ""
    cause = f" <code>{check.cause}</code>" if check.cause else ""
    places = _places(check, report) if len(group) == 1 else ""
    parts = (
        f'<h3>{names} <span class="tone">{status}{later}</span>{cause}{places}</h3>',
        _paragraph(" ".join(map(sentence, _said(check)))),
        _claims(check.failed),
        attempts(check),
    )
    return f'<article class="card {TONES[check.status]}">{"".join(parts)}</article>'


def _name(check: Checked, anchor: str) -> str:
    return f'<code id="{anchor}">{escape.html_code(clip(check.name, NAME_CHARS))}</code>'


def _paragraph(words: str) -> str:
    return f"<p>{html_spans(prose(words))}</p>" if words else ""


def _said(check: Checked) -> Iterable[str]:
    """What the cause means, and what was seen, each once."""
    meant = explained(check)
    told = check.message and check.message not in {meant, *(one.message for one in check.failed)}
    return [line for line in (meant, check.message if told else "") if line]


def _claims(failed: Sequence[Failed]) -> str:
    if not failed:
        return ""
    rows = "".join(
        f'<tr class="{"fail" if one.severity == "fail" else "warning"}"><td class="tone">{_line(one)}</td>'
        f"<td>{html_spans(prose(one.message or 'a claim does not hold'))}</td>"
        f'<td data-title="Expected">{_value(one.expected)}</td><td data-title="Found">{_value(one.actual)}</td></tr>'
        for one in failed
    )
    head = "<tr><th>Line</th><th>Claim</th><th>Expected</th><th>Found</th></tr>"
    return f'<div class="wide"><table class="claims"><thead>{head}</thead><tbody>{rows}</tbody></table></div>'


def _line(failed: Failed) -> str:
    return "\N{EN DASH}" if failed.line is None else str(failed.line)


def _value(words: str) -> str:
    return f"<code>{escape.html_code(clip(words, _VALUE_CHARS))}</code>" if words else "\N{EN DASH}"


def _places(check: Checked, report: Report) -> str:
    """Where the check is written down, what it needs, and what to do."""
    found = [html_spans(spans) for spans in (where(check, report), runbook(check.runbook)) if spans]
    return f'<span class="places">{SEPARATOR.join(found)}</span>' if found else ""
