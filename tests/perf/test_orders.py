"""Whole orders: what is refused before anything starts, and real tools run for their profiles."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.perf.real_k6 import NO_K6, find_k6
from tests.perf.real_tools import absent, find
from tests.perf.tools.pages import open_pages
from trivigil.core.measurement import OVERALL
from trivigil.perf import Order, judge_files, judge_order
from trivigil.perf.analysis import Context
from trivigil.perf.parts import Merging
from trivigil.perf.profiles import Amount

if TYPE_CHECKING:
    from trivigil.core.report import Report

LOCUSTFILE = """\
from locust import HttpUser, constant, task


class Visitor(HttpUser):
    wait_time = constant(0.1)

    @task
    def front_page(self):
        self.client.get("/")
"""
K6 = """\
import http from "k6/http";
import { sleep } from "k6";
export default function () { http.get(`${__ENV.HOST}/`); sleep(0.1); }
"""
ATTACK = """\
set -eu
echo "GET $1/" | vegeta attack -rate "$2" -duration "$3s" | vegeta report -type json -output "$4/report.json"
"""
HOST = "http://127.0.0.1:9"
REFUSED = Order("locust", "load.py", HOST)


def judged(tmp_path: Path, order: Order, *programs: str | None, **environ: str) -> Report:
    """The report of an order whose script is there, with these programs before others on PATH."""
    for name, text in (("load.py", LOCUSTFILE), ("load.js", K6), ("attack.sh", ATTACK)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    folders = [os.path.dirname(program) for program in programs if program]
    path = os.pathsep.join((*folders, os.environ["PATH"]))
    said: list[str] = []
    report = judge_order(
        order,
        Context("perf", "2026-01-02T03:04:05Z", str(tmp_path)),
        directory=str(tmp_path),
        output=str(tmp_path / "out"),
        environ={"PATH": path, "HOME": str(tmp_path), **environ},
        say=said.append,
    )
    sys.stdout.write("\n".join(said))
    return report


@pytest.mark.parametrize(
    ("order", "words"),
    [
        pytest.param(
            REFUSED._replace(profile="full", timeout="1h"),
            "timeout: the run needs 1 h 50 min 20 s (smoke 5 min, load 30 min, stress 15 min, endurance 1 h",
            id="there is no time for all of them",
        ),
        pytest.param(
            REFUSED._replace(host="http://staging.example.com"),
            "host: staging.example.com is not this machine.", id="another machine",
        ),
        pytest.param(
            Order("command", "", "", "stress", command="hey -z 1s http://127.0.0.1:9/"),
            "host: stress loads only a host that is named.", id="stress on nothing that is named",
        ),
        pytest.param(
            Order("command", "", "", command="hey -z 1s https://example.com/"),
            "host: example.com is not this machine.", id="another machine among the words",
        ),
        pytest.param(
            Order("command", "", "", command="load --url=https://example.com"),
            "host: example.com is not this machine.", id="behind a sign of equality",
        ),
        pytest.param(
            Order("command", "", "", command="hey 'open"), "command: it cannot be split into words",
            id="an open quotation",
        ),
        pytest.param(
            Order("command", "", "", command="  "), "command: a program", id="no command",
        ),
        pytest.param(
            Order("command", "", "", command="no-such-program-here"),
            "command: there is no program `no-such-program-here`.", id="no such program",
        ),
        pytest.param(
            Order("command", "", "", command="hey", tool_version="1.0"),
            "tool-version: the version of a command", id="the version of a command",
        ),
        pytest.param(REFUSED._replace(command="hey"), "exclude each other", id="tool and command"),
        pytest.param(REFUSED._replace(shard="1/2"), "shard: locust has no `shard`.", id="shards"),
        pytest.param(
            REFUSED._replace(tool="k6", script="load.js", processes=2),
            "processes: k6 has no `processes`.", id="processes",
        ),
        pytest.param(
            REFUSED._replace(tool="k6", script="load.js", shard="3/2"),
            "shard: a part and their number such as 1/4", id="no such part",
        ),
        pytest.param(
            REFUSED._replace(profile="load,soak"), "profile: `soak` is not a profile.", id="profile"
        ),
        pytest.param(
            REFUSED._replace(amounts={"smoke": Amount(rate=1, ramp=1)}), "profiles.smoke", id="both"
        ),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_starts(order: Order, words: str, tmp_path: Path) -> None:
    """One sentence, exit 2, and no output folder."""
    report = judged(tmp_path, order)
    assert report.conclusion.exit_code == 2
    assert words in report.problems[0]
    assert not (tmp_path / "out").exists()


LOCUST = find("locust")
needs_locust = pytest.mark.skipif(LOCUST is None, reason=absent("locust"))
needs_k6 = pytest.mark.skipif(find_k6() is None, reason=NO_K6)


def value(report: Report, name: str, subject: str = OVERALL, profile: str | None = None) -> float:
    """One measurement of the report."""
    [found] = [
        m.value
        for m in report.measurements
        if (m.metric.name, m.subject) == (name, subject) and profile in (None, m.profile)
    ]
    return found


@needs_locust
def test_locust_runs_two_profiles_one_of_them_stepped(tmp_path: Path) -> None:
    """A smoke test, then a climb of two steps and the fall: kept apart, and each question answered."""
    amounts = {
        "smoke": Amount(users=2, rate=2, duration=4),
        "stress": Amount(users=4, rate=20, duration=15, steps=2),
    }
    with open_pages() as pages:
        order = Order(
            "locust", "load.py", pages.host, "smoke, stress", amounts=amounts, timeout="40s"
        )
        report = judged(tmp_path, order, LOCUST)
        assert report.problems == ()
        requests = [value(report, "requests", profile=name) for name in ("smoke", "stress")]
        assert sum(requests) == pages.asked["/"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["smoke", "stress"]
    assert {m.profile for m in report.measurements} == {"smoke", "stress"}
    assert {source.tool_version for source in report.sources} != {None}
    smoke, stress = report.facts["profiles"]  # type: ignore[misc]
    assert smoke["name"] == "smoke"  # type: ignore[has-type]
    assert [step["users"] for step in stress["steps"]] == [2, 4, 2]  # type: ignore[has-type]
    rates = [step["throughput"] for step in stress["steps"]]  # type: ignore[has-type]
    assert rates[1] > rates[0]
    kinds = {r.rule.id: r.kind for r in report.results}
    assert kinds["smoke.correct"] == "pass"
    assert kinds["stress.knee"] == "pass"
    assert value(report, "knee.users") in (2, 4)


@needs_locust
def test_locust_with_workers_on_two_cores(tmp_path: Path) -> None:
    """A master and two workers: what they asked together is what the service saw."""
    with open_pages() as pages:
        order = Order(
            "locust",
            "load.py",
            pages.host,
            "load",
            users=4,
            spawn_rate=4,
            run_time="4s",
            processes=2,
        )
        report = judged(tmp_path, order, LOCUST)
        assert report.problems == ()
        assert value(report, "requests") == pages.asked["/"] > 20
    logs = sorted(path.name for path in (tmp_path / "out" / "load").glob("locust-worker-*.log"))
    assert logs == ["locust-worker-1.log", "locust-worker-2.log"]
    assert not [result for result in report.results if result.rule.id.startswith("run.")]
    assert value(report, "throughput", "{phase:steady}") > 10


@needs_k6
def test_k6_climbs_in_stages(tmp_path: Path) -> None:
    """The steps of a stress run, by k6's own count of users."""
    amounts = {"stress": Amount(users=4, rate=40, duration=12, steps=2)}
    with open_pages() as pages:
        order = Order("k6", "load.js", pages.host, "stress", amounts=amounts)
        report = judged(tmp_path, order, find_k6())
    assert report.problems == ()
    [stress] = report.facts["profiles"]  # type: ignore[misc]
    assert [step["users"] for step in stress["steps"]] == [2, 4, 2]  # type: ignore[has-type]


@needs_k6
def test_two_shards_of_k6_are_the_whole_load(tmp_path: Path) -> None:
    """Each has its half of the users, asks its question of that half, and says that it is a shard."""
    seen = []
    with open_pages() as pages:
        for part in (1, 2):
            order = Order(
                "k6", "load.js", pages.host, "load", users=6, spawn_rate=12, run_time="4s",
                shard=f"{part}/2",
            )  # fmt: skip
            report = judged(tmp_path, order, find_k6())
            assert report.problems == ()
            assert report.notes[-1].startswith(f"This is shard {part} of 2")
            users = [point["users"] for point in report.facts["timeline"]]  # type: ignore[attr-defined]
            assert max(count for count in users if count) == 3
            assert value(report, "requests", "{phase:steady}") > 0
            assert value(report, "latency.p95", "{phase:steady}") > 0
            seen.append(value(report, "requests"))
            (tmp_path / "out" / "load").rename(tmp_path / f"shard-{part}")
        assert sum(seen) == pages.asked["/"]
    whole = judge_files(
        ["shard-*/k6_*"],
        Context("perf", "2026-01-02T03:04:05Z", str(tmp_path)),
        directory=str(tmp_path),
        merging=Merging("repetitions", 2),  # here one ran after the other
    )
    assert whole.problems == ()
    assert value(whole, "requests") == sum(seen)


@needs_k6
def test_the_first_request_of_a_smoke_test_is_known_from_samples(tmp_path: Path) -> None:
    """k6's samples say which request began first."""
    with open_pages() as pages:
        order = Order("k6", "load.js", pages.host, users=1, run_time="1s")
        report = judged(tmp_path, order, find_k6())
    # Times are kept to the microsecond, the slowest one as it was written.
    assert 0 < value(report, "latency.first") <= value(report, "latency.max") + 0.001


@pytest.mark.skipif(find("hey") is None, reason=absent("hey"))
def test_hey_is_run_as_a_command(tmp_path: Path) -> None:
    """Its words have the profile's values, and what it prints is read."""
    with open_pages() as pages:
        line = "hey -z {duration}s -c {users} -q 20 -o csv {host}/"
        order = Order("command", "", pages.host, users=2, run_time="2s", command=line)
        report = judged(tmp_path, order, find("hey"))
        assert report.problems == ()
        assert value(report, "requests") == pages.asked["/"] > 10
    assert report.sources[0].tool == "hey"
    assert [r.kind for r in report.results if r.rule.id == "smoke.correct"] == ["pass"]


@pytest.mark.skipif(find("vegeta") is None, reason=absent("vegeta"))
def test_vegeta_is_run_by_a_script(tmp_path: Path) -> None:
    """A pipe needs a script of the user's; what it writes into its folder is read."""
    with open_pages() as pages:
        line = "sh attack.sh {host} {rate} {duration} {output}"
        order = Order("command", "", pages.host, spawn_rate=20, run_time="2s", command=line)
        report = judged(tmp_path, order, find("vegeta"))
        assert report.problems == ()
        assert value(report, "requests") == pages.asked["/"] == 40
    assert report.sources[0].path == "out/smoke/report.json"


def test_several_profiles_of_a_command_have_folders_of_their_own(tmp_path: Path) -> None:
    """`{output}` is another one for each, and what an earlier run left is gone."""
    document = '[{{"name": "{profile}", "unit": "s", "value": 1}}]'.replace("{{", "{").replace(
        "}}", "}"
    )
    (tmp_path / "write.py").write_text(
        "import pathlib, sys\npathlib.Path(sys.argv[1], 'result.json').write_text(sys.argv[2])\n"
    )
    (tmp_path / "out" / "smoke").mkdir(parents=True)
    (tmp_path / "out" / "smoke" / "old.json").write_text("[]")
    line = f"{sys.executable} write.py {{output}} '{document}'"
    order = Order("command", "", "", "smoke,load", command=line)
    report = judged(tmp_path, order)
    assert report.problems == ()
    assert [(m.subject, m.profile) for m in report.measurements] == [
        ("smoke", "smoke"), ("load", "load"),
    ]  # fmt: skip


def test_a_profile_that_cannot_be_run_ends_the_order(tmp_path: Path) -> None:
    """Exit 2, with the profile's name; those after it are named."""
    order = Order("command", "", HOST, "smoke,load,stress", command=f"{sys.executable} -c pass")
    report = judged(tmp_path, order)
    assert report.conclusion.exit_code == 2
    assert report.problems[0].startswith("smoke: ")
    assert "Not started after that: load, stress." in report.notes


def test_the_exit_code_of_a_command_decides(tmp_path: Path) -> None:
    """What it means only the command knows; what it wrote is read all the same."""
    body = 'print(\'[{"name": "a", "unit": "s", "value": 1}]\'); raise SystemExit(3)'
    (tmp_path / "c.py").write_text(body)
    report = judged(tmp_path, Order("command", "", "", command=f"{sys.executable} c.py"))
    assert report.conclusion.exit_code == 1
    assert "The command ended with exit code 3." in [r.message for r in report.findings]
    assert report.measurements


def test_the_choice_of_a_dispatch_is_run(tmp_path: Path) -> None:
    """`auto` is what somebody chose in GitHub's form."""
    body = 'print(\'[{"name": "a", "unit": "s", "value": 1}]\')'
    (tmp_path / "c.py").write_text(body)
    order = Order("command", "", HOST, "auto", choice="load", command=f"{sys.executable} c.py")
    report = judged(tmp_path, order, GITHUB_EVENT_NAME="workflow_dispatch")
    assert report.facts["profile"] == "load"
