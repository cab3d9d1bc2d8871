"""Digests by which a problem stays the same: of secrets, keyed, and of code, without its white space.

The key keeps the digest of a short secret from being looked up in a table. It is not a secret itself: reports of one
repository must agree on it, so it is made of the repository's name where one is known.
"""

from __future__ import annotations

import hashlib
import hmac


def secret(value: str, key: str = "trivigil") -> str:
    """A keyed digest of a secret's value; the value itself is kept nowhere."""
    made = hmac.new(key.encode(), value.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return made.hexdigest()[:32]


def code(text: str) -> str | None:
    """A digest of code without its white space; None where nothing is left."""
    bare = "".join(text.split())
    if not bare:
        return None
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()[:32]
