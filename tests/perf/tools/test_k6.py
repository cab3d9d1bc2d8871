"""Starting k6: its command line, its exit codes, its progress; replayed, and for real."""

from __future__ import annotations

import http.server
import json
import os
import sys
import threading
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.perf.real_k6 import NO_K6, find_k6
from trivigil.core.measurement import OVERALL
from trivigil.launching import process
from trivigil.perf import Order, judge_order, profiles
from trivigil.perf.analysis import Context
from trivigil.perf.tool import Ended, Job
from trivigil.perf.tools import k6, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from trivigil.core.report import Report

K6 = find_k6()
needs_k6 = pytest.mark.skipif(K6 is None, reason=NO_K6)

PLAY = """\
#!{python}
import os, sys, time
if sys.argv[1:] == ["--version"]:
    print("k6 v1.5.0 (go1.25.4, linux/amd64)"); sys.exit(0)
assert sys.argv[1] == "run", sys.argv
documented = {{"--env", "--vus", "--stage", "--summary-trend-stats", "--summary-export", "--out"}}
rest = [a for a in sys.argv[2:-1] if a not in ("--no-usage-report", "--no-color")]
options = dict(zip(rest[::2], rest[1::2]))
assert set(rest[::2]) <= documented, rest
{body}
"""


def job(tmp_path: Path, users: int = 10, rate: float = 2, seconds: float = 30) -> Job:
    profile = profiles.Profile("smoke", users, rate, seconds)
    return Job(str(tmp_path / "x.js"), "http://127.0.0.1:9", profile, str(tmp_path / "out"))


def replay(tmp_path: Path, body: str) -> str:
    """A program that takes the documented options that are used, and then does what the body says."""
    program = tmp_path / "bin" / "k6"
    program.parent.mkdir()
    program.write_text(PLAY.format(python=sys.executable, body=body), encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def judged(tmp_path: Path, program: str, script: str, host: str, **changes: object) -> Report:
    """A whole order with this program as the k6 on PATH."""
    (tmp_path / "x.js").write_text(script, encoding="utf-8")
    order = Order("k6", "x.js", host, "load", users=2, spawn_rate=2.0, run_time="3s")
    path = os.pathsep.join((os.path.dirname(program), os.environ["PATH"]))
    return judge_order(
        order._replace(**changes),  # type: ignore[arg-type]
        Context("perf", "2026-01-02T03:04:05Z", str(tmp_path)),
        directory=str(tmp_path),
        output=str(tmp_path / "out"),
        environ={"PATH": path, "HOME": str(tmp_path), "GITHUB_TOKEN": "secret"},
        say=lambda _: None,
    )


@pytest.mark.parametrize(
    ("users", "rate", "seconds", "stages"),
    [
        pytest.param(10, 2, 30, ["5s:10", "25s:10"], id="a ramp, then steady"),
        pytest.param(1, 4, 8, ["0.25s:1", "7.75s:1"], id="fractions"),
        pytest.param(100, 1, 60, ["60s:100"], id="the ramp is all of it"),
    ],
)
def test_the_profile_becomes_stages(
    users: int, rate: float, seconds: float, stages: list[str], tmp_path: Path
) -> None:
    """Users come at the profile's rate and stay to its end."""
    line = k6.command(job(tmp_path, users, rate, seconds), "k6", (1, 5, 0))
    assert [line[i + 1] for i, word in enumerate(line) if word == "--stage"] == stages
    assert line[-1] == str(tmp_path / "x.js")
    assert "HOST=http://127.0.0.1:9" in line


def test_a_stepped_load_becomes_stages(tmp_path: Path) -> None:
    """Each level is a move at the profile's rate and a hold."""
    made = job(tmp_path)._replace(profile=profiles.Profile("stress", 20, 5, 30, 2))
    line = k6.command(made, "k6", (1, 5, 0))
    stages = [line[i + 1] for i, word in enumerate(line) if word == "--stage"]
    assert stages == ["1.8s:10", "8.2s:10", "2s:20", "8s:20", "2s:10", "8s:10"]


@pytest.mark.parametrize(
    ("shard", "segment"),
    [
        pytest.param((1, 1), None, id="no shards"),
        pytest.param((1, 4), ("0:1/4", "0,1/4,1/2,3/4,1"), id="the first"),
        pytest.param((4, 4), ("3/4:1", "0,1/4,1/2,3/4,1"), id="the last"),
    ],
)
def test_a_shard_is_a_segment_of_the_load(
    shard: tuple[int, int], segment: tuple[str, str] | None, tmp_path: Path
) -> None:
    """With the sequence of all, so that no part overlaps another."""
    line = k6.command(job(tmp_path)._replace(shard=shard), "k6", (1, 5, 0))
    options = dict(pairwise(line))
    found = options.get("--execution-segment"), options.get("--execution-segment-sequence")
    assert found == (segment or (None, None))


def test_k6_never_comes_from_the_python_registry() -> None:
    """The package of that name there is not Grafana's."""
    assert named("k6").PACKAGE == "github:grafana/k6"


def test_progress_is_k6s_last_word(tmp_path: Path) -> None:
    """From its log, of which the last line may be half written."""
    out = tmp_path / "out"
    out.mkdir()
    assert k6.progress(job(tmp_path)) is None
    (out / "k6.log").write_text("execution: local\n")
    assert k6.progress(job(tmp_path)) is None
    (out / "k6.log").write_text(
        "running (00.7s), 1/2 VUs, 5 complete and 0 interrupted iterations\n"
        "running (01.7s), 2/2 VUs, 15 complete and 0 interrupted iterations\nrunning (02"
    )
    assert k6.progress(job(tmp_path)) == "01.7s, 2 users, 15 iterations"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param(0, None, id="finished"),
        pytest.param(99, "a threshold of the script was crossed", id="no summary was written"),
        pytest.param(104, "options are not valid", id="options"),
        pytest.param(107, "raised an exception", id="exception"),
        pytest.param(108, "aborted the test", id="abort"),
        pytest.param(110, "marked the test as failed", id="marked"),
        pytest.param(255, "did not understand its command line", id="command line"),
        pytest.param(3, "does not list this code", id="unknown"),
        pytest.param(-9, "does not list this code", id="killed"),
    ],
)
def test_exit_codes_are_told_apart(code: int, words: str | None, tmp_path: Path) -> None:
    """Each but 0 is a failed gate with its own reason."""
    results = k6.verdicts(Ended(code, 1.0, False, str(tmp_path / "k6.log")))
    assert [result.gates for result in results] == ([True] if words else [])
    assert all(words in result.message for result in results if words)


def test_a_crossed_threshold_is_said_once(tmp_path: Path) -> None:
    """The summary names it, so the exit code adds nothing; a late k6 is said elsewhere."""
    (tmp_path / "k6_summary.json").touch()
    assert k6.verdicts(Ended(99, 1.0, False, str(tmp_path / "k6.log"))) == ()
    assert k6.verdicts(Ended(105, 1.0, True, str(tmp_path / "k6.log"))) == ()


@pytest.mark.parametrize("code", [104, 107, 255])
def test_a_k6_that_wrote_nothing_is_exit_2(code: int, tmp_path: Path) -> None:
    """One sentence with the exit code; what k6 said is for the log only."""
    program = replay(tmp_path, f"print('::error::boom'); sys.exit({code})")
    report = judged(tmp_path, program, "", "http://127.0.0.1:9")
    assert report.conclusion.exit_code == 2
    (problem,) = report.problems
    assert f"k6 wrote no results and ended with exit code {code}." in problem


def test_a_replayed_run_is_judged(tmp_path: Path) -> None:
    """Recorded output under our names, no token in its environment, exit code 99: the gate fails."""
    data = os.path.join(os.path.dirname(__file__), "../../data/perf/k6/v1.5-run")
    body = f"""
import shutil
assert "GITHUB_TOKEN" not in os.environ
shutil.copy({data!r} + "/summary.json", options["--summary-export"])
shutil.copy({data!r} + "/points.json.gz", options["--out"].removeprefix("json="))
sys.exit(99)
"""
    report = judged(tmp_path, replay(tmp_path, body), "", "http://127.0.0.1:9")
    assert report.problems == ()
    failed = {r.location.name for r in report.findings if r.gates}
    assert failed == {"http_req_failed: rate<0.10", "checks: rate>0.99", "orders: count<5"}
    assert [(s.format, s.state) for s in report.sources] == [
        ("points-json", "complete"),
        ("summary-export", "complete"),
    ]


def test_a_k6_that_hangs_is_stopped_and_never_passes(tmp_path: Path) -> None:
    """After the time limit the run is over, and the report says so."""
    program = replay(tmp_path, "time.sleep(60)")
    report = judged(tmp_path, program, "", "http://127.0.0.1:9", timeout="1s")
    assert report.conclusion.exit_code != 0


@contextmanager
def server() -> Iterator[tuple[str, list[str]]]:
    """A real server on loopback, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(500 if self.path.startswith("/err") else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{served.server_port}", asked
        finally:
            served.shutdown()


SCRIPT = """
import http from "k6/http";
import { sleep } from "k6";
export const options = { vus: 99, duration: "1h", thresholds: { THRESHOLDS } };
export default function () {
  http.get(__ENV.HOST + "/ok?" + __ITER, { tags: { name: "/ok" } });
  if (__ITER % 4 === 0) http.get(__ENV.HOST + "/err");
  sleep(0.1);
}
"""


@needs_k6
def test_a_real_k6_is_run_and_agrees_with_the_server(tmp_path: Path) -> None:
    """Three seconds of Grafana's k6: what the server served is what the report says."""
    assert K6 is not None
    script = SCRIPT.replace("THRESHOLDS", 'http_req_duration: ["p(95)<5000"]')
    with server() as (host, asked):
        report = judged(tmp_path, K6, script, host)
    assert report.problems == ()
    assert report.conclusion.verdict == "success"
    found = {(m.subject, m.metric.name): m.value for m in report.measurements}
    assert found[OVERALL, "requests"] == len(asked) > 10
    assert found["GET /ok", "requests"] == len([path for path in asked if path.startswith("/ok")])
    assert found[f"GET {host}/err", "error_rate"] == 100
    summary = json.loads((tmp_path / "out/load/k6_summary.json").read_bytes())["metrics"]
    assert found[OVERALL, "latency.p99"] == pytest.approx(summary["http_req_duration"]["p(99)"])
    assert report.facts["timeline"]


@needs_k6
@pytest.mark.parametrize(
    ("script", "exit_code", "words"),
    [
        pytest.param(
            SCRIPT.replace("THRESHOLDS", 'http_req_failed: ["rate<0.01"]'),
            1,
            "k6's threshold http_req_failed: rate<0.01 was crossed",
            id="threshold",
        ),
        pytest.param(
            'import exec from "k6/execution"; import http from "k6/http";\n'
            'export default function () { http.get(__ENV.HOST); exec.test.abort("enough"); }',
            1,
            "k6 ended with exit code 108",
            id="abort",
        ),
        pytest.param("throw new Error('boom')", 2, "ended with exit code 107", id="init error"),
    ],
)
def test_a_real_k6_that_fails_is_understood(
    script: str, exit_code: int, words: str, tmp_path: Path
) -> None:
    """A gate that failed is exit 1; a script that does not start is exit 2."""
    assert K6 is not None
    with server() as (host, _):
        report = judged(tmp_path, K6, script, host, run_time="1s")
    said = [*report.problems, *(result.message for result in report.findings)]
    assert report.conclusion.exit_code == exit_code, said
    assert any(words in sentence for sentence in said), said


@needs_k6
def test_the_version_of_a_real_k6_is_known(tmp_path: Path) -> None:
    """`k6 --version` answers."""
    assert K6 is not None
    said = process.version_said(
        K6, {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, str(tmp_path)
    )
    assert process.numbers(said) >= (0, 57, 0)
