"""A step's exchange judged: pure. Status and version first; then captures; then expected headers, body and asserts.

As in Hurl: where status or version is wrong nothing else is looked at; a capture without a value ends the step; all asserts
are judged, whatever came of the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Final, Literal

from trivigil.core.record import NamedTuple

from . import conditions, filters, predicates
from .exchange import Exchange
from .model import Assert, Body, Capture, Condition, Expected, Pair, Place, Severity
from .problem import Trouble
from .queries import Answer, ask
from .rendering import body_content
from .scope import Scope
from .values import NOTHING, described

Kind = Literal["assertion", "error"]
_LONGEST: Final = 2000
"""Longer than what is shown of it: secrets are taken out in between."""


class Failure(NamedTuple):
    """Something that is not as it should be. `actual` is the site's own text: untrusted."""

    kind: Kind
    """`error`: the step could not be done; `assertion`: it was, and a claim about it does not hold."""
    title: str
    place: Place
    message: str
    actual: str = ""
    expected: str = ""


class Outcome(NamedTuple):
    """One claim, judged."""

    place: Place
    failure: Failure | None
    severity: Severity = "fail"

    @property
    def passed(self) -> bool:
        """Whether it holds."""
        return self.failure is None


class Verdict(NamedTuple):
    """What came of one exchange."""

    outcomes: tuple[Outcome, ...]
    captures: Mapping[str, object]
    """All variables that the step has set, in their order."""
    secrets: frozenset[str]
    """Captured values that are shown nowhere."""
    error: Failure | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        """All that is wrong, warnings left out."""
        wrong = [each.failure for each in self.outcomes if each.failure and each.severity == "fail"]
        return (*wrong, self.error) if self.error else tuple(wrong)


def failed(trouble: Trouble, kind: Kind, place: Place) -> Failure:
    """A trouble as a failure; `place` where it has none of its own."""
    return Failure(kind, trouble.title, trouble.place or place, trouble.message)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def judge(expected: Expected | None, exchange: Exchange, scope: Scope) -> Verdict:
    """The verdict over an exchange. `scope` is the one before the step."""
    if expected is None:
        return Verdict((), {}, frozenset())
    first = _first(expected, exchange)
    if not all(outcome.passed for outcome in first):
        return Verdict(first, {}, frozenset())
    answer = Answer(exchange)
    captures: dict[str, object] = {}
    secrets: set[str] = set()
    for capture in expected.captures:
        now = scope._replace(variables={**scope.variables, **captures})
        try:
            name, value = _captured(capture, answer, now)
        except Trouble as trouble:
            error = failed(trouble, "error", capture.query.place)
            return Verdict(first, captures, frozenset(secrets), error)
        captures[name] = value
        if capture.redacted and isinstance(value, str):
            secrets.add(value)
    after = scope._replace(variables={**scope.variables, **captures})
    rest = (
        *(_header(pair, exchange, after) for pair in expected.headers),
        *((_body(expected.body, answer, after),) if expected.body else ()),
        *(_assert(claim, answer, after) for claim in expected.asserts),
        *(_condition(claim, answer, after) for claim in expected.conditions),
    )
    return Verdict((*first, *rest), captures, frozenset(secrets))


def _first(expected: Expected, exchange: Exchange) -> tuple[Outcome, ...]:
    place = expected.version_place
    failure = None
    if expected.version not in (None, exchange.version):
        message = f"actual value is HTTP/{exchange.version}"
        failure = Failure("assertion", "Assert HTTP version", place, message, exchange.version)
    version = Outcome(place, failure)
    if expected.status is None:
        return (version,)
    place, failure = expected.status_place, None
    if expected.status != exchange.status:
        actual = str(exchange.status)
        message = f"actual value is <{actual}>"
        failure = Failure(
            "assertion", "Assert status code", place, message, actual, str(expected.status)
        )
    return version, Outcome(place, failure)


def _captured(capture: Capture, answer: Answer, scope: Scope) -> tuple[str, object]:
    name = scope.fill(capture.name)
    value = ask(capture.query, answer, scope)
    if value is NOTHING:
        message = "query didn't return any result"
        raise Trouble("No query result", message, capture.query.place)
    value = filters.apply(capture.filters, value, scope)
    if value is NOTHING:
        message = "filter didn't return any result"
        raise Trouble("No filter result", message, capture.filters[0].place)
    if capture.redacted and not isinstance(value, str):
        message = "only a text can be redacted"
        raise Trouble("Invalid redacted secret", message, capture.name.place)
    return name, value


def _header(pair: Pair, exchange: Exchange, scope: Scope) -> Outcome:
    try:
        wanted = scope.fill(pair.value)
        values = exchange.values(scope.fill(pair.name))
    except Trouble as trouble:
        return Outcome(pair.name.place, failed(trouble, "assertion", pair.name.place))
    if not values:
        message = "this header has not been found in the response"
        place = pair.name.place
        return Outcome(place, Failure("assertion", "Header not found", place, message, "", wanted))
    place = pair.value.place
    if wanted in values:
        return Outcome(place, None)
    quoted = ", ".join(f'"{value}"' for value in values)
    actual = _short(values[0] if len(values) == 1 else f"[{quoted}]")
    message = f"actual value is <{actual}>"
    return Outcome(
        place, Failure("assertion", "Assert header value", place, message, actual, wanted)
    )


def _body(body: Body, answer: Answer, scope: Scope) -> Outcome:
    place = body.place
    is_text = body.kind not in ("bytes", "file")
    try:
        wanted: object = body_content(body, scope)
        if is_text and isinstance(wanted, bytes):
            wanted = wanted.decode()
        actual: object = answer.text if is_text else answer.exchange.content
    except Trouble as trouble:
        return Outcome(place, failed(trouble, "assertion", place))
    if actual == wanted:
        return Outcome(place, None)
    where = place
    if isinstance(actual, str) and isinstance(wanted, str) and "\n" in actual + wanted:
        where = Place(place.line + _first_difference(wanted, actual), 1)
    message = "the body is not the expected one"
    failure = Failure(
        "assertion",
        "Assert body value",
        where,
        message,
        _short(described(actual)),
        _short(described(wanted)),
    )
    return Outcome(place, failure)


def _first_difference(wanted: str, actual: str) -> int:
    pairs = zip_longest(wanted.splitlines(), actual.splitlines())
    return next((number for number, (one, two) in enumerate(pairs) if one != two), 0)


def _assert(claim: Assert, answer: Answer, scope: Scope) -> Outcome:
    place = claim.predicate.place

    try:
        value = filters.apply(claim.filters, ask(claim.query, answer, scope), scope)
        found = predicates.judge(claim.predicate, value, scope)
    except Trouble as trouble:
        return Outcome(place, failed(trouble, "assertion", place), claim.severity)
    if found.passed:
        return Outcome(place, None, claim.severity)
    message = "types between actual and expected are not consistent" if found.mismatch else ""
    actual, expected = _short(found.actual), _short(found.expected)
    failure = Failure("assertion", "Assert failure", place, message, actual, expected)
    return Outcome(place, failure, claim.severity)


def _condition(claim: Condition, answer: Answer, scope: Scope) -> Outcome:
    try:
        held = conditions.judge(claim, answer, scope.now)
    except Trouble as trouble:
        failure = failed(trouble, "assertion", claim.place)
        return Outcome(claim.place, failure, claim.severity)
    if held.passed:
        return Outcome(claim.place, None, claim.severity)
    actual, expected = _short(held.actual), _short(held.expected)
    failure = Failure("assertion", "Assert failure", claim.place, "", actual, expected)
    return Outcome(claim.place, failure, claim.severity)
