"""The security workflow as it is shown, executed: real Bandit on the example service, what pip-audit wrote, and the gate."""

from __future__ import annotations

import re
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.github_double import Pull
from tests.security.files import accepting
from tests.security.tools.loopback import served
from tests.security.tools.osv_api import Osv
from tests.security.tools.planted import FILES, TOKEN
from tests.security.tools.real import needs
from trivigil.publish.handover import PREFIX

from .bench import Bench
from .finished import Finished
from .project import ROOT, find_tool
from .seen import conclusions, the_check_run, the_comment, verdicts
from .test_forks import packed, second_half

STARTS = ROOT / "examples" / "workflows" / "security-scanners.yml"
EXAMPLE = ROOT / "examples" / "workflows" / "security.yml"
AUDITED = ROOT / "tests" / "data" / "security" / "pip-audit" / "plain"
MAY = {
    "contents": "read", "pull_requests": "write", "checks": "write", "issues": "write",
    "security_events": "write",
}  # fmt: skip
"""What the example grants."""
WEAK = "import subprocess\n\n\ndef show(name: str) -> None:\n    subprocess.call('cat ' + name, shell=True)\n"
FILE = ".trivigil-suppressions.yml"

pytestmark = pytest.mark.skipif(find_tool("bandit") is None, reason="Bandit is not installed here")


def prepare(bench: Bench, *, weak: bool = True, audit: bool = True) -> str:
    """The example as a team copies it, with this machine's Bandit, and a recorded pip-audit that ends with 1; its path."""
    recorded = next(AUDITED.glob("*.json"))
    write = f"cp {recorded} scans/pip-audit.json" if audit else "true"
    replaced = {
        r"pipx run --spec bandit==\S+ bandit": "bandit",
        r"pipx run --spec pip-audit==\S+ pip-audit .*": f"{write}; exit 1",
    }
    text = EXAMPLE.read_text(encoding="utf-8")
    for pattern, own in replaced.items():
        text, count = re.subn(pattern, own, text)
        assert count == 1, f"the example does not say {pattern} any more"
    workflow = bench.root / "security.yml"
    workflow.write_text(text, encoding="utf-8")
    shutil.copytree(
        ROOT / "examples" / "service", bench.consumer.folder / "src", dirs_exist_ok=True
    )
    if weak:
        bench.consumer.write("src/weak.py", WEAK)
    return str(workflow)


HERE = ("bandit", "semgrep", "pip-audit", "gitleaks", "web-tests")
"""Those of the example's kind that a test can have without asking any machine but this one."""


def started(bench: Bench, *, mode: str, osv: str, scanners: tuple[str, ...] = HERE) -> str:
    """The example that starts scanners, with those that are here and the example shop as the application; its path.

    pip-audit asks the database at `osv`.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    start = f"env SHOP_SECURITY={mode} PORT={url.rpartition(':')[2]} {sys.executable} -m service"
    audit = f"pip-audit=-s osv --osv-url {osv} --no-deps --disable-pip --timeout 2"
    replaced = {
        r"start: docker-compose\.test\.yml": f"start: {start}",
        r"http://localhost:8080/health": f"{url}/health",
        r"target: http://localhost:8080": f"target: {url}",
        r"scanners: trivy, bandit, safety, zap, web-tests": f"scanners: {', '.join(scanners)}\n          scanner-args: {audit}",
    }  # fmt: skip
    shutil.copytree(ROOT / "examples" / "service", bench.consumer.folder / "service")
    bench.consumer.write(".semgrep.yml", FILES[".semgrep.yml"])
    text = STARTS.read_text(encoding="utf-8")
    for pattern, own in replaced.items():
        text, count = re.subn(pattern, own, text)
        assert count == 1, f"the example does not say {pattern} any more"
    workflow = bench.root / "security-scanners.yml"
    workflow.write_text(text, encoding="utf-8")
    return str(workflow)


def rules(run: Finished) -> set[str]:
    """What blocks."""
    found = run.report("trivigil-security")["results"]
    return {one["rule"] for one in found if one["gates"] and not one["suppression"]}


def test_a_pull_request(bench: Bench) -> None:
    """Real Bandit finds the shell: comment, check run on its line, code scanning; the job is red."""
    pull = bench.repository.pull(7)
    run = bench.run(prepare(bench), token=bench.token(**MAY))
    assert run.code == 1
    assert rules(run) == {"B602"}
    report = run.report("trivigil-security")
    assert {one["tool"]: one["state"] for one in report["sources"]} == {
        "bandit": "complete", "pip-audit": "complete",
    }  # fmt: skip
    comment = the_comment(bench.repository)
    assert verdicts(comment) == {"security": "failure"}
    assert "B602" in comment.body
    check_run = the_check_run(bench.repository, pull.head_sha)
    first = check_run.annotations[0]
    assert (first.path, first.start_line, first.annotation_level) == ("src/weak.py", 5, "failure")
    assert len(bench.github.calls("POST", "*/code-scanning/sarifs")) == 1


@pytest.fixture
def osv() -> Iterator[str]:
    """The database of advisories on loopback."""
    with served(Osv) as address:
        yield f"{address}/v1/query"


def states(run: Finished) -> dict[str, str]:
    """The state of each tool's scan."""
    return {one["tool"]: one["state"] for one in run.report("trivigil-security")["sources"]}


@needs("semgrep", "pip-audit", "gitleaks")
def test_scanners_are_started(bench: Bench, osv: str) -> None:
    """The other example: Trivigil starts the scanners and the weak application itself, and each of them finds what is planted for it."""
    pull = bench.repository.pull(7)
    workflow = started(bench, mode="weak", osv=osv)
    bench.consumer.write("src/weak.py", WEAK)
    for name in ("settings.txt", "requirements.txt"):
        bench.consumer.write(name, FILES[name])
    run = bench.run(workflow, token=bench.token(**MAY))
    assert run.code == 1
    assert states(run) == dict.fromkeys(
        ("bandit", "semgrep", "pip-audit", "gitleaks", "custom"), "complete"
    )
    assert rules(run) == {"B602", "shell-true", "withheld.secret", "withheld.web"}
    found = {one["rule"]: one for one in run.report("trivigil-security")["results"]}
    assert found["CVE-2019-10906"]["severity"] == "unknown"
    places = the_check_run(bench.repository, pull.head_sha).annotations
    assert ("src/weak.py", 5) in {(one.path, one.start_line) for one in places}
    shown = repr(run) + the_comment(bench.repository).body
    assert TOKEN not in shown


@needs("pip-audit", "gitleaks")
@pytest.mark.parametrize(
    ("scanners", "reachable"),
    [
        pytest.param(("bandit", "pip-audit", "gitleaks", "web-tests"), True, id="all is well"),
        pytest.param(("bandit", "pip-audit"), False, id="a database is not"),
    ],
)
def test_started_scanners_that_find_nothing(
    bench: Bench, osv: str, scanners: tuple[str, ...], *, reachable: bool
) -> None:
    """The hardened application and a clean repository pass; where one scanner cannot ask its database, nothing is proven."""
    bench.repository.pull(7)
    address = osv if reachable else "http://127.0.0.1:9/"
    workflow = started(bench, mode="hardened", osv=address, scanners=scanners)
    bench.consumer.write("requirements.txt", "jinja2==3.1.6\n")
    run = bench.run(workflow, token=bench.token(**MAY))
    assert states(run)["pip-audit"] == ("empty" if reachable else "crashed")
    assert rules(run) == (set() if reachable else {"scan.crashed"})
    assert run.code == (0 if reachable else 1)
    if reachable:
        assert states(run)["custom"] == "empty"


def test_a_scanner_that_did_not_run(bench: Bench) -> None:
    """A green step without its file is no clean scan."""
    bench.repository.pull(7)
    run = bench.run(prepare(bench, weak=False, audit=False), token=bench.token(**MAY))
    assert run.code == 1
    assert rules(run) == {"scan.required"}
    assert "pip-audit" in the_comment(bench.repository).body
    assert bench.github.calls("POST", "*/code-scanning/sarifs") == []


def test_the_base_branch_accepts(bench: Bench) -> None:
    """What stands on the base branch is accepted, what the pull request adds to it is not yet."""
    bench.repository.put("main", {FILE: accepting("rule: B602").encode()})
    bench.repository.pull(7)
    bench.consumer.write(FILE, accepting("rule: B404"))
    run = bench.run(prepare(bench), token=bench.token(**MAY))
    assert run.code == 0
    assert "no risk here" in the_comment(bench.repository).body


def test_a_schedule(bench: Bench) -> None:
    """At night an issue with its labels says what blocks; the next whole scan without it closes it."""
    workflow = prepare(bench)
    for number, expected in enumerate(("open", "closed")):
        if expected == "closed":
            (bench.consumer.folder / "src" / "weak.py").unlink()
        payload = bench.github.event("schedule", bench.repository)
        run = bench.run(
            workflow, event="schedule", payload=payload, token=bench.token(**MAY), run_id=4242 + number
        )  # fmt: skip
        assert run.code == (1 if expected == "open" else 0)
        [issue] = bench.repository.issues().values()
        assert (issue.state, issue.labels) == (expected, ("trivigil", "security", "high"))


@pytest.fixture
def fork(bench: Bench) -> Pull:
    """A pull request from a fork."""
    return bench.repository.pull(7, fork=True)


def test_a_fork(bench: Bench, fork: Pull) -> None:
    """The fork's run hands over, and the second workflow publishes the same report."""
    first = bench.run(prepare(bench), token=bench.github.fork_token(bench.repository))
    assert first.code == 1
    assert bench.github.journal.writes == []
    for folder in sorted(first.artifacts.iterdir()):
        bench.repository.artifact(4242, folder.name, packed(folder), head_sha=fork.head_sha)
    assert (first.artifacts / f"{PREFIX}security").is_dir()
    assert second_half(bench).code == 0
    comment = the_comment(bench.repository)
    assert verdicts(comment) == {"security": "failure"}
    assert "B602" in comment.body
    assert conclusions(bench.repository, fork.head_sha) == {"Trivigil / security": "failure"}


def test_what_is_recorded_is_there() -> None:
    """The file in place of pip-audit's is one that the real tool wrote."""
    assert [path.suffix for path in Path(AUDITED).iterdir()] == [".json"]
