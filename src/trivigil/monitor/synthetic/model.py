"""One model of a synthetic check, whatever language its file is written in.

A check is a row of steps; a step is a request and what is expected of its answer. The words of queries, filters and
predicates are Hurl's. A place is a line and a column of the check file, from 1.
"""

from __future__ import annotations

from typing import Final, Literal

from trivigil.core.record import NamedTuple

Severity = Literal["fail", "warn"]
Within = Literal["text", "json text", "json value"]
BodyKind = Literal["text", "json", "xml", "graphql", "bytes", "file"]


class Place(NamedTuple):
    """Where something stands in its file."""

    line: int
    column: int


class Hole(NamedTuple):
    """`{{name}}`: what a variable or function puts in."""

    name: str
    place: Place
    within: Within = "text"
    """How the value is written: as it is, escaped for a JSON string, or as a JSON number, boolean or null."""


class Template(NamedTuple):
    """Text with holes."""

    parts: tuple[str | Hole, ...]
    place: Place

    @property
    def plain(self) -> str | None:
        """The text where it has no holes."""
        texts = [part for part in self.parts if isinstance(part, str)]
        return "".join(texts) if len(texts) == len(self.parts) else None


class Pattern(NamedTuple):
    """A regular expression between slashes, in Rust's syntax."""

    source: str
    place: Place


class FileName(NamedTuple):
    """The contents of a file beside the check file."""

    name: Template


Literals = str | int | float | bool | bytes | None
Argument = Template | Pattern | Hole | FileName | Literals


class Pair(NamedTuple):
    """A name and a value: a header, a query parameter, a form field, a cookie."""

    name: Template
    value: Template


class Part(NamedTuple):
    """One part of a multipart form: a text, or a file with its media type."""

    name: Template
    value: Template | FileName
    media: Template | None = None


class Body(NamedTuple):
    """What is sent, or expected to come back."""

    kind: BodyKind
    content: Template | bytes
    place: Place
    variables: Template | None = None
    """GraphQL's variables, a JSON object."""


class Setting(NamedTuple):
    """One line of a step's options: `retry: 3`. Durations are milliseconds."""

    name: str
    value: Argument
    place: Place


class Request(NamedTuple):
    """What is sent."""

    method: str
    url: Template
    headers: tuple[Pair, ...] = ()
    query: tuple[Pair, ...] = ()
    form: tuple[Pair, ...] = ()
    parts: tuple[Part, ...] = ()
    cookies: tuple[Pair, ...] = ()
    basic_auth: Pair | None = None
    body: Body | None = None
    settings: tuple[Setting, ...] = ()


class Query(NamedTuple):
    """What is taken out of an answer: `header "ETag"`."""

    name: str
    argument: Argument
    place: Place
    attribute: str | None = None
    """A cookie's attribute, in lower case; a certificate's field."""


class Filter(NamedTuple):
    """What is made of a value: `nth 0`."""

    name: str
    arguments: tuple[Argument, ...]
    place: Place


class Predicate(NamedTuple):
    """What is claimed of a value: `not contains "x"`."""

    name: str
    value: Argument
    negated: bool
    place: Place


class Capture(NamedTuple):
    """A value that is kept for the steps after this one."""

    name: Template
    query: Query
    filters: tuple[Filter, ...]
    redacted: bool
    """Whether its value is a secret and is shown nowhere."""


class Assert(NamedTuple):
    """A claim about an answer."""

    query: Query
    filters: tuple[Filter, ...]
    predicate: Predicate
    severity: Severity = "fail"


class Operand(NamedTuple):
    """One side of a condition."""

    kind: Literal["value", "body", "len", "has", "literal", "pat", "any"]
    text: str
    """The placeholder's name, the literal, the pattern, or the options with commas between them."""
    path: tuple[str | int, ...] = ()
    """Into the JSON body: names and indexes."""


class Condition(NamedTuple):
    """A claim in the words of Gatus: `[STATUS] == 200`."""

    left: Operand
    operator: str
    right: Operand
    place: Place
    """Of the operator."""
    severity: Severity = "fail"


class Expected(NamedTuple):
    """What the answer has to be. `version` is `1.1` or the like, None for any; `status` is None for any."""

    version: str | None
    status: int | None
    version_place: Place
    status_place: Place
    headers: tuple[Pair, ...] = ()
    captures: tuple[Capture, ...] = ()
    asserts: tuple[Assert, ...] = ()
    body: Body | None = None
    conditions: tuple[Condition, ...] = ()


class Step(NamedTuple):
    """A request and what is expected; None where nothing is."""

    place: Place
    request: Request
    expected: Expected | None


class Remark(NamedTuple):
    """A comment that speaks to the monitor: `# trivigil: warn`."""

    text: str
    """What follows the colon."""
    place: Place
    alone: bool
    """Whether nothing else stands on its line."""


class Check(NamedTuple):
    """One synthetic check."""

    name: str
    path: str
    steps: tuple[Step, ...]
    remarks: tuple[Remark, ...] = ()


FUNCTIONS: Final = ("newDate", "newUuid")
"""What may stand in a hole without being a variable."""
RESERVED: Final = (*FUNCTIONS, "getEnv")
"""Names that no variable can have."""
