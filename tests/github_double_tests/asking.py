"""Two clients: a plain one that sees every byte, and the real PyGithub."""

from __future__ import annotations

import http.client
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import github

from tests.github_double import GitHubDouble

SECONDS = 5.0


class Reply(NamedTuple):
    """One answer; header names are lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The answer's JSON; None where there is no content."""
        return json.loads(self.content) if self.content else None


def ask(
    double: GitHubDouble,
    method: str,
    path: str,
    token: str = "",
    body: Any = None,
    headers: dict[str, str] | None = None,
    seconds: float = SECONDS,
) -> Reply:
    """One call without any library's manners; `path` lies below the API's address."""
    address = urlsplit(double.api_url)
    assert address.hostname
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=seconds)
    sent = {"Authorization": f"Bearer {token}"} if token else {}
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    try:
        connection.request(method, address.path + path, content, {**sent, **(headers or {})})
        answer = connection.getresponse()
        named = {name.lower(): text for name, text in answer.getheaders()}
        return Reply(answer.status, named, answer.read())
    finally:
        connection.close()


def pygithub(double: GitHubDouble, token: str) -> github.Github:
    """PyGithub without its own waiting and repeating."""
    return github.Github(
        auth=github.Auth.Token(token),
        base_url=double.api_url,
        per_page=100,
        lazy=True,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
    )
