"""What each receiver would get, whole: golden files, and the services' own rules."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.corpus import ATTACKS
from tests.hostile.scan import controls, filtered
from trivigil.alert import TABLE, payloads
from trivigil.alert.receiver import Receiver
from trivigil.alert.receivers import slack
from trivigil.core.notice import Notice

from . import pagerduty_server, slack_server, webhook_server
from .notices import DOWN, MOMENT, OVER, SLOW, THREE, everywhere, many

GOLDEN = Path(__file__).parents[1] / "data" / "alert"
SETS = {"down": (DOWN,), "degraded": (SLOW,), "recovered": (OVER,), "three": THREE}
ZERO_WIDTH = "\u200b"


def texts(value: Any) -> list[str]:
    """Every text of a payload, as a program reads it."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in texts(each)]


def sent(receiver: Receiver, *notices: Notice) -> list[Any]:
    """The payloads of a receiver as its service reads them."""
    return [json.loads(text) for text in payloads(notices, (receiver,), MOMENT).values()]


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("receiver", TABLE, ids=lambda one: one.NAME)
def test_payloads_are_as_kept(receiver: Receiver, name: str) -> None:
    """The payload of each receiver is the golden file's; TRIVIGIL_UPDATE=1 writes them anew."""
    written = json.dumps(sent(receiver, *SETS[name]), indent=2, ensure_ascii=False) + "\n"
    golden = GOLDEN / receiver.NAME / f"{name}.json"
    if os.environ.get("TRIVIGIL_UPDATE"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(written, encoding="utf-8")
    assert written == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("receiver", TABLE, ids=lambda one: one.NAME)
def test_every_receiver_is_documented(receiver: Receiver) -> None:
    """docs/alerts.md has its name and variable, and its option where it has one."""
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    wanted = [f"| `{receiver.NAME}` |", receiver.VARIABLE, receiver.OPTION]
    assert [word for word in wanted if word and word not in page] == []


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 50, 500])
def test_slack_gets_one_message_that_it_takes(count: int) -> None:
    """However many notices there are, one message tells of all and keeps to Slack's rules."""
    (message,) = sent(slack, *many(count), OVER)
    assert slack_server.faults(message) == []
    assert f"{count} failing" in message["text"]
    shown = "\n".join(texts(message["blocks"]))
    left = next((line for line in shown.splitlines() if line.endswith(" more")), "and 0 more")
    named = sum(f"shop / page-{number} is down" in shown for number in range(count))
    assert named + ("certificate holds again" in shown) + int(left.split()[1]) == count + 1


def test_long_texts_fit() -> None:
    """A notice with the longest texts and links keeps to the limits of every service."""
    long = everywhere("\U0001f600&<x> " * 2000)._replace(
        run_url="https://shop.example/?" + "a&" * 2000,
        runbook="https://shop.example/?" + "a&" * 230,
    )
    for notices in ((long,), (long,) * 40):
        (message,) = sent(slack, *notices)
        assert slack_server.faults(message) == []
    for event in sent(TABLE[2], long):
        assert pagerduty_server.faults({"routing_key": "x", **event}) == []
    for body in sent(TABLE[1], *(long,) * 120):
        webhook_server.VALIDATOR.validate(body)


@given(st.lists(st.text(max_size=400), min_size=1, max_size=30))
def test_any_text_fits(said: list[str]) -> None:
    """Whatever a site says, however often, every message keeps to its service's rules."""
    notices = [everywhere(text)._replace(name=name) for text, name in zip(said, said[::-1], strict=True)]  # fmt: skip
    (message,) = sent(slack, *notices)
    assert slack_server.faults(message) == []
    for event in sent(TABLE[2], *notices):
        assert pagerduty_server.faults({"routing_key": "x", **event}) == []
    for body in sent(TABLE[1], *notices):
        webhook_server.VALIDATOR.validate(body)
    for alert in (one for body in sent(TABLE[3], *notices) for one in body):
        assert alert["startsAt"] <= alert["endsAt"]
        assert all(alert["labels"].values())


def test_the_worst_is_told_first() -> None:
    """Failing before recovered, the severe before the mild."""
    (message,) = sent(slack, *THREE)
    heads = [block["text"]["text"].split("\n")[0] for block in message["blocks"] if "text" in block]
    assert heads[1:] == [
        "🔴 shop / login is down",
        "🟠 shop / search is degraded",
        "🟢 certificate holds again",
    ]
    assert heads[0] == "🔴 2 failing, 🟢 1 recovered (shop)"


def test_no_attack_lives_in_slack() -> None:
    """Nothing foreign is a mention, a link, a style or a shortcode; the message is one that Slack takes."""
    for attack in ("<!channel>", "<!here|x>", "<@U012>", "<#C012>", "<https://evil.example|x>", *ATTACKS):  # fmt: skip
        for notices in ((everywhere(attack),), (everywhere(attack), DOWN)):
            (message,) = sent(slack, *notices)
            assert slack_server.faults(message) == []
            for text in _objects(message):
                if text["type"] == "plain_text":
                    assert filtered(text["text"]) == [], attack
                    assert controls(text["text"]) == [], attack


def _objects(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and "type" in value:
            return [value]
        value = list(value.values())
    return [found for each in value for found in _objects(each)] if isinstance(value, list) else []


@pytest.mark.parametrize("receiver", TABLE[1:], ids=lambda one: one.NAME)
def test_no_attack_lives_elsewhere(receiver: Receiver) -> None:
    """No control or hidden character anywhere; where a service shows texts, no mention, tag or link of Slack's is left."""
    for attack in ("<!channel>", "<@U012>", *ATTACKS):
        for body in sent(receiver, everywhere(attack)):
            for text in texts(body):
                assert controls(text.replace("\n", " ")) == [], attack
                if receiver.NAME != "webhook":
                    assert not re.search(f"<[^{ZERO_WIDTH}…]", text), attack
                    assert "](" not in text, attack


def test_alerts_live_beyond_the_next_two_runs() -> None:
    """An alert ends two and a half intervals from now; the twins of other severities are over, and so is what has recovered."""
    (alerts,) = sent(TABLE[3], DOWN, OVER)
    ends = {
        (one["labels"]["check"], one["labels"]["severity"]): (one["startsAt"], one["endsAt"])
        for one in alerts
    }
    over = ("2026-01-31T11:30:02Z", "2026-01-31T12:00:00Z")
    assert ends == {
        ("login", "critical"): ("2026-01-31T11:30:02Z", "2026-01-31T13:15:00Z"),
        **{("login", severity): over for severity in ("info", "warning")},
        **{("certificate", severity): over for severity in ("critical", "info", "warning")},
    }


def test_labels_do_not_change_from_run_to_run() -> None:
    """What a run sees anew (status, cause, count, time) is no label: it would be another alert."""
    later = DOWN._replace(runs=9, cause="reset", at="2026-01-31T18:00:00Z", message="Other.")
    labels = [sent(TABLE[3], one)[0][0]["labels"] for one in (DOWN, later)]
    assert labels[0] == labels[1]
