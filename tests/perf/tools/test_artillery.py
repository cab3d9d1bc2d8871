"""Starting Artillery: a replay that takes its documented options only, and the real one where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.perf.readers.reading import PERF
from trivigil import perf
from trivigil.core.errors import InputError
from trivigil.launching import install
from trivigil.perf.analysis import Context
from trivigil.perf.profiles import Profile
from trivigil.perf.tool import Ended, Job
from trivigil.perf.tools import artillery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.report import Report

RECORDED = PERF / "artillery" / "v2.0.21"
REPLAY = """\
#!{python}
import argparse, json, os, shutil, sys
if "--version" in sys.argv:
    print("VERSION INFO:\\n\\nArtillery: 2.0.21\\nNode.js:   v20.20.2"); sys.exit(0)
parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("run", choices=["run"])
for option in ("--target", "--output", "--overrides"):
    parser.add_argument(option, required=True)
parser.add_argument("script")
given = parser.parse_args()
json.loads(given.overrides)["config"]["phases"]
assert os.environ["ARTILLERY_DISABLE_TELEMETRY"] == "true"
assert "GITHUB_TOKEN" not in os.environ
{body}
"""
REPORTS = f"""\
shutil.copy({str(RECORDED / "plain.json")!r}, given.output)
print(open({str(RECORDED / "plain.txt")!r}, encoding="utf-8").read())
"""


def real() -> str | None:
    """The Artillery that .ci/run installed, or one on PATH."""
    return os.environ.get("TRIVIGIL_ARTILLERY") or shutil.which("artillery")


def profile(**changes: float) -> Profile:
    return Profile("smoke", 10, 2, 300)._replace(**changes)  # type: ignore[arg-type]


def run(tmp_path: Path, host: str, path: str, script: str = "{}", **order: object) -> Report:
    (tmp_path / "load.yml").write_text(script)
    made = perf.Order("artillery", "load.yml", host, "load")._replace(**order)  # type: ignore[arg-type]
    return perf.judge_order(
        made,
        Context("load", "2026-06-15T10:00:00Z", str(tmp_path)),
        directory=str(tmp_path),
        output=str(tmp_path / "raw"),
        environ={**os.environ, "PATH": path, "GITHUB_TOKEN": "opens nothing"},
        say=lambda _: None,
    )


def replayed(tmp_path: Path, body: str) -> Report:
    program = tmp_path / "bin" / "artillery"
    program.parent.mkdir()
    program.write_text(REPLAY.format(python=sys.executable, body=body), encoding="utf-8")
    program.chmod(0o755)
    return run(tmp_path, "http://127.0.0.1:9", str(program.parent))


@pytest.mark.parametrize(
    ("given", "phases"),
    [
        pytest.param(
            profile(),
            [("ramp", 5, 1, 2), ("steady", 295, 2, None)],
            id="the ramp is as long as users take to come",
        ),
        pytest.param(profile(spawn_rate=1), [("steady", 300, 1, None)], id="one a second"),
        pytest.param(
            profile(spawn_rate=0.5), [("steady", 300, 1, None)], id="less than one is one"
        ),
        pytest.param(
            profile(run_time=4),
            [("ramp", 2, 1, 2), ("steady", 2, 2, None)],
            id="half of a short run is steady",
        ),
        pytest.param(
            Profile("stress", 100, 10, 60, 2),
            [("step 1", 20, 5, None), ("step 2", 20, 10, None), ("step 3", 20, 5, None)],
            id="steps are shares of the arrivals",
        ),
    ],
)
def test_phases(given: Profile, phases: list[tuple[object, ...]]) -> None:
    """Artillery takes whole numbers only, and their sum is the run's time."""
    made = artillery._phases(given)
    keys = ("name", "duration", "arrivalRate", "rampTo")
    assert [tuple(phase.get(key) for key in keys) for phase in made] == phases


def test_a_recorded_run_with_a_failed_check(tmp_path: Path) -> None:
    """Exit code 1 with a failed `ensure` check is that check's failure, once."""
    report = replayed(tmp_path, f"{REPORTS}sys.exit(1)")
    failed = [r for r in report.findings if r.gates]
    assert [r.message for r in failed] == ["Artillery's check `http.codes.500 < 3` does not hold."]
    assert report.conclusion.exit_code == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param(21, "with exit code 21: an `expect` check failed.", id="expect"),
        pytest.param(7, "with exit code 7.", id="an unknown one"),
    ],
)
def test_another_exit_code_is_a_failure_of_its_own(code: int, message: str, tmp_path: Path) -> None:
    """What no check explains is said beside the checks."""
    report = replayed(tmp_path, f"{REPORTS}sys.exit({code})")
    assert any(r.message.endswith(message) and r.gates for r in report.findings)


def test_a_script_that_cannot_be_used(tmp_path: Path) -> None:
    """Artillery ends with 1 and writes no report: exit 2, with a hint at its log."""
    report = replayed(tmp_path, "print('::error::forged'); sys.exit(1)")
    assert report.conclusion.exit_code == 2
    assert "artillery wrote no results and ended with exit code 1" in report.problems[0]
    assert "forged" not in report.problems[0]


def test_progress_is_the_sum_of_the_periods(tmp_path: Path) -> None:
    """The summary at the end repeats them, and is not counted twice."""
    shutil.copy(RECORDED / "plain.txt", tmp_path / "artillery.log")
    job = Job("x", "http://127.0.0.1:9", profile(), str(tmp_path))
    assert artillery.progress(job) == "48 requests"
    assert artillery.progress(job._replace(output=str(tmp_path / "none"))) is None


def test_it_is_installed_from_npm_once(tmp_path: Path) -> None:
    """Npm installs the version that is asked for into a folder of its own, and is not asked again."""
    npm = tmp_path / "npm"
    npm.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "assert sys.argv[1] == 'install' and sys.argv[-1] == 'artillery@2.0.22', sys.argv\n"
        "assert os.environ['PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD'] == '1'\n"
        "open(os.path.join(os.path.dirname(sys.argv[0]), 'calls'), 'a').write('x')\n"
    )
    npm.chmod(0o755)
    environ = {"PATH": str(tmp_path), "RUNNER_TOOL_CACHE": str(tmp_path), **artillery.ENVIRON}
    said: list[str] = []
    for _ in range(2):
        program = install.program(artillery, "2.0.22", environ, said.append)
    assert program.endswith("artillery-2.0.22-npm/node_modules/.bin/artillery")
    assert (tmp_path / "calls").read_text() == "x"
    assert said == ["Installing artillery 2.0.22 …"]


def test_without_npm_it_cannot_be_installed(tmp_path: Path) -> None:
    """One sentence, and what to do."""
    with pytest.raises(InputError, match="neither `artillery` nor `npm` on PATH"):
        install.program(artillery, "", {"PATH": str(tmp_path)}, print)


def test_a_run_that_was_stopped_has_no_verdict_of_its_code(tmp_path: Path) -> None:
    """The time limit is said elsewhere."""
    assert artillery.verdicts(Ended(143, 1.0, timed_out=True, log=str(tmp_path / "x"))) == ()


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[str]:
    """A small service on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.skipif(
    real() is None,
    reason="Artillery is not installed here (.ci/run does, TRIVIGIL_ARTILLERY names it)",
)
def test_the_real_artillery(host: str, tmp_path: Path) -> None:
    """The profile's phases are run, endpoints and checks are read, and what fails is a failure."""
    program = real()
    assert program
    script = {
        "config": {
            "target": "http://127.0.0.1:9",
            "phases": [{"duration": 60, "arrivalRate": 1}],
            "ensure": {"conditions": [{"expression": "http.requests > 0"}]},
            "plugins": {"ensure": {}},
        },
        "scenarios": [{"flow": [{"get": {"url": "/"}}, {"get": {"url": "/none"}}]}],
    }
    path = f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"
    order = {"users": 2, "spawn_rate": 2.0, "run_time": "3s"}
    report = run(tmp_path, host, path, json.dumps(script), **order)
    assert report.problems == ()
    found = {(m.subject, m.metric.name): m.value for m in report.measurements}
    assert found["OVERALL", "requests"] == 2 * found["/", "requests"] > 0
    assert found["OVERALL", "error_rate"] == 50
    (check,) = [r for r in report.results if r.rule.id.startswith("artillery.ensure")]
    assert check.kind == "pass"
