"""`trivigil monitor baseline` as a user calls it, against a site on loopback whose delay is known."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from trivigil.cli import main

FAST = "0.05"


class Site(ThreadingHTTPServer):
    """Answers after its delay, or fails."""

    daemon_threads = True
    delay = 0.0
    status = 200
    asked = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked += 1
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"canary")

    do_HEAD = do_OPTIONS = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback."""
    with Site(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(folder: Path, site: Site, *arguments: str, environ: dict[str, str] | None = None) -> int:
    """The command, with its file in the folder."""
    base = ("--url", f"{site.url}/?key=canary-1", "--baseline", str(folder / "usual.json"))
    return main(["monitor", "baseline", *base, "--pause", FAST, "--allow-private", *arguments], environ or {})  # fmt: skip


def kept(folder: Path) -> dict[str, Any]:
    """The file."""
    found: dict[str, Any] = json.loads((folder / "usual.json").read_text(encoding="utf-8"))
    return found


def test_made_compared_accepted(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Absent, the file is made; there, it is compared with: 0 as usual, 1 slower; accepted, it is usual."""
    environ = {"RUNNER_OS": "Linux", "RUNNER_NAME": "canary-2", "TRIVIGIL_REGION": "eu"}
    assert run(tmp_path, site, "--valid-days", "30", "--least-ms", "80", environ=environ) == 0
    first = kept(tmp_path)
    assert (first["target"], first["samples"], site.asked) == (f"{site.url}/?key", 20, 21)
    assert (first["runner"], first["valid_days"]) == ({"os": "Linux", "region": "eu"}, 30)
    assert main(["validate", str(tmp_path / "usual.json")], {}) == 0

    assert run(tmp_path, site) == 0
    assert kept(tmp_path) == first
    assert "as fast as usual" in capsys.readouterr().err

    site.delay = 0.15
    assert run(tmp_path, site, "--json", "--out", str(tmp_path / "out")) == 1
    told = capsys.readouterr()
    assert json.loads(told.out)["phases"]["ttfb"]["slower"] is True
    assert "slower than usual" in told.err
    report = json.loads((tmp_path / "out" / "monitoring-results.json").read_text(encoding="utf-8"))
    assert report["baseline"] == json.loads(told.out)
    assert [one["status"] for one in report["checks"]] == ["degraded"]

    assert run(tmp_path, site, "--accept", "--samples", "10", "--json") == 0
    accepted = json.loads(capsys.readouterr().out)
    assert accepted["verdict"] == "accepted"
    assert accepted["phases"]["ttfb"]["was"] == pytest.approx(first["phases"]["ttfb"]["median"], abs=0.01)  # fmt: skip
    assert accepted["phases"]["ttfb"]["usual"] >= 140
    assert (kept(tmp_path)["samples"], kept(tmp_path)["valid_days"]) == (10, 30)
    assert run(tmp_path, site) == 0
    everything = "".join(path.read_text() for path in tmp_path.rglob("*.json")) + told.err
    assert "canary" not in everything


def test_a_tolerance_of_ones_own(site: Site, tmp_path: Path) -> None:
    """It is kept in the file, and an option says otherwise for once."""
    assert run(tmp_path, site, "--least-ms", "5000", "--samples", "10") == 0
    assert kept(tmp_path)["tolerance"] == {"ms": 5000.0, "percent": 25.0}
    site.delay = 0.15
    assert run(tmp_path, site) == 0
    assert run(tmp_path, site, "--least-ms", "20") == 1


@pytest.mark.parametrize("accept", [(), ("--accept",)], ids=["made", "accepted"])
def test_nothing_is_written_of_a_site_that_fails(
    accept: tuple[str, ...], site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1 with the reason; a file that is there stays as it is, and the comparison is not `as usual`."""
    if accept:
        assert run(tmp_path, site, "--samples", "5") == 0
        before = kept(tmp_path)
    site.status = 503
    assert run(tmp_path, site, *accept) == 1
    assert "was not written: the measurement is invalid" in capsys.readouterr().err
    if accept:
        assert kept(tmp_path) == before
        assert run(tmp_path, site) == 1
        assert "the measurement is invalid: the first exchange failed (the answer is 503)" in capsys.readouterr().err  # fmt: skip
    else:
        assert list(tmp_path.iterdir()) == []


def test_a_name_hides_the_address(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the file and on the screen; the comparison knows the target by its name."""
    named = ("--target-name", "the shop", "--samples", "5")
    assert run(tmp_path, site, *named) == 0
    assert run(tmp_path, site, *named, "--out", str(tmp_path)) == 0
    assert kept(tmp_path)["target"] == "the shop"
    told = "".join(capsys.readouterr()) + "".join(one.read_text() for one in tmp_path.iterdir())
    assert "127.0.0.1" not in told
    assert run(tmp_path, site) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--samples", "4"], "--samples: a number from 5 to 100", id="too few"),
        pytest.param(["--pause", "0"], "--pause: a number from 0.05 to 60", id="a flood"),
        pytest.param(["--least-ms", "nan"], "--least-ms: a number", id="no number"),
        pytest.param(["--url", "ftp://x"], "this is no URL", id="no http"),
        pytest.param(["--url", ""], "name a URL", id="no target"),
        pytest.param([], "usual.json:1: not valid JSON", id="a damaged file"),
        pytest.param(["--accept"], "usual.json:1: not valid JSON", id="a damaged file is not overwritten"),
    ],
)  # fmt: skip
def test_what_the_user_can_mend_is_said(
    arguments: list[str],
    said: str,
    site: Site,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit 2 with one sentence, and nothing is asked."""
    (tmp_path / "usual.json").write_text('{"schema"', encoding="utf-8")
    assert run(tmp_path, site, *arguments) == 2
    assert said in capsys.readouterr().err
    assert site.asked == 0


def test_a_run_of_the_monitor_compares(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`monitor run --baseline FILE`: the check stands beside the others."""
    base = [
        "--url",
        site.url,
        "--baseline",
        "usual.json",
        "--allow-private",
        "--pause",
        FAST,
        "--least-ms",
        "80",
    ]
    monkeypatch.chdir(tmp_path)
    assert main(["monitor", "baseline", *base], {}) == 0
    options = ["--target", site.url, "--allow-private", "--no-headers", "--retries", "0"]
    assert main(["monitor", "run", *options, "--baseline", "usual.json"], {}) == 0
    found = json.loads((tmp_path / "monitoring-results.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["kind"], one["status"]) for one in found["checks"]] == [
        ("reachability", "synthetic", "up"),
        ("baseline", "baseline", "up"),
    ]
    assert (found["baseline"]["file"], found["baseline"]["verdict"]) == ("usual.json", "usual")
    assert main(["monitor", "run", *options, "--baseline", "gone.json"], {}) == 2


def test_the_action_compares(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The input `baseline` and the key of the same name, relative to the workspace."""
    assert run(tmp_path, site, "--samples", "5", "--least-ms", "80") == 0
    (tmp_path / ".trivigil.yml").write_text("monitor: {baseline: usual.json}\n", encoding="utf-8")
    (tmp_path / "temp").mkdir()
    environ = {
        "GITHUB_WORKSPACE": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "TRIVIGIL_STATE_FOLDER": str(tmp_path / "temp" / "state"),
        "TRIVIGIL_WATCH": "monitor",
        "TRIVIGIL_TARGET": f"{site.url}/?key=canary-1",
        "TRIVIGIL_ALLOW_PRIVATE": "true",
        "TRIVIGIL_HEADERS": "false",
        "TRIVIGIL_STATE": "none",
    }
    assert main(["step", "watch"], environ) == 0
    path = tmp_path / "trivigil-results" / "monitoring-results.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert (found["problems"], found["baseline"]["verdict"]) == ([], "usual")
    assert "canary" not in path.read_text(encoding="utf-8") + "".join(capsys.readouterr())


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each sample is counted on one line, which is wiped at the end; elsewhere nothing is counted."""
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert run(tmp_path, site, "--samples", "5") == 0
    assert "\rmeasuring: 4 samples\rmeasuring: 5 samples\r\x1b[K" in terminal.getvalue()
    quiet = io.StringIO()
    monkeypatch.setattr(sys, "stderr", quiet)
    assert run(tmp_path, site, "--accept", "--samples", "5") == 0
    assert "measuring" not in quiet.getvalue()
    assert "\x1b" not in quiet.getvalue()
