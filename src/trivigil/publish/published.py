"""What became of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from trivigil.github.refusal import Refusal
    from trivigil.publish.plan import Channel, Step


class Published(NamedTuple):
    """Which channels were used, which GitHub refused, and which were left alone, with reasons."""

    done: tuple[Channel, ...] = ()
    refused: tuple[Refusal, ...] = ()
    skipped: tuple[Step, ...] = ()
    comment_url: str | None = None
    check_run_url: str | None = None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """For the `published` output and `publish-plan.json`."""
        return {
            "done": list(self.done),
            "refused": [
                {"channel": one.channel, "reason": one.reason, "permission": one.permission}
                for one in self.refused
            ],
            "skipped": [{"channel": one.channel, "reason": one.reason} for one in self.skipped],
            "notes": list(self.notes),
        }
