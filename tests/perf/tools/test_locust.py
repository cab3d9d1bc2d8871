"""Locust's command lines for steps and workers; workers that do not come, or die, replayed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from trivigil.core.errors import InputError
from trivigil.perf import launch
from trivigil.perf.profiles import PROFILES, Profile
from trivigil.perf.tool import Ended, Job
from trivigil.perf.tools import locust

STRESS = Profile("stress", 100, 10, 60, 5)
PLAY = """\
#!{python}
import sys, time
if "--version" in sys.argv:
    print("locust 2.47.0 from /somewhere"); sys.exit(0)
known = {{"-f", "--headless", "--host", "--users", "--spawn-rate", "--run-time", "--stop-timeout", "--exit-code-on-error",
         "--csv", "--csv-full-history", "--html", "--json-file", "--master", "--master-bind-host", "--master-bind-port",
         "--expect-workers", "--expect-workers-max-wait", "--worker", "--master-host", "--master-port"}}
given = [a for a in sys.argv[1:] if a.startswith("-")]
assert set(given) <= known, given
{body}
"""


def job(tmp_path: Path, profile: Profile = PROFILES["smoke"], **changes: object) -> Job:
    made = Job("/x/locustfile.py", "http://127.0.0.1:9", profile, str(tmp_path / "out"), port=4711)
    return made._replace(**changes)  # type: ignore[arg-type]


def options(line: list[str]) -> dict[str, str]:
    return {name: line[at + 1] for at, name in enumerate(line[:-1]) if name.startswith("-")}


def play(tmp_path: Path, body: str, made: Job) -> Ended:
    program = tmp_path / "locust"
    program.write_text(PLAY.format(python=sys.executable, body=body), encoding="utf-8")
    program.chmod(0o755)
    return launch.run(
        locust,
        made,
        str(program),
        environ={"PATH": os.environ["PATH"]},
        directory=str(tmp_path),
        timeout=20,
        say=lambda _: None,
    )


def test_the_steps_are_a_shape_beside_the_locustfile(tmp_path: Path) -> None:
    """The shape says users, and when the run ends; options that it would overrule are left out."""
    made = job(tmp_path, STRESS)
    line = locust.command(made, "locust", (2, 47, 0))
    assert options(line)["-f"] == f"{made.output}/locust_steps.py,/x/locustfile.py"
    assert not {"--users", "--spawn-rate", "--run-time"} & set(line)
    [text] = locust.files(made).values()
    assert (
        "STEPS = [(10.0, 20), (20.0, 40), (30.0, 60), (40.0, 80), (50.0, 100), (60.0, 20)]" in text
    )
    compile(text, "locust_steps.py", "exec")
    assert locust.files(job(tmp_path)) == {}


def test_an_old_locust_cannot_climb(tmp_path: Path) -> None:
    """Before several locustfiles could be given there is no place for the shape."""
    with pytest.raises(InputError, match=r"Locust 2\.8\.6 cannot run a stepped load"):
        locust.command(job(tmp_path, STRESS), "locust", (2, 8, 6))
    assert locust.command(job(tmp_path), "locust", (1, 6, 0))


@pytest.mark.parametrize(
    ("processes", "workers", "expected"),
    [
        pytest.param(0, 0, {}, id="alone"),
        pytest.param(
            2,
            0,
            {
                "--master-bind-port": "4711",
                "--master-bind-host": "127.0.0.1",
                "--expect-workers": "2",
            },
            id="workers here only, on a port of their own that nobody else reaches",
        ),
        pytest.param(
            2, 3, {"--master-bind-port": "5557", "--expect-workers": "5"}, id="and elsewhere"
        ),
    ],
)
def test_a_master_waits_for_its_workers(
    processes: int, workers: int, expected: dict[str, str], tmp_path: Path
) -> None:
    """Workers of other machines come to Locust's own port."""
    made = job(tmp_path, processes=processes, workers=workers)
    line = locust.command(made, "locust", (2, 47, 0))
    assert {
        k: v for k, v in options(line).items() if "master-" in k or k == "--expect-workers"
    } == expected
    assert ("--master" in line) is bool(expected)
    companions = locust.companions(made, "locust")
    assert len(companions) == processes
    assert all("--worker" in companion for companion in companions)


def test_workers_that_do_not_come_fail_the_run(tmp_path: Path) -> None:
    """Locust gives up after a minute with exit code 1, which is not the script's word."""
    body = "print('ERROR/locust.main: Gave up waiting for workers to connect'); sys.exit(1)"
    ended = play(tmp_path, body, job(tmp_path, workers=2))
    [result] = locust.verdicts(ended)
    assert (result.rule.id, result.gates) == ("run.workers", True)
    assert "its workers did not come" in result.message
    assert "5557" in (result.fix or "")


@pytest.mark.parametrize("code", [0, 2])
def test_a_saturated_locust_proves_nothing(code: int, tmp_path: Path) -> None:
    """Locust warns once in its log, whatever its exit code; the run is invalid then."""
    body = f"print('WARNING/locust.runners: CPU usage above 90%! This may constrain'); sys.exit({code})"
    ended = play(tmp_path, body, job(tmp_path))
    first = locust.verdicts(ended)[0]
    assert (first.rule.id, first.kind, first.gates) == ("run.invalid", "fail", True)


def test_a_worker_that_dies_is_said(tmp_path: Path) -> None:
    """The master goes on with less load than planned; that is a failure, and its log is kept."""
    body = "print('boom' if '--worker' in sys.argv else 'fine'); sys.exit(3 if '--worker' in sys.argv else 0)"
    ended = play(tmp_path, body, job(tmp_path, processes=2))
    assert ended.code == 0
    assert ended.lost == ("worker 1 ended with exit code 3", "worker 2 ended with exit code 3")
    result = launch.lost(locust, ended)
    assert (result.rule.id, result.gates) == ("run.workers", True)
    assert (tmp_path / "out" / "locust-worker-2.log").read_text() == "boom\n"


def test_a_worker_that_stays_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was started outlives the run, and who had to be stopped is no failure."""
    monkeypatch.setattr(launch, "_WORKER_GRACE", 0.3)
    body = "time.sleep(60 if '--worker' in sys.argv else 0)"
    assert play(tmp_path, body, job(tmp_path, processes=1)).lost == ()


def test_the_version_is_what_the_program_says(tmp_path: Path) -> None:
    """Locust's files do not have it."""
    assert play(tmp_path, "pass", job(tmp_path)).version == "2.47.0"
