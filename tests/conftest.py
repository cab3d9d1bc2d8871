"""Rules for every test: no address but this machine's own, and examples that repeat."""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import Any

from hypothesis import settings

# The speed of the machine is no property of the code; in CI the same examples come every time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def _only_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: a test that reaches for another machine fails, whatever library it uses."""
    if event not in {"socket.connect", "socket.sendto"}:
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return
    host = str(address[0]).partition("%")[0]
    try:
        allowed = host in {"", "localhost"} or ipaddress.ip_address(host).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        message = f"A test reached for {host}; tests speak to loopback addresses only."
        raise RuntimeError(message)


sys.addaudithook(_only_loopback)
