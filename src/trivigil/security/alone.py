"""Findings that no other joins, as most are: straight to their results, by columns.

They are the results that `merge` makes of groups of one. A hundred thousand findings are of few rules or packages at many places, so what
those of one share is made once, and what differs goes through loops of the interpreter's own: one call of Python's for each takes as long
as all of these. Even where each is of a rule or package of its own, what is made of these is made of many at once.
"""

from __future__ import annotations

from itertools import compress, repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule, Suppression
from trivigil.core.untrusted import printables
from trivigil.security import advisory, explained, identity, masked, packages, said, same_advisory
from trivigil.security.ratings import Ratings
from trivigil.security.remembered import Remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.core.result import Severity
    from trivigil.security.facts import Finding, Kind
    from trivigil.security.packages import Told
    from trivigil.security.said import Line
    from trivigil.security.severity import Chosen

_Record = TypeVar("_Record", bound=tuple[object, ...])

_BATCH: Final = 4_096
"""Findings at once: their columns take little memory, and an odd text makes one batch of many slow."""
_RULES: Final = 16_384
"""Rules, and packages, that are remembered: what is made of them is kept by the results anyway."""
_OF_RULE: Final = (
    "tool",
    "kind",
    "id",
    "aliases",
    "cwes",
    "confidence",
    "fix",
    "help_uri",
    "malicious",
)
"""With the ratings, what a rule's findings share."""
_OWN: Final = ("title", "place", "description", "accepted")
"""What each says itself; the rest of the fields (secret, code) is in the identity."""


class _Common(NamedTuple):
    """What the results of a rule have in common."""

    kind: Kind
    chosen: Chosen
    cwes: list[int]
    rules: list[str]
    confidence: str | None
    name: str
    """What says in an identity that it is this rule's."""
    rule: str
    page: str | None
    severity: Severity
    gates: bool
    fix: str | None
    tools: tuple[str, ...]
    aliases: tuple[str, ...]
    ratings: tuple[Mapping[str, object], ...]


# It is part of a key: its fields have no hash, and there is one of it for a rule.
_Common.__hash__ = object.__hash__  # type: ignore[method-assign]  # (a record of typing may not set it)


class Alone:
    """Findings that are problems by themselves."""

    def __init__(self, findings: Sequence[Finding], line: Line) -> None:
        """The line is from where on a finding fails."""
        self._findings = findings
        self._line = line
        self._common: list[_Common] = []
        self._told: list[Told] = []
        self._ratings = Ratings()
        common, told = Remembered(self._commons, _RULES), Remembered(packages.told, _RULES)
        for batch in _batches(findings):
            of_each = [*map(attrgetter("package"), batch)]
            rules = map(attrgetter(*_OF_RULE), batch)
            ratings = self._ratings.ids(map(attrgetter("ratings"), batch))
            self._common += common.each(zip(rules, ratings, map(bool, of_each), strict=True))
            self._told += told.each(of_each)

    def identities(self) -> list[str]:
        """The identity of each, equal ones not yet told apart."""
        return identity.alone(self._findings, map(attrgetter("name"), self._common), self._told)

    def results(self, names: Sequence[str]) -> list[Result]:
        """Their results; `names` are their identities."""
        made: list[Result] = []
        evidence = Remembered(_evidence)
        for begin in range(0, len(names), _BATCH):
            part = slice(begin, begin + _BATCH)
            made += _results(
                self._findings[part], self._common[part], self._told[part], names[part], evidence
            )
        return made

    def _commons(self, keys: Sequence[tuple[tuple[Any, ...], int, bool]]) -> Iterator[_Common]:
        """Of what `_OF_RULE` names, the ratings' id, and whether it is about a package."""
        fields, ratings, packaged = zip(*keys, strict=True)
        tools, kinds, ids, aliases, cwes, confidences, fixes, pages, malicious = zip(
            *fields, strict=True
        )
        severities, opinions = self._ratings.said(ratings, malicious)
        rules, others = _named(ids, aliases, packaged)
        steps = [*map(attrgetter("severity"), severities)]
        stops = {step: self._line.stops(step) for step in set(steps)}
        singles = {tool: (tool,) for tool in set(tools)}
        weaknesses = {each: sorted(set(each)) for each in set(cwes)}
        return _made(
            _Common,
            kinds,
            severities,
            map(weaknesses.__getitem__, cwes),
            [[f"{tool} {rule}"] for tool, rule in zip(tools, ids, strict=True)],
            [each if each in said.CONFIDENCE else None for each in confidences],
            identity.rules(kinds, rules, cwes, packaged),
            rules,
            map(explained.of_rule, rules, pages),
            steps,
            map(stops.__getitem__, steps),
            list(map(said.advice, fixes, kinds)),
            map(singles.__getitem__, tools),
            others,
            opinions,
        )


def _batches(findings: Sequence[Finding]) -> Iterator[Sequence[Finding]]:
    return (findings[begin : begin + _BATCH] for begin in range(0, len(findings), _BATCH))


def _named(
    ids: Sequence[str], aliases: Sequence[tuple[str, ...]], packaged: Sequence[bool]
) -> tuple[list[str], list[tuple[str, ...]]]:
    """The rule of each, and its other names. A package's problem is named by the leading of all ids that mean it."""
    normal = advisory.normals(ids)
    rules = [
        ((package and as_all) or own)
        for own, as_all, package in zip(ids, normal, packaged, strict=True)
    ]
    others: list[tuple[str, ...]] = [
        () if rule == own else (own,) for rule, own in zip(rules, normal, strict=True)
    ]
    for position in compress(range(len(ids)), aliases):
        known = same_advisory.all_ids(ids[position], aliases[position])
        if packaged[position]:
            rules[position] = same_advisory.name_of(known) or ids[position]
        others[position] = said.others(known, rules[position])
    return rules, others


def _results(
    findings: Sequence[Finding],
    common: Sequence[_Common],
    told: Sequence[Told],
    names: Sequence[str],
    known: Remembered[tuple[Any, ...], Mapping[str, object]],
) -> Iterator[Result]:
    titles, places, descriptions, accepted = ([*map(attrgetter(field), findings)] for field in _OWN)
    titles, descriptions = [*masked.texts(titles)], [*masked.texts(descriptions)]
    paths, lines, ends, resources, urls, _, _, images = zip(*places, strict=True)
    kinds, _, _, _, _, _, rules, pages, severities, gates, fixes, tools, aliases, ratings = zip(
        *common, strict=True
    )
    evidence = zip(common, told, descriptions, paths, ends, urls, images, strict=True)
    shown = printables(titles, said.TITLE_CHARS)
    messages = [*map(str.rstrip, shown, repeat("."))]
    packaged = any(map(attrgetter("evidence"), told))
    if packaged:
        messages = [*map(packages.message, told, messages)]
        fixes = tuple([of.fix or fix for of, fix in zip(told, fixes, strict=True)])
    where: Sequence[str] = paths
    if packaged:
        where = packages.where(told, findings)
    elif not all(paths) or any(resources) or any(images) or "web" in kinds:
        where = [*map(said.place_name, findings)]
    return _made(
        Result,
        _made(Rule, rules, shown, pages, repeat(())),
        repeat("fail"),
        severities,
        messages,
        _made(Location, where, paths, _known(lines)),
        gates,
        fixes,
        tools,
        aliases,
        ratings,
        repeat(None),
        _accepted(findings, accepted),
        known.each(evidence),
        repeat(None),
        names,
    )


def _evidence(keys: Sequence[tuple[Any, ...]]) -> list[Mapping[str, object]]:
    """What else is known of each, by all that it is made of."""
    common, told, descriptions, *places = zip(*keys, strict=True)
    kinds, chosen, cwes, rules, confidences, *_ = zip(*common, strict=True)
    columns = (
        kinds,
        [each.rule for each in chosen],
        [each.disagree for each in chosen],
        descriptions,
        cwes,
        rules,
        confidences,
        [each.evidence for each in told],
        *places,
    )
    known = [each for each in zip(said.EVIDENCE, columns, strict=True) if any(each[1])]
    names = [name for name, _ in known]
    rows = zip(*(column for _, column in known), strict=True)
    return [{name: value for name, value in zip(names, row, strict=True) if value} for row in rows]


def _known(lines: Sequence[int | None]) -> Sequence[int | None]:
    """Lines from one on."""
    return [line or None for line in lines] if 0 in lines else lines


def _accepted(
    findings: Sequence[Finding], reasons: Sequence[str | None]
) -> Iterable[Suppression | None]:
    """The tools' own acceptance, which is rare."""
    if reasons.count(None) == len(reasons):
        return repeat(None)
    return [said.accepted((finding,)) for finding in findings]


def _made(record: type[_Record], *columns: Iterable[object]) -> Iterator[_Record]:
    """Records of their columns, every field there: `_make`, which counts them, takes four times as long."""
    return map(tuple.__new__, repeat(record), zip(*columns, strict=False))
