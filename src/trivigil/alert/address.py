"""Where a receiver is: an address that is itself a secret, checked before anything is sent.

The user names it, nobody else: so private addresses are allowed (an Alertmanager seldom has a public one), and link-local ones
and the metadata services of clouds never. Without TLS only this machine is spoken to. A redirect is never followed.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.web import target

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Secret:
    """A text that no representation shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "<secret>"

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._text


class Address(NamedTuple):
    """Where and with what key; each part a secret."""

    url: Secret
    login: Secret | None = None
    """User and password for Authorization: Basic, as `user:password`."""
    key: Secret | None = None
    """What the receiver knows us by, or what is signed with."""


def read(text: str, key: str) -> Address:
    """The address of a receiver; `key` names the option or variable. Raises InputError, which says nothing of the text."""
    try:
        parts = urlsplit(text.strip())
        login = None
        if parts.username is not None:
            login = Secret(f"{unquote(parts.username)}:{unquote(parts.password or '')}")
            parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
        at = target.read(urlunsplit(parts))
    except (ValueError, InputError):
        raise InputError(
            "this is no address that can be posted to.",
            key=key,
            tip="Write https://HOST[:PORT][/PATH].",
        ) from None
    if at.scheme != "https" and at.host not in LOOPBACK:
        raise InputError(
            "the address must begin with https://: what is sent, and the address, are not for everybody on the way.",
            key=key,
        )
    return Address(Secret(at.url), login)
