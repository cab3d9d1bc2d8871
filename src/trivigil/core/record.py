"""`NamedTuple` for the records of the start-up path: typing's to a type checker, half its price at run time.

`typing.NamedTuple` compiles every annotation into a forward reference when the class is made, about 0.2 ms a record; with
some fifty records on the way to a verdict that is a bare Python start. The records here are made by
`collections.namedtuple` alone: same fields, defaults, methods and behaviour. See docs/adr/0001.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 (re-exported)
else:
    _OWN = {"__annotations__", "__module__", "__qualname__", "__dict__", "__weakref__"}

    class _Maker(type):
        """Makes a namedtuple of what stands in a class body."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            """The first class is the base itself; every later one is a record."""
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", {})
            given = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=given, module=body["__module__"])  # noqa: PYI024 (the point of it)
            made.__qualname__ = body["__qualname__"]
            for key, value in body.items():
                if key not in _OWN and key not in fields:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """A record: `class Point(NamedTuple)` with annotated fields."""
