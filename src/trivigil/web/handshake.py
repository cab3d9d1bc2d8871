"""Whether a site takes up a given version of TLS: one handshake that offers nothing else, without any request."""

from __future__ import annotations

import socket
import ssl
import warnings
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from trivigil.web.target import Target

OLD: Final = ("TLSv1", "TLSv1.1")
_VERSIONS: Final = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.1": ssl.TLSVersion.TLSv1_1}
_OURS: Final = frozenset({"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE", "INTERNAL_ERROR"})
"""OpenSSL's reasons for not even asking."""


def accepts(target: Target, address: str, version: str, timeout: float) -> bool | None:
    """Whether it does, at this address that was checked; None where our own OpenSSL cannot ask."""
    context = _context(_VERSIONS[version])
    if context is None:
        return None
    try:
        with (
            socket.create_connection((address, target.port), timeout) as connection,
            context.wrap_socket(connection, server_hostname=target.host) as secured,
        ):
            return secured.version() == version
    except ssl.SSLError as error:
        return None if error.reason in _OURS else False
    except OSError:
        return False


def _context(version: ssl.TLSVersion) -> ssl.SSLContext | None:
    """Only this version, with every cipher that OpenSSL still has: the question is what the site takes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = version
            context.maximum_version = version
    except (ssl.SSLError, ValueError):
        return None
    return context
