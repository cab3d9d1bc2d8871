"""From findings of many tools to one result for each problem."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.core.untrusted import printable
from trivigil.security import explained, groups, identity, purl, severity
from trivigil.security.facts import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.security.facts import Package, Rating
    from trivigil.security.groups import Group
    from trivigil.security.severity import Chosen

TITLE_CHARS = 200


def merge(
    scans: Sequence[Sequence[Finding]], fail_on: Severity | None, *, unknown_fails: bool = False
) -> tuple[Result, ...]:
    """One failed result a problem, the worst first; it gates from `fail_on` on, and never where that is None.

    With `unknown_fails` those that nobody rated gate, too.
    """
    found = groups.group(scans)
    line = _Line(fail_on, unknown_fails)
    results = [
        _result(each, name, line)
        for name, each in zip(identity.identities(found), found, strict=True)
    ]
    return tuple(sorted(results, key=_rank))


def _rank(result: Result) -> str:
    """The worst first, then by rule, place and identity: as one text, which is compared fastest."""
    return f"{Severity.CRITICAL - result.severity}{result.rule.id}\0{result.location.name}\0{result.identity}"


class _Line(NamedTuple):
    """From where on a finding fails."""

    fail_on: Severity | None
    unknown_fails: bool

    def stops(self, severity: Severity) -> bool:
        """Whether a finding of this severity fails."""
        unrated = self.unknown_fails and severity is Severity.UNKNOWN
        return self.fail_on is not None and (unrated or severity >= self.fail_on)


class _Said(NamedTuple):
    """What findings say whatever their places and words are: the same for all results of a rule."""

    chosen: Chosen
    tools: tuple[str, ...]
    ids: tuple[str, ...]
    ratings: tuple[Mapping[str, object], ...]
    cwes: tuple[int, ...]
    rules: tuple[str, ...]
    confidence: str | None


_OF_RULE: Final = attrgetter("tool", "id", "aliases", "cwes", "ratings", "confidence", "malicious")


@lru_cache(maxsize=4_096)
def _said(findings: tuple[tuple[Any, ...], ...]) -> _Said:
    """Of what `_OF_RULE` takes from each finding of a group."""
    each = [
        Finding(f[0], "code", f[1], "", Place(), "", f[2], f[3], f[4], f[5], malicious=f[6])
        for f in findings
    ]
    ratings = sorted({rating for f in each for rating in f.ratings}, key=_key)
    return _Said(
        chosen=severity.highest(severity.choose(f) for f in each),
        tools=tuple(sorted({f.tool for f in each})),
        ids=tuple(dict.fromkeys(i for f in each for i in groups.ids_of(f))),
        ratings=tuple(_rating(rating) for rating in ratings),
        cwes=tuple(sorted({cwe for f in each for cwe in f.cwes})),
        rules=tuple(sorted({f"{f.tool} {f.id}" for f in each})),
        confidence=_confidence(each),
    )


def _result(group: Group, name: str, line: _Line) -> Result:
    findings = group.findings
    said = _said(tuple(map(_OF_RULE, findings)))
    chosen, first = said.chosen, _telling(group)
    title = printable(first.title, TITLE_CHARS)
    rule = group.advisory or first.id
    return Result(
        rule=Rule(rule, title, explained.page(first, group.advisory)),
        kind="fail",
        severity=chosen.severity,
        message=_message(group, first, title.rstrip(".")),
        location=Location(
            _place_name(group, first), group.manifest or first.place.path, _line(findings)
        ),
        gates=line.stops(chosen.severity),
        fix=_fix(group),
        tools=said.tools,
        aliases=() if said.ids == (rule,) else tuple(i for i in said.ids if i != rule),
        ratings=said.ratings,
        suppression=_accepted(group),
        evidence=_evidence(group, first, said),
        identity=name,
    )


def _telling(group: Group) -> Finding:
    """The finding that tells most: the one of the leading id, with a help page, with the longest title."""

    def tells(finding: Finding) -> tuple[bool, bool, int, str]:
        named = finding.id == group.advisory
        return named, finding.help_uri is not None, len(finding.title[:TITLE_CHARS]), finding.tool

    return group.findings[0] if len(group.findings) == 1 else max(group.findings, key=tells)


def _place_name(group: Group, first: Finding) -> str:
    """The stable name of the place, as people read it."""
    place = first.place
    if first.package is not None:
        package = purl.written(*purl.identity(first.package))
        return f"{package} in {group.manifest}" if group.manifest else package
    if first.kind == "web":
        where = " ".join(part for part in (place.method, groups.url_path(place.url)) if part)
        return f"{where} [{place.parameter}]" if place.parameter else where or first.id
    parts = (place.path, place.resource, place.image)
    return " ".join(part for part in parts if part) or first.id


def _line(findings: Sequence[Finding]) -> int | None:
    return min([f.place.line for f in findings if f.place.line], default=None)


def _message(group: Group, first: Finding, what: str) -> str:
    if first.package is None:
        return what
    versions = sorted(
        {f.package.version for f in group.findings if f.package and f.package.version}
    )
    of = " ".join((printable(first.package.name, 100), ", ".join(versions[:3]))).strip()
    return what if what.lower().startswith(first.package.name.lower()) else f"{of}: {what}"


def _fix(group: Group) -> str | None:
    """What to do: the versions without the problem, else what a tool advises."""
    packages = [f.package for f in group.findings if f.package is not None]
    fixed = sorted({v for package in packages for v in package.fixed if v}) if packages else []
    if fixed:
        return f"Upgrade {printable(packages[0].name, 100)} to {' or '.join(fixed[:4])}."
    told = group.findings[0].fix or next((f.fix for f in group.findings if f.fix), None)
    return told or _ADVICE.get(group.findings[0].kind)


_ADVICE = {
    "dependency": "No version without it is known: replace the package, or accept it until there is one.",
    "code": "Change the code as the rule's page says.",
    "secret": "Revoke it, then take it out of the code and its history.",
    "iac": "Change the resource as the check's page says.",
    "web": "Change what the application answers.",
    "image": "Change how the image is built.",
    "license": "Replace the package, or have its licence approved.",
}


def _key(rating: Rating) -> tuple[str, ...]:
    return tuple(str(value) for value in rating)


def _rating(rating: Rating) -> dict[str, object]:
    return {**rating._asdict(), "severity": rating.severity.label}


def _accepted(group: Group) -> Suppression | None:
    """The tools' own acceptance; a problem that one tool still counts is not accepted."""
    first = group.findings[0]
    if first.accepted is None or any(f.accepted is None for f in group.findings):
        return None
    reason = first.accepted or "the tool does not count it"
    return Suppression(f"{first.tool}: {reason}", None, first.expires)


def _evidence(group: Group, first: Finding, said: _Said) -> dict[str, object]:
    place = first.place
    packages = [f.package for f in group.findings if f.package is not None]
    found: tuple[tuple[str, object], ...] = (
        ("finding", first.kind),
        ("severity_rule", said.chosen.rule),
        ("disagree", said.chosen.disagree),
        ("description", first.description),
        ("cwes", list(said.cwes)),
        ("rules", list(said.rules)),
        ("confidence", said.confidence),
        ("package", _package(packages)),
        ("path", place.path),
        ("end_line", place.end_line),
        ("url", place.url),
        ("image", place.image),
    )
    return {key: value for key, value in found if value}


_CONFIDENCE = ("low", "medium", "high", "certain")


def _confidence(findings: Sequence[Finding]) -> str | None:
    """The highest that a tool has."""
    known = [f.confidence for f in findings if f.confidence in _CONFIDENCE]
    return max(known, key=_CONFIDENCE.index, default=None)


def _package(known: Sequence[Package]) -> dict[str, object]:
    if not known:
        return {}
    return {
        "name": known[0].name,
        "purl": purl.written(*purl.identity(known[0])),
        "versions": sorted({package.version for package in known if package.version}),
        "fixed": sorted({version for package in known for version in package.fixed if version}),
    }
