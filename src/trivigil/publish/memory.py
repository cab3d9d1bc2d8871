"""What GitHub refused in this run, remembered between the processes of one job.

A small JSON file in the state directory, which the runner empties after the job. A file that is not
ours is as good as none: the worst is that a refusal is tried again.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from trivigil.github.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.github.event import Event

LARGEST: Final = 100_000


def recall(state_dir: str | None, event: Event | None) -> dict[str, Refusal]:
    """The refusals of this run so far, by channel."""
    if state_dir is None or event is None:
        return {}
    try:
        with open(_path(state_dir, event), encoding="utf-8") as file:
            data = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    entries = data.items() if isinstance(data, dict) else ()
    found = (_refusal(channel, entry) for channel, entry in entries)
    return {refusal.channel: refusal for refusal in found if refusal is not None}


def remember(state_dir: str | None, event: Event, refused: Mapping[str, Refusal]) -> None:
    """Keep the refusals for the job's later steps; where that fails they are tried again."""
    if state_dir is None:
        return
    data = {channel: refusal._asdict() for channel, refusal in refused.items()}
    try:
        os.makedirs(state_dir, exist_ok=True)
        with open(_path(state_dir, event), "w", encoding="utf-8") as file:
            json.dump(data, file)
    except OSError:
        return


def _path(state_dir: str, event: Event) -> str:
    return os.path.join(state_dir, f"refused-{event.run_id}-{event.run_attempt}.json")


def _refusal(channel: object, entry: object) -> Refusal | None:
    if not isinstance(entry, dict) or not isinstance(channel, str):
        return None
    status, reason, permission = (entry.get(key) for key in ("status", "reason", "permission"))
    if not isinstance(reason, str) or not isinstance(permission, str | None):
        return None
    return Refusal(channel, status if isinstance(status, int) else None, reason, permission)
