"""Requests of checks over real connections: what is sent, what is refused, and what is remembered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.certificates import Authority, server_context
from tests.monitor.synthetic.site import Served, served
from tests.web.faults import http, wire
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.course import Over
from trivigil.monitor.synthetic.rendering import Options, Outgoing
from trivigil.monitor.synthetic.sending import LARGEST_ANSWER, NotAnswered, Sender

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = Bounds("", timeout=5, allow_private=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("certificates")) as found:
        yield found


def refused(sender: Sender, url: str, how: Options = Options(), method: str = "GET") -> NotAnswered:  # noqa: B008 (immutable)
    with pytest.raises(NotAnswered) as caught:
        sender(Outgoing(method, url), how)
    assert sender.cause == caught.value.cause
    return caught.value


def test_an_exchange_is_filled(site: Served) -> None:
    """Status, version, headers in their order, body, time and address."""
    sender = Sender(HERE)
    got = sender(Outgoing("GET", f"{site.plain}/many?token=t-1"), Options())
    assert (got.status, got.version, got.body, got.ip) == (200, "1.1", b"a\nb\n", "127.0.0.1")
    assert got.values("x-many") == ["one", "two"]
    assert got.url == f"{site.plain}/many?token=t-1"
    assert 0 <= got.duration < 5000
    assert (sender.status, sender.cause, sender.url) == (200, None, f"{site.plain}/many")


def test_phases_are_summed(site: Served) -> None:
    """Over all requests; a phase that never ran stays unknown."""
    sender = Sender(HERE)
    for _ in range(2):
        sender(Outgoing("GET", f"{site.plain}/slow/100"), Options())
    assert (sender.phases.dns, sender.phases.tls) == (None, None)
    assert sender.phases.ttfb is not None
    assert sender.phases.ttfb >= 190


def test_a_request_is_sent_as_curl_would(site: Served) -> None:
    """A user in the address authenticates, a POST has a length, nothing asks for compression."""
    with wire(http()) as raw:
        sender = Sender(HERE._replace(allow_writes=True))
        sender(Outgoing("POST", raw.url().replace("://", "://bob:p%40w@")), Options())
        head = raw.heads[0].decode()
    assert "Authorization: Basic Ym9iOnBAdw==\r\n" in head
    assert "Content-Length: 0\r\n" in head
    assert "Accept-Encoding" not in head
    assert "p@w" in sender.passwords
    assert "bob" not in sender.url


def test_tls_and_the_certificate(site: Served) -> None:
    """Trusted by the roots that are named; `insecure` goes on, and shows the certificate as well."""
    url = f"{site.tls}/json"
    assert refused(Sender(HERE), url).cause == "tls-untrusted"
    trusting = Sender(HERE._replace(roots=str(site.roots)))
    for sender, how in ((trusting, Options()), (Sender(HERE), Options(insecure=True))):
        got = sender(Outgoing("GET", url), how)
        assert got.certificate is not None
        assert got.certificate.subject == "CN = 127.0.0.1"
        assert got.certificate.issuer == "CN = The tests' authority"
        assert sender.phases.tls is not None


def test_an_expired_certificate(tmp_path: Path) -> None:
    """Is its own cause."""
    authority = Authority(tmp_path)
    pem = authority.sign(begins=-9, ends=-1)
    with wire(http(), context=server_context(pem)) as raw:
        sender = Sender(HERE._replace(roots=str(authority.roots)))
        assert refused(sender, raw.url(scheme="https")).cause == "tls-expired"


@pytest.mark.parametrize(
    ("path", "how", "cause"),
    [
        pytest.param("/drop", Options(), "transfer-short", id="closed without an answer"),
        pytest.param("/short", Options(), "transfer-short", id="cut"),
        pytest.param("/slow/900", Options(max_time=150), "ttfb-timeout", id="its own limit"),
        pytest.param(f"/size/{LARGEST_ANSWER + 1}", Options(), "too-large", id="too large"),
        pytest.param("/json", Options(ipv6=True), "dns-nxdomain", id="the other family"),
    ],
)
def test_faults_have_causes(site: Served, path: str, how: Options, cause: str) -> None:
    """Those of the probe, in words of ours."""
    found = refused(Sender(HERE), site.plain + path, how)
    assert found.cause == cause or (path == "/drop" and found.cause == "reset")
    assert site.host not in str(found)


@pytest.mark.parametrize(
    ("url", "allow", "cause"),
    [
        pytest.param("http://127.0.0.1:{port}/", False, "blocked-address", id="loopback"),
        pytest.param("http://[::ffff:127.0.0.1]:{port}/", False, "blocked-address", id="loopback within IPv6"),
        pytest.param("http://localhost:{port}/", False, "blocked-address", id="a name for loopback"),
        pytest.param("http://169.254.169.254/latest/meta-data", True, "blocked-address", id="metadata, always"),
        pytest.param("http://x:0/", True, "unknown", id="no port"),
        pytest.param("http://[::/", True, "unknown", id="no host"),
        pytest.param("http://127.0.0.1:9/", True, "refused", id="nobody there"),
    ],
)  # fmt: skip
def test_the_guard(site: Served, url: str, allow: bool, cause: str) -> None:
    """Private addresses only where they are allowed, metadata services never; nothing is sent there."""
    site.forget()
    port = site.host.rpartition(":")[2]
    sender = Sender(HERE._replace(allow_private=allow))
    assert refused(sender, url.format(port=port)).cause == cause
    assert site.asked == []


@pytest.mark.parametrize("name", ["", "a b", "é", "a:b"])
def test_names_of_headers(site: Served, name: str) -> None:
    """A name that HTTP cannot carry is said to be one, and nothing is sent."""
    site.forget()
    request = Outgoing("GET", f"{site.plain}/json", ((name, "x"),))
    with pytest.raises(NotAnswered, match="the name of a header cannot be sent"):
        Sender(HERE)(request, Options())
    assert site.asked == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "CUSTOM"])
def test_methods_that_write_need_a_word(site: Served, method: str) -> None:
    """Whoever hands in such a request: nothing is sent without leave."""
    site.forget()
    assert "allow-writes" in str(refused(Sender(HERE), f"{site.plain}/echo", method=method))
    assert site.asked == []
    if method not in ("TRACE", "CUSTOM"):
        sender = Sender(HERE._replace(allow_writes=True))
        assert sender(Outgoing(method, f"{site.plain}/echo"), Options()).status == 200


def test_a_check_has_a_limit_of_its_own(site: Served) -> None:
    """A wait that does not fit into the time left is not begun, and no request is sent after it."""
    sender = Sender(HERE, total=0.3)
    sender.wait(50)
    with pytest.raises(Over, match=r"longer than the 0\.3 s"):
        sender.wait(10_000_000)
    site.forget()
    time.sleep(0.3)
    with pytest.raises(Over):
        sender(Outgoing("GET", f"{site.plain}/json"), Options())
    assert (site.asked, sender.cause) == ([], "slow")


def test_the_time_left_bounds_a_request(site: Served) -> None:
    """Also one that says that it may take longer."""
    found = refused(Sender(HERE, total=0.3), f"{site.plain}/slow/2000", Options(max_time=60_000))
    assert found.cause == "ttfb-timeout"
