"""Where the time of each check went, and its attempts one after the other: bars as SVG that the page holds itself.

A bar has no words of its own, so it can be as wide as the page; names and times stand beside it as text, and each part has a tooltip.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from trivigil.core.threshold import quantity
from trivigil.render import escape
from trivigil.render import monitor_figures as figures
from trivigil.render.charts import round_steps
from trivigil.render.fit import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.monitor.facts import Attempt, Checked

TONES: Final = {"up": "pass", "degraded": "warning", "down": "fail", "unknown": "neutral"}
"""Class of the page's style, by status."""
NAME_CHARS: Final = 120
_COLOURS: Final = {"dns": 5, "connect": 4, "tls": 3, "ttfb": 0, "transfer": 2}
_WIDTH: Final = 1000
_HEIGHT: Final = 20
_LEAST: Final = 2
"""A phase that is too short to be seen is drawn so wide."""
_FAR: Final = 15
"""A check that takes so many times the median of all would make the other bars invisible: its bar is cut, and says so."""
_CUT: Final = 10
_STRIP: Final = 14


def waterfall(checks: Sequence[tuple[str, Checked]]) -> str:
    """A bar for each check, all on one scale that begins at zero; `checks` have the anchor of each. Empty where nothing was measured."""
    timed = [(anchor, one) for anchor, one in checks if one.phases.total > 0]
    if not timed:
        return ""
    totals = [one.phases.total for _, one in timed]
    far = max(median(totals) * _FAR, min(totals))
    ticks = round_steps(max(total for total in totals if total <= far))
    rows = "".join(_row(anchor, one, ticks) for anchor, one in timed)
    cut = (
        "<p><small>A bar that ends in a gap is longer than the scale.</small></p>"
        if max(totals) > ticks[-1]
        else ""
    )
    return f'<div class="falls">{_legend()}{_axis(ticks)}{rows}</div>{cut}'


def _legend() -> str:
    keys = (
        f'<span class="key s{_COLOURS[phase]}">{title}</span>'
        for phase, title in figures.PHASES.items()
    )
    return f'<p class="legend">{"".join(keys)}</p>'


def _axis(ticks: Sequence[float]) -> str:
    labels = "".join(f"<span>{_ms(tick)}</span>" for tick in ticks)
    return f'<div class="fall axis" aria-hidden="true"><div></div><div class="ticks">{labels}</div><div></div></div>'


def _row(anchor: str, check: Checked, ticks: Sequence[float]) -> str:
    attempt = check.attempts[-1]
    parts = [
        (figures.PHASES[name], value, _COLOURS[name]) for name, value in figures.measured(attempt)
    ]
    words = ", ".join(f"{title} {_ms(value)}" for title, value, _ in parts)
    name = escape.html_code(clip(check.name, NAME_CHARS))
    mark = f' id="{anchor}"' if anchor else ""
    status = "" if check.status == "up" else f'<small class="tone">{check.status}</small>'
    return (
        f'<div class="fall {TONES[check.status]}"{mark}><div class="who"><code>{name}</code>{status}</div>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{words}">'
        f"{_lines(ticks)}{''.join(_bars(parts, ticks[-1]))}</svg>"
        f'<div class="took">{_ms(check.phases.total)}</div></div>'
    )


def _lines(ticks: Sequence[float]) -> str:
    path = "".join(f"M{_WIDTH * tick / ticks[-1]:.1f} 0v{_HEIGHT}" for tick in ticks)
    return f'<path class="grid" d="{path}"/>'


def _bars(parts: Sequence[tuple[str, float, int]], top: float) -> Iterator[str]:
    """The phases one after the other; what is beyond the scale is cut with a gap before its end."""
    at = 0.0
    for title, value, colour in parts:
        left, right = _WIDTH * at / top, _WIDTH * (at + value) / top
        at += value
        if left >= _WIDTH:
            return
        width = max(min(right, _WIDTH) - left, _LEAST)
        hint = f"<title>{title} {_ms(value)}</title>"
        if right > _WIDTH * 1.0001:
            end = _WIDTH - 2 * _CUT
            yield f'<rect class="s{colour}" x="{left:.1f}" y="3" width="{max(end - left, _LEAST):.1f}" height="14">{hint}</rect>'
            yield f'<rect class="s{colour}" x="{end + _CUT}" y="3" width="{_CUT}" height="14"/>'
        else:
            yield f'<rect class="s{colour}" x="{left:.1f}" y="3" width="{width:.1f}" height="14">{hint}</rect>'


def attempts(check: Checked) -> str:
    """The attempts of a check on a line of time, and as a list; empty for a single one."""
    if len(check.attempts) <= 1:
        return ""
    begins = [figures.seconds(one.started_at) for one in check.attempts]
    items = "".join(
        f"<li>{_attempt(one, begin, begins[0])}</li>"
        for one, begin in zip(check.attempts, begins, strict=True)
    )
    return f'<div class="attempts">{_strip(check.attempts, begins)}<ol>{items}</ol></div>'


def _strip(tries: Sequence[Attempt], begins: Sequence[float | None]) -> str:
    known = [begin for begin in begins if begin is not None]
    if len(known) < len(begins):
        return ""
    first = known[0]
    ends = [
        begin - first + one.phases.total / 1000 for begin, one in zip(known, tries, strict=True)
    ]
    whole = max(*ends, 0.001)
    blocks = "".join(
        _block(number, one, max(begin - first, 0) / whole, whole)
        for number, (begin, one) in enumerate(zip(known, tries, strict=True), 1)
    )
    words = f"{len(tries)} attempts in {quantity(round(whole, 1), 's')}"
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_STRIP}" preserveAspectRatio="none" role="img" aria-label="{words}">'
        f'<path class="grid" d="M0 7H{_WIDTH}"/>{blocks}</svg>'
    )


def _block(number: int, one: Attempt, share: float, whole: float) -> str:
    """An attempt, at its share of the whole time; a short one is wide enough to be seen, and stays inside."""
    width = min(max(_WIDTH * one.phases.total / 1000 / whole, 4 * _LEAST), _WIDTH)
    left = min(_WIDTH * share, _WIDTH - width)
    return (
        f'<rect class="{TONES[one.status]}" x="{left:.1f}" y="2" width="{width:.1f}" height="10">'
        f"<title>attempt {number}</title></rect>"
    )


def _attempt(one: Attempt, begin: float | None, first: float | None) -> str:
    after = "" if begin is None or first is None else f"{begin - first:,.1f} s"
    cause = f" <code>{one.cause}</code>" if one.cause else ""
    took = f" in {_ms(one.phases.total)}" if one.phases.total else ""
    said = f": {escape.html_text(one.message)}" if one.message else ""
    return f'<b>{after}</b> <span class="tone {TONES[one.status]}">{one.status}</span>{cause}{took}{said}'


def _ms(value: float) -> str:
    return quantity(value, "ms")
