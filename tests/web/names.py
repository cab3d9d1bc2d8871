"""A name server on loopback (RFC 1035, over UDP), and a resolver that asks it: names that are not there, and silence."""

from __future__ import annotations

import secrets
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from threading import Thread

from trivigil.web.lookup import Family, Resolver

SILENT = "silent.test"
"""A name for which no answer ever comes."""
_TYPES = {1: socket.AF_INET, 28: socket.AF_INET6}
_NO_SUCH_NAME = 3
_PATIENCE_S = 8.0


@contextmanager
def name_server(names: Mapping[str, Sequence[str]]) -> Iterator[Resolver]:
    """A resolver that asks a server which knows these names and their addresses, and no others."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(0.1)
        port = listener.getsockname()[1]
        over: list[bool] = []
        thread = Thread(target=_serve, args=(listener, names, over))
        thread.start()
        try:
            yield _Asking(port)
        finally:
            over.append(True)
            thread.join()


def _serve(listener: socket.socket, names: Mapping[str, Sequence[str]], over: list[bool]) -> None:
    while not over:
        with suppress(TimeoutError):
            query, asker = listener.recvfrom(512)
            name, kind, question = _question(query)
            if name != SILENT:
                listener.sendto(_answer(query[:2], question, kind, names.get(name)), asker)


def _question(message: bytes) -> tuple[str, int, bytes]:
    labels, place = [], 12
    while length := message[place]:
        labels.append(message[place + 1 : place + 1 + length].decode())
        place += 1 + length
    kind = int.from_bytes(message[place + 1 : place + 3], "big")
    return ".".join(labels), kind, message[12 : place + 5]


def _answer(number: bytes, question: bytes, kind: int, known: Sequence[str] | None) -> bytes:
    family = _TYPES[kind]
    mine = [each for each in known or () if (":" in each) is (family == socket.AF_INET6)]
    flags = 0x8180 | (_NO_SUCH_NAME if known is None else 0)
    records = b""
    for each in mine:
        data = socket.inet_pton(family, each)
        records += b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 60, len(data)) + data
    return number + struct.pack("!HHHHH", flags, 1, len(mine), 0, 0) + question + records


class _Asking:
    def __init__(self, port: int) -> None:
        self._port = port

    def __call__(self, host: str, port: int, family: Family) -> tuple[str, ...]:
        """What the server says, errors as getaddrinfo has them."""
        kinds = {"any": (1, 28), "ipv4": (1,), "ipv6": (28,)}[family]
        found = [address for kind in kinds for address in self._ask(host, kind)]
        if not found:
            raise socket.gaierror(socket.EAI_NODATA, "no address")
        return tuple(found)

    def _ask(self, host: str, kind: int) -> list[str]:
        number = secrets.token_bytes(2)
        name = b"".join(bytes([len(each)]) + each.encode() for each in host.split("."))
        question = name + b"\0" + struct.pack("!HH", kind, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(_PATIENCE_S)
            asking.connect(("127.0.0.1", self._port))
            asking.send(number + struct.pack("!HHHHH", 0x0100, 1, 0, 0, 0) + question)
            try:
                message = asking.recv(512)
            except TimeoutError:
                raise socket.gaierror(socket.EAI_AGAIN, "no answer") from None
        if message[3] & 0xF == _NO_SUCH_NAME:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        size = 4 if kind == 1 else 16
        records = message[12 + len(question) :]
        step = 12 + size
        return [
            socket.inet_ntop(_TYPES[kind], records[place + 12 : place + step])
            for place in range(0, len(records), step)
        ]
