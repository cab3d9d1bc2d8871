"""What a SARIF result is as a finding, by the kind of its rule.

Most of it depends on the rule and the message alone, and is the same wherever the result is (`like`): so it is made once for all results that
say the same. The place and the digests of secrets and code are each result's own.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.security import advisory, digest, leak, lenient, prose
from trivigil.security.facts import Finding, Place
from trivigil.security.readers import sarif_packages, sarif_ratings

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.security.facts import Kind, Rating
    from trivigil.security.readers.sarif_results import Common

_GITLEAKS: Final = re.compile(r"(.+) secret detected")
_LICENCE: Final = re.compile(r"^License (.+)$", re.MULTILINE)
_ALIAS: Final = re.compile(r"\(also known as (.+)\)")
_REMEMBERED: Final = 4_096
"""Rules of advisories with their other names."""


class Told(NamedTuple):
    """What a result says itself, wherever it is."""

    text: str
    resource: str | None
    """The logical place."""
    ecosystem: str | None
    """By the name of the manifest."""
    fix: str | None
    accepted: str | None
    expires: str | None


def like(common: Common, told: Told, tool: str) -> Finding:
    """The finding without its place, of which only the resource is there, and without digests."""
    ratings = common.ratings
    if ratings is None:
        ratings = ratings_of(common, told.text, tool)
    made = Finding(
        tool=tool,
        kind=common.kind,
        id=common.id,
        title="",
        cwes=common.cwes,
        ratings=ratings,
        confidence=common.confidence,
        fix=told.fix or common.rule.fix,
        help_uri=common.rule.help_uri,
        accepted=told.accepted,
        expires=told.expires,
    )
    return OF_KIND.get(common.kind, _code)(made, told, common)


def ratings_of(common: Common, text: str, tool: str) -> tuple[Rating, ...]:
    """What a result, its rule and its level say."""
    if tool in sarif_ratings.BY_MESSAGE:
        return sarif_ratings.by_message(tool, common.rule, text)
    found = sarif_ratings.ratings(tool, common.own, common.rule, text, common.level)
    return tuple(dict.fromkeys(found))


def placed(made: Finding, where: Place, common: Common) -> Place:
    """The place of a finding: Trivy's images are named in full, and it writes the first line where it knows none."""
    if made.tool == "trivy" and made.kind in OF_KIND and made.kind != "secret":
        if made.kind == "dependency" and common.rule.name == "OsPackageVulnerability":
            where = Place(image=common.image or where.path)
        if where.line == 1 and where.end_line in (None, 1):
            where = where._replace(line=None, end_line=None)
    resource = made.place.resource
    return where if where.resource == resource else where._replace(resource=resource)


def digests(made: Finding, snippet: str, common: Common) -> tuple[str | None, str | None]:
    """Of the secret, and of the code; nothing else is kept of either."""
    if made.kind == "secret":
        value = lenient.text(common.own, "offender") if common.own.value else None
        if value is None and made.tool == "gitleaks":
            value = snippet or None
        return leak.digest_of(value), None
    if not snippet or made.kind in OF_KIND:
        return None, None
    return None, leak.code(snippet) if common.shows else digest.code(snippet)


def _code(made: Finding, told: Told, common: Common) -> Finding:
    """Code and lint: the message is the title."""
    rule = common.rule
    text = prose.unquoted(told.text) if common.shows else told.text
    title = prose.line(text) or rule.title or common.id
    if not text or text == title:
        text = rule.description if rule.description != title else ""
    return made._replace(title=title, description=text)


def _by_rule(made: Finding, told: Told, common: Common) -> Finding:
    """What is the same wherever it is: the rule's title, and what it says of itself."""
    title = common.rule.title or prose.line(told.text) or made.id
    texts = (common.rule.description, told.text)
    description = next((each for each in texts if each and each != title), "")
    return made._replace(title=title, description=description)


def _named(made: Finding, told: Told, common: Common) -> Finding:
    """The same of what has a name beside its file."""
    return _by_rule(made, told, common)._replace(place=Place(resource=told.resource))


def _licence(made: Finding, told: Told, common: Common) -> Finding:
    """A licence of a package; Trivy's by the name that it has in Trivy's JSON."""
    found = _named(made, told, common)
    if made.tool != "trivy":
        return found
    match = _LICENCE.search(told.text)
    package = sarif_packages.said(told.text).get("PkgName") or None
    name = match[1] if match else made.id.rpartition(":")[2]
    return found._replace(id=f"license:{name}", place=Place(resource=package))


def _dependency(made: Finding, told: Told, common: Common) -> Finding:
    """The package, and the advisory's own id where the rule's has a package in it, with its other names."""
    rule = common.rule
    texts = [*rule.tags, *lenient.texts(rule.fields.value.get("deprecatedIds"))]
    if "(also known as " in told.text and (match := _ALIAS.search(told.text)):
        texts.append(match.group(1))
    name, others, malicious = _names(made.id, tuple(texts))
    package = sarif_packages.package(made.tool, rule, told.text, told.resource, told.ecosystem)
    found = _by_rule(made, told, common)
    return found._replace(id=name, aliases=others, package=package, malicious=malicious)


@lru_cache(_REMEMBERED)
def _names(written: str, texts: tuple[str, ...]) -> tuple[str, tuple[str, ...], bool]:
    """An advisory's id, its other names, and whether it is of malware."""
    ids = advisory.found(written.replace("_", " "))  # older Grype joins with underscores
    name = ids[0] if ids else written
    aliases = dict.fromkeys(each for text in texts for each in advisory.found(text))
    others = tuple(each for each in aliases if each != name)
    return name, others, advisory.is_malware((name, *others))


def _secret(made: Finding, told: Told, common: Common) -> Finding:
    """Nothing of a secret's message or code is kept: both may show it."""
    name = made.id
    if common.rule.id is None and (match := _GITLEAKS.fullmatch(told.text)):
        name = match[1]  # Gitleaks 7 names its rules in the message alone.
    ratings = made.ratings or leak.finding(made.tool, name, Place(), None).ratings
    return made._replace(id=name, title=common.rule.title or name, ratings=ratings, fix=leak.FIX)


OF_KIND: Final[dict[Kind, Callable[[Finding, Told, Common], Finding]]] = {
    "dependency": _dependency,
    "secret": _secret,
    "license": _licence,
    "iac": _named,
    "web": _by_rule,
    "image": _by_rule,
}
"""All but code and lint."""
