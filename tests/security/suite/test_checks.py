"""The finer points of single checks, without a site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trivigil.security import suite
from trivigil.security.suite import (
    content_security_policy,
    cookie_prefix,
    cookies,
    csp,
    exposed_files,
    frame_protection,
    open_redirect,
    referrer_policy,
    strict_transport_security,
)
from trivigil.web.observation import Observation


def page(*headers: tuple[str, str], status: int = 200, body: bytes = b"") -> Observation:
    return Observation("https://shop.test/a", "GET", status, headers, body=body)


@pytest.mark.parametrize(
    ("value", "age"),
    [
        pytest.param("max-age=31536000; includeSubDomains", 31536000, id="usual"),
        pytest.param("includeSubDomains;MAX-AGE=5", 5, id="other order and case"),
        pytest.param('max-age="600"', 600, id="quoted, which RFC 6797 allows"),
        pytest.param("max-age=0", 0, id="taken back"),
        pytest.param("max-age=", None, id="no number"),
        pytest.param("max-age=abc", None, id="letters"),
        pytest.param("max-age=-1", None, id="negative"),
        pytest.param("max-age=600; max-age=700", None, id="twice"),
        pytest.param("includeSubDomains", None, id="no age"),
        pytest.param("", None, id="empty"),
    ],
)
def test_max_age(value: str, age: int | None) -> None:
    """What browsers make of a Strict-Transport-Security."""
    assert strict_transport_security.max_age(value) == age


@pytest.mark.parametrize(
    ("lines", "loose"),
    [
        pytest.param(["default-src 'self'"], False, id="only its own"),
        pytest.param(["script-src 'none'; default-src *"], False, id="scripts have their own rule"),
        pytest.param(["img-src 'self'"], True, id="says nothing of scripts"),
        pytest.param(["script-src 'self' 'unsafe-inline'"], True, id="inline"),
        pytest.param(
            ["script-src 'unsafe-inline' 'nonce-abc'"], False, id="inline, undone by a nonce"
        ),
        pytest.param(["script-src 'self' 'unsafe-eval'"], True, id="eval"),
        pytest.param(["script-src https:"], True, id="from anywhere"),
        pytest.param(["script-src * 'nonce-abc' 'strict-dynamic'"], False, id="anywhere, undone"),
        pytest.param(["script-src *, script-src 'self'"], False, id="two policies in one line"),
        pytest.param(["script-src *", "script-src 'self'"], False, id="two headers"),
        pytest.param(["script-src 'self'; script-src *"], False, id="the first directive counts"),
        pytest.param(["SCRIPT-SRC *"], True, id="in capitals"),
    ],
)
def test_loose_policies(lines: list[str], loose: bool) -> None:
    """Whether injected scripts would run: one strict policy of several is enough."""
    found = csp.policies(page(*(("Content-Security-Policy", line) for line in lines)))
    assert all(map(content_security_policy.allows, found)) is loose


@pytest.mark.parametrize(
    ("headers", "protected"),
    [
        pytest.param((("X-Frame-Options", "DENY"),), True, id="deny"),
        pytest.param((("x-frame-options", " SameOrigin "),), True, id="same origin"),
        pytest.param((("X-Frame-Options", "ALLOW-FROM https://a.test"),), False, id="allow-from"),
        pytest.param((("X-Frame-Options", "DENY, nonsense"),), False, id="a list with nonsense"),
        pytest.param((("Content-Security-Policy", "frame-ancestors 'none'"),), True, id="policy"),
        pytest.param((("Content-Security-Policy", "frame-ancestors *"),), False, id="anybody"),
        pytest.param(
            (("Content-Security-Policy", "frame-ancestors *"), ("X-Frame-Options", "DENY")),
            False,
            id="the policy is read alone",
        ),
        pytest.param(
            (("Content-Security-Policy-Report-Only", "frame-ancestors 'none'"),),
            False,
            id="only reported",
        ),
        pytest.param((), False, id="nothing"),
    ],
)
def test_frames(headers: tuple[tuple[str, str], ...], protected: bool) -> None:
    """Whether browsers refuse foreign frames."""
    assert frame_protection.protected(page(*headers)) is protected


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        ("no-referrer", "no-referrer"),
        ("no-referrer, strict-origin-when-cross-origin", "strict-origin-when-cross-origin"),
        ("unsafe-url, future-policy", "unsafe-url"),
        ("nonsense", None),
    ],
    ids=["one", "the last", "the last that is known", "none that is known"],
)
def test_referrer(value: str, policy: str | None) -> None:
    """Browsers take the last policy that they know."""
    assert referrer_policy.effective(page(("Referrer-Policy", value))) == policy


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param("a=b; Path=/", "a", id="usual"),
        pytest.param(" a = b ", "a", id="padded"),
        pytest.param("a=; Max-Age=0", None, id="taken back"),
        pytest.param("a=b; max-age=-1", None, id="ended"),
        pytest.param("a", None, id="no value"),
        pytest.param("a b=c", None, id="no name"),
        pytest.param("\x1b[31m=c", None, id="controls"),
    ],
)
def test_cookie(line: str, name: str | None) -> None:
    """A cookie that stays, by its name; its value is in no repr."""
    cookie = cookies.read(line, page())
    assert (cookie.name if cookie else None) == name
    assert "hunter2" not in repr(cookies.read("a=hunter2", page()))


@pytest.mark.parametrize(
    ("name", "session"),
    [("PHPSESSID", True), ("connect.sid", True), ("auth_token", True), ("theme", False), ("XSRF-TOKEN", False), ("side", False)],
    ids=["PHP", "Express", "token", "theme", "made to be read", "a word with sid"],
)  # fmt: skip
def test_session_names(name: str, session: bool) -> None:
    """Which names sound like a session."""
    cookie = cookies.read(f"{name}=x", page())
    assert cookie is not None
    assert cookie.session is session


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("__Host-a=b; Secure; Path=/", True),
        ("__Host-a=b; Secure; Path=/x", False),
        ("__Host-a=b; Path=/", False),
        ("__Host-a=b; Secure; Path=/; Domain=shop.test", False),
        ("__Secure-a=b; Secure", True),
        ("__Secure-a=b", False),
    ],
)
def test_prefixes(line: str, kept: bool) -> None:
    """What a prefix promises."""
    cookie = cookies.read(line, page())
    assert cookie is not None
    assert cookie_prefix.kept(cookie) is kept


@pytest.mark.parametrize(
    ("status", "location", "body", "away"),
    [
        pytest.param(302, "https://trivigil-probe.invalid/", b"", True, id="away"),
        pytest.param(302, "//trivigil-probe.invalid/", b"", True, id="without a scheme"),
        pytest.param(302, "/\\trivigil-probe.invalid/", b"", True, id="with a backslash"),
        pytest.param(
            302, "https://trivigil-probe.invalid.shop.test/", b"", False, id="another name"
        ),
        pytest.param(
            302, "/login?next=https://trivigil-probe.invalid/", b"", False, id="in the query"
        ),
        pytest.param(200, "https://trivigil-probe.invalid/", b"", False, id="no redirect"),
        pytest.param(
            200,
            "",
            b'<meta http-equiv="refresh" content="0; url=https://trivigil-probe.invalid/">',
            True,
            id="by the page",
        ),
        pytest.param(200, "", b'<a href="https://trivigil-probe.invalid/">', False, id="a link"),
    ],
)
def test_redirects(status: int, location: str, body: bytes, away: bool) -> None:
    """Where a browser would go."""
    assert open_redirect.foreign(page(("Location", location), status=status, body=body)) is away


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/.git/HEAD", b"0123456789abcdef0123456789abcdef01234567\n"),
        ("/.hg/requires", b"dotencode\nfncache\nrevlogv1\nstore\n"),
        ("/.env", b"# settings\n\nexport KEY=1\n"),
        ("/.htpasswd", b"admin:$apr1$x$y\n"),
        ("/.aws/credentials", b"[default]\naws_access_key_id = x\n"),
        ("/server.key", b"-----BEGIN RSA PRIVATE KEY-----\n"),
        ("/.npmrc", b"//registry.test/:_authToken=x\n"),
        ("/.DS_Store", b"\0\0\0\x01Bud1"),
        ("/backup.tgz", b"\x1f\x8b\x08\0"),
        ("/backup.sql", b"-- MySQL dump 10.13\n"),
        ("/wp-config.php.bak", b"<?php\n"),
        ("/nginx_status", b"Active connections: 2 \nserver accepts handled requests\n"),
        ("/phpinfo.php", b"<title>PHP 8.3.1 - phpinfo()</title>"),
        ("/actuator/env", b'{"activeProfiles":[],"propertySources":[]}'),
        ("/db.sqlite3", b"SQLite format 3\0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_are_known_by_their_content(path: str, body: bytes) -> None:
    """The content of the real thing is recognised; a web page in its place is not."""
    (file,) = (each for each in exposed_files.FILES if each.path == path)
    assert file.looks.search(body)
    if file.what != "source code":  # a backup of a page is one
        assert not file.looks.search(b"<!doctype html><html><h1>Not found</h1></html>")


def test_docs_have_a_row_for_each_check() -> None:
    """docs/security-tests.md names each check with its category and title, and no other."""
    page = (
        Path(__file__).parents[3].joinpath("docs", "security-tests.md").read_text(encoding="utf-8")
    )
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| ([^|]+) \|", page, re.MULTILINE)
    assert rows == [(name, check.CATEGORY, check.TITLE) for name, check in suite.checks()]


def test_no_check_sees_another() -> None:
    """What checks share is in modules that are no checks."""
    folder = Path(suite.__file__).parent
    for name in suite.TABLE:
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        imported = set(re.findall(r"from trivigil\.security\.suite import (\w+)", text))
        imported |= set(re.findall(r"from trivigil\.security\.suite\.(\w+) import", text))
        assert imported.isdisjoint(suite.TABLE), name
