"""The manners of HTTP: pages, ETags, keep-alive, headers, and other processes."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.github_double import GitHubDouble
from tests.github_double_tests.asking import ask

COMMENTS = "/repos/octo/shop/issues/7/comments"


def links(header: str) -> dict[str, str]:
    """The page numbers of a Link header by relation."""
    found = {}
    for part in header.split(", "):
        address, relation = part.split("; ")
        found[relation.split('"')[1]] = address.rsplit("page=", 1)[1].rstrip(">")
    return found


@pytest.mark.parametrize(
    ("query", "shown", "expected"),
    [
        pytest.param("per_page=100", 100, {"next": "2", "last": "3"}, id="first page"),
        pytest.param(
            "per_page=100&page=2", 100, {"prev": "1", "first": "1", "next": "3", "last": "3"},
            id="in the middle",
        ),
        pytest.param("per_page=100&page=3", 5, {"prev": "2", "first": "1"}, id="last page"),
        pytest.param("per_page=100&page=9", 0, {"prev": "3", "first": "1"}, id="beyond the end"),
        pytest.param("", 30, {"next": "2", "last": "7"}, id="30 a page by default"),
    ],
)  # fmt: skip
def test_pages(query: str, shown: int, expected: dict[str, str]) -> None:
    """205 comments in pages, with the links that the place has."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        for number in range(205):
            shop.comment(7, str(number))
        reply = ask(double, "GET", f"{COMMENTS}?{query}")
        assert len(reply.body) == shown
        assert links(reply.headers["link"]) == expected


def test_one_page_has_no_links() -> None:
    """A list that fits has no Link header."""
    with GitHubDouble() as double:
        double.repository("octo/shop").pull(number=7)
        assert "link" not in ask(double, "GET", COMMENTS).headers


def test_a_known_answer_is_304() -> None:
    """Without body, free of charge, and over as soon as something changes."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.fork_token(shop)
        first = ask(double, "GET", COMMENTS, token)
        known = {"If-None-Match": first.headers["etag"]}
        again = ask(double, "GET", COMMENTS, token, headers=known)
        assert (again.status, again.content) == (304, b"")
        assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
        shop.comment(7, "news")
        assert ask(double, "GET", COMMENTS, token, headers=known).status == 200


def test_a_connection_is_kept() -> None:
    """Two calls go over one connection, also after a refusal and an answer without body."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        made = shop.comment(7, "x")
        token = double.installation_token(shop, {"issues": "write"})
        address = urlsplit(double.api_url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        sent = {"Authorization": f"token {token}"}
        path = f"/repos/octo/shop/issues/comments/{made.id}"
        seen = []
        for method in ("GET", "DELETE", "GET"):
            connection.request(method, path, headers=sent)
            answer = connection.getresponse()
            answer.read()
            seen.append((answer.status, connection.sock is not None))
        connection.close()
        assert seen == [(200, True), (204, True), (404, True)]


def test_every_answer_has_githubs_headers() -> None:
    """Request ids differ, the version is told, and another version is refused."""
    with GitHubDouble() as double:
        replies = [ask(double, "GET", "/rate_limit") for _ in range(2)]
        assert len({reply.headers["x-github-request-id"] for reply in replies}) == 2
        assert replies[0].headers["x-github-api-version-selected"] == "2022-11-28"
        version = {"X-GitHub-Api-Version": "1999-01-01"}
        assert ask(double, "GET", "/rate_limit", headers=version).status == 400


def test_paths_outside_of_the_enterprise_prefix() -> None:
    """On an Enterprise Server the API is nowhere but under /api/v3."""
    with GitHubDouble(enterprise=True) as double:
        address = urlsplit(double.server_url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        with double.expect_violation("/outside/rate_limit"):
            connection.request("GET", "/rate_limit")
            assert connection.getresponse().status == 404
        connection.close()


SCRIPT = """
import json, sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Authorization": "token " + sys.argv[2]})
print(json.load(urllib.request.urlopen(request))["full_name"])
"""


def test_another_process_can_talk_to_it() -> None:
    """It is real HTTP: a child process reads a private repository with its token."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop", private=True)
        token = double.installation_token(shop)
        url = f"{double.api_url}/repos/octo/shop"
        child = subprocess.run(
            [sys.executable, "-c", SCRIPT, url, token],
            capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
        assert child.stdout.strip() == "octo/shop"


def test_the_journal_holds_what_was_said() -> None:
    """Method, path, query, bodies and the token's name, in the order of the commits."""
    with GitHubDouble() as double:
        shop = double.repository("octo/shop")
        shop.pull(number=7)
        token = double.installation_token(shop, {"issues": "write"})
        ask(double, "POST", COMMENTS, token, {"body": "hello"})
        ask(double, "GET", f"{COMMENTS}?per_page=5", token)
        write, read = double.journal
        assert (write.index, write.status, write.request_body) == (0, 201, {"body": "hello"})
        assert write.response_body["body"] == "hello"
        assert write.token_name == double.token_name(token)
        assert write.request_headers["authorization"] == f"Bearer <{write.token_name}>"
        assert (read.query, read.path) == ({"per_page": "5"}, COMMENTS)
        assert (double.journal.writes, len(double.journal)) == ([write], 2)
        assert double.calls("GET", "*/comments") == [read]
        assert token not in json.dumps(write.request_body) + repr(write)
