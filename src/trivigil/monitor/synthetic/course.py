"""The course of a check: its steps one after the other, with repeats, retries, redirects and cookies. Pure: who sends is handed in.

As in Hurl: the first step that fails ends the check; a skipped step is absent; a retried one appears once for each attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from trivigil.core.record import NamedTuple

from .cookies import Jar
from .exchange import Exchange, Redirect
from .judgement import Failure, Verdict, failed, judge
from .model import Check, Place, Step
from .problem import Trouble
from .rendering import Options, Outgoing, options, outgoing
from .scope import Scope

MOST_TRIES: Final = 1000
"""Requests that one check may send, repeats and retries counted."""
TOO_MANY_REDIRECTS: Final = "the redirects do not end where they should"
_TO_GET: Final = (301, 302, 303)
_REDIRECTS: Final = range(300, 400)


class Try(NamedTuple):
    """One attempt at a step."""

    step: int
    """Index of the step."""
    place: Place
    statuses: tuple[int, ...]
    """Of every request, redirects too; empty where none was answered."""
    verdict: Verdict
    exchange: Exchange | None = None
    """Of the last attempt of all; None in those before it."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What is wrong with it."""
        return self.verdict.failures


class Account(NamedTuple):
    """What came of a check."""

    tries: tuple[Try, ...]
    secrets: frozenset[str]
    """Values that are shown nowhere."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What is wrong: of the last attempt, which ended the check."""
        return self.tries[-1].failures if self.tries else ()

    @property
    def passed(self) -> bool:
        """Whether every step was as expected."""
        return not self.failures


class Refused(Exception):
    """Nobody answered. Raised by who sends, with words of its own that are safe to show."""


class Over(Refused):
    """The check has had all the time or requests that it may have: there is no further attempt."""


Send = Callable[[Outgoing, Options], Exchange]
"""Send one request, follow nothing; raises Refused."""


class _Run:
    """The state of one check."""

    def __init__(self, check: Check, scope: Scope, send: Send, wait: Callable[[int], None]) -> None:
        self.check: Final = check
        self.scope = scope
        self.send: Final = send
        self.wait: Final = wait
        self.jar: Final = Jar()
        self.tries: Final[list[Try]] = []
        self.secrets: frozenset[str] = frozenset()
        self.sent = 0
        self.over = False

    def all(self) -> Account:
        for index, step in enumerate(self.check.steps):
            if not self._step(index, step):
                break
        return Account(tuple(self.tries), self.secrets)

    def _step(self, index: int, step: Step) -> bool:
        """Whether the check goes on."""
        try:
            how, variables = options(step.request.settings, self.scope)
        except Trouble as trouble:
            self._note(
                index, step, Verdict((), {}, frozenset(), failed(trouble, "error", step.place))
            )
            return False
        self._set(variables)
        if how.skip:
            return True
        return all(self._tried(index, step, how) for _ in range(how.repeat))

    def _tried(self, index: int, step: Step, how: Options) -> bool:
        if how.delay and not self._waited(how.delay):
            message = "no time is left for the delay before this step"
            trouble = Trouble("Too many requests", message, step.place)
            self._note(
                index, step, Verdict((), {}, frozenset(), failed(trouble, "error", step.place))
            )
            return False
        for attempt in range(how.retry + 1):
            if attempt and (self.over or not self._waited(how.retry_interval)):
                break
            if not self._once(index, step, how).failures:
                return True
        return False

    def _waited(self, milliseconds: int) -> bool:
        """Whether there was time for it."""
        try:
            self.wait(milliseconds)
        except Over:
            self.over = True
        return not self.over

    def _set(self, variables: Mapping[str, object]) -> None:
        self.scope = self.scope._replace(variables={**self.scope.variables, **variables})

    def _note(
        self,
        index: int,
        step: Step,
        verdict: Verdict,
        statuses: tuple[int, ...] = (),
        exchange: Exchange | None = None,
    ) -> Try:
        self.secrets |= verdict.secrets
        self._set(verdict.captures)
        if self.tries:  # one body is held at a time
            self.tries[-1] = self.tries[-1]._replace(exchange=None)
        self.tries.append(Try(index, step.place, statuses, verdict, exchange))
        return self.tries[-1]

    def _once(self, index: int, step: Step, how: Options) -> Try:
        statuses: list[int] = []
        try:
            request = outgoing(step.request, how, self.scope)
            exchange = self._followed(request, how, statuses, step.request.url.place)
        except Trouble as trouble:
            error = failed(trouble, "error", step.request.url.place)
            return self._note(index, step, Verdict((), {}, frozenset(), error))
        verdict = judge(step.expected, exchange, self.scope)
        return self._note(index, step, verdict, tuple(statuses), exchange)

    def _asked(self, request: Outgoing, how: Options, place: Place) -> Exchange:
        self.sent += 1
        if self.sent > MOST_TRIES:
            self.over = True
            raise Trouble(
                "Too many requests", f"more than {MOST_TRIES} requests in one check", place
            )
        pairs = (self.jar.header(request.url, self.scope.now), request.cookies)
        cookies = "; ".join(pair for pair in pairs if pair)
        headers = (*request.headers, ("Cookie", cookies)) if cookies else request.headers
        try:
            exchange = self.send(request._replace(headers=headers, cookies=""), how)
        except Refused as refused:
            self.over = isinstance(refused, Over)
            raise Trouble("HTTP connection", str(refused), place) from None
        self.jar.keep(exchange, request.url, self.scope.now)
        return exchange

    def _followed(
        self, request: Outgoing, how: Options, statuses: list[int], place: Place
    ) -> Exchange:
        first = request.url
        redirects: list[Redirect] = []
        while True:
            exchange = self._asked(request, how, place)
            statuses.append(exchange.status)
            target = _target(exchange, request.url) if how.location else None
            if target is None:
                return exchange._replace(redirects=tuple(redirects))
            if len(redirects) >= how.max_redirects:
                raise Trouble("HTTP connection", TOO_MANY_REDIRECTS, place)
            redirects.append(Redirect(exchange.status, target))
            request = _next(request, target, exchange.status)
            if not how.location_trusted and _origin(first) != _origin(target):
                request = _without_credentials(request)


def _target(exchange: Exchange, url: str) -> str | None:
    """Where a redirect leads."""
    location = next(iter(exchange.values("location")), None)
    if exchange.status not in _REDIRECTS or location is None:
        return None
    target = urljoin(url, location)
    return target if target.startswith(("http://", "https://")) else None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _next(request: Outgoing, url: str, status: int) -> Outgoing:
    if status not in _TO_GET or request.method == "GET":
        return request._replace(url=url)
    headers = tuple(pair for pair in request.headers if pair[0].lower() != "content-type")
    return request._replace(method="GET", url=url, body=b"", headers=headers)


def _without_credentials(request: Outgoing) -> Outgoing:
    kept = tuple(
        pair for pair in request.headers if pair[0].lower() not in ("authorization", "cookie")
    )
    return request._replace(headers=kept)


def follow(check: Check, scope: Scope, send: Send, wait: Callable[[int], None]) -> Account:
    """Do a check: `send` sends one request, `wait` waits milliseconds; either may raise Over."""
    return _Run(check, scope, send, wait).all()
