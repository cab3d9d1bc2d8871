"""Starting a load tool: hosts, progress, time limits, exit codes."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.launching import process
from trivigil.perf import launch, profiles
from trivigil.perf.tool import Ended, Job
from trivigil.perf.tools import locust, named

PLAY = """\
#!{python}
import os, signal, sys, time
if "--version" in sys.argv:
    print("locust {version} from /somewhere"); sys.exit(0)
known = {{"-f", "--headless", "--host", "--users", "--spawn-rate", "--run-time", "--stop-timeout",
         "--exit-code-on-error", "--csv", "--csv-full-history", "--html", "--json-file"}}
given = [a for a in sys.argv[1:] if a.startswith("-")]
assert set(given) <= known, given
print("::error::forged", flush=True)
print("token:", os.environ.get("GITHUB_TOKEN"), os.environ.get("TRIVIGIL_GITHUB_TOKEN"), flush=True)
{body}
"""


def job(tmp_path: Path, **changes: object) -> Job:
    profile = profiles.PROFILES["smoke"]._replace(run_time=1)
    made = Job(
        str(tmp_path / "locustfile.py"), "http://127.0.0.1:9", profile, str(tmp_path / "out")
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def replay(tmp_path: Path, body: str, version: str = "2.47.0") -> str:
    """A program that takes Locust's documented options only, and then does what the body says."""
    program = tmp_path / "locust"
    program.write_text(
        PLAY.format(python=sys.executable, version=version, body=body), encoding="utf-8"
    )
    program.chmod(0o755)
    return str(program)


def play(
    tmp_path: Path, body: str, *, timeout: float = 20, version: str = "2.47.0"
) -> tuple[Ended, list[str]]:
    said: list[str] = []
    ended = launch.run(
        locust,
        job(tmp_path),
        replay(tmp_path, body, version),
        environ={"PATH": os.environ["PATH"]},
        directory=str(tmp_path),
        timeout=timeout,
        say=said.append,
    )
    return ended, said


def test_the_child_sees_no_token_and_its_output_goes_to_its_log(tmp_path: Path) -> None:
    """What the tool prints reaches the log file only, and the environment is the one that was given."""
    ended, said = play(tmp_path, "sys.exit(0)")
    assert ended.code == 0
    assert "token: None None" in Path(ended.log).read_text(encoding="utf-8")
    assert not any("forged" in line for line in said)


@pytest.mark.parametrize(
    ("version", "present"),
    [("2.47.0", True), ("2.37.0", True), ("2.36.2", False), ("1.6.0", False)],
)
def test_the_json_file_is_asked_for_where_locust_knows_it(
    tmp_path: Path, version: str, present: bool
) -> None:
    """--json-file came with 2.37; an older Locust would refuse to start with it."""
    ended, _ = play(
        tmp_path, "print('JSON' if '--json-file' in sys.argv else 'CSV')", version=version
    )
    assert ("JSON" in Path(ended.log).read_text(encoding="utf-8")) is present


def test_a_tool_that_is_late_is_asked_to_stop(tmp_path: Path) -> None:
    """After the time limit the tool gets the chance to write its results."""
    body = "signal.signal(signal.SIGTERM, lambda *a: (print('bye', flush=True), sys.exit(0)))\ntime.sleep(60)"
    ended, _ = play(tmp_path, body, timeout=1.5)
    assert (ended.timed_out, ended.code) == (True, 0)
    assert "bye" in Path(ended.log).read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="process groups are POSIX")
def test_a_tool_that_will_not_stop_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that the tool started outlives it."""
    monkeypatch.setattr(process, "GRACE", 0.5)
    body = (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = os.fork()\n"
        "open('pid', 'w').write(str(child)) if child else None\n"
        "time.sleep(60)"
    )
    ended, _ = play(tmp_path, body, timeout=1.5)
    assert ended.code == -9
    deadline = time.monotonic() + 5
    while _alive(int((tmp_path / "pid").read_text())) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(int((tmp_path / "pid").read_text()))


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_progress_comes_from_the_history_file(tmp_path: Path) -> None:
    """A line every few seconds says users, requests and failures."""
    made = job(tmp_path)
    assert locust.progress(made) is None
    os.makedirs(made.output)
    row = "1795389069,4,,Aggregated,1.0,0.0,3,3,3,3,3,3,3,3,3,3,3,107,2,3,9.5,0.7,97.6,18.0"
    Path(made.output, "locust_stats_history.csv").write_text(
        f"Timestamp\n{row}\n1795389070,4,,Aggr", encoding="utf-8"
    )
    assert locust.progress(made) == "4 users, 107 requests, 2 failures"


@pytest.mark.parametrize(
    ("code", "timed_out", "gates"),
    [
        pytest.param(0, False, None, id="finished"),
        pytest.param(3, False, True, id="the-scripts-own-gate"),
        pytest.param(1, False, True, id="the-scripts-own-gate-by-the-usual-code"),
        pytest.param(2, False, False, id="an-unhandled-exception-warns"),
        pytest.param(-15, True, None, id="stopped-by-us-is-said-elsewhere"),
    ],
)
def test_exit_codes(code: int, timed_out: bool, gates: bool | None) -> None:
    """Locust is told not to exit 1 for failed requests, so a code that is left is the script's word."""
    verdicts = locust.verdicts(Ended(code, 1.0, timed_out, "locust.log"))
    assert [result.gates for result in verdicts] == ([] if gates is None else [gates])


def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """A tool that cannot be started ends in one sentence."""
    with pytest.raises(InputError, match="did not answer"):
        launch.run(
            locust,
            job(tmp_path),
            str(tmp_path / "nowhere"),
            environ={},
            directory=str(tmp_path),
            timeout=5,
            say=print,
        )


def test_an_unknown_tool_is_a_sentence() -> None:
    """Known tools are listed."""
    with pytest.raises(InputError, match="Known: locust"):
        named("ab")
