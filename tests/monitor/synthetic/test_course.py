"""The course of a check: steps, variables, cookies, redirects, retries. The site is a function here."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from trivigil.monitor.synthetic.course import MOST_TRIES, Account, Refused, follow
from trivigil.monitor.synthetic.exchange import Exchange
from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.scope import Scope

if TYPE_CHECKING:
    from trivigil.monitor.synthetic.rendering import Options, Outgoing

NOW = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)


class Site:
    """Answers by path and writes down what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Outgoing] = []
        self.waits: list[int] = []
        self.flaky = 0

    def send(self, request: Outgoing, _how: Options) -> Exchange:
        self.asked.append(request)
        parts = urlsplit(request.url)
        headers: tuple[tuple[str, str], ...] = ()
        status, body = 200, b""
        if parts.path == "/login":
            status, headers = (
                302,
                (("Location", "/home"), ("Set-Cookie", "sid=s-1; Path=/; HttpOnly")),
            )
        elif parts.path == "/away":
            status, headers = 307, (("Location", "http://other.example/in"),)
        elif parts.path == "/loop":
            status, headers = 302, (("Location", "/loop"),)
        elif parts.path == "/flaky":
            self.flaky += 1
            status = 200 if self.flaky > 2 else 503
        elif parts.path == "/gone":
            raise Refused("nobody listens")
        else:
            body = b'{"csrf": "t-9"}'
        return Exchange(request.url, status, headers=headers, body=body)

    def follow(self, text: str, **variables: object) -> Account:
        scope = Scope(variables, NOW, new_uuid=lambda: "u-1", read_file=lambda name: name.encode())
        return follow(read(text, "a.hurl", "a"), scope, self.send, self.waits.append)


def header(request: Outgoing, name: str) -> str | None:
    return next((value for key, value in request.headers if key == name), None)


def test_a_login_over_steps() -> None:
    """The cookie is kept and sent, captures fill the holes of later steps."""
    site = Site()
    account = site.follow(
        'POST {{target}}/login\n[Form]\nuser: bob\npass: a&b=c é\nHTTP 302\n[Captures]\nwhere: header "Location"\n'
        'GET {{target}}{{where}}\nHTTP 200\n[Captures]\ncsrf: jsonpath "$.csrf"\n'
        'POST {{target}}/save\nX-Csrf: {{csrf}}\n[Cookies]\na: 1\n{"t": "{{csrf}}", "n": {{n}}}\nHTTP 200\n',
        target="http://x.example",
        n=3,
    )  # fmt: skip
    assert account.passed
    login, home, save = site.asked
    assert login.body == b"user=bob&pass=a%26b%3Dc%20%C3%A9"
    assert header(login, "Content-Type") == "application/x-www-form-urlencoded"
    assert (home.method, home.url, header(home, "Cookie")) == (
        "GET",
        "http://x.example/home",
        "sid=s-1",
    )
    assert header(save, "Cookie") == "sid=s-1; a=1"
    assert header(save, "X-Csrf") == "t-9"
    assert (save.body, header(save, "Content-Type")) == (
        b'{"t": "t-9", "n": 3}',
        "application/json",
    )


def test_redirects_are_followed_when_asked() -> None:
    """A POST becomes a GET without a body after 302; url and redirects are of the last answer."""
    site = Site()
    account = site.follow(
        'POST http://x/login\n[Options]\nlocation: true\n`body`\nHTTP 200\n[Asserts]\nurl == "http://x/home"\nredirects count == 1\n'
    )  # fmt: skip
    assert account.passed
    assert account.tries[0].statuses == (302, 200)
    assert (site.asked[1].method, site.asked[1].body) == ("GET", b"")


@pytest.mark.parametrize(("option", "kept"), [("location", None), ("location-trusted", "Bearer t")])
def test_credentials_stay_with_their_host(option: str, kept: str | None) -> None:
    """They follow to another host only where the step says that it is trusted."""
    site = Site()
    site.follow(
        f"GET http://x/away\nAuthorization: Bearer t\n[Options]\n{option}: true\nHTTP 200\n"
    )
    assert site.asked[1].url == "http://other.example/in"
    assert header(site.asked[1], "Authorization") == kept


@pytest.mark.parametrize(
    ("text", "title", "place"),
    [
        pytest.param("GET http://x/loop\n[Options]\nlocation: true\nmax-redirs: 3\n", "HTTP connection", (1, 5), id="loop"),
        pytest.param("GET http://x/gone\n", "HTTP connection", (1, 5), id="refused"),
        pytest.param("GET http://x/{{no}}\n", "Undefined variable", (1, 16), id="unknown variable"),
        pytest.param("GET http://x/a b\n", "HTTP connection", (1, 5), id="blank in the address"),
        pytest.param("GET ftp://x/\n", "Invalid URL", (1, 5), id="no HTTP"),
        pytest.param("GET http://x/\n[Options]\nskip: {{v}}\n", "Invalid expression type", (3, 9), id="no truth"),
        pytest.param("GET http://x/\nX-A: {{v}}\n", "Invalid header", (1, 5), id="a line end in a header"),
        pytest.param('POST http://x/\n{"a": {{v}}}\n', "Invalid JSON", (2, 9), id="no JSON value"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_an_error(text: str, title: str, place: tuple[int, int]) -> None:
    """With its place; the steps after it are not done."""
    site = Site()
    account = site.follow(text + "\nGET http://x/after\n", v="a\r\nX-Evil: 1")
    assert [(each.kind, each.title, each.place) for each in account.failures] == [
        ("error", title, place)
    ]
    assert not any(request.url.endswith("/after") for request in site.asked)


def test_retries_and_repeats() -> None:
    """Each attempt is a row; between two stands the interval; the last one counts."""
    site = Site()
    account = site.follow(
        "GET http://x/flaky\n[Options]\nretry: 3\nretry-interval: 2s\nHTTP 200\nGET http://x/a\n[Options]\nrepeat: 2\ndelay: 5\nHTTP 200\n"
    )  # fmt: skip
    assert account.passed
    assert [each.statuses for each in account.tries] == [(503,), (503,), (200,), (200,), (200,)]
    assert site.waits == [2000, 2000, 5, 5]


def test_a_check_ends() -> None:
    """No file makes more requests than the limit."""
    site = Site()
    account = site.follow(f"GET http://x/a\n[Options]\nrepeat: {MOST_TRIES * 5}\nHTTP 200\n")
    assert len(site.asked) == MOST_TRIES
    assert account.failures[0].title == "Too many requests"


def test_skipped_steps_are_absent() -> None:
    """Neither asked nor in the account; a variable of the options is known from there on."""
    site = Site()
    account = site.follow(
        "GET http://x/a\n[Options]\nskip: true\nHTTP 500\n\nGET http://x/{{p}}\n[Options]\nvariable: p=b\nuser: a:b\ncompressed: true\n"
        "[Query]\nq: a b\n"
    )  # fmt: skip
    assert account.passed
    assert [request.url for request in site.asked] == ["http://x/b?q=a%20b"]
    assert header(site.asked[0], "Authorization") == "Basic YTpi"
    assert header(site.asked[0], "Accept-Encoding") == "gzip, deflate"


def test_bodies_are_rendered() -> None:
    """Multipart, GraphQL, functions and files."""
    site = Site()
    site.follow(
        "POST http://x/a\n[Multipart]\na: {{newUuid}}\nf: file,d.txt; text/x\n\n"
        'POST http://x/a\n```graphql\n{ a(b: "{{newDate}}") }\nvariables {"v": 1}\n```\n\n'
        "POST http://x/a\nfile,data.bin;\n"
    )
    multipart, graphql, file = site.asked
    assert b'name="a"\r\n\r\nu-1\r\n' in multipart.body
    assert b'filename="d.txt"\r\nContent-Type: text/x\r\n\r\nd.txt\r\n' in multipart.body
    assert graphql.body == (
        b'{"query":"{ a(b: \\"2026-03-01T00:00:00.000000Z\\") }","variables":{"v": 1}}'
    )
    assert file.body == b"data.bin"


@pytest.mark.parametrize(
    ("line", "url", "sent"),
    [
        ("a=1; Path=/in", "http://x.example/in/deep", "a=1"),
        ("a=1; Path=/in", "http://x.example/inner", None),
        ("a=1; Domain=example", "http://x.example/in/", None),
        ("a=1; Domain=x.example", "http://y.x.example/in/", "a=1"),
        ("a=1", "http://y.x.example/in/", None),
        ("a=1; Domain=other.example", "http://other.example/in/", None),
        ("a=1; Secure", "http://x.example/in/", None),
        ("a=1; Max-Age=0", "http://x.example/in/", None),
        ("a=1; Expires=Wed, 13-Jan-2021 22:23:01 GMT", "http://x.example/in/", None),
    ],
)
def test_cookies_go_where_they_belong(line: str, url: str, sent: str | None) -> None:
    """By domain, path, scheme and end (RFC 6265)."""
    asked: list[Outgoing] = []

    def send(request: Outgoing, _how: Options) -> Exchange:
        asked.append(request)
        return Exchange(request.url, 200, headers=(("Set-Cookie", line),))

    check = read(f"GET http://x.example/in/\n\nGET {url}\n", "a", "a")
    follow(check, Scope({}, NOW), send, lambda _milliseconds: None)
    assert header(asked[1], "Cookie") == sent
