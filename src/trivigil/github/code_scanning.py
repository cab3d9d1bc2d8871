"""Code scanning: an analysis is uploaded as SARIF, and GitHub processes it later.

Source: docs.github.com, "REST API endpoints for code scanning".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from trivigil.github.refusal import FORBIDDEN, NOT_FOUND, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.github.client import Client

State = Literal["pending", "complete", "failed"]

TOO_LARGE: Final = 413

_ID = re.compile(r"[A-Za-z0-9-]{1,100}")
_STATES: Final[dict[object, State]] = {
    "pending": "pending",
    "complete": "complete",
    "failed": "failed",
}


class Processing(NamedTuple):
    """How far GitHub is with an upload. The errors are GitHub's words about our file: foreign text."""

    state: State
    errors: tuple[str, ...] = ()


def upload(client: Client, body: Mapping[str, object]) -> str:
    """Upload an analysis from the API's own body; the id to ask after it with.

    It may be sent again: for one commit, tool and category the later upload replaces the earlier
    (docs.github.com, "Uploading a SARIF file to GitHub"), so two of the same content are one.
    """
    try:
        return client.call("POST", "code-scanning/sarifs", _receipt, body=dict(body))
    except Refused as refused:
        if refused.status != TOO_LARGE:
            raise
    raise Refused("code scanning takes no file of this size (413)", status=TOO_LARGE)


def processing(client: Client, upload_id: str) -> Processing:
    """How far GitHub is with an upload; one that it does not find yet is pending."""
    try:
        return client.call("GET", f"code-scanning/sarifs/{upload_id}", _processing)
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
    return Processing("pending")


def switched_off(refused: Refused, *, private: bool | None) -> str | None:
    """Why code scanning is not to be had in this repository; None where that is not what was said.

    GitHub's words have been "Advanced Security must be enabled", "Code Security must be enabled",
    "Code scanning is not enabled" and "repository not enabled for code scanning", all of them 403. A
    repository that is not public may answer 404 as well.
    """
    said = refused.message.lower()
    if refused.status == FORBIDDEN and ("must be enabled" in said or "not enabled" in said):
        return f"code scanning is switched off in this repository ({refused.message})"
    if refused.status == NOT_FOUND and private is not False and "not found" not in said:
        return (
            "code scanning is not to be had in this repository: GitHub finds no place for it (404); "
            "a private repository needs GitHub Code Security"
        )
    return None


def _receipt(data: object) -> str:
    found = data.get("id") if isinstance(data, dict) else None
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise ValueError("no id of an upload")
    return found


def _processing(data: object) -> Processing:
    if not isinstance(data, dict):
        raise ValueError("no state of an upload")  # noqa: TRY004 -- one error for every other shape
    state = _STATES.get(data.get("processing_status"))
    if state is None:
        raise ValueError("no state of an upload")
    errors = data.get("errors")
    listed = errors if isinstance(errors, list) else []
    return Processing(state, tuple(one for one in listed if isinstance(one, str)))
