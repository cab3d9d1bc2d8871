"""The security action, executed in the model of the runner: what it accepts, what it says, and who has the token."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.act.project import find_tool
from tests.github_double import GitHubDouble
from tests.github_double.faults import Kind
from tests.runner_model import Finished, Hook, Stage
from tests.security.files import ASSERT, DJANGO, JINJA, SHELL, SQL, accepting, bandit, trivy
from trivigil.publish.handover import parse

from .machine import NUMBER, Machine

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the model starts bash and sends signals")
ACTION = "actions/security/action.yml"
FILE = ".trivigil-suppressions.yml"


@pytest.fixture
def github() -> Iterator[GitHubDouble]:
    """The double."""
    with GitHubDouble() as double:
        yield double


@pytest.fixture
def machine(tmp_path: Path, github: GitHubDouble) -> Machine:
    """A machine with a pull request, and what two scanners found in it."""
    return scanned(Machine(tmp_path / "machine", github))


def scanned(machine: Machine) -> Machine:
    machine.consumer.write("scans/bandit.json", bandit(SQL, ASSERT))
    machine.consumer.write("scans/trivy.json", trivy(DJANGO, JINJA))
    return machine


def report(machine: Machine) -> Any:
    path = machine.job.workspace / "trivigil-results" / "security-analysis.json"
    return json.loads(path.read_text(encoding="utf-8"))


def active(machine: Machine) -> set[str]:
    """The rules of what gates."""
    results = report(machine)["results"]
    return {one["rule"] for one in results if one["gates"] and not one["suppression"]}


def use(machine: Machine, hooks: dict[str, Hook] | None = None, /, **inputs: str) -> Finished:
    return machine.run(hooks, ACTION, **inputs)


def test_findings_fail(machine: Machine) -> None:
    """What is critical or high fails: comment, check run on the line, summary, artifact and outputs say so."""
    done = use(machine)
    assert (done.outcome, done.outputs["passed"]) == ("failure", "false")
    assert json.loads(done.outputs["counts"]) == {
        "results": 4, "passed": 0, "failed": 2, "open": 0, "warnings": 2,
    }  # fmt: skip
    assert active(machine) == {"CVE-2022-28346", "B608"}
    [comment] = machine.comments
    assert "CVE-2022-28346" in comment
    assert "Upgrade django to 2.2.28" in comment
    [run] = machine.check_runs()
    assert (run.name, run.conclusion) == ("Trivigil / security", "failure")
    places = [(one.path, one.start_line, one.annotation_level) for one in run.annotations]
    assert places[:2] == [("requirements.txt", 1, "failure"), ("app/db.py", 12, "failure")]
    [upload] = machine.uploads
    assert upload["name"] == "trivigil-security"
    kept = [Path(line).name for line in upload["path"].splitlines()]
    assert kept[:3] == ["security-analysis.json", "report.html", "junit.xml"]
    assert done.outputs["report"].endswith("/trivigil-results/security-analysis.json")


@pytest.mark.parametrize(
    ("inputs", "outcome"),
    [
        pytest.param({"fail_on": "critical"}, "failure", id="a critical one"),
        pytest.param({"fail_on": "none"}, "success", id="facts only"),
        pytest.param({"fail_on": "none", "require": "grype"}, "failure", id="a scan is missing"),
        pytest.param({"fail_on": "perhaps"}, "failure", id="no severity"),
        pytest.param({"results": "nowhere/*.json"}, "failure", id="no file"),
    ],
)
def test_the_gate(machine: Machine, inputs: dict[str, str], outcome: str) -> None:
    """`fail-on` and `require` decide; what can be mended is published all the same."""
    done = use(machine, **inputs)
    assert done.outcome == outcome
    assert len(machine.comments) == 1


def test_a_scan_that_is_not_whole(machine: Machine) -> None:
    """A scanner that ends with 0 and could not read a file proves nothing, unless that is tolerated."""
    machine.consumer.write("scans/bandit.json", bandit(errors=["./app/db.py"]))
    machine.consumer.write("scans/trivy.json", trivy())
    assert use(machine).outcome == "failure"
    assert "bandit" in machine.comments[0]


def test_a_scan_that_is_not_whole_and_tolerated(tmp_path: Path, github: GitHubDouble) -> None:
    """It is said, and does not fail."""
    machine = scanned(Machine(tmp_path / "machine", github, private=True))
    machine.consumer.write("scans/bandit.json", bandit(errors=["./app/db.py"]))
    machine.consumer.write("scans/trivy.json", trivy())
    assert use(machine, tolerate="bandit").outcome == "success"
    assert "app/db.py" in machine.comments[0]


@pytest.mark.skipif(find_tool("bandit") is None, reason="Bandit is not installed here")
def test_a_scanner_is_started(machine: Machine) -> None:
    """Real Bandit, started by the action: it sees no token, and its file joins no public artifact."""
    folder = str(Path(find_tool("bandit") or "").parent)
    machine.job.path.append(folder)
    machine.consumer.write(
        "app/run.py", "import subprocess\nsubprocess.call('ls', shell=True)\n" * 2
    )
    machine.consumer.write("app/other.py", "def show(text):\n    return eval(text)\n")
    done = machine.run(None, ACTION, results="", scanners="bandit", fail_on="medium")
    assert (done.outcome, done.outputs["passed"]) == ("failure", "false")
    [source] = report(machine)["sources"]
    assert (source["tool"], source["state"]) == ("bandit", "complete")
    assert "B307" in active(machine)
    assert "other.py:2" in machine.comments[0]
    assert not [path for path in machine.uploads[0]["path"].splitlines() if path.endswith("raw")]


@pytest.mark.skipif(find_tool("bandit") is None, reason="Bandit is not installed here")
def test_scanners_and_files_together(machine: Machine) -> None:
    """What is started and what is there already is one report, also of one tool, and one problem is one finding."""
    machine.job.path.append(str(Path(find_tool("bandit") or "").parent))
    machine.consumer.write("app/other.py", "def show(text):\n    return eval(text)\n")
    done = use(machine, scanners="bandit", scanner_args="bandit=--severity-level medium")
    assert done.outcome == "failure"
    assert [(one["path"], one["tool"], one["state"]) for one in report(machine)["sources"]] == [
        ("trivigil-results/raw/bandit/bandit.json", "bandit", "complete"),
        ("scans/bandit.json", "bandit", "complete"),
        ("scans/trivy.json", "trivy", "complete"),
    ]
    assert active(machine) == {"CVE-2022-28346", "B608"}
    assert "B307" in {one["rule"] for one in report(machine)["results"]}


COPY = "import shutil, sys, time\nshutil.copy(sys.argv[1], sys.argv[2])\ntime.sleep(float(sys.argv[3]))\n"


@pytest.mark.parametrize(
    ("seconds", "state"),
    [pytest.param("0", "partial", id="it ends"), pytest.param("60", "partial", id="it hangs")],
)
def test_any_command_is_a_scanner(machine: Machine, seconds: str, state: str) -> None:
    """What it writes is recognised; a code that contradicts it, or its time being over, makes it no proof."""
    machine.consumer.write("copy.py", COPY)
    line = f"python3 copy.py scans/bandit.json {{output}}/found.json {seconds}"
    done = use(machine, results="", command=line, timeout="3s")
    [source] = report(machine)["sources"]
    assert (source["tool"], source["state"]) == ("bandit", state)
    expected = "found nothing" if seconds == "0" else "was stopped after 3 s"
    assert expected in source["notes"][0]
    assert (done.outcome, active(machine)) == ("failure", {"B608", "scan.partial"})


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        pytest.param("weak", "failure", id="weak"),
        pytest.param("hardened", "success", id="hardened"),
    ],
)
def test_the_application_is_started_and_tested(
    machine: Machine, mode: str, outcome: str, unused_port: int
) -> None:
    """Our own tests ask the application that the action starts, awaits and stops; the account reaches them alone."""
    service = Path(__file__).parents[2] / "examples" / "service"
    shutil.copytree(service, machine.job.workspace / "service")
    url = f"http://127.0.0.1:{unused_port}/"
    machine.job.env |= {"TRIVIGIL_TEST_USER": "demo", "TRIVIGIL_TEST_PASSWORD": "demo"}
    done = use(
        machine, results="", scanners="web-tests", target=url, wait_for=url, allow_writes="true",
        start=f"env SHOP_SECURITY={mode} PORT={unused_port} {sys.executable} -m service",
    )  # fmt: skip
    assert done.outcome == outcome
    [source] = report(machine)["sources"]
    assert (source["tool"], source["state"]) == (
        "custom", "complete" if mode == "weak" else "empty",
    )  # fmt: skip
    written = machine.job.workspace / "trivigil-results/raw/web-tests/security_report.json"
    states = {one["id"]: one["state"] for one in json.loads(written.read_bytes())["tests"]}
    assert states["session-rotation"] == ("found" if mode == "weak" else "passed")
    assert "exposed-file" not in machine.comments[0]  # a public repository is not told
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", unused_port)) != 0


@pytest.fixture
def unused_port() -> int:
    """A port of this machine that was free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        pytest.param({"results": ""}, "give `results`", id="neither"),
        pytest.param({"target": "http://127.0.0.1:1"}, "none is named", id="a target for nobody"),
        pytest.param({"timeout": "5m"}, "none is named", id="a time for nobody"),
        pytest.param({"results": "", "scanners": "bandit@"}, "is no scanner with a version", id="no version"),
        pytest.param({"results": "", "scanners": "bandit", "scanner_args": "-c x"}, "SCANNER=VALUE", id="words for nobody"),
        pytest.param({"results": "", "scanners": "bandit", "timeout": "soon"}, "a duration", id="no time"),
        pytest.param({"results": "", "scanners": "zap"}, "needs `target`", id="no target"),
        pytest.param(
            {"results": "", "scanners": "zap", "target": "http://shop.test/"}, "allow",
            id="another machine",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_sense(machine: Machine, inputs: dict[str, str], words: str) -> None:
    """It is one sentence that names the input, and exit 2."""
    done = use(machine, **inputs)
    assert done.shown("error")[-1].message == "Process completed with exit code 2."
    assert words in machine.comments[0]


# --- what is accepted ----------------------------------------------------------------------------


def test_a_pull_request_cannot_silence_itself(machine: Machine) -> None:
    """Its own suppressions accept nothing; how much more they would accept is told."""
    machine.consumer.write(FILE, accepting("id: CVE-2022-28346", "rule: B608"))
    done = use(machine)
    assert done.outcome == "failure"
    assert active(machine) == {"CVE-2022-28346", "B608"}
    [comment] = machine.comments
    assert "would accept 2 findings more (1 critical, 1 high)" in comment


def test_the_base_branch_accepts(tmp_path: Path, github: GitHubDouble) -> None:
    """The base branch's file counts, by the API where the clone is shallow, also where the change deletes it."""
    base = {FILE: accepting("id: CVE-2022-28346", "rule: B608")}
    machine = scanned(Machine(tmp_path / "machine", github, base=base))
    done = use(machine)
    assert done.outcome == "success"
    assert active(machine) == set()
    assert report(machine)["facts"]["suppressions"] == {
        "path": FILE, "count": 2, "commit": machine.repository.pulls()[NUMBER].base_sha,
    }  # fmt: skip
    assert len(github.calls("GET", "*/contents/*")) == 1
    assert "no risk here" in machine.comments[0]


def test_the_base_branch_is_in_the_clone(tmp_path: Path, github: GitHubDouble) -> None:
    """A clone with the base commit needs no answer of GitHub; what lies in the checkout does not count."""
    machine = scanned(Machine(tmp_path / "machine", github))
    machine.consumer.write(FILE, accepting("rule: B608", "id: CVE-2022-28346"))
    base = commit(machine.job.workspace)
    machine.consumer.write(FILE, accepting("rule: NONE"))
    event = machine.job.place / "event.json"
    payload = json.loads(event.read_text(encoding="utf-8"))
    payload["pull_request"]["base"]["sha"] = base
    event.write_text(json.dumps(payload), encoding="utf-8")
    done = use(machine)
    assert done.outcome == "success"
    assert active(machine) == set()


def commit(folder: Path) -> str:
    """Make the folder a repository with one commit; its id."""

    def git(*words: str) -> str:
        own = ["-c", "user.name=a", "-c", "user.email=a@example.test", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *own, *words], cwd=folder, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    git("init", "--quiet")
    git("add", FILE)
    git("commit", "--quiet", "--message", "base")
    return git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        pytest.param("", "contents: read", id="a permission is missing"),
        pytest.param("422", "GitHub does not give it", id="GitHub refuses it"),
    ],
)
def test_the_base_branch_is_not_known(
    tmp_path: Path, github: GitHubDouble, fault: Kind | Literal[""], words: str
) -> None:
    """Then nothing is accepted, and the report says why."""
    base = {FILE: accepting("id: CVE-2022-28346", "rule: B608")}
    machine = scanned(Machine(tmp_path / "machine", github, base=base, private=True))
    if fault:
        github.faults.add(fault, method="GET", path="*/contents/*", times=None)
    else:
        may = {"pull_requests": "write", "checks": "write"}
        machine.token = github.installation_token(machine.repository, may)
    done = use(machine, github_token=machine.token)
    assert done.outcome == "failure"
    assert active(machine) == {"CVE-2022-28346", "B608"}
    assert "Nothing is accepted" in machine.comments[0]
    assert words in machine.comments[0]


def test_a_damaged_file_of_the_base_branch(tmp_path: Path, github: GitHubDouble) -> None:
    """It accepts nothing, and does not stand in the way of the change that mends it."""
    machine = scanned(Machine(tmp_path / "machine", github, base={FILE: "suppressions: 3\n"}))
    machine.consumer.write(FILE, accepting("rule: B608"))
    use(machine)
    [comment] = machine.comments
    assert "Nothing is accepted" in comment
    assert "would accept 1 finding more" in comment


def test_a_damaged_file_of_the_change(machine: Machine) -> None:
    """It is told before it is merged."""
    machine.consumer.write(FILE, "suppressions: 3\n")
    use(machine)
    assert "counts when it is merged, is wrong" in machine.comments[0]


def test_a_path_out_of_the_workspace(machine: Machine) -> None:
    """No file of the machine is read as suppressions."""
    done = use(machine, suppressions="../../secrets.yml")
    assert done.outcome == "failure"
    assert "outside the workspace" in machine.comments[0]


def test_only_two_steps_have_the_token(machine: Machine) -> None:
    """Neither the step that works nor what it starts sees it."""
    seen: dict[str, bool] = {}

    def look(stage: Stage) -> None:
        seen[stage.id] = machine.token in " ".join(stage.environment.values())

    names = ("setup", "base", "watch", "publish")
    use(machine, {name: Hook(before=look) for name in names})
    assert seen == {"setup": False, "base": True, "watch": False, "publish": True}


# --- several watches, and forks --------------------------------------------------------------------


def test_a_fork_hands_over(tmp_path: Path, github: GitHubDouble) -> None:
    """A fork's run hands its report over, without what a public repository does not tell."""
    machine = scanned(Machine(tmp_path / "machine", github, fork=True))
    secret = {"RuleID": "aws-access-key-id", "Category": "AWS", "Severity": "CRITICAL", "Title": "AWS key",
              "StartLine": 4, "EndLine": 4, "Match": "AWS=****"}  # fmt: skip
    machine.consumer.write("scans/trivy.json", trivy(DJANGO, secrets=[secret]))
    done = use(machine)
    assert done.steps["handover"].outcome == "success"
    [_, upload] = machine.uploads
    assert upload["name"] == "trivigil-handover-security"
    text = Path(upload["path"]).read_text(encoding="utf-8")
    told = parse(text)
    assert (told.watch, told.pull) == ("security", NUMBER)
    assert "prod.env" not in text
    assert "withheld.secret" in text
    assert machine.comments == []


def test_the_front_door_runs_both(machine: Machine) -> None:
    """Two watches of one file: a section each in one comment, a folder each, outputs by prefix."""
    machine.consumer.write(
        ".trivigil.yml",
        "perf:\n  results: results/*.csv\n  thresholds: budgets.json\n"
        f"security:\n  results: scans/*.json\n  fail-on: none\n  suppressions: {FILE}\n",
    )
    machine.consumer.write(FILE, accepting("rule: B608"))
    done = machine.run(action="action.yml")
    assert (done.outcome, done.outputs["conclusion"]) == ("success", "neutral")
    assert done.outputs["perf-conclusion"] == "success"
    assert done.outputs["security-conclusion"] == "neutral"
    assert Path(done.outputs["security-report"]).parent.name == "security"
    [comment] = machine.comments
    assert "would accept 1 finding more" in comment
    assert len(machine.check_runs()) == 2
    [upload] = machine.uploads
    assert len(set(upload["path"].splitlines())) == len(upload["path"].splitlines())


def test_one_name_for_both(machine: Machine) -> None:
    """The front door's one `name` follows the watch's own, so that no two are the same."""
    machine.consumer.write(
        ".trivigil.yml", "perf:\n  results: results/*.csv\nsecurity:\n  results: scans/*.json\n"
    )
    machine.run(action="action.yml", name="shop")
    assert {run.name for run in machine.check_runs()} == {
        "Trivigil / perf shop", "Trivigil / security shop",
    }  # fmt: skip


@pytest.mark.parametrize("refused", ["", "trivigil-handover-security"])
def test_the_front_door_hands_both_over(tmp_path: Path, github: GitHubDouble, refused: str) -> None:
    """Each watch of a fork's run has a hand-over of its own; one that is not uploaded is told."""
    machine = scanned(Machine(tmp_path / "machine", github, fork=True))
    machine.refused_upload = refused
    machine.consumer.write(
        ".trivigil.yml", "perf:\n  results: results/*.csv\nsecurity:\n  results: scans/*.json\n"
    )
    done = machine.run(action="action.yml")
    names = {upload["name"] for upload in machine.uploads} - {"trivigil-perf-security"}
    assert names == {"trivigil-handover-perf", "trivigil-handover-security"} - {refused}
    assert ("could not be uploaded" in done.summary) is bool(refused)


def test_an_edited_line_is_the_same_finding(machine: Machine) -> None:
    """On the next commit only what is new counts as new, whatever moved."""
    use(machine)
    pull = machine.repository.pulls()[NUMBER]
    old = {one["rule"]: one["fingerprint"] for one in report(machine)["results"]}
    moved = (*SQL[:3], 40, SQL[4])
    machine.consumer.write("scans/bandit.json", bandit(moved, SHELL))
    assert pull.head_sha
    use(machine, name="again")
    path = machine.job.workspace / "trivigil-results"
    [found] = path.rglob("again*/security-analysis.json")
    new = {one["rule"]: one["fingerprint"] for one in json.loads(found.read_text())["results"]}
    assert new["B608"] == old["B608"]
    assert new["CVE-2022-28346"] == old["CVE-2022-28346"]
