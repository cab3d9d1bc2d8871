"""Digests by which a problem stays the same: of secrets, keyed, and of code, without its white space.

The key keeps the digest of a short secret from being looked up in a table. It is not a secret itself: reports of one
repository must agree on it, so it is made of the repository's name where one is known.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


def secret(value: str, key: str = "trivigil") -> str:
    """A keyed digest of a secret's value; the value itself is kept nowhere."""
    made = hmac.digest(key.encode(), value.encode("utf-8", "surrogatepass"), "sha256")
    return made.hex()[:32]


def code(text: str) -> str | None:
    """A digest of code without its white space; None where nothing is left."""
    return codes([text])[0]


_WHITE: Final = b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f "
"""What `str.split` takes for white space in ASCII."""


def codes(texts: Sequence[str]) -> list[str | None]:
    """The same of each of many."""
    if not any(texts):
        return [None] * len(texts)
    if all(map(str.isascii, texts)):
        bare = [text.encode().translate(None, _WHITE) for text in texts]
    else:
        bare = ["".join(text.split()).encode("utf-8", "surrogatepass") for text in texts]
    sha256 = hashlib.sha256
    return [sha256(each).hexdigest()[:32] if each else None for each in bare]
