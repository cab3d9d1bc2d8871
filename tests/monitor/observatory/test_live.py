"""A live site on loopback, graded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import Authority, server_context
from tests.web.faults import http, wire
from trivigil.cli import main
from trivigil.monitor.observatory import live
from trivigil.monitor.observatory.answer import Ask, Refused, Untrusted
from trivigil.monitor.observatory.scan import ORIGIN
from trivigil.web.probe import Rules

HERE = Rules(timeout=5, allow_private=True)
PAGE = http(
    "200 OK",
    "Content-Type: text/html",
    "X-Content-Type-Options: nosniff",
    "Set-Cookie: session=s3cr3t",
    body=b"<p>shop</p>",
)


def graded(
    capsys: pytest.CaptureFixture[str], url: str, *arguments: str
) -> tuple[dict[str, Any], str]:
    """The command's answer for one site, and what people were told."""
    call = ["monitor", "headers", "--url", url, "--allow-private", "--timeout", "5s", "--json"]
    assert main([*call, *arguments], {}) == 0
    said = capsys.readouterr()
    return json.loads(said.out)[0], said.err


def test_a_site_without_https(capsys: pytest.CaptureFixture[str]) -> None:
    """The http answer is graded; only GET and OPTIONS are sent, and the preflight names an origin."""
    with wire(PAGE) as site:
        found, _ = graded(capsys, site.url("/?token=s3cr3t"))
        heads = [head.decode() for head in site.heads if head.startswith((b"GET", b"OPTIONS"))]
    assert found["id"] == site.url("/?token")
    assert found["grade"] == "F"
    results = {name: test["result"] for name, test in found["tests"].items()}
    assert results["strict-transport-security"] == "hsts-not-implemented-no-https"
    assert results["x-content-type-options"] == "x-content-type-options-nosniff"
    assert results["cookies"] == "cookies-session-without-secure-flag"
    assert [head.split()[0] for head in heads] == ["GET", "OPTIONS"]
    assert f"Origin: {ORIGIN}" in heads[1]


def test_the_strict_grade_looks_at_the_error_page(capsys: pytest.CaptureFixture[str]) -> None:
    """What the page sends and the error page does not is said; no cookie's value is."""
    missing = http("404 Not Found", "Content-Type: text/html")
    # By http, by https in vain, the preflight; then the error page.
    with wire(missing, answers=[PAGE, PAGE, PAGE]) as site:
        found, told = graded(capsys, site.url(), "--algorithm", "strict")
        assert any(live.NOT_THERE.encode() in head for head in site.heads)
    assert "s3cr3t" not in json.dumps(found) + told
    assert {"hsts-no-https", "cookies-session-insecure"} <= {
        one["rule"] for one in found["findings"]
    }


def test_cookies_go_back_where_they_came_from() -> None:
    """A site that sends its visitors round with a cookie is reached."""
    with wire(http()) as site:
        live.Site(HERE).fetch(Ask("GET", site.url(), verified=True, cookie="a=1"))
        assert b"\r\nCookie: a=1\r\n" in site.heads[0]
    assert "a=1" not in repr(Ask("GET", "http://a.example/", verified=True, cookie="a=1"))


def test_a_certificate_that_nobody_trusts(tmp_path: Path) -> None:
    """Is told apart from a site that does not answer, and looked behind where that is asked."""
    context = server_context(Authority(tmp_path).sign())
    with wire(PAGE, context=context) as site:
        url = site.url(scheme="https")
        with pytest.raises(Untrusted):
            live.Site(HERE).fetch(Ask("GET", url, verified=True))
        assert live.Site(HERE).fetch(Ask("GET", url, verified=False)).status == 200


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(http(length=500), id="half of it"),
        pytest.param(b"SSH-2.0-x\r\n", id="another protocol"),
    ],
)
def test_no_answer(answered: bytes) -> None:
    """What breaks off is no answer."""
    with wire(answered) as site, pytest.raises(Refused):
        live.Site(HERE).fetch(Ask("GET", site.url(), verified=True))


def test_a_private_address_is_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """Unless that is allowed: one sentence, exit 2, and no request."""
    with wire(PAGE) as site:
        assert main(["monitor", "headers", "--url", site.url("/?t=s3cr3t")], {}) == 2
        assert site.heads == []
    said = capsys.readouterr().err
    assert (
        "answers neither by http nor by https. It has a private address: see --allow-private."
        in said
    )
    assert "s3cr3t" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing to grade"),
        pytest.param(["--url", "http://a.example", "--exchanges", "x.json"], id="both"),
    ],
)
def test_one_thing_is_graded(arguments: list[str]) -> None:
    """A site or a file."""
    assert main(["monitor", "headers", *arguments], {}) == 2
