"""The job summary: the whole report as far as the runner shows it, and what happened to the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.render.escape import inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.publish.texts import Texts

LARGEST: Final = 900_000
"""Bytes; leaves room for another summary in the same step's file."""


def text(texts: Texts, room: int, notes: Sequence[str]) -> str:
    """The summary within `room` bytes: the verdict first, then what publishing has to say."""
    closing = "".join(f"\n- {inline(note)}" for note in notes)
    if closing:
        closing = f"\n\n#### Publishing\n{closing}"
    left = min(room, LARGEST) - len(closing.encode()) - 1
    if left <= 0:
        return ""
    body = texts.markdown(chars=left, bytes_=left, elsewhere="the report file")
    return f"{body}{closing}"
