"""What is claimed and captured: lines in the words of Hurl's `[Asserts]` and `[Captures]`, and conditions in those of Gatus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from .. import conditions
from ..hurl import queries
from ..hurl.cursor import Cursor, Unfit, line_end, spaces
from ..model import RESERVED, Assert, Capture, Condition, Expected, Severity, Template
from .places import by_index, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.located import Node

    from ..model import Place
    from .page import Page

T = TypeVar("T")
SEVERITIES: Final = ("fail", "warn")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def expected(
    page: Page, members: Mapping[str, Node], key: str, place: Place, severity: Severity
) -> Expected:
    """What a step expects. A claim that the status is a certain one is judged first, as Hurl's `HTTP 200` is."""
    asserts, wanted = list[Assert](), list[Condition]()
    if node := members.get("asserts"):
        asserts = [
            _claim(page, *each) for each in _claims(page, node, f"{key}asserts", "assert", severity)
        ]
    if node := members.get("conditions"):
        found = _claims(page, node, f"{key}conditions", "condition", severity)
        wanted = [_condition(page, *each) for each in found]
    captures = (
        _captures(page, members["captures"], f"{key}captures") if "captures" in members else ()
    )
    status, where = None, place
    claims: list[Assert | Condition] = [*asserts, *wanted]
    first = next((each for each in claims if _status(each) is not None), None)
    if first is not None:
        status = _status(first)
        where = first.predicate.place if isinstance(first, Assert) else first.place
        asserts = [each for each in asserts if each is not first]
        wanted = [each for each in wanted if each is not first]
    return Expected(
        None, status, place, where,
        captures=captures, asserts=tuple(asserts), conditions=tuple(wanted),
    )  # fmt: skip


def _status(claim: Assert | Condition) -> int | None:
    if claim.severity != "fail":
        return None
    if not isinstance(claim, Assert):
        return conditions.status_of(claim)
    wanted = claim.predicate
    plain = claim.query.name == "status" and not claim.filters
    if not plain or wanted.name != "==" or wanted.negated or type(wanted.value) is not int:
        return None
    return wanted.value


def _claims(
    page: Page, node: Node, key: str, name: str, severity: Severity
) -> list[tuple[Node, str, Severity]]:
    """The texts of a list, and how much each weighs."""
    found = []
    for index, item in enumerate(page.items(node, key)):
        here = f"{key}[{index}]"
        if not isinstance(item.value, dict):
            found.append((item, here, severity))
            continue
        members = page.members(item, here, (name, "severity"))
        if name not in members:
            page.refuse(page.at(item), here, f"expected `{name}`")
        weight = severity
        if "severity" in members:
            word = page.word(members["severity"], f"{here}.severity", SEVERITIES)
            weight = "warn" if word == "warn" else "fail"
        found.append((members[name], f"{here}.{name}", weight))
    if not found:
        page.refuse(page.at(node), key, "expected at least one")
    return found


def _claim(page: Page, node: Node, key: str, severity: Severity) -> Assert:
    return _line(page, node, key, queries.claim)._replace(severity=severity)


def _condition(page: Page, node: Node, key: str, severity: Severity) -> Condition:
    at = page.written.within(node)
    try:
        return conditions.read(page.text(node, key), at, severity)
    except conditions.Unread as error:
        page.refuse(at(error.index), key, error.wanted)


def _line(page: Page, node: Node, key: str, rule: Callable[[Cursor], T]) -> T:
    """What a rule of Hurl's reads in a text of one line, at its places of the file."""
    text = page.text(node, key)
    where = by_index(text, page.written.within(node))
    cursor = Cursor(text)
    try:
        found = rule(cursor)
        if not cursor.at_end:
            raise cursor.unfit("expected one line")
    except Unfit as error:
        page.refuse(where(error.place), key, error.wanted)
    if cursor.remarks:
        page.refuse(
            where(cursor.remarks[0].place), key, "expected no remark: write `severity: warn`"
        )
    return moved(found, where)


def _captures(page: Page, node: Node, key: str) -> tuple[Capture, ...]:
    return tuple(
        _capture(page, name, value, f"{key}.{name}")
        for name, value in page.mapping(node, key).items()
    )


def _capture(page: Page, name: str, node: Node, key: str) -> Capture:
    if not _NAME.fullmatch(name) or name in (*RESERVED, "target"):
        page.refuse(page.at_key(node), key, "expected the name of a variable that may be set")
    template = Template((name,), page.at_key(node))
    redacted = False
    if isinstance(node.value, dict):
        members = page.members(node, key, ("query", "redact"))
        if "query" not in members:
            page.refuse(page.at(node), key, "expected `query`")
        redacted = "redact" in members and page.truth(members["redact"], f"{key}.redact")
        node, key = members["query"], f"{key}.query"
    found = _line(page, node, key, _query)
    return found._replace(name=template, redacted=found.redacted or redacted)


def _query(cursor: Cursor) -> Capture:
    spaces(cursor)
    place = cursor.place
    what, how = queries.query(cursor), queries.filters(cursor)
    spaces(cursor)
    redacted = cursor.skip("redact")
    line_end(cursor)
    return Capture(Template((), place), what, how, redacted)
