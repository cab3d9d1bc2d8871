"""What findings say, in the words of a result: the same whether one tool says it or several."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Severity, Suppression
from trivigil.security import masked, same_advisory, severity, stable
from trivigil.security.facts import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.security.facts import Kind, Rating
    from trivigil.security.severity import Chosen

TITLE_CHARS: Final = 200
_REMEMBERED: Final = 4_096
CONFIDENCE: Final = ("low", "medium", "high", "certain")


class Said(NamedTuple):
    """What findings say whatever their ids, places and words are: the same for many problems."""

    chosen: Chosen
    tools: tuple[str, ...]
    ratings: tuple[Mapping[str, object], ...]
    cwes: tuple[int, ...]
    confidence: str | None


_RATED: Final = attrgetter("tool", "cwes", "ratings", "confidence", "malicious")


def of(findings: Sequence[Finding]) -> Said:
    """What the findings of one problem say together."""
    return _of(tuple(map(_RATED, findings)))


@lru_cache(maxsize=_REMEMBERED)
def _of(findings: tuple[tuple[Any, ...], ...]) -> Said:
    """Of what `_RATED` takes from each."""
    tools, cwes, ratings, confidences, malicious = zip(*findings, strict=True)
    each = zip(ratings, malicious, strict=True)
    return Said(
        chosen=severity.highest(severity.chosen(of, malicious=bad) for of, bad in each),
        tools=tuple(sorted(set(tools))),
        ratings=opinions(tuple(chain.from_iterable(ratings))),
        cwes=tuple(sorted(set(chain.from_iterable(cwes)))),
        confidence=_confidence(confidences),
    )


def ids(findings: Iterable[Finding]) -> tuple[str, ...]:
    """All ids of the findings of one problem."""
    return tuple(dict.fromkeys(chain.from_iterable(map(same_advisory.ids_of, findings))))


def opinions(ratings: tuple[Rating, ...]) -> tuple[Mapping[str, object], ...]:
    """All that tools say of how severe it is, as it is shown."""
    return tuple(_rating(rating) for rating in sorted(set(ratings), key=_key))


@lru_cache(maxsize=_REMEMBERED)
def _key(rating: Rating) -> tuple[str, ...]:
    return tuple(str(value) for value in rating)


@lru_cache(maxsize=_REMEMBERED)
def _rating(rating: Rating) -> Mapping[str, object]:
    return {**rating._asdict(), "severity": rating.severity.label}


def _confidence(told: Iterable[str | None]) -> str | None:
    """The highest that a tool has."""
    return max((each for each in told if each in CONFIDENCE), key=CONFIDENCE.index, default=None)


def others(ids: tuple[str, ...], rule: str) -> tuple[str, ...]:
    """The names that are not the rule's own."""
    return () if ids == (rule,) else tuple(each for each in ids if each != rule)


def place_name(finding: Finding) -> str:
    """The stable name of the place of what is about no package, as people read it."""
    place = finding.place
    if finding.kind == "web":
        where = " ".join(part for part in (place.method, stable.url_path(place.url)) if part)
        return f"{where} [{place.parameter}]" if place.parameter else where or finding.id
    parts = (place.path, place.resource, place.image)
    return " ".join(part for part in parts if part) or finding.id


def evidence(
    findings: Sequence[Finding],
    telling: Finding,
    description: str,
    said: Said,
    package: Mapping[str, object],
) -> dict[str, object]:
    """What else is known of a problem: in the words, and at the place, of the finding that tells most of it; the description is without secrets."""
    place = telling.place
    found = (
        telling.kind,
        said.chosen.rule,
        said.chosen.disagree,
        description,
        list(said.cwes),
        sorted({f"{each.tool} {each.id}" for each in findings}),
        said.confidence,
        package,
        place.path,
        place.end_line,
        place.url,
        place.image,
    )
    return {key: value for key, value in zip(EVIDENCE, found, strict=True) if value}


EVIDENCE: Final = (
    "finding",
    "severity_rule",
    "disagree",
    "description",
    "cwes",
    "rules",
    "confidence",
    "package",
    "path",
    "end_line",
    "url",
    "image",
)
"""What may be known of a problem; what is not is not there."""


def accepted(findings: Sequence[Finding]) -> Suppression | None:
    """The tools' own acceptance; a problem that one tool still counts is not accepted."""
    first = findings[0]
    if first.accepted is None or any(f.accepted is None for f in findings):
        return None
    reason = first.accepted or "the tool does not count it"
    return Suppression(f"{first.tool}: {masked.text(reason)}", None, first.expires)


def advice(fix: str | None, kind: Kind) -> str | None:
    """What to do, in one line: as the tool says it, else what helps against problems of the kind."""
    return (" ".join(masked.text(fix).split()) if fix else None) or _ADVICE.get(kind)


_ADVICE: Final = {
    "dependency": "No version without it is known: replace the package, or accept it until there is one.",
    "code": "Change the code as the rule's page says.",
    "secret": "Revoke it, then take it out of the code and its history.",
    "iac": "Change the resource as the check's page says.",
    "web": "Change what the application answers.",
    "image": "Change how the image is built.",
    "license": "Replace the package, or have its licence approved.",
}
"""What to do, by kind, where no tool says it."""


class Line(NamedTuple):
    """From where on a finding fails."""

    fail_on: Severity | None
    unknown_fails: bool

    def stops(self, found: Severity) -> bool:
        """Whether a finding of this severity fails."""
        unrated = self.unknown_fails and found is Severity.UNKNOWN
        return self.fail_on is not None and (unrated or found >= self.fail_on)
