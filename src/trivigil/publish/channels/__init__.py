"""The channels, in the order of delivery: what GitHub refuses comes first, so that the rest can say so.

A new channel is a module with the names of `trivigil.publish.channel.Channel` and one line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.publish.channels import (
    check_run,
    commands,
    comment,
    issue,
    sarif,
    status,
    summary,
)

if TYPE_CHECKING:
    from trivigil.publish.channel import Channel

CHANNELS: Final[tuple[Channel, ...]] = (
    check_run,
    status,
    comment,
    issue,
    sarif,
    commands,
    summary,
)

NAMES: Final = tuple(channel.NAME for channel in CHANNELS)
"""What the `publish` input can name."""
