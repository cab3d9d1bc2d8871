"""One exchange, against real sockets that behave and misbehave."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.certificates import Authority, server_context
from tests.web.faults import http, wire
from trivigil.core.errors import InputError
from trivigil.web import lookup
from trivigil.web.observation import CAUSES, Observation, Phases
from trivigil.web.probe import Request, Rules, observe

HERE = Rules(timeout=5, allow_private=True)
QUICK = HERE._replace(timeout=0.4)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_an_answer_is_kept_as_it_was_sent() -> None:
    """Headers stay pairs in their order, repeated ones too; the body's beginning is kept, its size known."""
    answer = http("404 Not Here", "Set-Cookie: a=1", "X-Odd:  padded ", "Set-Cookie: b=2")
    with wire(answer) as site:
        seen = observe(Request(site.url("/x?q=1")), HERE._replace(kept=3))
        assert site.heads[0].startswith(b"GET /x?q=1 HTTP/1.1\r\n")
    assert (seen.status, seen.error, seen.method) == (404, None, "GET")
    assert seen.values("set-cookie") == ("a=1", "b=2")
    assert seen.value("X-ODD") == "padded"
    assert (seen.body, seen.size) == (b"hel", 5)
    assert seen.address == "127.0.0.1"


def test_phases_are_those_that_ran() -> None:
    """An IP address has no DNS and http no TLS; waiting is in the phase in which there was waiting."""
    head, _ = http(body=b"hello").split(b"hello")
    with wire(0.2, head, 0.3, b"hello") as site:
        seen = observe(Request(site.url()), HERE)
    phases = seen.phases
    assert (phases.dns, phases.tls) == (None, None)
    assert phases.connect is not None
    assert phases.ttfb is not None
    assert phases.ttfb >= 190
    assert phases.transfer is not None
    assert phases.transfer >= 290
    assert phases.total == pytest.approx(phases.connect + phases.ttfb + phases.transfer)


def test_waiting_is_in_the_phase_that_waited(authority: Authority) -> None:
    """Each phase has the wait that the server put into it, also with 32 at once; what waits most is the longest."""
    waits = {"dns": 0.4, "tls": 0.3, "ttfb": 0.2, "transfer": 0.1}
    head, body = http(body=b"hello").split(b"hello")[0], b"hello"
    context = server_context(authority.sign(("shop.test",)))

    def resolver(host: str, port: int, family: lookup.Family) -> tuple[str, ...]:
        time.sleep(waits["dns"])
        return ("127.0.0.1",)

    pieces = (waits["ttfb"], head, waits["transfer"], body)
    rules = HERE._replace(timeout=20, roots=str(authority.roots), resolver=resolver)
    with (
        wire(*pieces, context=context, shakes_after=waits["tls"]) as site,
        ThreadPoolExecutor(32) as pool,
    ):
        request = Request(f"https://shop.test:{site.port}/")
        seen = list(pool.map(lambda _: observe(request, rules), range(32)))
    assert {each.error for each in seen} == {None}
    # A connection or a first byte that is noticed late makes the next phase shorter, never both together.
    for phases in (["dns"], ["connect", "tls"], ["ttfb"], ["ttfb", "transfer"]):
        waited = sum(waits.get(name, 0.0) for name in phases)
        took = min(sum(getattr(each.phases, name) for name in phases) for each in seen)
        # What passes between two phases (a thread that waits for its turn) belongs to neither.
        assert took >= 750 * waited, phases
    # A crowd only adds to a phase: the least of each is the one to compare.
    least = {name: min(getattr(each.phases, name) for each in seen) for name in Phases._fields}
    longest = sorted(least, key=lambda name: -least[name])
    assert (longest[0], longest[-1]) == ("dns", "connect")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_connection_alone(authority: Authority, scheme: str) -> None:
    """Where TLS is all that is wanted, nothing is asked, and its certificate is seen."""
    context = server_context(authority.sign()) if scheme == "https" else None
    rules = HERE._replace(roots=str(authority.roots), until="tls")
    with wire(http(), context=context) as site:
        seen = observe(Request(site.url(scheme=scheme)), rules)
    assert b"".join(site.heads) == b""
    assert (seen.error, seen.status, seen.phases.ttfb) == (None, None, None)
    assert (seen.certificate is not None) == (scheme == "https")


def test_a_request_is_sent_as_asked() -> None:
    """Method, own headers in place of ours, and the body with its length."""
    own = (("User-Agent", "x"), ("Cookie", "a=1"), ("Host", "other.test"))
    with wire(http()) as site:
        observe(Request(site.url(), "POST", own, b"{}"), HERE)
        lines = site.heads[0].split(b"\r\n")
    assert lines[0] == b"POST / HTTP/1.1"
    for line in (b"User-Agent: x", b"Cookie: a=1", b"Host: other.test", b"Content-Length: 2"):
        assert lines.count(line) == 1
    assert not any(line.startswith(b"User-Agent: trivigil") for line in lines)


def test_ipv6() -> None:
    """An IPv6 address is asked like any other, and named in brackets."""
    try:
        with wire(http(), host="::1") as site:
            seen = observe(Request(f"http://[::1]:{site.port}/"), HERE)
            assert f"Host: [::1]:{site.port}".encode() in site.heads[0]
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert (seen.status, seen.address) == (200, "::1")


def test_interim_answers_are_passed_over() -> None:
    """Early hints and `100 Continue` are no answer; the one after them is."""
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    with wire(interim, 0.05, interim + http("404 No", "X-A: b")) as site:
        seen = observe(Request(site.url()), HERE)
    assert (seen.status, seen.value("x-a"), seen.value("link"), seen.body) == (
        404,
        "b",
        None,
        b"hello",
    )


@settings(max_examples=40)
@given(answer=st.binary(max_size=200))
def test_whatever_a_site_says_is_an_observation(answer: bytes) -> None:
    """Any bytes, alone or after a good beginning, are an answer or a cause, and never an exception."""
    for said in (
        answer,
        b"HTTP/1.1 200 OK\r\n" + answer,
        http("200 OK", "Transfer-Encoding: chunked", body=answer),
    ):
        with wire(said) as site:
            seen = observe(Request(site.url()), HERE)
        assert seen.status is not None or seen.error in CAUSES


class TestCauses:
    """Every fault of site or way gets its own cause, never another's."""

    @pytest.mark.parametrize(
        ("pieces", "cause"),
        [
            pytest.param((None,), "ttfb-timeout", id="never answers"),
            pytest.param((http(length=9), None), "transfer-timeout", id="stops in the body"),
            pytest.param(
                (b"HTTP/1.1 200 OK\r\nX", None), "transfer-timeout", id="stops in the head"
            ),
            pytest.param((*(b"x", 0.05) * 40,), "transfer-timeout", id="a byte now and then"),
            pytest.param((http(length=9),), "transfer-short", id="body cut"),
            pytest.param(
                (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",),
                "transfer-short",
                id="chunk cut",
            ),
            pytest.param(
                (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",),
                "transfer-short",
                id="no chunk",
            ),
            pytest.param((b"HTTP/1.1 200 OK\r\nX: y\r\n",), "transfer-short", id="head cut"),
            pytest.param((b"HTTP/1.1 200 OK\r\nX",), "transfer-short", id="head cut in a line"),
            pytest.param((b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n",), "reset", id="only hints"),
            pytest.param((b"",), "reset", id="closed without a word"),
            pytest.param((b"SSH-2.0-x\r\n",), "unknown", id="another protocol"),
            pytest.param((b"HTTP/1.1 abc\r\n\r\n",), "unknown", id="no status"),
            pytest.param((http(body=b"x" * 3000),), "too-large", id="too large"),
            pytest.param((http("200 OK", *["X-A: b"] * 101),), "too-large", id="too many headers"),
            pytest.param(
                (http("200 OK", "X-A: " + "b" * 70_000),), "too-large", id="too long a header"
            ),
            pytest.param(
                (b"HTTP/1.1 200 header header" * 3000,), "unknown", id="too long a status line"
            ),
            pytest.param(
                (b"HTTP/1.1 200 OK\r\n", *(b"A: b\r\n",) * 200), "too-large", id="endless head"
            ),
        ],
    )
    def test_http(self, pieces: tuple[bytes | float | None, ...], cause: str) -> None:
        """What goes wrong after the connection."""
        with wire(*pieces) as site:
            seen = observe(Request(site.url()), QUICK._replace(longest=2000))
        assert (seen.error, bool(seen.reason)) == (cause, True)
        assert seen.error in CAUSES

    def test_what_had_come_is_kept(self) -> None:
        """A body that is cut or too large has its status, headers and beginning."""
        with wire(http("200 OK", "X-A: b", body=b"x" * 3000)) as site:
            seen = observe(Request(site.url()), HERE._replace(longest=2000, kept=10))
        assert (seen.status, seen.value("x-a"), seen.body) == (200, "b", b"x" * 10)

    def test_refused(self) -> None:
        """A closed port."""
        assert observe(Request(f"http://127.0.0.1:{closed_port()}"), HERE).error == "refused"

    def test_connect_timeout(self) -> None:
        """A listener whose queue is full answers no connection."""
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            waiting = [socket.socket() for _ in range(8)]
            for each in waiting:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", port))
            assert observe(Request(f"http://127.0.0.1:{port}"), QUICK).error == "connect-timeout"
            for each in waiting:
                each.close()

    @pytest.mark.parametrize(
        ("error", "cause"),
        [
            pytest.param(socket.gaierror(socket.EAI_NONAME, "x"), "dns-nxdomain", id="no name"),
            pytest.param(socket.gaierror(socket.EAI_AGAIN, "x"), "dns-timeout", id="no server"),
            pytest.param(socket.gaierror(socket.EAI_FAIL, "x"), "unknown", id="server failed"),
        ],
    )
    def test_dns(self, error: OSError, cause: str) -> None:
        """What a resolver may say."""

        def resolver(host: str, port: int, family: lookup.Family) -> tuple[str, ...]:
            raise error

        seen = observe(Request("http://shop.test/"), HERE._replace(resolver=resolver))
        assert seen.error == cause

    def test_dns_that_hangs(self) -> None:
        """A resolver cannot be stopped, and does not hold us."""
        over = Event()

        def resolver(host: str, port: int, family: lookup.Family) -> tuple[str, ...]:
            over.wait(10)
            return ()

        seen = observe(Request("http://shop.test/"), QUICK._replace(resolver=resolver))
        over.set()
        assert seen.error == "dns-timeout"

    @pytest.mark.parametrize(
        ("names", "ends", "cause"),
        [
            pytest.param(("127.0.0.1",), -0.5, "tls-expired", id="expired"),
            pytest.param(("10.0.0.1",), 90, "tls-name", id="another address"),
            pytest.param(("shop.test",), 90, "tls-name", id="a name"),
        ],
    )
    def test_certificates(
        self, authority: Authority, names: tuple[str, ...], ends: float, cause: str
    ) -> None:
        """The certificate that is not accepted is shown, and no request is sent."""
        context = server_context(authority.sign(names, ends=ends))
        with wire(http(), context=context) as site:
            rules = HERE._replace(roots=str(authority.roots))
            seen = observe(Request(site.url(scheme="https")), rules)
            assert not any(site.heads)
        assert (seen.error, seen.distrust, seen.status) == (cause, cause, None)
        assert seen.certificate is not None
        assert seen.certificate.names == names

    def test_untrusted(self, authority: Authority) -> None:
        """An authority that nobody knows; where it is only noted, the exchange goes on."""
        with wire(http(), context=server_context(authority.sign())) as site:
            request = Request(site.url(scheme="https"))
            assert observe(request, HERE).error == "tls-untrusted"
            noted = observe(request, HERE._replace(distrust="note"))
        assert (noted.status, noted.error, noted.distrust) == (200, None, "tls-untrusted")

    def test_no_tls(self) -> None:
        """Something that is no TLS, and a listener that never shakes hands."""
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def refuse() -> None:
                connection, _ = listener.accept()
                connection.recv(1024)
                connection.sendall(b"HTTP/1.1 400 no\r\n\r\n")
                connection.close()

            thread = Thread(target=refuse)
            thread.start()
            seen = observe(Request(f"https://127.0.0.1:{listener.getsockname()[1]}/"), HERE)
            thread.join()
        assert seen.error == "tls-handshake"
        with wire(None) as site:
            assert observe(Request(site.url(scheme="https")), QUICK).error == "tls-timeout"


def test_tls_is_observed(authority: Authority) -> None:
    """Over TLS the version, the phase and the certificate are known."""
    with wire(http(), context=server_context(authority.sign(ends=30))) as site:
        rules = HERE._replace(roots=str(authority.roots))
        seen = observe(Request(site.url(scheme="https")), rules)
    assert (seen.status, seen.error, seen.distrust) == (200, None, None)
    assert seen.tls is not None
    assert seen.tls.version == "TLSv1.3"
    assert seen.phases.tls
    assert seen.certificate is not None
    assert 29 < seen.certificate.days_left(time.time()) <= 30
    assert seen.certificate.issuer == "CN=The tests' authority"
    assert seen.chain == (seen.certificate,)


class TestGuard:
    """Private addresses only where they are allowed, and no way around by names."""

    def test_loopback_needs_leave(self) -> None:
        """Without it nothing is sent."""
        with wire(http()) as site:
            assert observe(Request(site.url()), Rules()).error == "blocked-address"
            assert site.heads == []

    @pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1", "localhost"])
    def test_other_ways_to_write_loopback(self, host: str) -> None:
        """What counts is the address that a name leads to, however it is written."""
        with wire(http()) as site:
            seen = observe(Request(f"http://{host}:{site.port}/"), Rules())
            assert site.heads == []
        assert seen.error == "blocked-address"

    def test_what_was_checked_is_connected_to(self) -> None:
        """A name is looked up once: a second answer, for a private address, is never asked for."""
        asked: list[str] = []

        def resolver(host: str, port: int, family: lookup.Family) -> tuple[str, ...]:
            asked.append(host)
            return ("127.0.0.1",)

        with wire(http()) as site:
            rules = HERE._replace(resolver=resolver)
            seen = observe(Request(f"http://shop.test:{site.port}/"), rules)
            assert f"Host: shop.test:{site.port}".encode() in site.heads[0]
        assert (seen.status, asked) == (200, ["shop.test"])

    def test_only_allowed_addresses_of_a_name(self) -> None:
        """Of a name with good and bad addresses only the good ones are tried."""
        with wire(http()) as site:
            rules = HERE._replace(resolver=lambda *_: ("169.254.169.254", "127.0.0.1"))
            seen = observe(Request(f"http://shop.test:{site.port}/"), rules)
        assert (seen.status, seen.address) == (200, "127.0.0.1")

    def test_the_next_address_is_tried(self) -> None:
        """An address that refuses does not keep us from the next one of the name."""
        with wire(http()) as site:
            rules = HERE._replace(resolver=lambda *_: ("127.0.0.2", "127.0.0.1"))
            seen = observe(Request(f"http://shop.test:{site.port}/"), rules)
        assert (seen.status, seen.address) == (200, "127.0.0.1")


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("gopher://x/", id="another scheme"),
        pytest.param("//x/", id="no scheme"),
        pytest.param("http:///x", id="no host"),
        pytest.param("http://x:0/", id="no port"),
        pytest.param("http://x:99999/", id="no such port"),
        pytest.param("http://x/ y", id="a space"),
        pytest.param("http://x/\r\nHost: y", id="a line break"),
        pytest.param("http://user:hunter2@x/", id="a password"),
        pytest.param(f"http://{'a' * 64}.test/", id="a label too long"),
    ],
)
def test_no_url(url: str) -> None:
    """What is no URL is an error before anything is asked, and is not repeated."""
    with pytest.raises(InputError) as caught:
        observe(Request(url), HERE)
    assert "hunter2" not in str(caught.value)


def test_repr_holds_nothing_of_the_site() -> None:
    """An observation in a traceback shows no cookie, no body, no query."""
    seen = Observation(
        "http://x/a?token=hunter2", "GET", 200, (("Set-Cookie", "s=hunter3"),), body=b"hunter4"
    )
    assert repr(seen) == "<Observation GET http://x/a 200>"


def test_too_many_answers_at_once_change_nothing(authority: Authority) -> None:
    """Forty probes in forty threads each get the answer to their own request."""
    with wire(http()) as site, ThreadPoolExecutor(40) as pool:
        seen = list(pool.map(lambda n: observe(Request(site.url(f"/{n}")), HERE), range(40)))
    assert [each.url.rpartition("/")[2] for each in seen] == [str(n) for n in range(40)]
    assert {each.status for each in seen} == {200}


def test_a_reset_is_a_reset() -> None:
    """A connection that is torn down gets the cause of its phase."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def tear() -> None:
            connection, _ = listener.accept()
            connection.recv(1)
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()

        thread = Thread(target=tear)
        thread.start()
        seen = observe(Request(f"http://127.0.0.1:{listener.getsockname()[1]}/"), HERE)
        thread.join()
    assert seen.error == "reset"


def test_the_connection_may_have_less_time_than_the_exchange() -> None:
    """With no time for the connection there is none; with some, the rest of the exchange has all of its own."""
    with wire(0.3, http()) as site:
        seen = observe(Request(site.url()), HERE._replace(connect=0.2))
        assert (seen.status, seen.error) == (200, None)
    full = socket.socket()
    with full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/"
        seen = observe(Request(url), HERE._replace(connect=0.2))
        for each in waiting:
            each.close()
    assert seen.error == "connect-timeout"


@pytest.mark.parametrize(
    ("url", "family"), [("http://127.0.0.1:{}/", "ipv6"), ("http://[::1]:{}/", "ipv4")]
)
def test_an_address_of_the_other_family_is_not_asked(
    url: str, family: Literal["ipv4", "ipv6"]
) -> None:
    """Who asks for IPv6 alone gets no answer over IPv4."""
    with wire(http()) as site:
        seen = observe(Request(url.format(site.port)), HERE._replace(family=family))
        assert (seen.error, site.heads) == ("dns-nxdomain", [])


def test_the_version_and_the_certificate_are_kept_as_sent(authority: Authority) -> None:
    """HTTP/1.0 is said to be that; the certificate's bytes are those of the file."""
    pem = authority.sign()
    answer = http().replace(b"HTTP/1.1", b"HTTP/1.0")
    with wire(answer, context=server_context(pem)) as site:
        rules = HERE._replace(roots=str(authority.roots))
        seen = observe(Request(site.url(scheme="https")), rules)
    text = pem.read_text()
    assert seen.version == "1.0"
    assert seen.der == ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERT") :])


def test_header_values_are_sent_as_utf8() -> None:
    """As browsers and curl do, and not as Latin-1."""
    with wire(http()) as site:
        observe(Request(site.url(), headers=(("X-Name", "é€"),)), HERE)
        assert "X-Name: é€\r\n".encode() in site.heads[0]
