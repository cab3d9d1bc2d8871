"""The results of a SARIF run as findings: a window of some hundred at a time, and in it the usual ones column by column.

Most results have a rule, a message, a file and a line, and differ from their neighbours in nothing else. What they share is made once for
each rule (and level, and set of properties); what differs is made for the whole window in one go, because a call for each result takes
longer than decoding it. Every other result is made by itself (sarif_results.py), with the same answer. Windows keep memory low: no more
records are alive than one of them has, and these stay in the processor's cache.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Final

import msgspec

from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import digest, prose
from trivigil.security.facts import Finding, Place
from trivigil.security.readers import (
    sarif_kinds,
    sarif_packages,
    sarif_places,
    sarif_records,
    sarif_results,
    sarif_rules,
    typed,
)
from trivigil.security.readers.sarif_groups import Groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.security.readers.sarif_groups import Alike, Group
    from trivigil.security.readers.sarif_places import Tree
    from trivigil.security.readers.sarif_records import Logical, Region, Result
    from trivigil.security.readers.sarif_results import Run

_REMEMBERED: Final = 16_384
_new: Final = tuple.__new__
"""Makes a record of all its fields; the record's own way takes four times as long."""


class Taken(NamedTuple):
    """What the results of a run give."""

    findings: tuple[Finding, ...]
    read: int
    """How many results there are."""
    absent: int
    """Of these, what a comparison says is there no more."""
    undecided: int
    """And what the tool left to others to decide."""
    strange: tuple[str, ...]
    """A sentence for each that is no object."""


class _Paths(dict[tuple[str, str | None], str]):
    """Paths of files by address and base; empty for what is an address of the web, or nothing."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __missing__(self, key: tuple[str, str | None]) -> str:
        made = self[key] = sarif_places.file(*key, self._tree)
        return made


class _Known(NamedTuple):
    """What the windows of a run have from those before them."""

    run: Run
    groups: Groups
    paths: _Paths
    likes: _Likes


class _Aside(NamedTuple):
    """Results that are no findings, by where they stand or a sentence on it."""

    absent: list[str]
    undecided: list[str]
    strange: list[str]


def taken(listed: Sequence[object], place: str, run: Run, *, brief: bool = False) -> Taken:
    """The findings among results, in their order. Raises SourceError for what is no JSON inside.

    Where `brief` is asked for, findings that differ in place and words alone are one, as often as there are.
    """
    known, aside = _Known(run, Groups(run), _Paths(run.tree), _Likes()), _Aside([], [], [])
    findings: list[Finding] = []
    for start in range(0, len(listed), typed.WINDOW):
        window = listed[start : start + typed.WINDOW]
        if brief and (samples := _samples(window, known)):
            findings += samples
            continue
        records = sarif_records.results(window)
        groups = known.groups.of(records)
        found = _usual(records, groups, known)
        if not all(found):
            for at in [at for at, made in enumerate(found) if made is None]:
                found[at] = _unusual(window[at], f"{place}.results[{start + at}]", run, aside)
        findings += filter(None, found)
    read = len(listed) - len(aside.strange)
    absent, undecided = len(aside.absent), len(aside.undecided)
    return Taken(tuple(findings), read, absent, undecided, tuple(aside.strange))


def _samples(window: Sequence[object], known: _Known) -> list[Finding]:
    """For each result its group's sample; none at all where one has none."""
    records = sarif_records.briefs(window)
    groups = known.groups.of(records) if records else []
    samples = [group.sample for group in groups if group]
    return samples if all(samples) else []  # type: ignore[return-value]  # all are there


# --- what is usual, column by column --------------------------------------------------------------


def _usual(
    records: Sequence[Result | None], groups: Sequence[Group | None], known: _Known
) -> list[Finding | None]:
    """The findings of records that can be made together; None for each other."""
    alike = [group and group.alike for group in groups]
    if all(alike):
        return _columns(records, alike, known)  # type: ignore[arg-type]  # all are there
    found: list[Finding | None] = [None] * len(records)
    at = [n for n, each in enumerate(alike) if each]
    made = _columns([records[n] for n in at], [alike[n] for n in at], known)  # type: ignore[misc]  # likewise
    at += [n for n, each in enumerate(groups) if each and not each.alike]
    rest = at[len(made) :]
    made += _by_message([records[n] for n in rest], [groups[n] for n in rest], known)  # type: ignore[misc]  # likewise
    for n, finding in zip(at, made, strict=True):
        found[n] = finding
    return found


def _columns(
    records: Sequence[Result], alike: Sequence[Alike], known: _Known
) -> list[Finding | None]:
    """The finding of each; None for one without a message, or without a file."""
    paths, tool = known.paths, known.run.tool
    physicals = [record.locations[0].physicalLocation for record in records]
    artifacts = [physical.artifactLocation for physical in physicals]
    regions = [physical.region for physical in physicals]
    places = _places([paths[each.uri, each.uriBaseId] for each in artifacts], regions)
    texts, lines = prose.messages(_said(records))
    titles = [line or each[2] for line, each in zip(lines, alike, strict=True)]
    codes = digest.codes([region.snippet.text for region in regions])
    columns = zip(alike, places, titles, texts, codes, strict=True)
    return [
        _new(
            Finding,
            (tool, kind, name, title, place, text if text != title else about if about != title else "",
             (), cwes, ratings, confidence, None, None, code, fix, help_uri, False, accepted, expires),
        )
        if text and place[0]
        else None
        for (kind, name, _, about, cwes, ratings, confidence, fix, help_uri, accepted, expires), place, title, text, code in columns
    ]  # fmt: skip


def _said(records: Sequence[Result]) -> list[str]:
    messages = [record.message for record in records]
    return [
        sarif_rules.filled(each.text, each.arguments) if each.arguments else each.text
        for each in messages
    ]


def _places(paths: Sequence[str], regions: Sequence[Region]) -> list[Place]:
    lines = [region.startLine or None for region in regions]
    ends = [(region.startLine and region.endLine) or None for region in regions]
    none = repeat(None)
    fields = zip(paths, lines, ends, none, none, none, none, none, strict=False)  # none has no end
    return list(map(_new, repeat(Place), fields))


# --- what depends on the message ------------------------------------------------------------------


class _Likes(dict[tuple[object, ...], Finding]):
    """Findings without places and digests, by group and message; bounded."""

    def __setitem__(self, key: tuple[object, ...], made: Finding) -> None:
        if len(self) >= _REMEMBERED:
            self.clear()
        super().__setitem__(key, made)


def _by_message(
    records: Sequence[Result], groups: Sequence[Group], known: _Known
) -> list[Finding | None]:
    """The finding of each; None for one without a message or a file, or that may have an address in its words."""
    locations = [record.locations[0] for record in records]
    physicals = [location.physicalLocation for location in locations]
    artifacts = [physical.artifactLocation for physical in physicals]
    regions = [physical.region for physical in physicals]
    places = _places([known.paths[each.uri, each.uriBaseId] for each in artifacts], regions)
    names = [_name(each.logicalLocations) if each.logicalLocations else None for each in locations]
    columns = zip(groups, _said(records), names, places, regions, strict=True)
    return [_of_message(*each, known) for each in columns]


def _of_message(
    group: Group, text: str, name: str | None, place: Place, region: Region, known: _Known
) -> Finding | None:
    common = group.common
    if not place.path or common.kind == "web":
        return None
    ecosystem = sarif_packages.ecosystem_of(place.path)
    # A letter at its start stays there, and tells that there is a message.
    words = "a" if group.silent and text[:1].isalnum() else text
    key = (group.number, words, name, ecosystem)
    made = known.likes.get(key)
    if made is None:
        plain = prose.plain(prose.unlinked(text.strip()))
        if not plain:
            return None
        told = sarif_kinds.Told(plain, name, ecosystem, group.fix, group.accepted, group.expires)
        made = known.likes[key] = sarif_kinds.like(common, told, known.run.tool)
    where = sarif_kinds.placed(made, place, common)
    secret, code = sarif_kinds.digests(made, region.snippet.text.strip(), common)
    own: Finding = _new(Finding, (*made[:4], where, *made[5:11], secret, code, *made[13:]))
    return own


def _name(listed: Sequence[Logical]) -> str | None:
    named = [(each.fullyQualifiedName, each.name) for each in listed]
    return next(filter(None, map(str.strip, chain.from_iterable(named))), None)


# --- every other, one by one ----------------------------------------------------------------------


def _unusual(item: object, where: str, run: Run, aside: _Aside) -> Finding | None:
    """The finding of any result; None where it is none."""
    result = typed.anything(item) if isinstance(item, msgspec.Raw) else item
    if not isinstance(result, dict):
        aside.strange.append(f"`{where}` is left out: it is not an object.")
        return None
    fields = Fields(result, where)
    if sarif_results.is_absent(fields):
        aside.absent.append(where)
        return None
    if sarif_results.is_finding(fields, run.tool):
        return sarif_results.finding(fields, run)
    if sarif_results.is_undecided(fields):
        aside.undecided.append(where)
    return None
