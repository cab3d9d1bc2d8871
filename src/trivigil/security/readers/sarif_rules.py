"""The rules of a SARIF run: which one a result means, and the message it makes.

Format: SARIF 2.1.0, sections 3.11 (messages), 3.49 (descriptors) and 3.52 (references to them). Rules stand in the driver and in its
extensions; a result names one by index, by id, by a guid, or by an id that goes on below the rule's (`CA1000/1`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.foreign import Fields
from trivigil.security import lenient, prose
from trivigil.security.readers import sarif_ratings, sarif_tools

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.security.facts import Kind, Rating

_ARGUMENT: Final = re.compile(r"\{(\d+)\}|\{\{|\}\}")
_WEAKNESS: Final = re.compile(r"(?i)(?:^|/)cwe[-/ ]?0*(\d+)")
_CONFIDENCE: Final = {"very-high": "high", "high": "high", "medium": "medium", "low": "low"}
_TAGGED: Final = re.compile(r"(low|medium|high) confidence")


class Rule(NamedTuple):
    """What a run says about a rule, made once for all of its results."""

    id: str | None
    kind: Kind
    fields: Fields
    properties: Fields
    name: str | None = None
    title: str | None = None
    description: str = ""
    help_uri: str | None = None
    level: str | None = None
    tags: tuple[str, ...] = ()
    cwes: tuple[int, ...] = ()
    confidence: str | None = None
    ratings: tuple[Rating, ...] = ()
    """What is said of every result of it."""
    fix: str | None = None


class Component(NamedTuple):
    """The driver, or an extension: its rules by index, id and guid, and its messages."""

    fields: Fields
    rules: tuple[Rule, ...]
    by_id: Mapping[str, Rule]
    by_guid: Mapping[str, Rule]


def components(tool: Fields, driver: Fields) -> tuple[Component, ...]:
    """The driver and its extensions, in this order."""
    extensions = lenient.listed(tool, "extensions")
    name = lenient.text(driver, "name") or ""
    return tuple(_component(each, name) for each in (driver, *extensions))


def _component(fields: Fields, driver: str) -> Component:
    found = fields.value.get("rules")
    listed: list[object] = found if isinstance(found, list) else []
    rules = tuple(
        _rule(Fields(each if isinstance(each, dict) else {}, f"rules[{position}]"), driver)
        for position, each in enumerate(listed)
    )
    by_id = {rule.id: rule for rule in reversed(rules) if rule.id}
    guids = ((lenient.text(rule.fields, "guid"), rule) for rule in reversed(rules))
    return Component(fields, rules, by_id, {guid: rule for guid, rule in guids if guid})


def _rule(fields: Fields, driver: str) -> Rule:
    properties = lenient.inner(fields, "properties")
    name = lenient.text(fields, "name")
    tags = lenient.texts(properties.value.get("tags"))
    lowered = [tag.lower() for tag in tags]
    short, full = _said(fields, "shortDescription"), _said(fields, "fullDescription")
    level = lenient.text(lenient.inner(fields, "defaultConfiguration"), "level")
    solution = lenient.text(lenient.inner(properties, "solution"), "text", "markdown")
    return Rule(
        id=lenient.text(fields, "id"),
        kind=sarif_tools.kind(driver, lenient.text(fields, "id"), name, lowered),
        fields=fields,
        properties=properties,
        name=name,
        title=prose.line(short or full or name or "") or None,
        description=full or short or "",
        help_uri=lenient.text(fields, "helpUri"),
        level=level.lower() if level else None,
        tags=tags,
        cwes=tuple(dict.fromkeys(_cwes(fields, properties, tags))),
        confidence=_confidence(properties, lowered),
        ratings=tuple(sarif_ratings.of_rule(sarif_tools.normal(driver), fields, tags)),
        fix=prose.plain(solution) if solution else None,
    )


def _said(fields: Fields, key: str) -> str:
    """A multiformat message as plain text."""
    found = lenient.inner(fields, key)
    return prose.plain(lenient.text(found, "text", "markdown") or "")


def _cwes(fields: Fields, properties: Fields, tags: Sequence[str]) -> Iterator[int]:
    """By tags (`external/cwe/cwe-079`, `CWE-79: …`), properties, and relations to the taxonomy of CWE."""
    for tag in tags:
        if match := _WEAKNESS.search(tag):
            yield int(match.group(1))
    yield from lenient.cwes(properties.value.get("cwe"), properties.value.get("cwes"))
    related = lenient.listed(fields, "relationships")
    yield from taxa([lenient.inner(each, "target") for each in related])


def taxa(references: Sequence[Fields]) -> Iterator[int]:
    """The weaknesses among references to taxa: of the component CWE, or with an id that says so."""
    for reference in references:
        text = lenient.text(reference, "id") or ""
        component = lenient.text(lenient.inner(reference, "toolComponent"), "name") or ""
        if component.upper() == "CWE" or text.upper().startswith("CWE"):
            yield from lenient.cwes(text)


def _confidence(properties: Fields, tags: Sequence[str]) -> str | None:
    word = lenient.text(properties, "precision") or lenient.text(properties, "confidence") or ""
    if word.lower() in _CONFIDENCE:
        return _CONFIDENCE[word.lower()]
    tagged = (match.group(1) for tag in tags if (match := _TAGGED.fullmatch(tag)))
    return lenient.confidence(word) or next(tagged, None)


def unknown(name: str, rule_id: str | None) -> Rule:
    """The rule of a result that names one which nobody defines."""
    empty = Fields({})
    return Rule(rule_id, sarif_tools.kind(name, rule_id, None, ()), empty, empty)


# --- which rule a result means ------------------------------------------------------------------


def rule_id(result: Fields) -> str | None:
    """The id that a result gives for its rule."""
    return lenient.text(result, "ruleId", "ruleKey") or lenient.text(
        lenient.inner(result, "rule"), "id"
    )


def lookup(result: Fields, parts: Sequence[Component]) -> Rule | None:
    """The rule of a result. An index that leads to a rule of another id is not believed."""
    reference = lenient.inner(result, "rule")
    own = _named(lenient.inner(reference, "toolComponent"), parts)
    written = rule_id(result)
    index = lenient.whole(reference.value.get("index", result.value.get("ruleIndex")))
    if index is not None and index < len(own.rules) and _agrees(written, own.rules[index].id):
        return own.rules[index]
    guid = lenient.text(reference, "guid") or ""
    for part in (own, *parts):
        if found := part.by_guid.get(guid):
            return found
    for name in _upwards(written or ""):
        for part in (own, *parts):
            if found := part.by_id.get(name):
                return found
    return None


def _agrees(written: str | None, of_rule: str | None) -> bool:
    return (
        written is None
        or of_rule is None
        or written == of_rule
        or written.startswith(f"{of_rule}/")
    )


def _upwards(name: str) -> Iterator[str]:
    """`A/B/C`, `A/B`, `A`."""
    while name:
        yield name
        name = name.rpartition("/")[0]


def _named(reference: Fields, parts: Sequence[Component]) -> Component:
    """The component of a reference: an extension by index, guid or name; else the driver."""
    index = lenient.whole(reference.value.get("index"))
    if index is not None and index + 1 < len(parts):
        return parts[index + 1]
    for key in ("guid", "name"):
        wanted = lenient.text(reference, key)
        for part in parts[1:] if wanted else ():
            if lenient.text(part.fields, key) == wanted:
                return part
    return parts[0]


# --- what a message says ------------------------------------------------------------------------


def message(said: Fields, rule: Rule | None, parts: Sequence[Component]) -> str:
    """The text of a message, its own or that of its id, with its arguments; as plain text."""
    text = lenient.text(said, "text", "markdown") or _by_id(said, rule, parts)
    listed = said.value.get("arguments")
    if text and isinstance(listed, list) and listed:
        text = filled(text, [str(each) for each in listed])
    return prose.plain(prose.unlinked(text or ""))


def filled(text: str, arguments: Sequence[str]) -> str:
    """The text of a message with its arguments in their places."""
    return _ARGUMENT.sub(lambda match: _argument(match, arguments), text) if arguments else text


def _argument(match: re.Match[str], arguments: Sequence[str]) -> str:
    if match.group(1) is None:
        return match.group()[0]
    index = int(match.group(1)[:6])
    return arguments[index] if index < len(arguments) else match.group()


def _by_id(said: Fields, rule: Rule | None, parts: Sequence[Component]) -> str | None:
    name = lenient.text(said, "id")
    if name is None:
        return None
    places = [lenient.inner(rule.fields, "messageStrings")] if rule else []
    places += [lenient.inner(part.fields, "globalMessageStrings") for part in parts]
    found = (lenient.text(lenient.inner(place, name), "text", "markdown") for place in places)
    return next((text for text in found if text), None)
