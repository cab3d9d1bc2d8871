"""Findings that no other joins, as most are: straight to their results, by columns.

They are the results that `merge` makes of groups of one. A hundred thousand findings are of few rules at many places, so what those of a rule
share is made once, and what differs goes through loops of the interpreter's own: one call of Python's for each takes as long as all of these.
"""

from __future__ import annotations

from itertools import repeat
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeVar

from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule
from trivigil.core.untrusted import printables
from trivigil.security import explained, identity, said
from trivigil.security.facts import Finding, Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.core.result import Severity, Suppression
    from trivigil.security.facts import Kind
    from trivigil.security.said import Line, Said

_Record = TypeVar("_Record", bound=tuple[object, ...])

_BATCH: Final = 4_096
"""Findings at once: their columns take little memory, and an odd text makes one batch of many slow."""
_MOST: Final = 4_096
"""Rules, and pieces of evidence, that are remembered."""
_OF_RULE: Final = (
    "tool",
    "kind",
    "id",
    "aliases",
    "cwes",
    "ratings",
    "confidence",
    "fix",
    "help_uri",
    "malicious",
)
_OWN: Final = ("id", "title", "place", "description", "accepted")
"""What each says itself; the rest of the fields (package, secret, code) is in the identity."""


class _Common(NamedTuple):
    """What the results of a rule have in common."""

    kind: Kind
    said: Said
    name: str
    """What says in an identity that it is this rule's."""
    page: str | None
    severity: Severity
    gates: bool
    fix: str | None
    tools: tuple[str, ...]
    aliases: tuple[str, ...]
    ratings: tuple[Mapping[str, object], ...]


# It is part of a key: its fields have no hash, and there is one of it for a rule.
_Common.__hash__ = object.__hash__  # type: ignore[method-assign]  # (a record of typing may not set it)


class _Rules(dict[tuple[Any, ...], _Common]):
    """What was made of rules, by `_OF_RULE`."""

    def __init__(self, line: Line) -> None:
        """The line is from where on a finding fails."""
        self._line = line

    def __missing__(self, key: tuple[Any, ...]) -> _Common:
        if len(self) >= _MOST:
            self.clear()
        finding = Finding(title="", **dict(zip(_OF_RULE, key, strict=True)))
        told = said.of((finding,))
        made = self[key] = _Common(
            kind=finding.kind,
            said=told,
            name=identity.rule(finding),
            page=explained.page(finding),
            severity=told.chosen.severity,
            gates=self._line.stops(told.chosen.severity),
            fix=finding.fix or said.ADVICE.get(finding.kind),
            tools=told.tools,
            aliases=said.others(told.ids, finding.id),
            ratings=told.ratings,
        )
        return made


class _Evidence(dict[tuple[Any, ...], "Mapping[str, object]"]):
    """What else is known, by all that it is made of."""

    def __missing__(self, key: tuple[Any, ...]) -> Mapping[str, object]:
        if len(self) >= _MOST:
            self.clear()
        common, description, path, end_line, url, image = key
        place = Place(path=path, end_line=end_line, url=url, image=image)
        made = self[key] = said.evidence(common.kind, description, place, common.said)
        return made


class Alone:
    """Findings without a package that are problems by themselves."""

    def __init__(self, findings: Sequence[Finding], line: Line) -> None:
        """The line is from where on a finding fails."""
        self._findings = findings
        self._common = [*map(_Rules(line).__getitem__, map(attrgetter(*_OF_RULE), findings))]

    def rules(self) -> Iterator[str]:
        """What says in the identity of each whose rule's it is."""
        return map(attrgetter("name"), self._common)

    def results(self, names: Sequence[str]) -> list[Result]:
        """Their results; `names` are their identities."""
        made: list[Result] = []
        evidence = _Evidence()
        for begin in range(0, len(self._findings), _BATCH):
            batch = slice(begin, begin + _BATCH)
            made += _results(self._findings[batch], self._common[batch], names[batch], evidence)
        return made


def _results(
    findings: Sequence[Finding], common: Sequence[_Common], names: Sequence[str], known: _Evidence
) -> Iterator[Result]:
    ids, titles, places, descriptions, accepted = (
        [*map(attrgetter(field), findings)] for field in _OWN
    )
    paths, lines, ends, resources, urls, _, _, images = zip(*places, strict=True)
    kinds, _, _, pages, severities, gates, fixes, tools, aliases, ratings = zip(
        *common, strict=True
    )
    evidence = zip(common, descriptions, paths, ends, urls, images, strict=True)
    by_path = all(paths) and not (any(resources) or any(images) or "web" in kinds)
    shown = printables(titles, said.TITLE_CHARS)
    where = paths if by_path else map(said.place_name, findings)
    return _made(
        Result,
        _made(Rule, ids, shown, pages, repeat(())),
        repeat("fail"),
        severities,
        map(str.rstrip, shown, repeat(".")),
        _made(Location, where, paths, _known(lines)),
        gates,
        fixes,
        tools,
        aliases,
        ratings,
        repeat(None),
        _accepted(findings, accepted),
        map(known.__getitem__, evidence),
        repeat(None),
        names,
    )


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
