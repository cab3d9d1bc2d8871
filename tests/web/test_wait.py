"""Waiting for real servers on loopback."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from trivigil.core.errors import InputError
from trivigil.web import wait as module
from trivigil.web.wait import wait


@contextmanager
def site(*statuses: int, body: bytes = b"ok") -> Iterator[ThreadingHTTPServer]:
    """A server that answers with these statuses in turn, the last one for ever.

    Its list `asked` has the request lines.
    """
    waiting = list(statuses)

    class Exchange(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.requestline)
            status = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Exchange)
    server.asked = asked  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at(server: ThreadingHTTPServer, rest: str = "", scheme: str = "http") -> str:
    """The URL of a server."""
    return f"{scheme}://127.0.0.1:{server.server_port}{rest}"


@contextmanager
def listening(answer: bytes = b"", *, hang: bool = False) -> Iterator[int]:
    """A port that accepts connections and says these bytes, or nothing for as long as asked."""
    kept: list[socket.socket] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            if hang:
                kept.append(connection)
                continue
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in kept:
                connection.close()


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def failure(url: str, timeout: float = 0.4) -> str:
    """The message of the error when nothing healthy comes."""
    with pytest.raises(InputError) as caught:
        wait([url], timeout=timeout, say=print)
    assert caught.value.tip
    return caught.value.message


def test_becomes_healthy() -> None:
    """A service that starts with errors is waited for, and it is said when it answers."""
    said: list[str] = []
    with site(503, 500, 200) as server:
        (waited,) = wait([at(server, "/health?x=1")], timeout=20, say=said.append)
        assert server.asked == ["GET /health?x=1 HTTP/1.1"] * 3  # type: ignore[attr-defined]
    assert (waited.url, waited.attempts) == (at(server, "/health"), 3)
    assert said == [f"{at(server, '/health')} answers after {waited.seconds:.1f} s"]


def test_comes_up_late() -> None:
    """A port that is closed at first is waited for."""
    port = closed_port()
    listeners: list[socket.socket] = []

    def open_it() -> None:
        if not listeners:
            listeners.append(socket.create_server(("127.0.0.1", port)))

    (waited,) = wait([f"tcp://127.0.0.1:{port}"], timeout=20, say=print, watch=open_it)
    listeners[0].close()
    assert waited.attempts > 1


@pytest.mark.parametrize("status", [200, 204, 301, 302, 399])
def test_healthy_statuses(status: int) -> None:
    """Statuses from 200 to 399 are healthy, and no redirect is followed."""
    with site(status, body=b"") as server:
        wait([at(server)], timeout=10, say=print)
        assert server.asked == ["GET / HTTP/1.1"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("status", [400, 404, 500, 503])
def test_unhealthy_statuses(status: int) -> None:
    """Any other status is the reason of the error."""
    with site(status) as server:
        url = at(server, "/x")
        assert failure(url) == f"not ready after 0.4 s: {url} (HTTP {status})."


def test_refused() -> None:
    """A closed port is called refused, over HTTP and over TCP."""
    port = closed_port()
    for scheme in ("http", "https", "tcp"):
        url = f"{scheme}://127.0.0.1:{port}"
        assert failure(url) == f"not ready after 0.4 s: {url} (refused)."


def test_hanging() -> None:
    """A service that accepts and says nothing does not hold us beyond the time."""
    with listening(hang=True) as port:
        assert "(timeout" in failure(f"http://127.0.0.1:{port}")


def test_attempt_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """One attempt at a hanging service ends, so that the next can find it healthy."""
    monkeypatch.setattr(module, "ATTEMPT_LIMIT_S", 0.1)
    with listening(hang=True) as port:
        assert "(timeout)" in failure(f"http://127.0.0.1:{port}", timeout=1.0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(b"SSH-2.0-x\r\n", "the answer is not HTTP", id="another protocol"),
        pytest.param(b"", "the connection was closed without an answer", id="nothing"),
        pytest.param(b"HTTP/1.1 abc\r\n\r\n", "the answer is not HTTP", id="no status"),
    ],
)
def test_no_http(answer: bytes, reason: str) -> None:
    """Something else than a web server on the port is said to be that."""
    with listening(answer) as port:
        assert f"({reason})" in failure(f"http://127.0.0.1:{port}")


def test_endless_body() -> None:
    """A body without end is not read to its end."""
    with site(200, body=b"x" * 2_000_000) as server:
        (waited,) = wait([at(server)], timeout=10, say=print)
    assert waited.attempts == 1


def test_no_such_name() -> None:
    """A name that cannot be looked up is called dns."""
    label = "a" * 64  # longer than a label may be, so that no resolver is ever asked
    assert "(dns" in failure(f"http://{label}.test/")


def test_untrusted_certificate(certificate: Path) -> None:
    """A certificate that nobody trusts is the reason, and is not accepted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with site(200) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        assert "(tls: the certificate is not trusted)" in failure(at(server, scheme="https"), 1.0)


def test_all_or_error() -> None:
    """Results come in the order of the URLs; an error names only the services that are late."""
    with site(503, 200) as slow, site(200) as quick:
        waited = wait([at(slow), at(quick)], timeout=20, say=print)
        assert [one.url for one in waited] == [at(slow), at(quick)]
        late = f"tcp://127.0.0.1:{closed_port()}"
        with pytest.raises(InputError) as caught:
            wait([at(quick), late], timeout=0.4, say=print)
    assert caught.value.message == f"not ready after 0.4 s: {late} (refused)."


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan")])
def test_no_time(timeout: float) -> None:
    """Without any time there is an error, and not an endless wait."""
    with pytest.raises(InputError):
        wait([f"tcp://127.0.0.1:{closed_port()}"], timeout=timeout, say=print)


def test_nothing_to_wait_for() -> None:
    """No URLs, no wait."""
    assert wait([], timeout=5, say=print) == ()


def test_watch_gives_up() -> None:
    """What `watch` raises ends the wait: a service whose process has died will never answer."""

    def died() -> None:
        raise InputError("the process has ended")

    with pytest.raises(InputError, match="the process has ended"):
        wait([f"tcp://127.0.0.1:{closed_port()}"], timeout=30, say=print, watch=died)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("localhost:8000", id="no scheme"),
        pytest.param("ftp://localhost/", id="another scheme"),
        pytest.param("ftp://localhost:21/", id="another scheme with a port"),
        pytest.param("http://", id="no host"),
        pytest.param("tcp://localhost", id="tcp without a port"),
        pytest.param("http://localhost:http/", id="a port that is no number"),
        pytest.param("http://localhost:70000/", id="a port that is too high"),
        pytest.param("http://[::1/", id="half an address"),
        pytest.param("http://localhost/a b", id="space"),
        pytest.param("http://localhost/\r\nX: y", id="a header in disguise"),
    ],
)
def test_no_url(url: str) -> None:
    """What cannot be waited for is refused at once."""
    with pytest.raises(InputError, match="this is no URL") as caught:
        wait([url], timeout=5, say=print)
    assert "\n" not in str(caught.value)


def read_refusal(url: str) -> str:
    """The error for what is no URL."""
    with pytest.raises(InputError, match="this is no URL") as caught:
        wait([url], timeout=5, say=print)
    return str(caught.value)


@pytest.mark.parametrize("tell", [failure, read_refusal])
def test_no_secrets(tell: Callable[[str], str]) -> None:
    """User, password and query of a URL are never shown, not even of a URL that is none."""
    scheme = "http" if tell is failure else "gopher"
    message = tell(f"{scheme}://user:hunter2@127.0.0.1:{closed_port()}/x?token=hunter3")
    assert "hunter" not in message
    assert "user" not in message
    assert "127.0.0.1" in message


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "site.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, *plain) + signed.public_bytes(pem))
    return path
