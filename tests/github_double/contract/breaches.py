"""All checks of one exchange together: models, document, policy, and what the double models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import policy
from ..paging import LARGEST_SIZE, number
from ..route import Route
from ..violations import Violation
from . import document, models

PAGING = frozenset({"per_page", "page"})


def of_request(route: Route, query: Mapping[str, str], body: Any) -> Iterator[Violation]:
    """What is wrong with a request."""
    if not route.operation:
        return
    described = models.operation(route.operation)
    yield from _named("request", route, described.query_faults(query))
    wrong = list(described.body_faults(body))
    written = document.load()
    if written is not None and not wrong:
        wrong += written.body_faults(route.method, route.path, body)
    yield from _named("request", route, wrong)
    yield from _named("limit", route, policy.faults(route.operation, body))
    yield from _named("unmodelled", route, _unmodelled(route, described, query, body))
    if number(query, "per_page", 1) > LARGEST_SIZE:
        yield from _named("limit", route, [f"per_page is more than {LARGEST_SIZE}"])


def of_answer(route: Route, status: int, body: Any) -> Iterator[Violation]:
    """What GitHub could not have answered: a fault of the double itself."""
    if not route.operation or status == 304:
        return
    described = models.operation(route.operation)
    yield from _named("answer", route, described.answer_faults(status, body))
    written = document.load()
    if written is not None:
        wrong = written.answer_faults(route.method, route.path, status, body)
        yield from _named("answer", route, wrong)


def _unmodelled(
    route: Route, described: models.Operation, query: Mapping[str, str], body: Any
) -> Iterator[str]:
    for name in query.keys() & described.query.keys() - PAGING - set(route.query):
        yield f"GitHub knows the query parameter {name!r}, this double does not act on it yet"
    if isinstance(body, Mapping):
        for name in body.keys() & described.body_names - set(route.body):
            yield f"GitHub knows the key {name!r}, this double does not act on it yet"


def _named(kind: str, route: Route, sentences: Any) -> Iterator[Violation]:
    for sentence in sentences:
        yield Violation(kind, f"{route.method} {route.path}: {sentence}")
