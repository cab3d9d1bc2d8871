"""What a step may know besides its exchange: variables, the time, and the files beside the check; and templates filled by it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Final

from trivigil.core.record import NamedTuple

from .model import Argument, FileName, Hole, Pattern, Template
from .patterns import translated
from .problem import Trouble
from .values import described, rendered

_JSON_VALUE: Final = re.compile(r"-?(?:0|[0-9]+)(?!\.(?![0-9]))|true|false|null")
_JSON_ESCAPES: Final = str.maketrans(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
)


def _no_file(name: str) -> bytes:
    raise OSError(name)


def _no_uuid() -> str:
    raise Trouble("Undefined function", "newUuid is not given here")


class Scope(NamedTuple):
    """The world of a step. All of it is handed in."""

    variables: Mapping[str, object]
    now: datetime.datetime
    """Aware."""
    new_uuid: Callable[[], str] = _no_uuid
    read_file: Callable[[str], bytes] = _no_file
    """The bytes of a file beside the check; raises OSError for one that is absent or outside the fence."""

    def value(self, hole: Hole) -> object:
        """What a hole holds; raises Trouble for an unknown variable."""
        if hole.name == "newDate":
            return self.now.astimezone(datetime.UTC)
        if hole.name == "newUuid":
            return self.new_uuid()
        if hole.name not in self.variables:
            message = f"you must set the variable {hole.name}"
            raise Trouble("Undefined variable", message, hole.place)
        return self.variables[hole.name]

    def _put(self, hole: Hole) -> str:
        value = self.value(hole)
        text = rendered(value)
        if text is None:
            message = f"{hole.name} cannot be written as text"
            raise Trouble("Unrenderable expression", message, hole.place)
        if hole.within == "json text":
            return text.translate(_JSON_ESCAPES)
        if hole.within == "json value" and not _JSON_VALUE.match(text):
            message = f"{hole.name} is no JSON number, boolean or null"
            raise Trouble("Invalid JSON", message, hole.place)
        return text

    def fill(self, template: Template) -> str:
        """The text of a template; raises Trouble."""
        return "".join(
            part if isinstance(part, str) else self._put(part) for part in template.parts
        )

    def file(self, name: Template) -> bytes:
        """The bytes of a named file; raises Trouble."""
        try:
            return self.read_file(self.fill(name))
        except OSError:
            message = "the file beside the check could not be read"
            raise Trouble("File read access", message, name.place) from None

    def regex(self, argument: Argument) -> re.Pattern[str]:
        """The expression of an argument; raises Trouble for none."""
        place = argument.place if isinstance(argument, Template | Pattern) else None
        source = self.fill(argument) if isinstance(argument, Template) else ""
        source = argument.source if isinstance(argument, Pattern) else source
        found = translated(source)
        if found.regex is None:
            raise Trouble("Invalid regex", found.problem or "", place)
        return found.regex

    def literal(self, argument: Argument) -> object:
        """The value that an argument stands for; raises Trouble."""
        if isinstance(argument, Template):
            return self.fill(argument)
        if isinstance(argument, Hole):
            return self.value(argument)
        if isinstance(argument, FileName):
            return self.file(argument.name)
        return self.regex(argument) if isinstance(argument, Pattern) else argument

    def integer(self, argument: Argument) -> int:
        """A whole number, written or in a hole; raises Trouble."""
        value = self.literal(argument)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        place = argument.place if isinstance(argument, Hole) else None
        message = f"expecting an integer, actual value is {described(value)}"
        raise Trouble("Invalid expression type", message, place)
