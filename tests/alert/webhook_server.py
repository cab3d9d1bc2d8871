"""A program that takes the webhook: verifies the signature by Standard Webhooks 1.0, refuses replays, validates by the published schema.

The signed content is `ID.TIMESTAMP.BODY`; a timestamp further away than five minutes, or an id that was taken, is refused
(github.com/standard-webhooks/standard-webhooks, spec, "Verifying webhook authenticity").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jsonschema

from .service import Posted, Reply, Service, serving

SECRET = "canary-webhook-secret-0123456789"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "schemas" / "alert.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TOLERANCE_S = 300


@contextmanager
def webhook(key: bytes = SECRET.encode(), *, first: Reply | None = None) -> Iterator[Service]:
    """The program; it answers its first request with `first`, without having taken it."""
    taken: set[str] = set()
    before = [first] if first else []

    def respond(posted: Posted) -> Reply:
        if before:
            return before.pop()
        wrong = refusal(posted, key, taken)
        if wrong:
            return Reply(401, wrong)
        taken.add(posted.headers["webhook-id"])
        VALIDATOR.validate(json.loads(posted.body))
        return Reply(204, "")

    with serving(respond) as service:
        yield service


def refusal(posted: Posted, key: bytes, taken: set[str]) -> str | None:
    """Why a request is not believed."""
    name, stamp = posted.headers["webhook-id"], posted.headers["webhook-timestamp"]
    if abs(time.time() - int(stamp)) > TOLERANCE_S:
        return "too old"
    content = b".".join((name.encode(), stamp.encode(), posted.body))
    due = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    given = posted.headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(f"v1,{due}", one) for one in given):
        return "wrong signature"
    return "taken already" if name in taken else None
