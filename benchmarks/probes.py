"""How many probes fit into how little time, and how truly they measure. Run by hand: `python benchmarks/probes.py [COUNT]`.

A TLS server on loopback, in a process of its own, delays every handshake, first byte and rest of the body by a known time and says at the
end of each body how long its own side took. The same probes are made by `monitor.runner` and by a minimal thread prober (socket and ssl,
nothing parsed, nothing kept), 32 at once, in turn. Goals: 0.9 of the minimal prober's pace; phases wrong by 2 ms at the median and 8 ms
at the 95th percentile. "slowest" is how long the run took, in times of its slowest probe.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import multiprocessing
import socket
import ssl
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from trivigil.monitor import reachability
from trivigil.monitor.planned import Bounds
from trivigil.monitor.runner import Limits, run
from trivigil.web import redirects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from trivigil.web.observation import Observation
    from trivigil.web.probe import Request, Rules

    Prober = Callable[[], "list[Probed]"]

ROUNDS = 5
AT_ONCE = 32
TLS_S, FIRST_S, REST_S = 0.030, 0.080, 0.040
LATE_S = 1.2
"""The first byte of the one slow probe of the last table."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
ONCE = Limits(retries=0)


class Sides(NamedTuple):
    """Milliseconds of each phase, as one of the sides saw them."""

    tls: float
    ttfb: float
    transfer: float


class Probed(NamedTuple):
    """One probe: its seconds, its phases as the prober saw them and as the server says."""

    seconds: float
    seen: Sides
    told: Sides


# --- the server ----------------------------------------------------------------------------------


def serve(pem: str, telling: Connection) -> None:
    """Serve until the process is ended; tells its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        telling.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            Thread(target=answer, args=(connection, context), daemon=True).start()


def answer(connection: socket.socket, context: ssl.SSLContext) -> None:
    """One exchange; its times are the end of the body, `tls ttfb transfer`."""
    accepted = time.perf_counter()
    try:
        time.sleep(TLS_S)
        with context.wrap_socket(connection, server_side=True) as secured:
            shaken = time.perf_counter()
            head = secured.recv(65536)
            asked = time.perf_counter()
            time.sleep(LATE_S if b"/late" in head else FIRST_S)
            first = time.perf_counter()
            secured.sendall(HEAD + b"x" * 1000 + b"\n")
            time.sleep(REST_S)
            rest = time.perf_counter()
            sides = (shaken - accepted, first - asked, rest - first)
            secured.sendall(" ".join(f"{each * 1000:.3f}" for each in sides).encode())
            secured.unwrap()
    except OSError:
        connection.close()


def certificate(folder: Path) -> Path:
    """Key and certificate for 127.0.0.1, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    host = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=90))
        .add_extension(host, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, path = serialization.Encoding.PEM, folder / "site.pem"
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, *plain) + signed.public_bytes(pem))
    return path


# --- the probers ---------------------------------------------------------------------------------


def minimal(port: int, roots: str, paths: list[str]) -> list[Probed]:
    """Socket and ssl in a pool of threads."""
    context = ssl.create_default_context(cafile=roots)

    def one(path: str) -> Probed:
        started = time.perf_counter()
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connected = time.perf_counter()
        with context.wrap_socket(connection, server_hostname="127.0.0.1") as secured:
            shaken = time.perf_counter()
            secured.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            sent = time.perf_counter()
            pieces = [secured.recv(65536)]
            first = time.perf_counter()
            while piece := secured.recv(65536):
                pieces.append(piece)
        ended = time.perf_counter()
        seen = Sides(*(each * 1000 for each in (shaken - connected, first - sent, ended - first)))
        return Probed(ended - started, seen, told(b"".join(pieces)))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, paths))


def ours(port: int, roots: str, paths: list[str]) -> list[Probed]:
    """The monitor's runner with its check of reachability."""
    origin = f"https://127.0.0.1:{port}"
    plans = [
        reachability.plan(str(place), url=f"{origin}{path}") for place, path in enumerate(paths)
    ]
    with overheard() as seen:
        checked = run(plans, Bounds(origin, allow_private=True, roots=roots), limits=ONCE)
    if any(each.status != "up" for each in checked):
        raise SystemExit(next(each.message for each in checked if each.status != "up"))
    return [_probed(each) for each in seen]


@contextmanager
def overheard() -> Iterator[list[Observation]]:
    """What is observed meanwhile: bodies are in no result of a check."""
    seen: list[Observation] = []
    follow = redirects.follow

    def kept(request: Request, rules: Rules, *, other_hosts: bool = False) -> redirects.Journey:
        journey = follow(request, rules, other_hosts=other_hosts)
        seen.append(journey.last)
        return journey

    redirects.follow = kept
    try:
        yield seen
    finally:
        redirects.follow = follow


def _probed(seen: Observation) -> Probed:
    phases = seen.phases
    sides = Sides(phases.tls or 0.0, phases.ttfb or 0.0, phases.transfer or 0.0)
    return Probed(phases.total / 1000, sides, told(seen.body))


def told(body: bytes) -> Sides:
    """What the server says of itself at the end."""
    return Sides(*map(float, body.split(b"\n")[-1].split()))


# --- the tables ----------------------------------------------------------------------------------


class Round(NamedTuple):
    """One run of one prober."""

    wall: float
    slowest: float
    cpu: float
    probed: list[Probed]


def timed(prober: Prober) -> Round:
    """Seconds of all of it, of its slowest probe, and of the processor in this process."""
    started, cpu = time.perf_counter(), time.process_time()
    probed = prober()
    wall, used = time.perf_counter() - started, time.process_time() - cpu
    return Round(wall, max(each.seconds for each in probed), used, probed)


def compare(port: int, roots: str, paths: list[str], rounds: int) -> None:
    """Both probers in turn, the first round of each not counted."""
    probers: dict[str, Prober] = {
        "minimal": lambda: minimal(port, roots, paths),
        "ours": lambda: ours(port, roots, paths),
    }
    seen: dict[str, list[Round]] = {name: [] for name in probers}
    for _ in range(rounds + 1):
        for name, prober in probers.items():
            seen[name].append(timed(prober))
    pace = statistics.median(each.wall for each in seen["minimal"][1:])
    for name, found in seen.items():
        tell(name, found[1:], pace)


def tell(name: str, rounds: list[Round], pace: float) -> None:
    """A line of the prober's pace, and one for each phase's error."""
    wall, slowest, cpu = (
        statistics.median(getattr(each, field) for each in rounds)
        for field in ("wall", "slowest", "cpu")
    )
    print(
        f"  {name:8} {wall:5.2f} s = {wall / slowest:4.2f} x slowest, {pace / wall:4.2f} x", end=""
    )
    print(
        f" minimal's pace, {1000 * cpu / len(rounds[0].probed):4.2f} ms of CPU a probe; off by",
        end="",
    )
    for phase in Sides._fields:
        errors = sorted(
            abs(getattr(each.seen, phase) - getattr(each.told, phase))
            for found in rounds
            for each in found.probed
        )
        print(
            f" {phase} {statistics.median(errors):.1f}/{errors[int(len(errors) * 0.95)]:.1f}",
            end="",
        )
    print(" ms")


def main(count: int) -> None:
    """All tables."""
    paths = [f"/{place}" for place in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        pem = str(certificate(Path(folder)))
        there, here = multiprocessing.Pipe()
        server = multiprocessing.Process(target=serve, args=(pem, here), daemon=True)
        server.start()
        try:
            port = there.recv()
            print(f"{count} probes, {AT_ONCE} at once (errors: median/p95)")
            compare(port, pem, paths, ROUNDS)
            print(f"{count} probes, one of them with {LATE_S:g} s to its first byte")
            compare(port, pem, ["/late", *paths[1:]], ROUNDS)
            print(f"{AT_ONCE} probes, all at once")
            compare(port, pem, paths[:AT_ONCE], ROUNDS)
            print("one probe at a time")
            compare(port, pem, paths[:1], 4 * ROUNDS)
        finally:
            server.terminate()
            server.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
