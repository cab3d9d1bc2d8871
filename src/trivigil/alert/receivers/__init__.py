"""The receivers, in the order in which they are told of; a new one is a module and a line in TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.alert.receiver import Recipient
from trivigil.alert.receivers import alertmanager, apprise, pagerduty, slack, webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.alert.receiver import Receiver

TABLE: Final[tuple[Receiver, ...]] = (slack, webhook, pagerduty, alertmanager, apprise)


def chosen(options: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Recipient, ...]:
    """The receivers that are named: by `options`, whose keys are their names, else by the environment; empty is unset.

    Raises InputError, which names the option or variable and never what it holds.
    """
    found = (recipient(receiver, options, environ) for receiver in TABLE)
    return tuple(one for one in found if one is not None)


def recipient(
    receiver: Receiver, options: Mapping[str, str], environ: Mapping[str, str]
) -> Recipient | None:
    """One of them, likewise; None where it is not named."""
    given = options.get(receiver.NAME) or ""
    text = (given or environ.get(receiver.VARIABLE) or "").strip()
    if not text:
        return None
    key = receiver.OPTION if given and receiver.OPTION else receiver.VARIABLE
    return Recipient(receiver, receiver.read(text, key, environ))
