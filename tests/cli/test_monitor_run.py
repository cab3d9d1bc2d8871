"""`trivigil monitor run` as a user calls it, against a site on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from trivigil.cli import main
from trivigil.monitor.facts import Attempt
from trivigil.monitor.planned import Bounds, Planned

GOOD = 'GET {{target}}/\nHTTP 200\n[Asserts]\nheader "content-type" contains "text"\n'
BAD = 'GET {{target}}/\nHTTP 200\n[Asserts]\nbody contains "nowhere"\nstatus == 204\n'


class Site(ThreadingHTTPServer):
    """Answers every path with a page."""

    daemon_threads = True
    asked: list[str]

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        page = b"<p>canary-of-the-site</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_OPTIONS = do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback."""
    with Site(("127.0.0.1", 0), _Page) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def run(folder: Path, *arguments: str) -> int:
    """The command, with its result file in `out`."""
    base = ("--allow-private", "--retries", "0", "--out", str(folder / "out"))
    return main(["monitor", "run", *base, *arguments], {})


def results(folder: Path) -> dict[str, Any]:
    """The result file."""
    found: dict[str, Any] = json.loads((folder / "out" / "monitoring-results.json").read_text())
    return found


def write(folder: Path, **files: str) -> Path:
    """A tests folder with these check files."""
    tests = folder / "checks"
    tests.mkdir(exist_ok=True)
    for name, text in files.items():
        (tests / f"{name}.hurl").write_text(text)
    return tests


def test_what_is_up_passes(site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and the file says what the contract promises."""
    tests = write(tmp_path, home=GOOD)
    assert run(tmp_path, "--target", site.url, "--tests", str(tests)) == 0
    found = results(tmp_path)

    assert [(one["name"], one["status"], one["cause"]) for one in found["checks"]] == [
        ("home", "up", None)
    ]
    assert set(found["checks"][0]["phases"]) == {"dns", "connect", "tls", "ttfb", "transfer"}
    assert (found["passed"], found["target"]) == (True, f"{site.url}/")
    assert set(found["headers"]) >= {"grade", "score", "algorithm", "strict_grade", "tests"}
    assert (found["incidents"], found["baseline"], found["scheduled_for"]) == ([], None, None)
    assert "its one check is up" in capsys.readouterr().err


def test_without_check_files_the_target_has_to_answer(site: Site, tmp_path: Path) -> None:
    """Nobody has to write a check to be watched."""
    assert run(tmp_path, "--target", site.url) == 0
    assert [one["name"] for one in results(tmp_path)["checks"]] == ["reachability"]


def test_what_fails_is_told_at_its_line(site: Site, tmp_path: Path) -> None:
    """Exit 1; every claim that does not hold has its line, and the site's words stand nowhere but there."""
    tests = write(tmp_path, home=BAD)
    assert run(tmp_path, "--target", site.url, "--tests", str(tests)) == 1
    check = results(tmp_path)["checks"][0]

    assert (check["status"], check["cause"]) == ("down", "assertion")
    assert [one["line"] for one in check["attempts"][0]["failed"]] == [4, 5]
    assert "canary-of-the-site" not in check["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--target", "ftp://x"], "target", id="no http"),
        pytest.param(["--target", ""], "name a URL", id="no target"),
        pytest.param(["--target", "http://127.0.0.1:1", "--tests", "nowhere"], "nowhere", id="no folder"),
        pytest.param(["--target", "http://127.0.0.1:1", "--least-grade", "Z"], "--least-grade", id="no grade"),
        pytest.param(["--target", "http://127.0.0.1:1", "--retries", "-1"], "--retries", id="less than none"),
    ],
)  # fmt: skip
def test_what_the_user_can_mend_is_said(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2 with one sentence, and no result file."""
    assert run(tmp_path, *arguments) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_check_that_does_not_parse_is_located(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, line and column, before anything is asked of the site."""
    tests = write(tmp_path, broken="GET {{target}}/\nHTTP two\n")
    assert run(tmp_path, "--target", site.url, "--tests", str(tests)) == 2
    assert "broken.hurl:2:6: " in capsys.readouterr().err
    assert site.asked == []


def test_a_private_address_needs_a_word(site: Site, tmp_path: Path) -> None:
    """Without --allow-private nothing is sent, and nobody calls that an outage."""
    arguments = ["--retries", "0", "--out", str(tmp_path / "out"), "--target", site.url]
    assert main(["monitor", "run", *arguments], {}) == 1
    [check] = results(tmp_path)["checks"]

    assert (check["status"], check["cause"]) == ("unknown", "blocked-address")
    assert site.asked == []


def test_a_name_hides_the_address(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --target-name the address stands in no file and on no screen."""
    tests = write(tmp_path, home=BAD, gone="GET {{target}}/\nHTTP 404\n")
    page = tmp_path / "out" / "r.html"
    options = ("--tests", str(tests), "--target-name", "the shop", "--html", str(page))
    assert run(tmp_path, "--target", site.url, *options) == 1
    told = "".join(capsys.readouterr())
    told += "".join(path.read_text() for path in (tmp_path / "out").iterdir())

    assert "the shop" in told
    assert site.url.removeprefix("http://") not in told
    assert "127.0.0.1" not in told


def test_a_password_in_the_address_is_shown_nowhere(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither password nor query of the target reaches a file or the screen."""
    url = site.url.replace("http://", "http://user:canary-word@") + "/?key=canary-key"
    tests = write(tmp_path, home=BAD)
    run(
        tmp_path, "--target", url, "--tests", str(tests), "--html", str(tmp_path / "out" / "r.html")
    )
    told = "".join(capsys.readouterr())
    if (tmp_path / "out").exists():
        told += "".join(path.read_text() for path in (tmp_path / "out").iterdir())

    assert "canary-word" not in told
    assert "canary-key" not in told


def test_an_error_of_our_own_is_our_own(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 3, with the check's name, a result file to report, and nothing of the error's text."""

    def broken(_bounds: Bounds) -> Attempt:
        raise KeyError("canary-of-the-error")

    def planned(*, slow: int | None = None) -> Planned:
        return Planned(f"broken{slow or ''}", "synthetic", broken)

    monkeypatch.setattr("trivigil.monitor.reachability.plan", planned)
    assert run(tmp_path, "--target", site.url, "--no-headers") == 3
    said = capsys.readouterr().err
    assert "broken" in said
    assert "canary-of-the-error" not in said + json.dumps(results(tmp_path))
    assert results(tmp_path)["conclusion"] == "failure"
