"""Notices sent: every receiver at once, each within its time; what became of each notice at each, and nothing raised."""

from __future__ import annotations

import json
import time
from threading import Thread
from typing import TYPE_CHECKING, Final

from trivigil.alert.post import LIMITS, Patience
from trivigil.alert.receiver import Moment
from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.alert.post import Limits
    from trivigil.alert.receiver import Receiver, Recipient
    from trivigil.core.notice import Notice

_GRACE_S: Final = 5.0
"""What a receiver may take beyond its time before nobody waits for it any more."""


class Sent(NamedTuple):
    """What became of a notice at a receiver."""

    notice: Notice
    receiver: str
    problem: str | None = None
    """Why it was not sent, in words of ours; None where it was."""

    @property
    def outcome(self) -> str:
        """`sent`, or `failed: ` and why."""
        return "sent" if self.problem is None else f"failed: {self.problem}"


def deliver(
    notices: Sequence[Notice],
    recipients: Iterable[Recipient],
    moment: Moment | None = None,
    limits: Limits = LIMITS,
) -> tuple[Sent, ...]:
    """Every notice to every receiver, in the order of receivers and notices. Raises nothing."""
    return deliver_each([(one, notices) for one in recipients], moment, limits)


def deliver_each(
    letters: Sequence[tuple[Recipient, Sequence[Notice]]],
    moment: Moment | None = None,
    limits: Limits = LIMITS,
) -> tuple[Sent, ...]:
    """To each receiver its own notices. Raises nothing."""
    moment = moment or Moment(time.time())
    rounds = [_Round(one, notices, moment, limits) for one, notices in letters if notices]
    for each in rounds:
        each.start()
    end = time.monotonic() + limits.ceiling + _GRACE_S
    for each in rounds:
        each.join(max(end - time.monotonic(), 0.0))
    return tuple(sent for each in rounds for sent in each.outcome())


def payloads(
    notices: Sequence[Notice], receivers: Iterable[Receiver], moment: Moment | None = None
) -> Mapping[str, str]:
    """What would be sent, as JSON by a name such as `slack-1.json`; keys and addresses are not part of it."""
    moment = moment or Moment(time.time())
    return {
        f"{receiver.NAME}-{number}.json": json.dumps(one.payload, indent=2, ensure_ascii=False)
        + "\n"
        for receiver in receivers
        for number, one in enumerate(receiver.messages(notices, moment), 1)
    }


class _Round(Thread):
    """All messages of one receiver."""

    def __init__(
        self, recipient: Recipient, notices: Sequence[Notice], moment: Moment, limits: Limits
    ) -> None:
        super().__init__(name=f"alert {recipient.name}", daemon=True)
        self._recipient, self._notices = recipient, notices
        self._moment, self._limits = moment, limits
        self._problems: dict[int, str | None] = {}
        """By the identity of a notice."""
        self._fault: str | None = None

    def run(self) -> None:
        try:
            self._tell()
        except Exception as error:  # noqa: BLE001 (one receiver's fault is not another's; its text may hold secrets)
            self._fault = f"a fault of ours ({type(error).__name__})"

    def _tell(self) -> None:
        receiver, address = self._recipient
        patience = Patience(self._limits)
        for place, message in enumerate(receiver.messages(self._notices, self._moment)):
            if place and receiver.SPACING_S:
                patience.rest(receiver.SPACING_S)
            problem = receiver.send(address, message, patience)
            for notice in message.about:
                self._problems[id(notice)] = problem

    def outcome(self) -> Iterable[Sent]:
        """One for each notice; what is not known to be sent is not."""
        unknown = self._fault or f"it took longer than {self._limits.ceiling:g} s"
        for notice in self._notices:
            problem = self._problems.get(id(notice), unknown)
            yield Sent(notice, self._recipient.name, problem)
