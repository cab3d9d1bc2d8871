"""Ticks of the monitor's telling step: GitHub as the double has it, receivers on loopback, a memory between the runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.github_double import GitHubDouble
from tests.github_double.subjects.issues import change
from tests.monitor.scene import checked, context
from tests.publish.scene import Scene
from trivigil.cli import outcome, telling
from trivigil.cli.console import Console
from trivigil.cli.outcome import Outcome
from trivigil.monitor import analysis
from trivigil.monitor.facts import Checked
from trivigil.render import json as result_file

UP = checked()
DOWN = checked("login", "down", "reset", message="the connection was closed")
BLOCKED = checked("login", "unknown", "waf-block")
ISSUES = {"contents": "read", "issues": "write"}
CONTENTS = {"contents": "write", "issues": "read"}
NOTHING = {"contents": "read"}


class Receiver(ThreadingHTTPServer):
    """Answers every message with `ok`, and keeps it."""

    daemon_threads = True
    got: list[str]
    status: int

    @property
    def url(self) -> str:
        """Its webhook."""
        return f"http://127.0.0.1:{self.server_port}/services/T0/B0/canary-of-the-webhook"


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.server.status == 200:
            self.server.got.append(body)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def slack() -> Iterator[Receiver]:
    """A receiver that takes everything."""
    with Receiver(("127.0.0.1", 0), _Post) as server:
        server.got, server.status = [], 200
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A repository on the double."""
    with GitHubDouble() as github:
        yield Scene(github, tmp_path, private=True)
        github.assert_clean()


def _outcome(path: Path) -> Outcome:
    """What the step before has left."""
    return Outcome(
        watch="monitor",
        name="shop",
        report=str(path),
        output=str(path.parent),
        exit_code=0,
        fail=False,
        channels=("auto",),
        comment_mode="always",
        comment_recreate="false",
        publish_required=False,
        artifact="",
        keep_raw=False,
    )


class Ticks:
    """Runs of one watch, half an hour apart."""

    def __init__(self, scene: Scene, folder: Path, slack: Receiver, **settings: Any) -> None:
        self.scene, self.folder, self.slack = scene, folder / "results", slack
        self.settings = settings
        self.runs = 0

    def tick(
        self,
        *checks: Checked,
        permissions: dict[str, str] | None = None,
        run: int | None = None,
        clock: int | None = None,
        **environ: str,
    ) -> dict[str, Any]:
        """One run: what its report says of the first incident; empty where there is none."""
        number = self.runs if run is None else run
        self.runs = max(self.runs, number + 1)
        half_hours = number if clock is None else clock
        at = f"2026-01-31T{half_hours // 2:02d}:{half_hours % 2 * 30:02d}:10Z"
        place = self.folder / str(number)
        path = place / "monitoring-results.json"
        report = analysis.analyze(checks, context(started_at=at, now=at, **self.settings))
        place.mkdir(parents=True, exist_ok=True)
        path.write_text(result_file.dump(report))
        values = {
            **self.scene.environ("schedule"),
            "GITHUB_RUN_ID": str(5000 + number),
            "TRIVIGIL_STATE_FOLDER": str(place),
            "TRIVIGIL_SLACK_WEBHOOK": self.slack.url,
            "TRIVIGIL_GITHUB_TOKEN": self.scene.token(permissions or ISSUES),
            **environ,
        }
        outcome.save(str(place), [_outcome(path)])
        assert telling.run(values, Console(values)) == 0
        found = json.loads(path.read_text())["incidents"]
        return found[0] if found else {}

    @property
    def said(self) -> list[str]:
        """What the receiver was told, as its titles."""
        return [json.loads(one)["text"] for one in self.slack.got]


@pytest.fixture
def ticks(scene: Scene, tmp_path: Path, slack: Receiver, monkeypatch: pytest.MonkeyPatch) -> Ticks:
    """A watch that remembers in an issue, unless a tick's token may not; nobody waits for other writers."""
    monkeypatch.setattr("trivigil.publish.memory_home.PAUSE_SECONDS", 0.0)
    return Ticks(scene, tmp_path, slack)


@pytest.mark.parametrize(
    "permissions",
    [
        pytest.param(ISSUES, id="with issues alone"),
        pytest.param(CONTENTS, id="with contents alone"),
    ],
)
def test_an_outage_from_its_beginning_to_its_end(ticks: Ticks, permissions: dict[str, str]) -> None:
    """Two failures before an alert, two passes before its end, each told once; one permission is enough."""
    weather = [UP, DOWN, DOWN, DOWN, UP, UP, UP]
    found = [ticks.tick(one, permissions=permissions) for one in weather]

    assert [one.get("events", ["nothing"])[0] for one in found] == [
        "nothing",
        "pending",
        "opened",
        "failing",
        "recovering",
        "recovered",
        "nothing",
    ]
    assert [len(one.get("notices_sent", [])) for one in found] == [0, 0, 1, 0, 0, 1, 0]
    assert found[1]["notices_withheld"] == "it failed in 1 of 2 runs before an alert"
    assert found[3]["notices_withheld"] == "everybody was told already"
    assert len(ticks.said) == 2


def test_a_lost_memory_is_told(ticks: Ticks, scene: Scene) -> None:
    """The first run, and one whose memory somebody has destroyed, tell at once and say why."""
    ticks.tick(UP)
    for issue in scene.shop.issues().values():
        change(scene.shop, issue.number, body=(issue.body or "")[:-100])
    found = ticks.tick(DOWN)

    assert found["events"] == ["opened"]
    assert "memory of earlier runs" in ticks.slack.got[0]
    assert ticks.tick(DOWN)["notices_withheld"] == "everybody was told already"


def test_a_token_that_may_nothing_is_told(ticks: Ticks) -> None:
    """Where nothing can be remembered, every failing run tells, and the reason names what refuses."""
    for _ in range(2):
        assert ticks.tick(DOWN, permissions=NOTHING)["events"] == ["opened"]

    assert len(ticks.said) == 2
    assert "nothing can be remembered from run to run" in ticks.slack.got[0]


def test_no_memory_can_be_wanted(scene: Scene, tmp_path: Path, slack: Receiver) -> None:
    """`state: none` asks GitHub nothing."""
    before = len(scene.github.calls())
    Ticks(scene, tmp_path, slack, state="none").tick(DOWN)

    assert len(slack.got) == 1
    assert len(scene.github.calls()) == before


def test_a_folder_can_be_the_memory(scene: Scene, tmp_path: Path, slack: Receiver) -> None:
    """On a runner of one's own a folder remembers, without GitHub."""
    ticks = Ticks(scene, tmp_path, slack, state=str(tmp_path / "kept"))
    found = [ticks.tick(one)["events"][0] for one in (DOWN, DOWN)]

    assert found == ["opened", "failing"]
    assert len(slack.got) == 1


def test_who_is_away_is_told_by_the_next_run(ticks: Ticks) -> None:
    """A receiver that fails gets the notice of the next run; the run says so, and stays what it was."""
    ticks.tick(UP)
    ticks.tick(DOWN)
    ticks.slack.status = 400
    failed = ticks.tick(DOWN)
    ticks.slack.status = 200
    later = ticks.tick(DOWN)

    assert (failed["notices_sent"], len(later["notices_sent"])) == ([], 1)
    assert "slack" in failed["notices_withheld"]


def test_of_two_runs_at_once_one_tells(ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see the second failure; one message goes out."""
    monkeypatch.setattr("trivigil.publish.memory_home.PAUSE_SECONDS", 1.0)
    ticks.tick(UP)
    ticks.tick(DOWN)
    both = [{"run": number, "clock": 2} for number in (2, 3)]
    runs = [threading.Thread(target=ticks.tick, args=(DOWN,), kwargs=one) for one in both]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)

    assert len(ticks.said) == 1


def test_an_old_run_says_nothing(ticks: Ticks) -> None:
    """A run that is run again after newer ones neither counts nor tells."""
    ticks.tick(UP, run=5)
    assert ticks.tick(DOWN, run=3) == {}
    assert ticks.said == []
    told = json.loads((ticks.folder / "3" / "monitoring-results.json").read_text())
    assert told["notes"] == ["A newer run has spoken already; this one is not counted."]
    assert told["facts"]["counted"] is False


def test_who_is_blocked_tells_nothing(ticks: Ticks) -> None:
    """A firewall's answer is no outage, however often."""
    for _ in range(4):
        ticks.tick(BLOCKED)

    assert ticks.said == []


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """The log, without the lines that ask the runner to hide something."""
    lines = "".join(capsys.readouterr()).splitlines()
    return "\n".join(line for line in lines if not line.startswith("::add-mask::"))


def test_a_bad_address_hinders_nobody_else(
    ticks: Ticks, capsys: pytest.CaptureFixture[str]
) -> None:
    """A receiver whose address cannot be used is a warning without the address; the others are told."""
    ticks.tick(DOWN, TRIVIGIL_WEBHOOK="gopher://canary-of-the-other/hook")

    assert len(ticks.said) == 1
    files = "".join(p.read_text() for p in ticks.folder.rglob("*") if p.is_file())
    assert "canary-of" not in files + shown(capsys)
    assert "webhook is told nothing" in files


def test_nothing_secret_is_left_behind(
    ticks: Ticks, scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    """The webhook's address and the token stand in no file, no log, and nothing that GitHub was sent."""
    for one in (DOWN, DOWN, UP):
        ticks.tick(one)
    told = shown(capsys)
    told += "".join(p.read_text() for p in ticks.folder.rglob("*") if p.is_file())
    told += "".join(issue.body or "" for issue in scene.shop.issues().values())

    assert "canary-of-the-webhook" not in told
