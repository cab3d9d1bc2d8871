"""One request from its arrival to its answer, a straight line.

hooks, then under the world's lock: read and judge the request, fault before, admit, carry out,
judge the answer, fault after, journal. So the journal's order is the order of the commits.
"""

from __future__ import annotations

import itertools
import json
import traceback
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

from . import policy
from .call import Call
from .conditional import tagged
from .contract import breaches, models
from .exchange import Answer, Exchange, Journal, Request
from .faults import Fault, Faults, Hooks
from .rate import Rates
from .refusal import DOCS, Refusal, not_found
from .route import Match, Router
from .state.world import World
from .subjects import ROUTES, graphql, rate_limit
from .tokens import ANONYMOUS, Token, Tokens, admit
from .violations import Violation, Violations

API_VERSIONS = frozenset({models.VERSION})


class Reading(NamedTuple):
    """A request, taken apart and judged; `token` is None where the credentials are bad."""

    request: Request
    token: Token | None
    match: Match | None
    query: Mapping[str, str]
    body: Any
    faults: tuple[str, ...]

    @property
    def documentation_url(self) -> str:
        """The page that a refusal points to."""
        if self.match is None or not self.match.route.operation:
            return DOCS
        return models.operation(self.match.route.operation).documentation_url


class Dispatcher:
    """Answers requests out of the world's state."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tokens = Tokens()
        self.rates = Rates(world.clock)
        self.journal = Journal()
        self.violations = Violations()
        self.faults = Faults()
        self.hooks = Hooks()
        self._router = Router(ROUTES)
        self._serial = itertools.count(1)

    def respond(self, request: Request) -> Answer:
        """The answer to one request."""
        self.hooks.run(request)
        fault = self.faults.take(request)
        with self.world.lock:
            reading = self._read(request)
            answer = self._faulty(reading, fault) if fault else self._decide(reading)
            self.journal.add(self._exchange(reading, answer, fault))
        return answer

    # --- reading ---------------------------------------------------------------------------

    def _read(self, request: Request) -> Reading:
        self._look_for_secrets(request)
        match = self._router.match(request.method, request.path)
        pairs = parse_qsl(request.query, keep_blank_values=True)
        query, body = dict(pairs), _parsed(request.body)
        found = self._judge(request, match, query, body)
        if len(pairs) > len(query):
            found += (self._record("request", f"{request.path}: a query parameter stands twice"),)
        token = self.tokens.identify(request.headers)
        return Reading(request, token, match, query, body, found)

    def _judge(
        self, request: Request, match: Match | None, query: Mapping[str, str], body: Any
    ) -> tuple[str, ...]:
        if match is None:
            where = f"{request.method} {request.path}"
            self._record("undocumented", f"{where}: no call that this double knows")
            return ()
        route = match.route
        own = route.faults(self.world, body) if route.faults else []
        found = [Violation("request", f"{route.method} {route.path}: {one}") for one in own]
        found += breaches.of_request(route, query, body)
        return tuple(self._record(*breach) for breach in found)

    def _record(self, kind: str, sentence: str) -> str:
        self.violations.record(kind, self.tokens.masked(sentence))
        return sentence.split(": ", 1)[-1]

    def _look_for_secrets(self, request: Request) -> None:
        for part, text in (
            ("the path", request.path),
            ("the query", request.query),
            ("the body", request.body.decode(errors="replace")),
        ):
            for token in self.tokens.leaked(text):
                where = f"{request.method} {self.tokens.masked(request.path)}"
                self._record("secret", f"{where}: the value of {token.name} stands in {part}")

    # --- answering -------------------------------------------------------------------------

    def _faulty(self, reading: Reading, fault: Fault) -> Answer:
        given = self._decide(reading) if fault.moment == "after" else None
        answer = fault.answer(given, self.world.clock)
        return self._finished(reading, answer) if given is None else answer

    def _decide(self, reading: Reading) -> Answer:
        try:
            answer = self._perform(reading)
        except Refusal as refusal:
            answer = refusal.answer(reading.documentation_url)
        except Exception:  # noqa: BLE001 - a crash of the double must fail the test, not hang it
            self._record("double", f"{reading.request.path}: it failed\n{traceback.format_exc()}")
            answer = Refusal(500, "Server Error").answer()
        if reading.match:
            for breach in breaches.of_answer(reading.match.route, answer.status, answer.body):
                self._record(breach.kind, f"{breach.sentence} (status {answer.status})")
        answer = tagged(reading.request, answer)
        if answer.status == 304 and reading.token:
            self.rates.budget(reading.token).used -= 1
        return self._finished(reading, answer)

    def _perform(self, reading: Reading) -> Answer:
        token, match = reading.token, reading.match
        if token is None:
            raise Refusal(401, "Bad credentials")
        if reading.request.path != rate_limit.PATH:
            self.rates.spend(token)
        _check_version(reading.request)
        if match is None:
            raise not_found()
        call = self._call(reading, token, match)
        admit(match.route, call.place, token)
        if reading.body is _BROKEN:
            raise Refusal(400, "Problems parsing JSON")
        if reading.faults:
            raise policy.refusal(match.route.operation, reading.faults)
        if match.route.is_write and call.place and call.place.archived:
            raise Refusal(403, "Repository was archived so is read-only.")
        return match.route.answer(call)

    def _call(self, reading: Reading, token: Token, match: Match) -> Call:
        place = None
        if "owner" in match.params:
            place = self.world.find(f"{match.params['owner']}/{match.params['repo']}")
            if place is None:
                raise not_found()
        return Call(
            self.world, self.rates, reading.request, token, match.params, reading.query,
            reading.body, place,
        )  # fmt: skip

    def _finished(self, reading: Reading, answer: Answer) -> Answer:
        """The answer with the headers that every answer of GitHub has."""
        resource = "graphql" if reading.request.path == graphql.PATH else "core"
        budget = self.rates.budget(reading.token or ANONYMOUS)
        headers = {
            "Server": "github.com",
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": models.VERSION,
            "X-GitHub-Request-Id": f"C0DE:{next(self._serial):06X}",
            **budget.headers(resource),
        }
        if reading.match and reading.match.route.accepts:
            headers["X-Accepted-GitHub-Permissions"] = reading.match.route.accepts
        return answer._replace(headers=headers | dict(answer.headers))

    def _exchange(self, reading: Reading, answer: Answer, fault: Fault | None) -> Exchange:
        request = reading.request
        headers = {name: self.tokens.masked(text) for name, text in request.headers.items()}
        lost = answer.wire in {"reset", "stall"}
        return Exchange(
            0, request.method, request.path, reading.query, headers,
            None if reading.body is _BROKEN else reading.body,
            None if lost else answer.status, answer.headers, answer.body,
            reading.token.name if reading.token else "unknown",
            f"{fault.kind} {fault.moment}" if fault else None,
        )  # fmt: skip


_BROKEN = object()


def _parsed(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return _BROKEN


def _check_version(request: Request) -> None:
    asked = request.headers.get("x-github-api-version", models.VERSION)
    if asked not in API_VERSIONS:
        raise Refusal(400, f"The REST API version {quote(asked)} is not supported.")
