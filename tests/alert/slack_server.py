"""Slack's incoming webhooks on loopback: a message is taken only if it keeps to the documented rules of Block Kit.

docs.slack.dev, "Blocks" and "Composition objects": at most 50 blocks; header plain_text 150; section text 3000, up to 10
fields of 2000; context up to 10 elements, each a text object; a text object has at least one character. What begins with `<` in
mrkdwn is a mention, a channel or a link. A message of more than 13 200 characters is refused (slackapi/bolt-js#2509).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from .service import Posted, Reply, Service, serving

PATH = "/services/T0000/B0000/canary-slack-path"
KEYS = {"text", "blocks", "mrkdwn", "unfurl_links", "unfurl_media"}
ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")
LINK = re.compile(r"<https://[^<>|\s]+\|(?:Run|Issue|Runbook)>")


def slack() -> AbstractContextManager[Service]:
    """The service; its webhook is at PATH."""
    return serving(_respond)


def _respond(posted: Posted) -> Reply:
    if posted.path != PATH:
        return Reply(404, "no_service")
    try:
        message = json.loads(posted.body)
    except ValueError:
        return Reply(400, "invalid_payload")
    wrong = faults(message)
    return Reply(400, "invalid_blocks: " + "; ".join(wrong)) if wrong else Reply()


def faults(message: Mapping[str, Any]) -> list[str]:
    """What Slack would refuse, or make of the message that nobody meant."""
    return list(_faults(message))


def _faults(message: Mapping[str, Any]) -> Iterator[str]:
    if unknown := set(message) - KEYS:
        yield f"unknown: {unknown}"
    if not message.get("text"):
        yield "no fallback text"
    yield from _escaped(str(message.get("text")), links=False)
    blocks = message.get("blocks", [])
    if not 1 <= len(blocks) <= 50:
        yield f"{len(blocks)} blocks"
    if len(json.dumps(blocks, ensure_ascii=False).encode("utf-16-le")) // 2 > 13_200:
        yield "msg_blocks_too_long"
    for block in blocks:
        yield from BLOCKS[block["type"]](block)
    if message.get("unfurl_links") is not False or message.get("unfurl_media") is not False:
        yield "links are unfurled"


def _header(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _text(block["text"], 150, ("plain_text",))
    yield from _only(block, {"type", "text"})


def _section(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _only(block, {"type", "text", "fields"})
    if "text" not in block and "fields" not in block:
        yield "an empty section"
    if "text" in block:
        yield from _text(block["text"], 3000)
    fields: Sequence[Mapping[str, Any]] = block.get("fields", [{}])
    if not 1 <= len(fields) <= 10:
        yield f"{len(fields)} fields"
    for field in block.get("fields", ()):
        yield from _text(field, 2000)


def _context(block: Mapping[str, Any]) -> Iterator[str]:
    yield from _only(block, {"type", "elements"})
    if not 1 <= len(block["elements"]) <= 10:
        yield f"{len(block['elements'])} elements"
    for element in block["elements"]:
        yield from _text(element, 2000)


BLOCKS = {"header": _header, "section": _section, "context": _context}


def _only(block: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    if unknown := set(block) - known:
        yield f"{block['type']}: unknown {unknown}"


def _text(
    text: Mapping[str, Any], most: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")
) -> Iterator[str]:
    written, kind = text["text"], text["type"]
    if kind not in kinds:
        yield f"a text of type {kind}"
    if not 1 <= len(written.encode("utf-16-le")) // 2 <= most:
        yield f"a text of {len(written)} characters, not 1 to {most}"
    if kind == "plain_text" and "verbatim" in text:
        yield "verbatim in plain_text"
    if kind == "mrkdwn" and ("emoji" in text or text.get("verbatim") is not True):
        yield "mrkdwn that is searched for names and links"
    yield from _escaped(written, links=kind == "mrkdwn")


def _escaped(written: str, *, links: bool) -> Iterator[str]:
    left = LINK.sub("", written) if links else written
    if "<" in left or ">" in left or ENTITY.search(left):
        yield f"not escaped: {left[:80]!r}"
