"""One file of the repository as it is at a commit. Source: OpenAPI `repos/get-content`."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from trivigil.github.refusal import NOT_FOUND, Refused

if TYPE_CHECKING:
    from trivigil.github.client import Client


def file_at(client: Client, path: str, commit: str) -> bytes | None:
    """The content of a file of at most 1 MB, None where the commit has none of this name.

    Raises Refused, also for what is no file or too large.
    """
    from urllib.parse import quote

    try:
        return client.call("GET", f"contents/{quote(path)}?ref={commit}", _content)
    except Refused as refused:
        if refused.status != NOT_FOUND:
            raise
    return None


def _content(data: object) -> bytes:
    """Above 1 MB GitHub says `none` in place of base64; a folder is a list."""
    if not isinstance(data, dict) or data.get("type") != "file":
        raise ValueError("no file")
    content = data.get("content")
    if data.get("encoding") != "base64" or not isinstance(content, str):
        raise ValueError("no base64")
    return b64decode(content)
