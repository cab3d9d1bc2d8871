"""What is done with an uploaded file: find it in the request, and describe it."""

from __future__ import annotations

import hashlib
from email.parser import BytesParser
from email.policy import HTTP

Description = dict[str, int | str]


def uploaded(content_type: str, body: bytes) -> bytes:
    """The file in a request: the first part with a file name of multipart/form-data, else the body.

    Raises ValueError where a multipart body has no file.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        return body
    head = b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    for part in message.walk():
        if part.get_filename() is not None:
            content = part.get_payload(decode=True)
            return content if isinstance(content, bytes) else b""
    raise ValueError("the form has no file")


def describe(content: bytes) -> Description:
    """The size in bytes, the number of lines and the SHA-256 of a file."""
    return {
        "size": len(content),
        "lines": len(content.splitlines()),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
