"""What SARIF results have in common: their rule, level, properties and suppressions, of which a file has far fewer than results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import UNSET, Raw

from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import prose
from trivigil.security.facts import Finding
from trivigil.security.readers import sarif_kinds, sarif_results, typed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.security.facts import Kind, Rating
    from trivigil.security.readers.sarif_records import Brief, Fix
    from trivigil.security.readers.sarif_results import Common, Run

_REMEMBERED: Final = 4_096


class Alike(NamedTuple):
    """The fields that findings of a group share, where they differ in message, place and code alone."""

    kind: Kind
    id: str
    title: str
    """Where the message gives none."""
    description: str
    """Where the message is the title."""
    cwes: tuple[int, ...]
    ratings: tuple[Rating, ...]
    confidence: str | None
    fix: str | None
    help_uri: str | None
    accepted: str | None
    expires: str | None


class Group(NamedTuple):
    """Results that say the same of everything but message, place and code."""

    common: Common
    alike: Alike | None
    """None where more of a finding than that depends on the message."""
    number: int
    """Counted from one, and never given twice."""
    silent: bool
    """Whether nothing is made of the words of a message, because they may show a secret."""
    fix: str | None
    accepted: str | None
    expires: str | None
    sample: Finding | None
    """One of them without place and words; None where `alike` is."""


class _Key(NamedTuple):
    """What makes a group; JSON as its bytes."""

    ruleId: str
    ruleIndex: int | None
    level: str
    properties: bytes | None
    rule: bytes | None
    taxa: bytes | None
    suppressions: bytes | None
    fix: str | None


_PROPERTIES: Final = _Key._fields.index("properties")


class Groups(dict[tuple[object, ...], Group]):
    """The groups of a run by their keys, made when they are first asked for."""

    def __init__(self, run: Run) -> None:
        """Nothing is made yet."""
        self._run = run
        self._count = 0

    def of(self, records: Sequence[Brief | None]) -> list[Group | None]:
        """The group of each record."""
        return [
            None
            if each is None
            else self[
                each.ruleId,
                each.ruleIndex,
                each.level,
                None if each.properties is UNSET else bytes(each.properties),
                None if each.rule is UNSET else bytes(each.rule),
                None if each.taxa is UNSET else bytes(each.taxa),
                None if each.suppressions is UNSET else bytes(each.suppressions),
                _fix(each.fixes) if each.fixes else None,
            ]
            for each in records
        ]

    def __missing__(self, key: tuple[object, ...]) -> Group:
        """Properties that nothing is made of, such as a number of each result, make no group."""
        if len(self) >= _REMEMBERED:
            self.clear()
        least = (repr(_used(key[_PROPERTIES])), *key[:_PROPERTIES], *key[_PROPERTIES + 1 :])
        made = self.get(least) or self._made(_Key._make(key))
        self[key] = self[least] = made
        return made

    def _made(self, key: _Key) -> Group:
        names = ("properties", "rule", "taxa", "suppressions")
        given = {name: _json(each) for name in names if (each := getattr(key, name)) is not None}
        value = {"ruleId": key.ruleId, "ruleIndex": key.ruleIndex, "level": key.level, **given}
        result = Fields(value)
        common = sarif_results.common_of(result, self._run)
        accepted, expires = sarif_results.accepted(result, self._run)
        fix = prose.plain(key.fix) if key.fix else None
        alike = _alike(common, fix, accepted, expires)
        self._count += 1
        return Group(
            common=common,
            alike=alike,
            number=self._count,
            silent=common.kind == "secret" and None not in (common.rule.id, common.ratings),
            fix=fix,
            accepted=accepted,
            expires=expires,
            sample=None if alike is None else _sample(alike, self._run.tool),
        )


def _json(written: bytes) -> object:
    return typed.anything(Raw(written))


def _used(properties: object) -> object:
    """What is read of properties, where there are any."""
    found = _json(properties) if isinstance(properties, bytes) else None
    return sarif_results.used(found) if isinstance(found, dict) else None


def _fix(fixes: Sequence[Fix]) -> str | None:
    """The first fix that is described."""
    said = (each.description for each in fixes)
    return next((t for each in said if (t := each.text.strip() or each.markdown.strip())), None)


def _alike(
    common: Common, fix: str | None, accepted: str | None, expires: str | None
) -> Alike | None:
    """What findings of code share; None where more than that depends on the message."""
    if common.kind in sarif_kinds.OF_KIND or common.shows or common.ratings is None:
        return None
    rule = common.rule
    return Alike(
        kind=common.kind,
        id=common.id,
        title=rule.title or common.id,
        description=rule.description,
        cwes=common.cwes,
        ratings=common.ratings,
        confidence=common.confidence,
        fix=fix or rule.fix,
        help_uri=rule.help_uri,
        accepted=accepted,
        expires=expires,
    )


def _sample(alike: Alike, tool: str) -> Finding:
    return Finding(
        tool=tool,
        kind=alike.kind,
        id=alike.id,
        title=alike.title,
        cwes=alike.cwes,
        ratings=alike.ratings,
        confidence=alike.confidence,
        accepted=alike.accepted,
        expires=alike.expires,
    )
