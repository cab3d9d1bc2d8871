"""Results read back from a result file: key by key, and long lists of them column by column.

A column is looked at as a whole (of which types are its values?). Where anything in a long list is not as we write it, the list is read
key by key, which is slower, takes all that may be taken, and names the key that is wrong. So no answer depends on the way.
"""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.errors import InputError
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render.keyed import LARGEST, Keyed
from trivigil.render.long_lists import LONG

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.result import BaselineState, Kind

_KINDS: tuple[Kind, ...] = ("pass", "fail", "open")
_SEVERITIES: Final = {severity.label: severity for severity in Severity}
_BASELINE_STATES: tuple[BaselineState, ...] = ("new", "unchanged", "absent")
_BATCH: Final = 5_000
_OF_ENTRY: Final = itemgetter(
    "rule", "rule_title", "rule_help_uri", "rule_aliases", "kind", "severity", "message", "location", "gates", "fix", "tools",
    "aliases", "ratings", "baseline_state", "suppression", "evidence", "profile",
)  # fmt: skip
_OF_PLACE: Final = itemgetter("name", "path", "line")
_NOTHING: Final = type(None)


def results(root: Keyed) -> tuple[Result, ...]:
    """What `results` holds. Raises InputError, with the key."""
    entries = root.value.get("results")
    if isinstance(entries, list) and len(entries) >= LONG:
        starts = range(0, len(entries), _BATCH)
        try:
            return tuple(chain.from_iterable(_batch(entries[n : n + _BATCH]) for n in starts))
        except (_UnusualError, InputError, KeyError, TypeError):
            pass
    return tuple(map(_result, root.objects("results")))


class _UnusualError(Exception):
    """A list that is read key by key."""


def _batch(entries: list[Any]) -> Iterable[Result]:
    _only(entries, dict)
    (
        rules, titles, pages, other_ids, kinds, severities, messages, places, gates, fixes, tools, aliases, ratings, states, accepted,
        evidence, profiles,
    ) = zip(*map(_OF_ENTRY, entries), strict=True)  # fmt: skip
    identities = [entry.get("identity") for entry in entries]
    _only(chain(rules, titles, messages), str)
    _only(chain(pages, fixes, profiles, identities), str, _NOTHING)
    _only(gates, bool)
    _only(evidence, dict)
    if not (set(kinds) <= set(_KINDS) and set(states) <= {None, *_BASELINE_STATES}):
        raise _UnusualError
    fields = (
        map(Rule._make, zip(rules, titles, pages, _words(other_ids), strict=True)),
        kinds,
        map(_SEVERITIES.__getitem__, severities),
        messages,
        _locations(places),
        gates,
        fixes,
        _words(tools),
        _words(aliases),
        _tuples(ratings, dict),
        states,
        [None if one is None else _accepted(Keyed({"": one}).nested("")) for one in accepted],
        evidence,
        profiles,
        [identity or "" for identity in identities],
    )
    return map(Result._make, zip(*fields, strict=True))


def _only(values: Iterable[object], *types: type) -> None:
    if not set(map(type, values)) <= set(types):
        raise _UnusualError


def _tuples(lists: Sequence[Any], of: type) -> list[tuple[Any, ...]]:
    _only(lists, list)
    _only(chain.from_iterable(lists), of)
    return list(map(tuple, lists))


def _words(lists: Sequence[Any]) -> Iterable[tuple[str, ...]]:
    """Lists of texts, of which most are equal: those are kept once."""
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    found = _tuples(lists, str)
    return map(known.setdefault, found, found)


def _locations(places: Sequence[Any]) -> Iterable[Location]:
    _only(places, dict)
    names, paths, lines = zip(*map(_OF_PLACE, places), strict=True)
    _only(names, str)
    _only(paths, str, _NOTHING)
    _only(lines, int, _NOTHING)
    if max(map(abs, filter(None, lines)), default=0) >= LARGEST:
        raise _UnusualError
    return map(Location._make, zip(names, paths, lines, strict=True))


def _result(entry: Keyed) -> Result:
    place = entry.nested("location")
    return Result(
        rule=Rule(
            entry.text("rule"),
            entry.text("rule_title"),
            entry.maybe_text("rule_help_uri"),
            entry.texts("rule_aliases"),
        ),
        kind=entry.one_of("kind", _KINDS),
        severity=_SEVERITIES[entry.one_of("severity", tuple(_SEVERITIES))],
        message=entry.text("message"),
        location=Location(place.text("name"), place.maybe_text("path"), place.maybe_whole("line")),
        gates=entry.flag("gates"),
        fix=entry.maybe_text("fix"),
        tools=entry.texts("tools"),
        aliases=entry.texts("aliases"),
        ratings=tuple(rating.value for rating in entry.objects("ratings")),
        baseline_state=entry.maybe_one_of("baseline_state", _BASELINE_STATES),
        suppression=None
        if entry.value.get("suppression") is None
        else _accepted(entry.nested("suppression")),
        evidence=entry.mapping("evidence"),
        profile=entry.maybe_text("profile"),
        identity=entry.maybe_text("identity") or "",
    )


def _accepted(entry: Keyed) -> Suppression:
    return Suppression(entry.text("reason"), entry.maybe_text("owner"), entry.maybe_text("expires"))
