"""What a receiver is: a module that makes messages of notices, purely, and says what became of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.alert.address import Address
    from trivigil.alert.post import Patience
    from trivigil.core.notice import Notice


class Moment(NamedTuple):
    """When it is sent, and how often somebody looks."""

    now: float
    """Unix seconds."""
    interval: float = 1800.0
    """Seconds from one run to the next: an alert that must be repeated lives a little longer than two of them."""


class Message(NamedTuple):
    """One request to a service, without its secrets."""

    about: tuple[Notice, ...]
    """The notices that it carries."""
    payload: Any
    """Plain JSON values."""


class Receiver(Protocol):
    """A module in `receivers/`."""

    NAME: str
    """What it is called in a result file."""
    VARIABLE: str
    """The environment variable that holds its address or key."""
    OPTION: str | None
    """The option that may hold it, too; None where it is a key."""
    SPACING_S: float
    """Seconds between two messages, where the service asks for it."""

    def read(self, text: str, key: str, environ: Mapping[str, str], /) -> Address:
        """The address, checked; `key` says where `text` stands. Raises InputError without repeating it."""

    def messages(self, notices: Sequence[Notice], moment: Moment, /) -> tuple[Message, ...]:
        """All of them in as few messages as the service's limits allow. Pure."""

    def send(self, address: Address, message: Message, patience: Patience, /) -> str | None:
        """None where the service took it, else why not, in words of ours."""


class Recipient(NamedTuple):
    """A receiver that is named, with its address."""

    receiver: Receiver
    address: Address

    @property
    def name(self) -> str:
        """As in a result file."""
        return self.receiver.NAME
