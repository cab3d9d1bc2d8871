"""A finding that no other joins, as most are: straight to its result.

It is the result that `merge` makes of a group of one. What findings of a rule share is made once and shared by their results,
because in files of a hundred thousand the making of it took most of the time, and the keeping of it most of the memory.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.core.result import Location, Result, Rule
from trivigil.core.untrusted import printable
from trivigil.security import explained, said

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.result import Severity
    from trivigil.security.facts import Finding
    from trivigil.security.said import Line, Said

_MOST: Final = 4_096
"""Rules of which is remembered what they share."""
_OF_RULE: Final = attrgetter(
    "tool",
    "kind",
    "id",
    "aliases",
    "cwes",
    "ratings",
    "confidence",
    "malicious",
    "help_uri",
    "fix",
)


class _Shared(NamedTuple):
    """What the results of a rule have in common."""

    said: Said
    page: str | None
    severity: Severity
    gates: bool
    fix: str | None
    aliases: tuple[str, ...]
    evidence: dict[tuple[object, ...], Mapping[str, object]]
    """By what of it depends on the place and the words."""


class Alone:
    """Makes results; remembers what rules share."""

    def __init__(self, line: Line) -> None:
        """The line is from where on a finding fails."""
        self._line = line
        self._known: dict[tuple[Any, ...], _Shared] = {}

    def result(self, finding: Finding, name: str) -> Result:
        """The result of a finding without a package; `name` is its identity."""
        shared, place = self._shared(finding), finding.place
        title = printable(finding.title, said.TITLE_CHARS)
        bare = place.resource is None and place.image is None and finding.kind != "web"
        where = place.path if bare and place.path else said.place_name(finding)
        # By position: with names it takes twice as long.
        return Result(
            Rule(finding.id, title, shared.page),
            "fail",
            shared.severity,
            title.rstrip("."),
            Location(where, place.path, place.line or None),
            shared.gates,
            shared.fix,
            shared.said.tools,
            shared.aliases,
            shared.said.ratings,
            None,
            None if finding.accepted is None else said.accepted((finding,)),
            _evidence(finding, shared),
            None,
            name,
        )

    def _shared(self, finding: Finding) -> _Shared:
        key = _OF_RULE(finding)
        shared = self._known.get(key)
        if shared is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            shared = self._known[key] = self._made(finding)
        return shared

    def _made(self, finding: Finding) -> _Shared:
        told = said.of((finding,))
        return _Shared(
            said=told,
            page=explained.page(finding),
            severity=told.chosen.severity,
            gates=self._line.stops(told.chosen.severity),
            fix=finding.fix or said.ADVICE.get(finding.kind),
            aliases=said.others(told.ids, finding.id),
            evidence={},
        )


def _evidence(finding: Finding, shared: _Shared) -> Mapping[str, object]:
    place = finding.place
    key = (place.path, finding.description, place.end_line, place.url, place.image)
    made = shared.evidence.get(key)
    if made is None:
        if len(shared.evidence) >= _MOST:
            shared.evidence.clear()
        made = shared.evidence[key] = said.evidence(finding, shared.said, ())
    return made
