"""A SARIF result as a finding.

Format: SARIF 2.1.0, section 3.27. Only results of the kind `fail` are findings, and those that a comparison calls `absent` are not there any
more. A result is suppressed where it has suppressions and none of them is rejected or under review (3.27.23, 3.35.3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import lenient, prose
from trivigil.security.facts import Finding
from trivigil.security.readers import (
    sarif_kinds,
    sarif_packages,
    sarif_places,
    sarif_ratings,
    sarif_rules,
    sarif_tools,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.security.facts import Kind, Rating
    from trivigil.security.readers.sarif_places import Tree
    from trivigil.security.readers.sarif_rules import Component, Rule

_PROPERTIES: Final = (
    *sarif_ratings.PROPERTIES,
    *("issue_confidence", "zizmor/confidence", "confidence", "cwe", "offender"),
)
_CREDENTIALS: Final = frozenset({256, 259, 260, 312, 321, 522, 798})
"""Weaknesses whose messages and code show a credential."""
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FAILS: Final = frozenset({("zizmor", "review"), ("kics", "informational"), ("nuclei", "open")})
"""Kinds that are findings in the tool's other formats: zizmor's and KICS' of the lowest severity, and all of Nuclei's."""
_UNDECIDED: Final = ("open", "review")
"""Kinds of results that the tool did not decide on (section 3.27.9)."""


class Run(NamedTuple):
    """What all results of a run share."""

    tool: str
    driver: str
    """Its name, as it is written."""
    parts: tuple[Component, ...]
    tree: Tree
    levels: Mapping[str, str]
    """Levels that the invocation sets, by the rule's id."""
    image: str | None = None
    """The container image that was scanned, as Trivy names it; its results name the image's repository alone."""


class Common(NamedTuple):
    """What results of one rule, level and set of properties have in common."""

    rule: Rule
    own: Fields
    """What is read of the result's properties."""
    id: str
    kind: Kind
    cwes: tuple[int, ...]
    ratings: tuple[Rating, ...] | None
    """None where they depend on the message."""
    level: str
    confidence: str | None
    shows: bool
    """Whether its messages and code show a credential."""
    image: str | None
    """The container image that was scanned."""


def is_finding(result: Fields, tool: str) -> bool:
    """Whether a result is of the kind that fails."""
    kind = _kind(result)
    return kind == "fail" or (tool, kind) in _FAILS


def is_undecided(result: Fields) -> bool:
    """Whether the tool left it open, or says that it is no failure and how bad a failure it is (section 3.27.10)."""
    contradicts = (lenient.text(result, "level") or "").lower() in ("error", "warning")
    return (_kind(result) in _UNDECIDED or contradicts) and _accepted(result)[0] is None


def _kind(result: Fields) -> str:
    return (lenient.text(result, "kind") or "fail").lower()


def is_absent(result: Fields) -> bool:
    """Whether a comparison says that the result is there no more."""
    return (lenient.text(result, "baselineState") or "").lower() == "absent"


def finding(result: Fields, run: Run) -> Finding:
    """One result; fields that it lacks, or that are not as documented, are as if they were not there."""
    common = common_of(result, run)
    said = lenient.inner(result, "message")
    if bare := lenient.text(result, "message"):  # a text alone, as before 2.1.0
        said = Fields({"text": bare})
    text = sarif_rules.message(said, common.rule, run.parts)
    where, region = sarif_places.place_of(result, run.tree)
    if common.kind == "web" and where.url is None:
        where = sarif_places.in_words(result, where)
    if common.kind == "code" and where.url:
        common = common._replace(kind="web")
    snippet = lenient.text(lenient.inner(region, "snippet"), "text") or ""
    fix, (why, expires) = _fix(result), accepted(result, run)
    ecosystem = sarif_packages.ecosystem_of(where.path)
    told = sarif_kinds.Told(text, where.resource, ecosystem, fix, why, expires)
    made = sarif_kinds.like(common, told, run.tool)
    secret, code = sarif_kinds.digests(made, snippet, common)
    place = sarif_kinds.placed(made, where, common)
    return made._replace(place=place, secret=secret, code=code)


def common_of(result: Fields, run: Run) -> Common:
    """What a result says by its rule, level, properties and taxa alone."""
    written = sarif_rules.rule_id(result)
    rule = sarif_rules.lookup(result, run.parts) or sarif_rules.unknown(run.driver, written)
    own = Fields(used(lenient.inner(result, "properties").value))
    name = (written or rule.id or rule.name or "unknown rule").removeprefix("zizmor/")
    name = sarif_tools.bare_id(run.tool, name)
    cwes, in_force = _cwes(result, own, rule), level(result, rule, run)
    common = Common(
        rule=rule,
        own=own,
        id=name,
        kind=rule.kind,
        cwes=cwes,
        ratings=None,
        level=in_force,
        confidence=(_confidence(own) if own.value else None) or rule.confidence,
        shows=not _CREDENTIALS.isdisjoint(cwes) or name in _PASSWORDS,
        image=run.image,
    )
    if run.tool in sarif_ratings.BY_MESSAGE:
        return common
    return common._replace(ratings=sarif_kinds.ratings_of(common, "", run.tool))


def used(properties: Mapping[str, object]) -> dict[str, object]:
    """Of the properties of a result what is read of them."""
    return {name: properties[name] for name in _PROPERTIES if name in properties}


def level(result: Fields, rule: Rule, run: Run) -> str:
    """The level in force: the result's own, the invocation's, the rule's, else warning."""
    own = (lenient.text(result, "level") or "").lower()
    if sarif_ratings.level_known(own):
        return own
    set_by_run = run.levels.get(rule.id or "")
    given = (each for each in (set_by_run, rule.level) if each and sarif_ratings.level_known(each))
    return next(given, "warning")


def _cwes(result: Fields, own: Fields, rule: Rule) -> tuple[int, ...]:
    named = own.value.get("cwe")
    if named is None and "taxa" not in result.value:
        return rule.cwes
    references = lenient.listed(result, "taxa")
    return tuple(dict.fromkeys((*sarif_rules.taxa(references), *lenient.cwes(named), *rule.cwes)))


def _confidence(own: Fields) -> str | None:
    word = lenient.text(own, "issue_confidence", "zizmor/confidence", "confidence")
    return lenient.confidence(word)


def _fix(result: Fields) -> str | None:
    for each in lenient.listed(result, "fixes"):
        if text := lenient.text(lenient.inner(each, "description"), "text", "markdown"):
            return prose.plain(text)
    return None


def accepted(result: Fields, run: Run) -> tuple[str | None, str | None]:
    """Why and until when a result is suppressed, where its tool writes suppressions that mean something."""
    if not result.value.get("suppressions") or sarif_tools.suppresses_all(run.driver):
        return None, None
    return _accepted(result)


def _accepted(result: Fields) -> tuple[str | None, str | None]:
    """Why and until when a result is suppressed; nothing where one of its suppressions is not accepted."""
    listed = result.value.get("suppressions")
    given, strange = lenient.objects(listed if isinstance(listed, list) else None)
    states = {_status(each) for each in given}
    if not given or strange or states != {"accepted"}:
        return None, None
    first = given[0]
    kind = lenient.text(first, "kind") or ""
    reason = lenient.text(first, "justification") or _KINDS.get(kind, "suppressed")
    until = str(lenient.inner(first, "properties").value.get("expiryUtc") or "")
    date = _DATE.match(until)
    return reason, date.group() if date else None


def _status(suppression: Fields) -> str:
    """Its status; without one it is accepted (section 3.35.3) if it has its kind, which it must (3.35.2); what is no word is none that accepts."""
    given = suppression.value.get("status", suppression.value.get("state"))
    if given is None:
        return "accepted" if lenient.text(suppression, "kind") in _KINDS else "of no kind"
    return str(given).strip().lower()


_KINDS: Final = {
    "inSource": "suppressed in the source",
    "external": "suppressed outside of the source",
}


_PASSWORDS: Final = frozenset({"B105", "B106", "B107", "S105", "S106", "S107", "G101"})
"""Rules of Bandit, Ruff and gosec on passwords in code, in files that name no weakness."""
