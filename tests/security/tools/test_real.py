"""Real scanners on a project with planted flaws: what they find, that clean is clean, and that their lies are seen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.security.tools.loopback import served
from tests.security.tools.osv_api import ADVISORY, Osv
from tests.security.tools.planted import FILES, TOKEN, plant
from tests.security.tools.real import MODULES, find, needs, path_of
from tests.security.tools.running import SYSTEM, judged, only
from trivigil.security import Order
from trivigil.security.analysis import Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.report import Report

NOW = Context("security", "2026-06-15T10:00:00Z", fail_on=None)


def run(folder: Path, order: Order, told: list[str] | None = None, **environ: str) -> Report:
    """The report of real scanners alone on PATH."""
    path = path_of(folder / ".bin", *(order.scanners if order.scanners != ("npm-audit",) else ()))
    return judged(folder, order, path=path, told=told, environ={**GO, **environ})


GO = {
    "GOFLAGS": "-mod=mod",
    "GOPROXY": "off",
    "GOCACHE": str(Path.home() / ".cache/go-build"),
    "GOPATH": str(Path.home() / "go"),
}


def with_go(folder: Path) -> str:
    """PATH with Go itself, which two of the scanners call."""
    go = shutil.which("go")
    assert go is not None
    return f"{folder}{os.pathsep}{Path(go).parent}"


def rules(report: Report) -> set[str]:
    return {result.rule.id for result in report.findings}


@needs("bandit")
def test_bandit(tmp_path: Path) -> None:
    """It finds the shell and the weak hash, and its version is known."""
    report = run(plant(tmp_path, "app.py"), Order(("bandit",)))
    assert only(report).state == "complete"
    assert only(report).tool_version is not None
    assert {"B602", "B324"} <= rules(report)


@needs("bandit")
@pytest.mark.parametrize(
    ("files", "state"),
    [
        pytest.param({"a.py": "x = 1\n"}, "empty", id="clean"),
        pytest.param({"a.txt": "x"}, "missing", id="no Python at all"),
        pytest.param({"a.py": "def ("}, "partial", id="a syntax error, and exit code 0"),
        pytest.param(
            {"a.py": "x = 1\n", "pyproject.toml": "[tool.bandit\n"},
            "crashed",
            id="a broken setting",
        ),
    ],
)
def test_a_green_bandit(files: dict[str, str], state: str, tmp_path: Path) -> None:
    """Exit code 0 is clean only where everything was parsed."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert only(run(tmp_path, Order(("bandit",)))).state == state


@needs("ruff")
def test_ruff(tmp_path: Path) -> None:
    """Flake8-bandit's rules, whatever the project's own settings select."""
    (tmp_path / "ruff.toml").write_text('[lint]\nselect = ["E"]\n')
    report = run(plant(tmp_path, "app.py"), Order(("ruff",)))
    assert only(report).state == "complete"
    assert {"S602", "S324"} <= rules(report)


@needs("ruff")
@pytest.mark.parametrize(
    ("files", "state"),
    [
        pytest.param({"a.py": "x = 1\n"}, "empty", id="clean"),
        pytest.param({"a.txt": "x"}, "partial", id="no Python at all, and exit code 0"),
        pytest.param({"a.py": "x = 1\n", "ruff.toml": "a = ["}, "crashed", id="a broken setting"),
    ],
)
def test_a_green_ruff(files: dict[str, str], state: str, tmp_path: Path) -> None:
    """`[]` with exit code 0 is also what it writes where it looked at nothing."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert only(run(tmp_path, Order(("ruff",)))).state == state


@needs("zizmor")
def test_zizmor(tmp_path: Path) -> None:
    """The injection and the dangerous trigger; its exit code is the worst of them."""
    report = run(plant(tmp_path, ".github/workflows/ci.yml"), Order(("zizmor",)))
    assert only(report).state == "complete"
    assert {"template-injection", "dangerous-triggers"} <= rules(report)


@needs("zizmor")
@pytest.mark.parametrize(
    ("workflow", "state"),
    [
        pytest.param("name: ci\non: push\npermissions: {}\nconcurrency: {group: a, cancel-in-progress: true}\njobs:\n  a:\n    name: a\n    runs-on: ubuntu-24.04\n    steps:\n      - run: 'true'\n", "empty", id="clean"),
        pytest.param("x: [\n", "crashed", id="a workflow that is no YAML"),
        pytest.param(None, "crashed", id="nothing to audit"),
    ],
)  # fmt: skip
def test_a_zizmor_without_findings(workflow: str | None, state: str, tmp_path: Path) -> None:
    """Only a workflow that was audited is clean."""
    if workflow:
        folder = tmp_path / ".github" / "workflows"
        folder.mkdir(parents=True)
        (folder / "ci.yml").write_text(workflow)
    assert only(run(tmp_path, Order(("zizmor",)))).state == state


@needs("gitleaks")
@pytest.mark.parametrize("repository", [True, False], ids=["a history", "a folder"])
def test_gitleaks(repository: bool, tmp_path: Path) -> None:
    """It finds the token, and neither the report nor anything that is kept has its value."""
    told: list[str] = []
    plant(tmp_path, "settings.txt", repository=repository)
    report = run(tmp_path, Order(("gitleaks",)), told)
    assert only(report).state == "complete"
    assert rules(report) == {"github-pat"}
    kept = [path.read_text() for path in (tmp_path / "results").rglob("*") if path.is_file()]
    assert not [text for text in (repr(report), *told, *kept) if TOKEN in text]


@needs("gitleaks")
@pytest.mark.parametrize(
    ("prepared", "state"),
    [
        pytest.param("git init -q . && git add a.txt && git -c user.name=a -c user.email=a@example.com commit -qm a", "empty", id="clean history"),
        pytest.param("true", "empty", id="clean folder"),
        pytest.param("git init -q .", "partial", id="no commit, and exit code 0"),
        pytest.param("mkdir .git", "partial", id="no repository at all, and exit code 0"),
        pytest.param("echo 'x = [' > .gitleaks.toml", "crashed", id="a broken setting"),
    ],
)  # fmt: skip
def test_a_green_gitleaks(prepared: str, state: str, tmp_path: Path) -> None:
    """`[]` with exit code 0 is also what it writes where it could not read the history."""
    (tmp_path / "a.txt").write_text("hello\n")
    subprocess.run(["sh", "-c", prepared], cwd=tmp_path, check=True)
    assert only(run(tmp_path, Order(("gitleaks",)))).state == state


@needs("actionlint")
def test_actionlint(tmp_path: Path) -> None:
    """The injection; a folder without workflows is no clean one."""
    plant(tmp_path, ".github/workflows/ci.yml", repository=True)
    report = run(tmp_path, Order(("actionlint",)))
    assert only(report).state == "complete"
    shutil.rmtree(tmp_path / ".github")
    shutil.rmtree(tmp_path / ".bin")
    assert only(run(tmp_path, Order(("actionlint",)))).state not in ("complete", "empty")


@needs("gosec")
@pytest.mark.skipif(shutil.which("go") is None, reason="there is no Go here")
def test_gosec(tmp_path: Path) -> None:
    """The weak hash; code that does not compile is no clean code."""
    plant(tmp_path, "go.mod", "main.go")
    path = with_go(path_of(tmp_path / ".bin", "gosec"))
    report = judged(tmp_path, Order(("gosec",)), path=path, environ=GO)
    assert only(report).state == "complete"
    assert any(rule.startswith(("G4", "G5")) for rule in rules(report))
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    report = judged(tmp_path, Order(("gosec",)), path=path, environ=GO)
    assert only(report).state not in ("complete", "empty")


@needs("govulncheck")
@pytest.mark.skipif(shutil.which("go") is None, reason="there is no Go here")
def test_govulncheck(tmp_path: Path) -> None:
    """With a local database: clean where it is, and never where the code does not load."""
    plant(tmp_path, "go.mod", "main.go")
    index = tmp_path / "db" / "index"
    index.mkdir(parents=True)
    (index / "db.json").write_text('{"modified": "2026-01-01T00:00:00Z"}')
    (index / "modules.json").write_text("[]")
    (index / "vulns.json").write_text("[]")
    order = Order(("govulncheck",), arguments={"govulncheck": f"-db file://{tmp_path / 'db'}"})
    path = with_go(path_of(tmp_path / ".bin", "govulncheck"))
    assert only(judged(tmp_path, order, path=path, environ=GO)).state == "empty"
    (tmp_path / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    report = judged(tmp_path, order, path=path, environ=GO)
    assert only(report).state not in ("complete", "empty")


@needs("osv-scanner")
def test_osv_scanner_without_a_database(tmp_path: Path) -> None:
    """Its file looks like a clean one; its exit code says that it is none."""
    plant(tmp_path, "requirements.txt")
    order = Order(("osv-scanner",), arguments={"osv-scanner": "--offline"})
    report = run(tmp_path, order)
    assert (
        json.loads((tmp_path / "results/raw/osv-scanner/osv-scanner.json").read_bytes())["results"]
        == []
    )
    assert only(report).state == "partial"
    assert "exit code 127" in only(report).notes[0]


@needs("osv-scanner")
def test_osv_scanner(tmp_path: Path) -> None:
    """With a local database it finds the old package."""
    import zipfile

    plant(tmp_path, "requirements.txt")
    folder = tmp_path / "db" / "osv-scanner" / "PyPI"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("GHSA-462w-v97r-4m45.json", json.dumps(ADVISORY))
    order = Order(("osv-scanner",), arguments={"osv-scanner": "--offline"})
    report = run(tmp_path, order, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY=str(tmp_path / "db"))
    assert only(report).state == "complete", only(report)
    assert len(report.findings) == 1


@pytest.fixture
def osv() -> Iterator[str]:
    """OSV's API on loopback."""
    with served(Osv) as address:
        yield f"{address}/v1/query"


@needs("pip-audit")
@pytest.mark.parametrize(
    ("requirement", "state", "found"),
    [
        pytest.param("jinja2==2.4.1", "complete", 1, id="an old package"),
        pytest.param("jinja2==3.1.6", "empty", 0, id="a mended one"),
    ],
)
def test_pip_audit(requirement: str, state: str, found: int, osv: str, tmp_path: Path) -> None:
    """Against OSV's API on loopback, without resolving anything."""
    (tmp_path / "requirements.txt").write_text(f"{requirement}\n")
    line = f"-s osv --osv-url {osv} --no-deps --disable-pip"
    report = run(tmp_path, Order(("pip-audit",), arguments={"pip-audit": line}))
    assert (only(report).state, only(report).count) == (state, found)
    assert len(report.findings) == found


@needs("pip-audit")
def test_pip_audit_without_its_service(tmp_path: Path) -> None:
    """A crash has the exit code of a finding; without a file it is a crash."""
    (tmp_path / "requirements.txt").write_text("jinja2==2.4.1\n")
    line = "-s osv --osv-url http://127.0.0.1:9/v1/query --no-deps --disable-pip --timeout 2"
    report = run(tmp_path, Order(("pip-audit",), arguments={"pip-audit": line}))
    assert only(report).state == "crashed"


@needs("pip-audit")
def test_pip_audit_with_nothing_to_audit(tmp_path: Path) -> None:
    """That scan is missing, and says why."""
    source = only(run(tmp_path, Order(("pip-audit",))))
    assert (source.state, source.notes) == (
        "missing",
        ("There are no requirements files and no pyproject.toml here.",),
    )


@needs("safety")
@pytest.mark.parametrize(
    ("requirement", "state"),
    [
        pytest.param("jinja2==2.4.1", "complete", id="an old package"),
        pytest.param("jinja2==3.1.6", "empty", id="a mended one"),
    ],
)
def test_safety(requirement: str, state: str, tmp_path: Path) -> None:
    """Against a small database of ours; 64 says that it found something."""
    meta = {"base_domain": "https://example.com", "timestamp": 1767225600}
    advisory = {"advisory": "Sandbox escape.", "cve": "CVE-2019-10906", "id": "pyup.io-1", "specs": ["<2.10.1"], "v": "<2.10.1"}  # fmt: skip
    folder = tmp_path / "db"
    folder.mkdir()
    (folder / "insecure.json").write_text(json.dumps({"$meta": meta, "jinja2": ["<2.10.1"]}))
    (folder / "insecure_full.json").write_text(json.dumps({"$meta": meta, "jinja2": [advisory]}))
    (tmp_path / "requirements.txt").write_text(f"{requirement}\n")
    report = run(tmp_path, Order(("safety",), arguments={"safety": f"--db {folder}"}))
    assert only(report).state == state


@needs("safety")
def test_safety_without_a_database(tmp_path: Path) -> None:
    """What it prints then is no report."""
    plant(tmp_path, "requirements.txt")
    report = run(tmp_path, Order(("safety",), arguments={"safety": f"--db {tmp_path / 'none'}"}))
    assert only(report).state not in ("complete", "empty")
    assert report.conclusion.exit_code != 0


@needs("semgrep")
def test_semgrep(tmp_path: Path) -> None:
    """With rules of the folder: its exit code is 0 whatever it found."""
    report = run(plant(tmp_path, "app.py", ".semgrep.yml"), Order(("semgrep",)))
    assert only(report).state == "complete"
    assert only(report).count == 1


@needs("semgrep")
def test_semgrep_with_nothing_to_look_at(tmp_path: Path) -> None:
    """Its file is that of a clean scan, and its exit code is 0."""
    plant(tmp_path, "settings.txt", ".semgrep.yml")
    source = only(run(tmp_path, Order(("semgrep",))))
    assert (source.state, source.notes) == (
        "partial",
        ("Semgrep found no file that its rules are for.",),
    )


@needs("semgrep")
def test_semgrep_with_a_broken_rule(tmp_path: Path) -> None:
    """Its file then has no results."""
    plant(tmp_path, "app.py")
    (tmp_path / ".semgrep.yml").write_text("rules: [{id: a}]\n")
    report = run(tmp_path, Order(("semgrep",)))
    assert only(report).state not in ("complete", "empty")


class Registry(BaseHTTPRequestHandler):
    """The one question that `npm audit` asks: advisories by package (npm's bulk endpoint)."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        advisory = {
            "id": 1179, "url": "https://github.com/advisories/GHSA-vh95-rmgr-6w4m", "title": "Prototype Pollution",
            "severity": "moderate", "vulnerable_versions": "<0.2.1 || >=1.0.0 <1.2.3", "cwe": ["CWE-1321"],
            "cvss": {"score": 5.6, "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L"},
        }  # fmt: skip
        answer = json.dumps({"minimist": [advisory]}).encode()
        good = self.path == "/-/npm/v1/security/advisories/bulk"
        self.send_response(200 if good else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer) if good else 0))
        self.end_headers()
        self.wfile.write(answer if good else b"")

    def do_GET(self) -> None:
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def npm(folder: Path, registry: str) -> Report:
    (folder / ".npmrc").write_text(f"registry={registry}\nfetch-retries=0\nupdate-notifier=false\n")
    found = find("npm-audit")
    assert found is not None
    path = f"{Path(found).parent}{os.pathsep}{Path(sys.executable).parent}"
    return judged(folder, Order(("npm-audit",)), path=path)


@needs("npm-audit")
def test_npm_audit(tmp_path: Path) -> None:
    """Against a registry on loopback."""
    plant(tmp_path, "package.json", "package-lock.json")
    with served(Registry) as address:
        report = npm(tmp_path, f"{address}/")
    assert (only(report).state, only(report).count) == ("complete", 1), only(report)


@needs("npm-audit")
def test_npm_audit_without_its_registry(tmp_path: Path) -> None:
    """It ends with the code of a finding, and writes what looks like a report."""
    plant(tmp_path, "package.json", "package-lock.json")
    report = npm(tmp_path, "http://127.0.0.1:9/")
    assert only(report).state not in ("complete", "empty")


@needs("npm-audit")
def test_npm_audit_without_a_lock_file(tmp_path: Path) -> None:
    """There is nothing that it could audit."""
    plant(tmp_path, "package.json")
    assert only(npm(tmp_path, "http://127.0.0.1:9/")).state == "missing"


@needs("bandit", "ruff", "zizmor", "gitleaks")
def test_several_at_once_on_the_whole_project(tmp_path: Path) -> None:
    """Each has its own folder, each problem is one finding, and no scanner stumbled over another's file."""
    names = ("bandit", "ruff", "zizmor", "gitleaks")
    plant(tmp_path, repository=True)
    report = run(tmp_path, Order(names))
    assert [source.state for source in report.sources] == ["complete"] * 4
    places = {result.location.path for result in report.findings}
    assert places == {"app.py", "settings.txt", ".github/workflows/ci.yml"}
    assert not [path for path in places if path not in FILES]


@needs("ruff", "bandit")
def test_paths_are_those_of_the_repository(tmp_path: Path) -> None:
    """Also where a scanner writes absolute ones, and where it ran in a folder of the repository."""
    (tmp_path / "service").mkdir()
    plant(tmp_path / "service", "app.py")
    report = run(tmp_path / "service", Order(("ruff", "bandit")), GITHUB_WORKSPACE=str(tmp_path))
    assert {result.location.path for result in report.findings} == {"service/app.py"}


def test_every_module_is_pinned() -> None:
    """What the tests build has one version, and .ci/run builds the same."""
    script = (Path(__file__).parents[3] / ".ci" / "run").read_text(encoding="utf-8")
    for module in MODULES.values():
        assert module in script
    assert SYSTEM
