"""From findings of many tools to one result for each problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.core.untrusted import printable
from trivigil.security import explained, groups, identity, purl, severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.facts import Finding, Package, Rating
    from trivigil.security.groups import Group

TITLE_CHARS = 200


def merge(
    scans: Sequence[Sequence[Finding]], fail_on: Severity | None, *, unknown_fails: bool = False
) -> tuple[Result, ...]:
    """One failed result a problem, the worst first; it gates from `fail_on` on, and never where that is None.

    With `unknown_fails` those that nobody rated gate, too.
    """
    found = groups.group(scans)
    named = sorted(zip(identity.identities(found), found, strict=True))
    line = _Line(fail_on, unknown_fails)
    results = [_result(each, name, line) for name, each in named]
    return tuple(sorted(results, key=lambda r: (-r.severity, r.rule.id, r.location.name)))


class _Line(NamedTuple):
    """From where on a finding fails."""

    fail_on: Severity | None
    unknown_fails: bool

    def stops(self, severity: Severity) -> bool:
        """Whether a finding of this severity fails."""
        unrated = self.unknown_fails and severity is Severity.UNKNOWN
        return self.fail_on is not None and (unrated or severity >= self.fail_on)


def _result(group: Group, name: str, line: _Line) -> Result:
    chosen = severity.highest(severity.choose(finding) for finding in group.findings)
    first = _telling(group)
    ids = dict.fromkeys(i for finding in group.findings for i in groups.ids_of(finding))
    rule = group.advisory or first.id
    ratings = [rating for finding in group.findings for rating in finding.ratings]
    return Result(
        rule=Rule(rule, printable(first.title, TITLE_CHARS), explained.page(first, group.advisory)),
        kind="fail",
        severity=chosen.severity,
        message=_message(group, first),
        location=Location(
            _place_name(group, first), group.manifest or first.place.path, _line(group)
        ),
        gates=line.stops(chosen.severity),
        fix=_fix(group),
        tools=tuple(sorted({finding.tool for finding in group.findings})),
        aliases=tuple(each for each in ids if each != rule),
        ratings=tuple(_rating(r) for r in sorted(set(ratings), key=_key)),
        suppression=_accepted(group),
        evidence=_evidence(group, first, chosen),
        identity=name,
    )


def _telling(group: Group) -> Finding:
    """The finding that tells most: the one of the leading id, with a help page, with the longest title."""

    def tells(finding: Finding) -> tuple[bool, bool, int, str]:
        named = finding.id == group.advisory
        return named, finding.help_uri is not None, len(finding.title[:TITLE_CHARS]), finding.tool

    return max(group.findings, key=tells)


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


def _line(group: Group) -> int | None:
    return min((f.place.line for f in group.findings if f.place.line), default=None)


def _message(group: Group, first: Finding) -> str:
    what = printable(first.title, TITLE_CHARS).rstrip(".")
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
    fixed = sorted({version for package in packages for version in package.fixed if version})
    if fixed:
        return f"Upgrade {printable(packages[0].name, 100)} to {' or '.join(fixed[:4])}."
    told = next((f.fix for f in group.findings if f.fix), None)
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
    if any(finding.accepted is None for finding in group.findings):
        return None
    first = group.findings[0]
    reason = first.accepted or "the tool does not count it"
    return Suppression(f"{first.tool}: {reason}", None, first.expires)


def _evidence(group: Group, first: Finding, chosen: severity.Chosen) -> dict[str, object]:
    cwes = sorted({cwe for finding in group.findings for cwe in finding.cwes})
    found: dict[str, object] = {
        "finding": first.kind,
        "severity_rule": chosen.rule,
        "disagree": chosen.disagree,
        "description": first.description,
        "cwes": cwes,
        "rules": sorted({f"{f.tool} {f.id}" for f in group.findings}),
        "confidence": _confidence(group.findings),
        "package": _package(f.package for f in group.findings),
        "path": first.place.path,
        "end_line": first.place.end_line,
        "url": first.place.url,
        "image": first.place.image,
    }
    return {key: value for key, value in found.items() if value not in (None, "", [], {}, False)}


_CONFIDENCE = ("low", "medium", "high", "certain")


def _confidence(findings: Iterable[Finding]) -> str | None:
    """The highest that a tool has."""
    known = [f.confidence for f in findings if f.confidence in _CONFIDENCE]
    return max(known, key=_CONFIDENCE.index, default=None)


def _package(packages: Iterable[Package | None]) -> dict[str, object]:
    known = [package for package in packages if package is not None]
    if not known:
        return {}
    return {
        "name": known[0].name,
        "purl": purl.written(*purl.identity(known[0])),
        "versions": sorted({package.version for package in known if package.version}),
        "fixed": sorted({version for package in known for version in package.fixed if version}),
    }
