"""Any program that takes JSON: schemas/alert.schema.json says what it gets, and a signature that it is from us and of now.

The signature is that of Standard Webhooks 1.0 (standardwebhooks.com), for which many languages have a verifier: `webhook-id`,
`webhook-timestamp` (Unix seconds) and `webhook-signature`, which is `v1,` and the Base64 of HMAC-SHA256 over
`ID.TIMESTAMP.BODY`. A receiver refuses what is older than five minutes, and an id that it has seen: a second try has the same.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from typing import TYPE_CHECKING, Any, Final

from trivigil.alert import address as addresses
from trivigil.alert import words
from trivigil.alert.address import Secret
from trivigil.alert.post import post
from trivigil.alert.receiver import Message
from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.alert.address import Address
    from trivigil.alert.post import Patience
    from trivigil.alert.receiver import Moment
    from trivigil.core.notice import Notice

NAME = "webhook"
VARIABLE = "TRIVIGIL_WEBHOOK"
OPTION: str | None = "--webhook"
SPACING_S = 0.0
SECRET: Final = "TRIVIGIL_WEBHOOK_SECRET"  # noqa: S105 (a name)
SCHEMA: Final = "trivigil/alert/1"

MOST: Final = 50
"""Notices of one message."""
_PREFIX: Final = "whsec_"
_SHORTEST: Final = 16
_NAME, _TEXT, _URL, _NOTES = 300, 2000, 2000, 10


def read(text: str, key: str, environ: Mapping[str, str]) -> Address:
    """The address, and the secret to sign with where there is one."""
    address = addresses.read(text, key)
    secret = (environ.get(SECRET) or "").strip()
    if secret and len(_octets(secret)) < _SHORTEST:
        raise InputError(f"it is too short to sign with: {_SHORTEST} bytes at least.", key=SECRET)
    return address._replace(key=Secret(secret)) if secret else address


def messages(notices: Sequence[Notice], moment: Moment) -> tuple[Message, ...]:
    """Up to fifty notices a message."""
    parts = (tuple(notices[start : start + MOST]) for start in range(0, len(notices), MOST))
    sent_at = words.instant(moment.now)
    return tuple(
        Message(
            part, {"schema": SCHEMA, "sent_at": sent_at, "notices": [_told(each) for each in part]}
        )
        for part in parts
    )


def send(address: Address, message: Message, patience: Patience) -> str | None:
    """Any 2xx is a yes."""
    from hashlib import sha256

    body = json.dumps(message.payload, separators=(",", ":")).encode()
    name = f"msg_{sha256(body).hexdigest()[:32]}"

    def headers() -> Mapping[str, str]:
        signed = {"webhook-id": name, "webhook-timestamp": str(int(time.time()))}
        if address.key is not None:
            signed["webhook-signature"] = signature(signed, body, address.key)
        return signed

    said = post(address, body, patience, repeatable=True, headers=headers)
    if isinstance(said, str):
        return said
    return None if said.good else f"it is refused ({said.status})"


def signature(headers: Mapping[str, str], body: bytes, secret: Secret) -> str:
    """What stands in `webhook-signature`."""
    import hmac

    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.digest(_octets(secret.reveal()), signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _octets(secret: str) -> bytes:
    """The key: Base64 after `whsec_`, as Standard Webhooks writes it, else the text itself."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:
            return b""
    return secret.encode()


def _told(notice: Notice) -> dict[str, Any]:
    """A notice for a program: whole, visible, and no longer than the schema says."""
    return {
        "turn": notice.turn,
        "fingerprint": words.line(notice.fingerprint, _NAME),
        "name": words.line(notice.name, _NAME),
        "watch": words.line(notice.watch, _NAME),
        "target": words.line(notice.target, _URL),
        "title": words.line(notice.title, _NAME),
        "message": words.line(notice.message, _TEXT),
        "severity": notice.severity.label,
        "status": words.line(notice.status, _NAME),
        "cause": None if notice.cause is None else words.line(notice.cause, _NAME),
        "since": words.line(notice.since, _NAME),
        "at": words.line(notice.at, _NAME),
        "runs": notice.runs,
        "run_url": words.link(notice.run_url),
        "issue_url": words.link(notice.issue_url),
        "runbook": words.link(notice.runbook),
        "notes": [words.line(each, _TEXT) for each in notice.notes[:_NOTES]],
    }
