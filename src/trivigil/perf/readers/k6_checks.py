"""The checks of a k6 summary: below their groups, as maps or lists, or flat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeGuard

from trivigil.core.untrusted import printable
from trivigil.perf.readers.k6_summary import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 100

Found = tuple[list[Check], list[str]]


def listed(root: object) -> Found:
    """The checks of `root_group` and of every group below it, and a sentence for each odd one."""
    found = list(_below(root, 0))
    checks = [each for each in found if isinstance(each, Check)]
    return checks, [each for each in found if isinstance(each, str)]


def flat(records: object) -> Found:
    """The checks of a plain list."""
    return listed({"checks": records})


def _below(group: object, depth: int) -> Iterator[Check | str]:
    if not isinstance(group, dict) or depth > _DEEPEST:
        return
    yield from (_check(record) for record in _members(group.get("checks")))
    for inner in _members(group.get("groups")):
        yield from _below(inner, depth + 1)


def _members(listed: object) -> list[object]:
    if isinstance(listed, dict):
        return list(listed.values())
    return listed if isinstance(listed, list) else []


def _check(record: object) -> Check | str:
    """By its path without the root (`::browse::ok`), else by its name."""
    if not isinstance(record, dict):
        return "A check that is no object is left out."
    place, passes, fails = record.get("path"), record.get("passes"), record.get("fails")
    name = place if isinstance(place, str) else record.get("name")
    if not isinstance(name, str) or not _count(passes) or not _count(fails):
        return f"The check `{printable(str(name), 120)}` is not as expected and left out."
    return Check(name.removeprefix("::"), passes, fails)


def _count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
