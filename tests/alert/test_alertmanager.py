"""A real Alertmanager (Debian's package) takes the alerts, keeps them for long enough and lets them go."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.corpus import ATTACKS
from trivigil.alert import Limits, Moment, Recipient, chosen, deliver
from trivigil.core.notice import Notice
from trivigil.core.result import Severity

from .notices import DOWN, SLOW, everywhere

PROGRAM = shutil.which("prometheus-alertmanager")
CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"
LIMITS = Limits(timeout=5.0, backoff=0.1)

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="prometheus-alertmanager is not installed")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an Alertmanager that tells nobody, below a prefix."""
    folder = tmp_path_factory.mktemp("alertmanager")
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    port = _free()
    command = [
        str(PROGRAM), f"--config.file={folder}/config.yml", f"--storage.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}", "--web.route-prefix=/am",
        f"--web.external-url=http://127.0.0.1:{port}/am", "--cluster.listen-address=",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}/am"
            _ready(address, process, folder / "log")
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        try:
            urllib.request.urlopen(f"{address}/-/ready", timeout=2).close()  # noqa: S310 (loopback)
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Alertmanager did not become ready")


def recipient(base: str) -> Recipient:
    """The receiver as the environment names it."""
    (found,) = chosen({}, {"TRIVIGIL_ALERTMANAGER": base})
    return found


def told(base: str, *notices: Notice, now: float | None = None) -> None:
    """Sent, and taken."""
    moment = Moment(time.time() if now is None else now, 1800.0)
    sent = deliver(notices, (recipient(base),), moment, LIMITS)
    assert [one.outcome for one in sent] == ["sent"] * len(notices)


def alerts(base: str, check: str) -> list[dict[str, Any]]:
    """What is firing for a check, as the API shows it."""
    with urllib.request.urlopen(f"{base}/api/v2/alerts", timeout=5) as answer:  # noqa: S310 (loopback)
        found = json.load(answer)
    return [one for one in found if one["labels"]["check"] == check]


def active(base: str, check: str, count: int) -> list[dict[str, Any]]:
    """The same once there are so many of them: an alert whose end is this second fires until the next."""
    for _ in range(50):
        if len(found := alerts(base, check)) == count:
            break
        time.sleep(0.1)
    return found


def test_an_alert_lives_beyond_the_next_two_runs(base: str) -> None:
    """It is shown with its labels and annotations, and ends two and a half intervals from now."""
    now = time.time()
    told(base, DOWN, now=now)
    (alert,) = active(base, "login", 1)
    assert alert["labels"] == {
        "alertname": "TrivigilFailing",
        "check": "login",
        "fingerprint": DOWN.fingerprint,
        "severity": "critical",
        "target": "https://shop.example/",
        "watch": "shop",
    }
    assert alert["annotations"]["runbook_url"] == DOWN.runbook
    assert alert["generatorURL"] == DOWN.run_url
    assert alert["status"]["state"] in {"active", "unprocessed"}
    ends = datetime.fromisoformat(alert["endsAt"]).timestamp()
    assert int(now) + 4500 == ends
    assert datetime.fromisoformat(alert["startsAt"]) == datetime.fromisoformat(DOWN.since)


def test_a_later_run_makes_it_live_longer_and_a_recovery_ends_it(base: str) -> None:
    """The same alert again moves its end; a recovery leaves nothing."""
    notice = DOWN._replace(name="cart", fingerprint="cart")
    now = time.time()
    told(base, notice, now=now - 1800)
    (first,) = active(base, "cart", 1)
    told(base, notice, now=now)
    (second,) = active(base, "cart", 1)
    assert first["fingerprint"] == second["fingerprint"]
    later = datetime.fromisoformat(second["endsAt"]) - datetime.fromisoformat(first["endsAt"])
    assert later.total_seconds() == 1800
    told(base, notice._replace(turn="recovered", status="up"))
    assert active(base, "cart", 0) == []


def test_what_gets_worse_is_one_alert(base: str) -> None:
    """From degraded to down the severity changes, and only the newer alert is left; its recovery ends all."""
    told(base, SLOW._replace(name="pay"))
    assert [one["labels"]["severity"] for one in active(base, "pay", 1)] == ["warning"]
    told(base, SLOW._replace(name="pay", status="down", severity=Severity.HIGH))
    for _ in range(50):
        found = [one["labels"]["severity"] for one in alerts(base, "pay")]
        if found == ["critical"]:
            break
        time.sleep(0.1)
    assert found == ["critical"]
    told(base, SLOW._replace(name="pay", turn="recovered", severity=Severity.LOW))
    assert active(base, "pay", 0) == []


def test_hostile_texts_are_taken(base: str) -> None:
    """Nothing that a site can say makes Alertmanager refuse an alert."""
    for start in range(0, len(ATTACKS), 50):
        told(base, *map(everywhere, ATTACKS[start : start + 50]))


def test_a_refusal_is_said(base: str) -> None:
    """An address that is no Alertmanager's answers 404."""
    sent = deliver((DOWN,), (recipient(f"{base}/wrong"),), Moment(time.time()), LIMITS)
    assert sent[0].outcome == "failed: it is refused (404)"
