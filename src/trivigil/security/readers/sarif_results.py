"""A SARIF result as a finding.

Format: SARIF 2.1.0, section 3.27. Only results of the kind `fail` are findings, and those that a comparison calls `absent` are not there any
more. A result is suppressed where it has suppressions and none of them is rejected or under review (3.27.23, 3.35.3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.security import advisory, digest, leak, lenient, prose
from trivigil.security.facts import Finding, Place
from trivigil.security.readers import sarif_packages, sarif_places, sarif_ratings, sarif_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.foreign import Fields
    from trivigil.security.facts import Kind
    from trivigil.security.readers.sarif_places import Tree
    from trivigil.security.readers.sarif_rules import Component, Rule

_LEVELS: Final = frozenset(sarif_ratings.LEVELS)
_CREDENTIALS: Final = frozenset({256, 259, 260, 312, 321, 522, 798})
"""Weaknesses whose messages and code show a credential."""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_FAILS: Final = frozenset({("zizmor", "review")})
"""zizmor's findings of the severity Informational are for review, and findings in its other formats."""
_GITLEAKS: Final = re.compile(r"(.+) secret detected")
_LICENCE: Final = re.compile(r"^License (.+)$", re.MULTILINE)
_ALIAS: Final = re.compile(r"\(also known as (.+)\)")
_TITLED_BY_RULE: Final = frozenset({"dependency", "secret", "iac", "web", "license", "image"})


class Run(NamedTuple):
    """What all results of a run share."""

    tool: str
    driver: str
    """Its name, as it is written."""
    parts: tuple[Component, ...]
    tree: Tree
    levels: Mapping[str, str]
    """Levels that the invocation sets, by the rule's id."""


def is_finding(result: Fields, tool: str) -> bool:
    """Whether a result is of the kind that fails."""
    kind = (lenient.text(result, "kind") or "fail").lower()
    return kind == "fail" or (tool, kind) in _FAILS


def is_absent(result: Fields) -> bool:
    """Whether a comparison says that the result is there no more."""
    return (lenient.text(result, "baselineState") or "").lower() == "absent"


def finding(result: Fields, run: Run) -> Finding:
    """One result; fields that it lacks, or that are not as documented, are as if they were not there."""
    written = sarif_rules.rule_id(result)
    rule = sarif_rules.lookup(result, run.parts) or sarif_rules.unknown(run.driver, written)
    text = sarif_rules.message(lenient.inner(result, "message"), rule, run.parts)
    where = sarif_places.place_of(result, run.tree)
    kind: Kind = "web" if rule.kind == "code" and where.url else rule.kind
    own = lenient.inner(result, "properties")
    cwes = tuple(dict.fromkeys((*_cwes(result, own), *rule.cwes)))
    package = None
    if kind == "dependency":
        package = sarif_packages.package(run.tool, rule, text, where.resource, where.path)
        where = _of_package(run.tool, rule, where)
    if run.tool == "trivy":
        where = _without_default(where)
    made = Finding(
        tool=run.tool,
        kind=kind,
        id=(written or rule.id or rule.name or "unknown rule").removeprefix("zizmor/"),
        title="",
        place=where if kind == "iac" else where._replace(resource=None),
        cwes=cwes,
        ratings=tuple(
            dict.fromkeys(
                sarif_ratings.ratings(run.tool, result, rule, text, level(result, rule, run))
            )
        ),
        confidence=_confidence(own) or rule.confidence,
        package=package,
        fix=_fix(result, rule),
        help_uri=rule.help_uri,
    )
    accepted, expires = _accepted(result)
    made = made._replace(accepted=accepted, expires=expires)
    if kind == "secret":
        return _secret(made, result, rule, text)
    if kind == "dependency":
        made = _advisory(made, rule, text)
    if kind == "license" and run.tool == "trivy":
        made = _licence(made, sarif_packages.said(text), text)
    return _told(made, result, rule, text)


def level(result: Fields, rule: Rule, run: Run) -> str:
    """The level in force: the result's own, the invocation's, the rule's, else warning."""
    own = (lenient.text(result, "level") or "").lower()
    if own in _LEVELS:
        return own
    set_by_run = run.levels.get(rule.id or "")
    return next((each for each in (set_by_run, rule.level) if each in _LEVELS), "warning")


def _cwes(result: Fields, own: Fields) -> tuple[int, ...]:
    listed = result.value.get("taxa")
    references, _ = lenient.objects(listed if isinstance(listed, list) else None)
    return (*sarif_rules.taxa(references), *lenient.cwes(own.value.get("cwe")))


def _confidence(own: Fields) -> str | None:
    word = lenient.text(own, "issue_confidence", "zizmor/confidence", "confidence")
    return lenient.confidence(word)


def _fix(result: Fields, rule: Rule) -> str | None:
    listed = result.value.get("fixes")
    fixes, _ = lenient.objects(listed if isinstance(listed, list) else None)
    described = (lenient.inner(each, "description") for each in fixes)
    solution = lenient.inner(rule.properties, "solution")
    texts = (lenient.text(each, "text", "markdown") for each in (*described, solution))
    return next((prose.plain(text) for text in texts if text), None)


def _accepted(result: Fields) -> tuple[str | None, str | None]:
    """Why and until when a result is suppressed; nothing where one of its suppressions is not accepted."""
    listed = result.value.get("suppressions")
    given, strange = lenient.objects(listed if isinstance(listed, list) else None)
    states = {(lenient.text(each, "status", "state") or "accepted").lower() for each in given}
    if not given or strange or states != {"accepted"}:
        return None, None
    first = given[0]
    kind = lenient.text(first, "kind") or ""
    reason = lenient.text(first, "justification") or _KINDS.get(kind, "suppressed")
    until = str(lenient.inner(first, "properties").value.get("expiryUtc") or "")
    date = _DATE.match(until)
    return reason, date.group() if date else None


_KINDS: Final = {
    "inSource": "suppressed in the source",
    "external": "suppressed outside of the source",
}


def _of_package(tool: str, rule: Rule, where: Place) -> Place:
    """A manifest has no line worth keeping; what Trivy says of packages of an operating system is an image."""
    if tool == "trivy" and rule.name == "OsPackageVulnerability":
        return Place(image=where.path)
    return where


def _without_default(where: Place) -> Place:
    """Trivy writes the first line where it knows none."""
    default = where.line == 1 and where.end_line in (None, 1)
    return where._replace(line=None, end_line=None) if default else where


def _licence(made: Finding, lines: Mapping[str, str], text: str) -> Finding:
    """A licence of a package by the name that it has in Trivy's JSON."""
    match = _LICENCE.search(text)
    package = lines.get("PkgName") or None
    name = match[1] if match else made.id.rpartition(":")[2]
    return made._replace(id=f"license:{name}", place=made.place._replace(resource=package))


def _advisory(made: Finding, rule: Rule, text: str) -> Finding:
    """The advisory's own id where the rule's has a package in it, and its other names."""
    ids = advisory.found(made.id)
    aliases = [each for tag in rule.tags for each in advisory.found(tag)]
    aliases += [each for n in _deprecated(rule) for each in advisory.found(n)]
    if match := _ALIAS.search(text):
        aliases += advisory.found(match.group(1))
    name = ids[0] if ids else made.id
    others = tuple(each for each in dict.fromkeys(aliases) if each != name)
    return made._replace(id=name, aliases=others, malicious=advisory.is_malware((name, *others)))


def _deprecated(rule: Rule) -> tuple[str, ...]:
    return lenient.texts(rule.fields.value.get("deprecatedIds"))


def _secret(made: Finding, result: Fields, rule: Rule, text: str) -> Finding:
    """Nothing of a secret's message or code is kept: both may show it."""
    if rule.id is None and (match := _GITLEAKS.fullmatch(text)):
        made = made._replace(id=match[1])  # Gitleaks 7 names its rules in the message alone.
    value = lenient.text(lenient.inner(result, "properties"), "offender")
    if value is None and made.tool == "gitleaks":
        value = lenient.text(lenient.inner(_region(result), "snippet"), "text")
    return made._replace(
        title=rule.title or made.id,
        secret=leak.digest_of(value),
        ratings=made.ratings or (leak.finding(made.tool, made.id, made.place, None).ratings),
        fix=leak.FIX,
    )


def _region(result: Fields) -> Fields:
    listed = result.value.get("locations")
    locations, _ = lenient.objects(listed if isinstance(listed, list) else None)
    first = lenient.inner(locations[0], "physicalLocation", "region") if locations else None
    return first if first is not None else lenient.inner(result, "none")


def _told(made: Finding, result: Fields, rule: Rule, text: str) -> Finding:
    """With title, description and code; without what they quote, where it may be a credential."""
    shows = bool(_CREDENTIALS & set(made.cwes)) or made.id in _PASSWORDS
    snippet = lenient.text(lenient.inner(_region(result), "snippet"), "text") or ""
    if shows:
        text = prose.unquoted(text)
    by_rule = made.kind in _TITLED_BY_RULE
    titles = (rule.title, prose.line(text)) if by_rule else (prose.line(text), rule.title)
    title = next((each for each in titles if each), made.id)
    texts = (rule.description, text) if by_rule else (text, rule.description)
    description = next((each for each in texts if each and each != title), "")
    keyed = leak.code(snippet) if shows else digest.code(snippet)
    return made._replace(
        title=title,
        description=description,
        code=keyed if made.kind in ("code", "lint") else None,
    )


_PASSWORDS: Final = frozenset({"B105", "B106", "B107", "S105", "S106", "S107", "G101"})
"""Rules of Bandit, Ruff and gosec on passwords in code, in files that name no weakness."""
