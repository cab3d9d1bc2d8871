"""A YAML file as a page with places: what its keys hold, and an error for each thing that is not as it should be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn

from trivigil import located
from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

from ..model import Place, Template
from ..problem import CheckFileError
from .places import moved
from .written import Written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.located import Node

LARGEST: Final = 256 * 1024
"""Characters of a file: YAML is read slowly."""
MOST_TEXT: Final = 1024 * 1024
"""Characters of all texts together, aliases written out."""
MOST_ITEMS: Final = 500
"""Members of a list or mapping."""
_LONGEST: Final = 8192
_DURATION: Final = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)(ms|s|m)?")
_UNITS: Final = {"ms": 1, "s": 1000, "m": 60_000}


class Page:
    """The file. Everything that it gives is told with its place; `key` is the way to it: `checks[0].url`."""

    def __init__(self, text: str, path: str) -> None:
        self.path: Final = path
        self.written: Final = Written(text)
        self._characters = 0
        if len(text) > LARGEST:
            wanted = f"expected at most {LARGEST} characters: split the checks over several files"
            raise CheckFileError(wanted, path=path, place=Place(1, 1))
        try:
            self.root: Final = located.load(text, path)
        except InputError as error:
            place = Place(error.line or 1, error.column or 1)
            raise CheckFileError(error.message, path=path, place=place) from None

    def refuse(self, place: Place, key: str, wanted: str) -> NoReturn:
        """Raises CheckFileError: what is wanted of this key at this place."""
        said = f"{printable(key, 120)}: {wanted}" if key else wanted
        raise CheckFileError(said, path=self.path, place=place)

    def at(self, node: Node) -> Place:
        """Where a value begins."""
        return self.written.place(node.start)

    def at_key(self, node: Node) -> Place:
        """Where its key does."""
        return self.written.place(node.key_start if node.key_start >= 0 else node.start)

    def mapping(self, node: Node, key: str) -> Mapping[str, Node]:
        """Names and values."""
        if not isinstance(node.value, dict):
            self.refuse(self.at(node), key, f"expected a mapping, not {node.kind}")
        self._few(node, key, len(node.value))
        return node.value

    def members(self, node: Node, key: str, known: tuple[str, ...]) -> dict[str, Node]:
        """The same, of known names alone; `-` and `_` are one."""
        found: dict[str, Node] = {}
        for written, value in self.mapping(node, key).items():
            name = written.replace("-", "_")
            if name not in known:
                here = _under(key, written)
                self.refuse(self.at_key(value), here, f"expected a key: {', '.join(known)}")
            if name in found:
                self.refuse(self.at_key(value), _under(key, written), "expected each key once")
            found[name] = value
        return found

    def items(self, node: Node, key: str) -> list[Node]:
        """The members of a list."""
        if not isinstance(node.value, list):
            self.refuse(self.at(node), key, f"expected a list, not {node.kind}")
        self._few(node, key, len(node.value))
        return node.value

    def _few(self, node: Node, key: str, count: int) -> None:
        if count > MOST_ITEMS:
            self.refuse(self.at(node), key, f"expected at most {MOST_ITEMS} members")

    def text(self, node: Node, key: str, longest: int = _LONGEST) -> str:
        """A text, maybe empty."""
        if not isinstance(node.value, str):
            self.refuse(self.at(node), key, f'expected a text, not {node.kind}: put it into "…"')
        if len(node.value) > longest:
            self.refuse(self.at(node), key, f"expected at most {longest} characters")
        self.count(node, key, len(node.value))
        return node.value

    def count(self, node: Node, key: str, characters: int) -> None:
        """Raises CheckFileError where the texts, aliases written out, become too many."""
        self._characters += characters
        if self._characters > MOST_TEXT:
            self.refuse(self.at(node), key, "expected less text: aliases multiply it")

    def plain(self, node: Node, key: str) -> str:
        """A text, or a number, true, false or null as it is written in JSON."""
        if isinstance(node.value, dict | list):
            self.refuse(self.at(node), key, f"expected a text, not {node.kind}")
        if isinstance(node.value, str):
            return self.text(node, key)
        if node.value is None:
            return "null"
        if isinstance(node.value, bool):
            return "true" if node.value else "false"
        return str(node.value)

    def truth(self, node: Node, key: str) -> bool:
        """True or false."""
        if not isinstance(node.value, bool):
            self.refuse(self.at(node), key, f"expected true or false, not {node.kind}")
        return node.value

    def word(self, node: Node, key: str, known: tuple[str, ...]) -> str:
        """One of these."""
        if node.value not in known:
            self.refuse(self.at(node), key, f"expected {' or '.join(known)}")
        return str(node.value)

    def whole(self, node: Node, key: str, most: int) -> int:
        """A number from 0 on."""
        value: object = node.value
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self.refuse(self.at(node), key, f"expected a whole number from 0 to {most}")
        return value

    def milliseconds(self, node: Node, key: str) -> int:
        """`5s`, `500ms`, `2m`; a number is seconds."""
        match = _DURATION.fullmatch(self.plain(node, key))
        found = round(float(match[1]) * _UNITS[match[2] or "s"]) if match else 0
        if not found:
            self.refuse(self.at(node), key, "expected a time such as 5s, 500ms or 2m")
        return found

    def names(self, node: Node, key: str) -> tuple[str, ...]:
        """A list of names, or a single one."""
        nodes = node.value if isinstance(node.value, list) else [node]
        self._few(node, key, len(nodes))
        found = [self.text(each, key, 200).strip() for each in nodes]
        for each, name in zip(nodes, found, strict=True):
            if not name or not name.isprintable():
                self.refuse(self.at(each), key, "expected a name")
        return tuple(dict.fromkeys(found))

    def template(self, node: Node, key: str) -> Template:
        """A value with its `{{holes}}` found."""
        text = self.plain(node, key)
        at = self.written.within(node)
        return self.filled(text, at, key)

    def filled(self, text: str, at: Callable[[int], Place], key: str) -> Template:
        """The same of a text; `at` tells the place of a character."""
        from ..hurl.cursor import Unfit
        from ..hurl.texts import template

        chars = [(char, char, Place(1, index + 1)) for index, char in enumerate(text)]
        try:
            found = template(chars, Place(1, 1), Place(1, len(text) + 1))
        except Unfit as error:
            self.refuse(at(error.place.column - 1), key, error.wanted)
        return moved(found, lambda place: at(place.column - 1))


def _under(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
