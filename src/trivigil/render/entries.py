"""Entries of the result file's long lists as JSON text, mostly alike: what many of them share is encoded once.

An entry is a template with gaps, and a template is an entry that was written with marks in place of what goes into the gaps. So the text is
the same as of any other JSON document, and takes a quarter of the time. Long lists alone use this: it imports msgspec.
"""

from __future__ import annotations

from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.core.result import Result

_MARK: Final = "\ue000"
"""A character of nobody's: where one stands in a text that is no gap, no template is made."""
_MOST: Final = 4_096
"""Templates, and texts of evidence, that are remembered."""
_PLACE: Final = {"name": _MARK, "path": _MARK, "line": _MARK}
_GAPS: Final = {
    "rule_title": _MARK,
    "message": _MARK,
    "location": _PLACE,
    "fingerprint": _MARK,
    "evidence": _MARK,
}


class Results:
    """Writes results; `make` is how one is written as an object of JSON, `depth` how deep the list lies."""

    def __init__(
        self,
        make: Callable[[Result], dict[str, object]],
        short: Callable[[object], str],
        depth: int,
    ) -> None:
        """`short` writes what only the slow way can: halves of surrogate pairs."""
        self._make = make
        self._short = short
        self._blanks = " " * (depth + 1)
        self._templates: dict[tuple[object, ...], tuple[str, ...] | None] = {}
        self._evidence: dict[int, str] = {}

    def text(self, result: Result) -> str:
        """One entry, without the blanks before it."""
        parts = self._template(result)
        if parts is None:
            return self._encoded(self._make(result), self._blanks)
        place = result.location
        path = "null" if place.path is None else quoted(place.path)
        line = "null" if place.line is None else place.line
        identity = quoted(result.identity) if result.identity else ""
        evidence = self._known(result.evidence)
        # One text of all of it: filling by `%` takes more than twice as long.
        a, b, c, d, e, f, g, h, i = parts
        return (
            f"{a}{quoted(result.rule.title)}{b}{quoted(result.message)}{c}{quoted(place.name)}{d}{path}{e}{line}"
            f"{f}{quoted(result.fingerprint)}{g}{evidence}{h}{identity}{i}"
        )

    def _template(self, result: Result) -> tuple[str, ...] | None:
        """Of all results that differ in nothing but what goes into the gaps."""
        # Ratings by which object they are, because no object of JSON has a hash; the report keeps them for as long as this is written.
        rule = result.rule
        key = (
            rule.id,
            rule.help_uri,
            rule.aliases,
            result.kind,
            result.severity,
            result.gates,
            result.fix,
            result.tools,
            result.aliases,
            id(result.ratings),
            result.baseline_state,
            result.suppression,
            result.profile,
            bool(result.identity),
        )
        if key not in self._templates:
            if len(self._templates) >= _MOST:
                self._templates.clear()
            self._templates[key] = self._made(result)
        return self._templates[key]

    def _made(self, result: Result) -> tuple[str, ...] | None:
        """The nine parts around the eight gaps, of which the last is nothing where there is no identity."""
        gaps = {**_GAPS, "identity": _MARK} if result.identity else _GAPS
        text = self._encoded({**self._make(result), **gaps}, self._blanks)
        parts = text.split(f'"{_MARK}"')
        due = len(gaps) + len(_PLACE)
        if len(parts) != due or text.count(_MARK) != due - 1:
            return None
        return tuple(parts) if result.identity else (*parts, "")

    def _known(self, evidence: Mapping[str, object]) -> str:
        """The text of evidence, which results of one rule and file share."""
        text = self._evidence.get(id(evidence))
        if text is None:
            if len(self._evidence) >= _MOST:
                self._evidence.clear()
            text = self._evidence[id(evidence)] = self._encoded(evidence, f"{self._blanks} ")
        return text

    def _encoded(self, value: object, blanks: str) -> str:
        try:
            text = msgspec.json.format(msgspec.json.encode(value), indent=1).decode()
        except (UnicodeEncodeError, TypeError, OverflowError):
            text = self._short(value)
        return text.replace("\n", f"\n{blanks}")


def triple(keys: tuple[str, str, str], depth: int) -> Callable[[Mapping[str, str]], str]:
    """Writes objects that have these keys, in this order, and texts in all of them."""
    blanks = f"\n{' ' * (depth + 1)}"
    first, second, third = (f"{blanks} {quoted(key)}: " for key in keys)

    def text(entry: Mapping[str, str]) -> str:
        one, two, three = map(quoted, entry.values())
        return f"{{{first}{one},{second}{two},{third}{three}{blanks}}}"

    return text
