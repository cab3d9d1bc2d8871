"""The host that keeps the blobs: another one than the API's, which must never see a token.

GitHub sends a download there by an address that is signed and lives for a minute. What the store answers can be replaced.
"""

from __future__ import annotations

from collections import deque
from urllib.parse import parse_qs

from .exchange import Answer, Request
from .state.world import World
from .tokens import Tokens
from .violations import Violations

CREDENTIALS = ("authorization", "cookie", "proxy-authorization", "x-github-api-version")


class BlobStore:
    """Answers for one double."""

    def __init__(self, world: World, tokens: Tokens, violations: Violations) -> None:
        self._world = world
        self._tokens = tokens
        self._violations = violations
        self.requests: list[Request] = []
        """What was asked, in its order."""
        self.answers: deque[Answer] = deque()
        """What the next requests get instead of their blob."""

    def redirect(self, address: str | None) -> None:
        """Send the next downloads to this address; None: to the store."""
        with self._world.lock:
            self._world.elsewhere = address

    def respond(self, request: Request) -> Answer:
        """The blob, where the signature is good; credentials of any kind are a breach."""
        with self._world.lock:
            self.requests.append(request)
            self._look_for_credentials(request)
            if self.answers:
                return self.answers.popleft()
            signature = parse_qs(request.query).get("sig", [""])[0]
            content, end = self._world.signed.get((request.path, signature), (b"", None))
            if end is None or self._world.clock.now() > end or request.method != "GET":
                return Answer(403, "<Error>AuthenticationFailed</Error>")
            return Answer(200, content, {"Content-Type": "application/zip"})

    def _look_for_credentials(self, request: Request) -> None:
        for name in CREDENTIALS:
            if name in request.headers:
                self._violations.record("secret", f"the blob store was sent the header {name}")
        words = " ".join((request.path, request.query, *request.headers.values()))
        for token in self._tokens.leaked(words):
            self._violations.record("secret", f"the blob store saw the value of {token.name}")
