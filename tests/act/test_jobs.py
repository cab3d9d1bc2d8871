from __future__ import annotations

import itertools
import json
import threading
import time
from fnmatch import fnmatchcase
from pathlib import Path

from tests.github_double import Request, made_up_sha

from .bench import Bench
from .consumer import stats
from .seen import conclusions, the_comment, verdicts

SECONDS = 60
"""How long one leg waits for the other before the test gives up."""


def test_two_services_in_one_job(bench: Bench) -> None:
    """Two names share one comment with a section each, and have check runs and artifacts of their own."""
    pull = bench.repository.pull(7)
    bench.consumer.write("results/api_stats.csv", stats())
    bench.consumer.write("results/web_stats.csv", stats(login_p95=900))
    run = bench.run("two_services.yml")
    assert run.code == 1
    assert [run.step(name).outcome for name in ("api", "web")] == ["success", "failure"]
    assert [run.step(name).outputs["passed"] for name in ("api", "web")] == ["true", "false"]
    assert verdicts(the_comment(bench.repository)) == {"api": "success", "web": "failure"}
    expected = {"Trivigil / api": "success", "Trivigil / web": "failure"}
    assert conclusions(bench.repository, pull.head_sha) == expected
    assert run.report("trivigil-api")["passed"] is True
    assert run.report("trivigil-web")["passed"] is False


def test_a_refusal_is_remembered_in_the_job(bench: Bench) -> None:
    """What GitHub refused to the first service is not tried again for the second."""
    bench.repository.pull(7)
    bench.consumer.write("results/api_stats.csv", stats())
    bench.consumer.write("results/web_stats.csv", stats())
    run = bench.run("two_services.yml", token=bench.token(contents="read"))
    assert run.code == 0
    assert len(bench.github.calls("POST", "*/check-runs")) == 1
    assert len(bench.github.calls("POST", "*/comments")) == 1
    assert [len(run.step(name).published["refused"]) for name in ("api", "web")] == [3, 3]


def test_the_same_name_twice_in_one_job(bench: Bench) -> None:
    """The second use of a name is refused with a sentence, and does not touch the first one's words."""
    pull = bench.repository.pull(7)
    run = bench.run("same_name.yml")
    assert run.code == 1
    assert [run.step(name).outcome for name in ("first", "second")] == ["success", "failure"]
    assert run.step("second").outputs["conclusion"] == "failure"
    assert run.step("second").published["done"] == ["summary", "outputs"]
    assert "is used twice in this job" in run.summary()
    assert run.exit_status("second") == 2
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}
    assert conclusions(bench.repository, pull.head_sha) == {"Trivigil / perf": "success"}
    assert run.report()["passed"] is True


def test_a_matrix_whose_legs_meet(bench: Bench) -> None:
    """Two legs that both see no comment yet still end in one comment with both sections."""
    pull = bench.repository.pull(7)
    bench.consumer.write("results/api_stats.csv", stats())
    bench.consumer.write("results/web_stats.csv", stats(login_p95=900))
    meeting = _Meeting("*/issues/7/comments")
    bench.github.on_call(meeting.concerns, meeting.wait)
    bench.run("matrix.yml")
    assert len(bench.github.calls("POST", "*/issues/7/comments")) == 2
    _assert_both_legs(bench, pull.head_sha, {"perf (api)": "success", "perf (web)": "failure"})


def test_a_leg_that_writes_late(bench: Bench) -> None:
    """A leg whose write lands on top of the other's, after that one is done, loses nothing of it."""
    bench.repository.pull(7)
    bench.consumer.write("results/api_stats.csv", stats())
    bench.consumer.write("results/web_stats.csv", stats())
    assert bench.run("matrix.yml", run_id=100).code == 0
    assert set(verdicts(the_comment(bench.repository)).values()) == {"success"}
    second = bench.repository.push(7, made_up_sha("second"))
    bench.consumer.write("results/api_stats.csv", stats(login_p95=900))
    late = _LateWrite(other="perf (api)", ended=bench.next_place / "written" / "api.json")
    bench.github.on_call(late.is_other_begin, late.hold_other)
    bench.github.on_call(late.is_write, late.hold_write)
    run = bench.run("matrix.yml", run_id=101)
    assert [run.step(name).outcome for name in ("api", "web")] == ["failure", "success"]
    expected = {"perf (api)": "failure", "perf (web)": "success"}
    _assert_both_legs(bench, second.head_sha, expected)


class _Meeting:
    """The first two creations at a path wait for each other."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._barrier = threading.Barrier(2, timeout=SECONDS)
        self._arrived = itertools.count()

    def concerns(self, request: Request) -> bool:
        ours = request.method == "POST" and fnmatchcase(request.path, self._path)
        return ours and next(self._arrived) < 2

    def wait(self, _: Request) -> None:
        self._barrier.wait()


class _LateWrite:
    """Holds one leg back until the other has read, and the other's write until the first has ended."""

    def __init__(self, other: str, ended: Path) -> None:
        self._name = f"Trivigil / {other}"
        self._ended = ended
        self._has_read = threading.Event()

    def is_other_begin(self, request: Request) -> bool:
        begins = request.method == "POST" and request.path.endswith("/check-runs")
        return bool(begins and json.loads(request.body)["name"] == self._name)

    def hold_other(self, _: Request) -> None:
        assert self._has_read.wait(SECONDS)

    def is_write(self, request: Request) -> bool:
        writes = request.method == "PATCH" and "/issues/comments/" in request.path
        return writes and not self._has_read.is_set()

    def hold_write(self, _: Request) -> None:
        self._has_read.set()
        deadline = time.monotonic() + SECONDS
        while not self._ended.exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def _assert_both_legs(bench: Bench, sha: str, expected: dict[str, str]) -> None:
    assert verdicts(the_comment(bench.repository)) == expected
    named = {f"Trivigil / {name}": verdict for name, verdict in expected.items()}
    assert conclusions(bench.repository, sha) == named
