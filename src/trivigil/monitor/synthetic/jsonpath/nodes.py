"""Selectors and segments: from a JSON value to nodes (RFC 9535, 2.3 and 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

Selector = Callable[[object, object], Iterator[object]]
"""From a node and the root to the nodes below it."""
Nodes = Callable[[object, object], list[object]]
"""From the current node and the root to nodes."""


def children(node: object) -> Iterator[object]:
    """Members' values and elements."""
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node


def wildcard(node: object, _root: object) -> Iterator[object]:
    """`*`."""
    return children(node)


def member(name: str) -> Selector:
    """`'name'`."""

    def select(node: object, _root: object) -> Iterator[object]:
        if isinstance(node, dict) and name in node:
            yield node[name]

    return select


def element(index: int) -> Selector:
    """`3` or `-1`."""

    def select(node: object, _root: object) -> Iterator[object]:
        if isinstance(node, list) and -len(node) <= index < len(node):
            yield node[index]

    return select


def elements(start: int | None, end: int | None, step: int | None) -> Selector:
    """`1:5:2`. A step of 0 selects nothing; else Python's slices are those of the RFC."""

    def select(node: object, _root: object) -> Iterator[object]:
        if isinstance(node, list) and step != 0:
            yield from node[slice(start, end, step)]

    return select


def filtered(holds: Callable[[object, object], bool]) -> Selector:
    """`?condition`."""

    def select(node: object, root: object) -> Iterator[object]:
        return (child for child in children(node) if holds(child, root))

    return select


def _with_descendants(node: object) -> Iterator[object]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(list(children(one)))


def segments(parts: list[tuple[bool, tuple[Selector, ...]]], *, absolute: bool) -> Nodes:
    """A whole query; each segment says whether it looks at descendants."""

    def select(current: object, root: object) -> list[object]:
        found = [root if absolute else current]
        for descends, selectors in parts:
            inputs = (
                found if not descends else [d for node in found for d in _with_descendants(node)]
            )
            found = [
                result
                for node in inputs
                for selector in selectors
                for result in selector(node, root)
            ]
        return found

    return select
