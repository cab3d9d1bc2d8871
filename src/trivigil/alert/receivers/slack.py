"""Slack, by an incoming webhook: one message for all notices of a run, in Block Kit.

A webhook answers `ok` and nothing else, so a message can be neither changed nor answered: one message a change of state. Limits
(docs.slack.dev, Block Kit reference): 50 blocks, header 150, section text 3000, ten fields of 2000; beyond about 13 200
characters in all Slack refuses as `msg_blocks_too_long` (slackapi/bolt-js#2509); one message a second.
Foreign text stands in `plain_text` objects only, of which Slack makes no mention, link or style, and is escaped all the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from trivigil.alert import address as addresses
from trivigil.alert import words
from trivigil.alert.post import Answer, post
from trivigil.alert.receiver import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.alert.address import Address
    from trivigil.alert.post import Patience
    from trivigil.alert.receiver import Moment
    from trivigil.core.notice import Notice

NAME = "slack"
VARIABLE = "TRIVIGIL_SLACK_WEBHOOK"
OPTION: str | None = "--slack-webhook"
SPACING_S = 1.0

MOST: Final = 10
"""Notices that are told in full; the others get a line each."""
TOTAL: Final = 12_000
"""Characters of all blocks as JSON, below what Slack is known to refuse."""
_HEADER, _MESSAGE, _SHORT, _FIELD, _NOTE, _REST = 150, 2000, 400, 300, 300, 2500
_FOUND: Final = {
    "action_prohibited": "the workspace allows no such message",
    "channel_is_archived": "the channel is archived",
    "channel_not_found": "there is no such channel any more",
    "invalid_payload": "it does not understand the message",
    "invalid_token": "the address is not valid any more",
    "msg_blocks_too_long": "the message is too long",
    "no_active_hooks": "the webhook is switched off",
    "no_service": "the webhook is switched off or removed",
    "no_service_id": "the address is not whole",
    "no_team": "there is no such workspace",
    "posting_to_general_channel_denied": "nobody may post in that channel",
    "team_disabled": "the workspace is switched off",
    "user_not_found": "there is no such person any more",
}
"""Slack's words for what went wrong, in ours (docs.slack.dev, "Sending messages using incoming webhooks", errors)."""


def read(text: str, key: str, _environ: Mapping[str, str]) -> Address:
    """The address of the webhook."""
    return addresses.read(text, key)


def messages(notices: Sequence[Notice], _moment: Moment) -> tuple[Message, ...]:
    """One message, however many notices."""
    if not notices:
        return ()
    ordered = sorted(notices, key=lambda one: (one.turn != "failing", -one.severity))
    blocks = _one(ordered[0]) if len(ordered) == 1 else _several(ordered)
    payload = {
        "text": words.slack(_headline(ordered), _HEADER),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": blocks,
    }
    return (Message(tuple(ordered), payload),)


def send(address: Address, message: Message, patience: Patience) -> str | None:
    """Slack takes a message that it answers with `ok`. A second try could be a second message."""
    body = json.dumps(message.payload).encode()
    said = post(address, body, patience, repeatable=False)
    if isinstance(said, str):
        return said
    return None if said.good and said.text.strip() == "ok" else _refusal(said)


def _refusal(said: Answer) -> str:
    known = _FOUND.get(said.text.strip())
    if known is not None:
        return f"Slack refuses: {known} ({said.status} {said.text.strip()})"
    if said.good:
        return f"the answer ({said.status}) is not Slack's `ok`: the address is not an incoming webhook"
    return f"it is refused ({said.status})"


# --- blocks ------------------------------------------------------------------------------------


def _one(notice: Notice) -> list[dict[str, Any]]:
    facts = [_fact(name, value) for name, value in notice.facts.items()]
    section = {"type": "section", "text": _plain(notice.message or notice.title, _MESSAGE)}
    return [
        {"type": "header", "text": _plain(_titled(notice), _HEADER)},
        section | {"fields": facts[:10]},
        *_context(notice),
    ]


def _several(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """As many in full as fit, the worst first, and a line for each of the rest."""
    for count in range(min(MOST, len(notices)), -1, -1):
        blocks = [
            {"type": "header", "text": _plain(_headline(notices), _HEADER)},
            *(block for notice in notices[:count] for block in _short(notice)),
            *_rest(notices[count:]),
        ]
        if words.size(json.dumps(blocks, ensure_ascii=False)) <= TOTAL:
            break
    return blocks


def _short(notice: Notice) -> Iterator[dict[str, Any]]:
    facts = " · ".join(f"{name} {value}" for name, value in notice.facts.items())
    lines = (_titled(notice), notice.message, facts)
    text = "\n".join(words.slack(each, _SHORT) for each in lines if each)
    yield {"type": "section", "text": _ready(text)}
    yield from _context(notice)


def _rest(notices: Sequence[Notice]) -> Iterator[dict[str, Any]]:
    lines: list[str] = []
    for notice in notices:
        line = words.slack(_titled(notice), _HEADER)
        if sum(map(words.size, lines)) + len(lines) + words.size(line) > _REST:
            break
        lines.append(line)
    if left := len(notices) - len(lines):
        lines.append(f"and {left} more")
    if lines:
        yield {"type": "section", "text": _ready("\n".join(lines))}


def _context(notice: Notice) -> Iterator[dict[str, Any]]:
    """Our own links, and notes on the notice itself: at most ten elements."""
    wanted = {"Run": notice.run_url, "Issue": notice.issue_url, "Runbook": notice.runbook}
    found = {name: words.link(url, amp="&amp;") for name, url in wanted.items()}
    links = " · ".join(f"<{url}|{name}>" for name, url in found.items() if url)
    elements = [{"type": "mrkdwn", "text": links, "verbatim": True}] if links else []
    elements += [_plain(note, _NOTE) for note in notice.notes[:5] if note.strip()]
    if elements:
        yield {"type": "context", "elements": elements}


def _headline(notices: Sequence[Notice]) -> str:
    if len(notices) == 1:
        return _titled(notices[0])
    failing = [one for one in notices if one.turn == "failing"]
    parts = [f"{_sign(failing[0])} {len(failing)} failing"] if failing else []
    if over := len(notices) - len(failing):
        parts.append(f"🟢 {over} recovered")
    watches = list(dict.fromkeys(one.watch for one in notices))
    return f"{', '.join(parts)} ({', '.join(watches[:3])}{', …' if watches[3:] else ''})"


def _titled(notice: Notice) -> str:
    return f"{_sign(notice)} {notice.title}"


def _sign(notice: Notice) -> str:
    if notice.turn == "recovered":
        return "🟢"
    return {"degraded": "🟠", "unknown": "⚪"}.get(notice.status, "🔴")


def _fact(name: str, value: str) -> dict[str, Any]:
    return _ready(f"{name}\n{words.slack(value, _FIELD)}")


def _plain(text: str, limit: int) -> dict[str, Any]:
    return _ready(words.slack(text, limit))


def _ready(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text if text.strip() else "-", "emoji": False}
