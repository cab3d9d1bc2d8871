"""The checks of a YAML file: one, or several under `checks`. Described by schemas/checks.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

from .. import remarks
from ..model import Check, Setting, Severity, Step
from .claims import SEVERITIES, expected
from .page import Page
from .requests import KEYS as SENT
from .requests import request, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.located import Node

    from ..model import Place

SCHEMA: Final = "trivigil/checks/1"
MOST_STEPS: Final = 100
_HOW: Final = ("timeout", "follow_redirects", "insecure")
_CLAIMED: Final = ("asserts", "conditions", "captures")
STEP: Final = ("name", *SENT, *_HOW, *_CLAIMED, "severity")
"""Keys of a step."""
ABOUT: Final = ("name", "severity", "retries", "depends_on", "runbook", "tags", *_HOW)
"""Keys of a check that are not its request's."""
CHECK: Final = tuple(dict.fromkeys((*ABOUT, "steps", *SENT, *_CLAIMED)))
_FILE: Final = ("$schema", "schema", "checks")


class Written(NamedTuple):
    """One check, and what its file says of it."""

    check: Check
    name: str | None
    """Its own."""
    place: Place
    runbook: str | None = None
    depends_on: tuple[str, ...] = ()
    retries: int | None = None
    tags: tuple[str, ...] = ()


def read(text: str, path: str, stem: str) -> tuple[Written, ...]:
    """The checks in the text of a file. Raises CheckFileError for the first thing that does not fit."""
    page = Page(text, path)
    top = page.mapping(page.root, "") if page.root.value is not None else {}
    if "schema" in top:
        page.word(top["schema"], "schema", (SCHEMA,))
    if "checks" not in top:
        return (_check(page, page.root, "", stem, ("$schema", "schema")),)
    members = page.members(page.root, "", _FILE)
    nodes = page.items(members["checks"], "checks")
    if not nodes:
        page.refuse(page.at(members["checks"]), "checks", "expected at least one check")
    found = []
    for index, node in enumerate(nodes):
        one = _check(page, node, f"checks[{index}].", stem, ())
        if one.name is None:
            page.refuse(
                one.place, f"checks[{index}]", "expected a `name`: the file holds several checks"
            )
        found.append(one)
    return tuple(found)


def _check(page: Page, node: Node, key: str, stem: str, more: tuple[str, ...]) -> Written:
    if node.value is None:
        page.refuse(
            page.at(node), key.rstrip("."), "expected a check: `url` and `asserts`, or `steps`"
        )
    members = page.members(node, key.rstrip("."), (*CHECK, *more))
    place = page.at(node)
    name = _name(page, members, key)
    severity = _severity(page, members, key, "fail")
    steps = tuple(_steps(page, node, members, key, severity))
    shown = stem if name is None or not key else f"{stem} {name}"
    return Written(
        Check(shown, page.path, steps),
        name,
        place,
        runbook=_runbook(page, members, key),
        depends_on=page.names(members["depends_on"], f"{key}depends_on")
        if "depends_on" in members
        else (),
        retries=page.whole(members["retries"], f"{key}retries", remarks.MOST_RETRIES)
        if "retries" in members
        else None,
        tags=page.names(members["tags"], f"{key}tags") if "tags" in members else (),
    )


def _name(page: Page, members: Mapping[str, Node], key: str) -> str | None:
    if "name" not in members:
        return None
    name = page.text(members["name"], f"{key}name", 120).strip()
    if not name or not name.isprintable() or "," in name:
        page.refuse(page.at(members["name"]), f"{key}name", "expected a name without commas")
    return name


def _severity(page: Page, members: Mapping[str, Node], key: str, otherwise: Severity) -> Severity:
    if "severity" not in members:
        return otherwise
    return (
        "warn" if page.word(members["severity"], f"{key}severity", SEVERITIES) == "warn" else "fail"
    )


def _runbook(page: Page, members: Mapping[str, Node], key: str) -> str | None:
    if "runbook" not in members:
        return None
    text = page.text(members["runbook"], f"{key}runbook")
    if not remarks.is_link(text):
        page.refuse(
            page.at(members["runbook"]), f"{key}runbook", "expected an https:// or http:// link"
        )
    return text


def _steps(
    page: Page, node: Node, members: Mapping[str, Node], key: str, severity: Severity
) -> Iterable[Step]:
    how = settings(page, members, key)
    if "steps" not in members:
        if "url" not in members:
            page.refuse(page.at(node), key.rstrip("."), "expected `url` or `steps`")
        yield _step(page, node, members, key, how, severity)
        return
    for name in (*SENT, *_CLAIMED):
        if name in members:
            page.refuse(
                page.at_key(members[name]),
                f"{key}{name}",
                "expected it in a step: the check has `steps`",
            )
    nodes = page.items(members["steps"], f"{key}steps")
    if not 0 < len(nodes) <= MOST_STEPS:
        page.refuse(page.at(members["steps"]), f"{key}steps", f"expected 1 to {MOST_STEPS} steps")
    for index, each in enumerate(nodes):
        here = f"{key}steps[{index}]"
        own = page.members(each, here, STEP)
        if "url" not in own:
            page.refuse(page.at(each), here, "expected `url`")
        _name(page, own, f"{here}.")
        weight = _severity(page, own, f"{here}.", severity)
        yield _step(page, each, own, f"{here}.", {**how, **settings(page, own, f"{here}.")}, weight)


def _step(
    page: Page,
    node: Node,
    members: Mapping[str, Node],
    key: str,
    how: dict[str, Setting],
    severity: Severity,
) -> Step:
    place = page.at(node)
    if not any(name in members for name in _CLAIMED):
        wanted = "expected asserts, conditions or captures: without one every answer would do"
        page.refuse(place, key.rstrip("."), wanted)
    sent = request(page, members, key, tuple(how.values()))
    return Step(place, sent, expected(page, members, key, place, severity))
