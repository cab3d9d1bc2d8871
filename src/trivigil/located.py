"""JSON and YAML that people write, read with the line of every key, so that an error can name it.

JSON: RFC 8259, strictly (no NaN, no duplicate keys). YAML: the safe subset of PyYAML; dates become
ISO text. Both give the same `Node`s. YAML is imported only when a YAML file is read.
"""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]  # json's own string reader, in C
from typing import TYPE_CHECKING, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_NODES = 200_000
MAX_DEPTH = 64

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_WORDS = {"true": True, "false": False, "null": None}


class Node(NamedTuple):
    """A value and the line it starts on; a mapping's and a list's members are nodes again."""

    value: dict[str, Node] | list[Node] | str | float | bool | None
    line: int
    key_line: int = 0
    """For a member of a mapping, the line of its key."""
    start: int = -1
    """Of YAML: the index of its first character in the text; -1 where it is not known."""
    end: int = -1
    """Likewise, behind its last character."""
    key_start: int = -1
    """For a member of a mapping, the index of its key."""

    @property
    def kind(self) -> str:
        """JSON's name of the type."""
        if self.value is None:
            return "null"
        if isinstance(self.value, bool):
            return "boolean"
        names: dict[type, str] = {dict: "object", list: "list", str: "text"}
        return names.get(type(self.value), "number")

    def plain(self) -> object:
        """The value as ordinary Python data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def load(text: str, path: str) -> Node:
    """Read JSON or YAML: YAML by the file's ending, else JSON where the text starts like it."""
    if path.lower().endswith((".yml", ".yaml")):
        return _yaml(text, path)
    if path.lower().endswith(".json") or text.lstrip()[:1] in ("{", "["):
        return _Json(text, path).document()
    return _yaml(text, path)


def _fail(path: str, line: int, message: str, column: int | None = None) -> NoReturn:
    error = InputError(message, path=path, line=line)
    error.column = column
    raise error


class _Json:
    """A recursive-descent reader over one text; `end` is how far it has come."""

    def __init__(self, text: str, path: str) -> None:
        self.text, self.path, self.end = text, path, 0
        self._line, self._counted = 1, 0

    def line(self) -> int:
        """The line of the current place, counted once over the whole text."""
        self._line += self.text.count("\n", self._counted, self.end)
        self._counted = max(self._counted, self.end)
        return self._line

    def document(self) -> Node:
        node = self._value(0)
        self._skip()
        if self.end < len(self.text):
            self._refuse("there is text after the end of the JSON value")
        return node

    def _refuse(self, message: str) -> NoReturn:
        _fail(self.path, self.line(), f"not valid JSON: {message}.")

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self.end)
        self.end = match.end() if match else self.end

    def _peek(self) -> str:
        self._skip()
        return self.text[self.end : self.end + 1]

    def _value(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._refuse(f"it is nested deeper than {MAX_DEPTH} levels")
        first = self._peek()
        line = self.line()
        if first == "{":
            return Node(self._object(depth), line)
        if first == "[":
            return Node(self._list(depth), line)
        if first == '"':
            return Node(self._string(), line)
        return Node(self._scalar(), line)

    def _string(self) -> str:
        try:
            value, self.end = scanstring(self.text, self.end + 1, True)
        except ValueError:
            self._refuse("a text is not closed, or holds a raw line break or an unknown escape")
        return str(value)

    def _scalar(self) -> float | bool | None:
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.end):
                self.end += len(word)
                return value
        match = _NUMBER.match(self.text, self.end)
        if match is None:
            found = printable(self.text[self.end : self.end + 12]) or "the end of the file"
            self._refuse(f"a value was expected, found `{found}`")
        self.end = match.end()
        number = match.group()
        return float(number) if match.group(1) or match.group(2) else int(number)

    def _list(self, depth: int) -> list[Node]:
        items: list[Node] = []
        self.end += 1
        if self._peek() == "]":
            self.end += 1
            return items
        while True:
            items.append(self._value(depth + 1))
            if self._separator("]"):
                return items

    def _object(self, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        self.end += 1
        if self._peek() == "}":
            self.end += 1
            return members
        while True:
            key, line = self._key(members)
            value = self._value(depth + 1)
            members[key] = value._replace(key_line=line)
            if self._separator("}"):
                return members

    def _key(self, members: dict[str, Node]) -> tuple[str, int]:
        if self._peek() != '"':
            self._refuse('a key in double quotes was expected (perhaps there is a "," too many)')
        line = self.line()
        key = self._string()
        if key in members:
            self._refuse(f"the key `{printable(key)}` stands here twice")
        if self._peek() != ":":
            self._refuse(f"a `:` was expected after the key `{printable(key)}`")
        self.end += 1
        return key, line

    def _separator(self, closing: str) -> bool:
        found = self._peek()
        if found not in (",", closing):
            self._refuse(f"a `,` or `{closing}` was expected")
        self.end += 1
        return found == closing


def _yaml(text: str, path: str) -> Node:
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Yaml(path, yaml.constructor.SafeConstructor()).document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = printable(error.problem or "it does not parse")
        _fail(path, line, f"not valid YAML: {problem}.", column)
    except yaml.YAMLError as error:
        _fail(path, 1, f"not valid YAML: {printable(str(error))}.")
    except RecursionError:
        _fail(path, 1, "not valid YAML: it is nested too deeply.")


class _Yaml:
    """Turns PyYAML's composed nodes into ours, with bounds against anchors that multiply."""

    def __init__(self, path: str, constructor: object) -> None:
        self.path, self.nodes = path, 0
        self.construct: Callable[[object], object] = constructor.construct_object  # type: ignore[attr-defined]  # PyYAML's stubs lack it

    def document(self, root: object) -> Node:
        return Node(None, 1) if root is None else self.node(root, 0)

    def node(self, node: object, depth: int) -> Node:
        import yaml

        assert isinstance(node, yaml.Node)  # noqa: S101 (for the type checker)
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            _fail(self.path, line, "the YAML is too large or nested too deeply.", column)
        if isinstance(node, yaml.CollectionNode) and node.tag not in _COLLECTIONS:
            tag = printable(node.tag, 60)
            _fail(self.path, line, f"the tag `{tag}` is not allowed here.", column)
        if isinstance(node, yaml.MappingNode):
            return _spanned(Node(self._mapping(node, depth), line), node)
        if isinstance(node, yaml.SequenceNode):
            items = [self.node(item, depth + 1) for item in node.value]
            return _spanned(Node(items, line), node)
        return _spanned(Node(self._scalar(node, line), line), node)

    def _mapping(self, node: object, depth: int) -> dict[str, Node]:
        members: dict[str, Node] = {}
        for key_node, value_node in node.value:  # type: ignore[attr-defined]  # a mapping has pairs
            mark = key_node.start_mark
            line, column = mark.line + 1, mark.column + 1
            key = key_node.value
            if not isinstance(key, str):
                _fail(self.path, line, "a key must be plain text.", column)
            if key in members:
                _fail(self.path, line, f"the key `{printable(key)}` stands here twice.", column)
            value = self.node(value_node, depth + 1)
            members[key] = value._replace(key_line=line, key_start=mark.index)
        return members

    def _scalar(self, node: object, line: int) -> str | float | bool | None:
        column = node.start_mark.column + 1  # type: ignore[attr-defined]  # a node has marks
        try:
            value = self.construct(node)
        except ValueError as error:
            _fail(self.path, line, f"not a valid value: {printable(str(error))}.", column)
        if value is None or isinstance(value, str | int | float | bool):
            return value
        if hasattr(value, "isoformat"):
            return str(value.isoformat())
        _fail(self.path, line, "a text, a number, true, false or null was expected.", column)


def _spanned(node: Node, composed: object) -> Node:
    start, end = composed.start_mark, composed.end_mark  # type: ignore[attr-defined]  # likewise
    return node._replace(start=start.index, end=end.index)
