"""TLS: what a handshake offers and trusts, the certificates that it showed, and whether a site takes a given version."""

from __future__ import annotations

import socket
import ssl
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from trivigil.web import certificate

if TYPE_CHECKING:
    from typing import Any

    from trivigil.web.certificate import Certificate
    from trivigil.web.target import Target

OLD: Final = ("TLSv1", "TLSv1.1")
_VERSIONS: Final = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.1": ssl.TLSVersion.TLSv1_1}
_DER: Final = 2
"""OpenSSL's number for it, in Python's ssl."""
_OURS: Final = frozenset({"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE", "INTERNAL_ERROR"})
"""OpenSSL's reasons for not even asking."""


@lru_cache(maxsize=8)
def context(roots: str | None, *, verified: bool) -> ssl.SSLContext:
    """Reading the certificates that are trusted takes longer than a handshake: once for all exchanges."""
    made = ssl.create_default_context(cafile=roots)
    made.set_alpn_protocols(["http/1.1"])
    if not verified:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def certificates(secured: ssl.SSLSocket) -> tuple[Certificate | None, tuple[Certificate, ...]]:
    """The site's own certificate, and all that it sent."""
    own = secured.getpeercert(binary_form=True)
    return (
        _read(own) if own else None,
        tuple(read for der in _chain(secured) if (read := _read(der))),
    )


@lru_cache(maxsize=256)
def _read(der: bytes) -> Certificate | None:
    """A site shows the same certificates each time, and reading one takes as long as half a handshake."""
    return certificate.read(der)


def _chain(secured: ssl.SSLSocket) -> list[bytes]:
    """All certificates that were sent, in DER. Public since Python 3.13; before, the same below the surface."""
    if hasattr(secured, "get_unverified_chain"):
        return list(secured.get_unverified_chain())
    sent: list[Any] = getattr(getattr(secured, "_sslobj", None), "get_unverified_chain", list)()
    return [each.public_bytes(_DER) for each in sent or ()]


def accepts(target: Target, address: str, version: str, timeout: float) -> bool | None:
    """Whether it does, at this address that was checked; None where our own OpenSSL cannot ask."""
    offered = _only(_VERSIONS[version])
    if offered is None:
        return None
    try:
        with (
            socket.create_connection((address, target.port), timeout) as connection,
            offered.wrap_socket(connection, server_hostname=target.host) as secured,
        ):
            return secured.version() == version
    except ssl.SSLError as error:
        return None if error.reason in _OURS else False
    except OSError:
        return False


def _only(version: ssl.TLSVersion) -> ssl.SSLContext | None:
    """Only this version, with every cipher that OpenSSL still has: the question is what the site takes."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    try:
        made.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made.minimum_version = version
            made.maximum_version = version
    except (ssl.SSLError, ValueError):
        return None
    return made
