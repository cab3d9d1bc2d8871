"""The parts of a security report's page that no table shows: severities as tiles, and a card for each finding.

What one rule says in the same words at several places is one card.
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.result import Severity
from trivigil.render import escape
from trivigil.render.document import Code, Link, Text, counted, prose
from trivigil.render.fit import clip
from trivigil.render.markdown import html_spans
from trivigil.render.places import place
from trivigil.render.security_split import WORST_FIRST, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.render.document import Spans

MOST: Final = 200
"""Cards of a section; a page of more would be read by nobody, and the rest is a table."""
_PLACES: Final = 12
_OPINIONS: Final = 6
_NAME_CHARS: Final = 120
_FIX_CHARS: Final = 300
_DESCRIPTION_CHARS: Final = 1200
_SEPARATOR: Final = " · "
_SAYS: Final = attrgetter(
    "rule.id", "message", "severity", "fix", "tools", "gates", "ratings", "aliases"
)


# --- at a glance ----------------------------------------------------------------------------------


def key_facts(report: Report) -> str:
    """From where on a finding fails, how many scans prove something, what is accepted."""
    parted = report.once(split)
    line = report.facts.get("fail_on")
    states = [source.state for source in report.sources]
    whole = sum(state in ("complete", "empty") for state in states)
    scans = str(whole) if whole == len(states) else f"{whole} of {len(states)}"
    facts = (
        ("Fails from", line if isinstance(line, str) else "nothing: facts only"),
        ("Whole scans", scans if states else ""),
        ("Accepted", f"{len(parted.accepted):,}" if parted.accepted else ""),
    )
    inner = "".join(
        f"<div><dt>{name}</dt><dd>{escape.html_text(said)}</dd></div>"
        for name, said in facts
        if said
    )
    return f'<dl class="facts">{inner}</dl>'


def strip(report: Report) -> str:
    """A tile for each severity that was found, the worst first; it leads to what is said of these findings."""
    parted = report.once(split)
    tiles = [
        _tile(severity, len(parted.blocking[severity]), len(parted.others[severity]))
        for severity in WORST_FIRST
    ]
    return f'<ul class="strip figures">{"".join(tiles)}</ul>' if any(tiles) else ""


def _tile(severity: Severity, blocking: int, others: int) -> str:
    if not blocking + others:
        return ""
    where = "blocking" if blocking else "others"
    inner = f'<b>{blocking + others:,}</b><span class="tone">{severity.label}</span>'
    return (
        f'<li class="{_tone(severity, gates=bool(blocking))}"><a href="#{where}">{inner}</a></li>'
    )


def _tone(severity: Severity, *, gates: bool) -> str:
    if gates:
        return "fail"
    return "warning" if severity in _WORTH_A_LOOK else "neutral"


_WORTH_A_LOOK: Final = frozenset(
    {Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.UNKNOWN}
)


# --- findings -------------------------------------------------------------------------------------


def cards(results: Sequence[Result], report: Report, anchor: str) -> tuple[str, Sequence[Result]]:
    """The first of these findings as cards, and those that are left for a table."""
    made: list[str] = []
    shown = 0
    for _, alike in groupby(results, _said):
        same = tuple(alike)
        if len(made) == MOST:
            break
        made.append(_card(same, report))
        shown += len(same)
    return (f'<div id="{anchor}">{"".join(made)}</div>' if made else ""), results[shown:]


def _said(result: Result) -> tuple[object, ...]:
    """All that a card says but the place."""
    return *_SAYS(result), *map(result.evidence.get, ("disagree", "cwes", "description"))


def _card(same: Sequence[Result], report: Report) -> str:
    first = same[0]
    name = Code(first.rule.id, _NAME_CHARS)
    linked = Link((name,), first.rule.help_uri) if first.rule.help_uri else name
    apart = " *" if first.evidence.get("disagree") else ""
    words = html_spans((Text(clip(first.message, _NAME_CHARS)),))
    sign = f'<span class="tone">{first.severity.label}{apart}</span>'
    where = _places(same, report)
    beside, below = (where[0], "") if len(where) == 1 else ("", _several(where))
    parts = (
        f'<h3>{sign} {html_spans((linked,))} <span class="words">{words}</span>{beside}</h3>',
        below,
        f"<p>{html_spans(prose(clip(first.fix, _FIX_CHARS)))}</p>" if first.fix else "",
        _known(first),
    )
    return f'<article class="card {_tone(first.severity, gates=first.gates)}">{"".join(parts)}</article>'


def _places(same: Sequence[Result], report: Report) -> list[str]:
    """Where it is, each place once."""
    known: dict[Spans, None] = {}
    for each in same:
        spans = place(each.location, report.origin) or (Code(each.location.name, _NAME_CHARS),)
        known[spans] = None
    return [f'<span class="places">{html_spans(spans)}</span>' for spans in known]


def _several(places: Sequence[str]) -> str:
    """The first places, and the others folded away."""
    shown, rest = places[:_PLACES], places[_PLACES:]
    more = f"<details><summary>and {counted(len(rest), 'more place')}</summary>{' '.join(rest)}</details>"
    return f'<div class="several">{" ".join(shown)}{more if rest else ""}</div>'


def _known(result: Result) -> str:
    """What else is known of it; the tool's description, where it says more than the message, folds out of it."""
    told = _SEPARATOR.join(filter(None, _about(result)))
    words = result.evidence.get("description")
    if not isinstance(words, str) or not words.strip() or words.strip() in result.message:
        return f'<p class="small">{told}</p>' if told else ""
    lines = clip(words.strip(), _DESCRIPTION_CHARS).splitlines()
    inner = "\n".join(map(escape.html_text, lines))
    return f'<details><summary class="small">{told or "Description"}</summary><p class="said">{inner}</p></details>'


def _about(result: Result) -> Iterable[str]:
    """Who found it, what they say of its severity, its weaknesses and its other names."""
    yield html_spans((Text(f"Found by {', '.join(result.tools)}"),)) if result.tools else ""
    yield html_spans((Text(", ".join(map(_opinion, _rated(result)))),))
    yield ", ".join(html_spans((_weakness(cwe),)) for cwe in _weaknesses(result))
    yield " ".join(html_spans((Code(each, _NAME_CHARS),)) for each in result.aliases[:_OPINIONS])


def _rated(result: Result) -> Sequence[Mapping[str, Any]]:
    """The ratings that say more than the one severity does; a bare word not where the same source's score says it."""
    told = [each for each in result.ratings if each.get("score") is not None]
    several = len({each.get("severity") for each in result.ratings}) > 1
    scored = {(each.get("source"), each.get("severity")) for each in told}
    every = [
        each
        for each in result.ratings
        if each.get("score") is not None or (each.get("source"), each.get("severity")) not in scored
    ]
    return (every if several else told)[:_OPINIONS]


def _opinion(rating: Mapping[str, Any]) -> str:
    who, label = rating.get("source") or "a tool", rating.get("severity") or "unknown"
    score, system = rating.get("score"), str(rating.get("system") or "")
    if not isinstance(score, (int, float)):
        return f"{label} by {who}"
    return f"{label} by {who} ({system.upper().replace(':', ' ')}: {score:g})"


def _weaknesses(result: Result) -> list[int]:
    found = result.evidence.get("cwes")
    return (
        [each for each in found if isinstance(each, int)][:_OPINIONS]
        if isinstance(found, list)
        else []
    )


def _weakness(cwe: int) -> Link:
    return Link((Text(f"CWE-{cwe}"),), f"https://cwe.mitre.org/data/definitions/{cwe}.html")
