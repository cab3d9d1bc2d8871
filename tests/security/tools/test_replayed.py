"""Scanners that no package registry has: programs that take their documented options only, and end as they are documented to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.security.tools.real import REAL
from tests.security.tools.running import judged, only, program
from trivigil.security import Order, readers
from trivigil.security.tools import TOOLS

TRIVY = """\
parser.add_argument("kind", choices=["fs", "image", "config"])
parser.add_argument("subject")
parser.add_argument("--format", choices=["json"], required=True); parser.add_argument("--output", required=True)
parser.add_argument("--exit-code", type=int, required=True); parser.add_argument("--quiet", action="store_true")
parser.add_argument("--scanners"); parser.add_argument("--severity")
"""
NOTHING = {"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": []}
LEAK = {
    "VulnerabilityID": "CVE-2019-10906", "PkgName": "jinja2", "InstalledVersion": "2.4.1", "FixedVersion": "2.10.1",
    "Severity": "HIGH", "Title": "Sandbox escape",
}  # fmt: skip
SOMETHING = {
    **NOTHING,
    "Results": [{"Target": "requirements.txt", "Class": "lang-pkgs", "Type": "pip", "Vulnerabilities": [LEAK]}],
}  # fmt: skip


def writes(data: object) -> str:
    return f"json.dump(json.loads({json.dumps(data)!r}), open(given.output, 'w'))\n"


def trivy(folder: Path, body: str) -> Path:
    return program(folder / "bin", "trivy", TRIVY, body, said="Version: 0.69.3")


@pytest.mark.parametrize(
    ("body", "state"),
    [
        pytest.param(writes(NOTHING), "empty", id="nothing"),
        pytest.param(writes(SOMETHING), "complete", id="something, and 0 because we ask for it"),
        pytest.param("print('FATAL db error', file=sys.stderr); sys.exit(1)", "crashed", id="no database"),
        pytest.param(writes(NOTHING) + "sys.exit(1)", "partial", id="a failure after its file"),
        pytest.param(writes(NOTHING) + "sys.exit(5)", "partial", id="a code of nobody's"),
        pytest.param("open(given.output, 'w').close()", "missing", id="a file of zero bytes"),
        pytest.param("open(given.output, 'w').write('{\"SchemaVersion\": 2, \"Results\": [')\nos.kill(os.getpid(), 9)", "crashed", id="killed in the middle of it"),
    ],
)  # fmt: skip
def test_trivy(body: str, state: str, tmp_path: Path) -> None:
    """Its exit code says whether it worked; what it found is in its file."""
    report = judged(tmp_path, Order(("trivy",)), path=trivy(tmp_path, body))
    assert only(report).state == state
    assert (report.conclusion.exit_code == 0) is (state == "empty")


def test_trivy_scans_the_folder_the_image_and_the_configuration(tmp_path: Path) -> None:
    """Each scan has a file of its own; the image's name is the order's."""
    body = "print(given.kind, given.subject, given.scanners, given.severity)\n" + writes(NOTHING)
    order = Order(
        ("trivy", "trivy-config"), image="shop:1", arguments={"trivy": "--severity HIGH,CRITICAL"}
    )
    report = judged(tmp_path, order, path=trivy(tmp_path, body))
    assert [source.state for source in report.sources] == ["empty"] * 3
    raw = tmp_path / "results" / "raw"
    assert [(raw / name / f"{name}.log").read_text().split() for name in ("trivy-fs", "trivy-image", "trivy-config")] == [
        ["fs", ".", "vuln,secret,misconfig", "HIGH,CRITICAL"],
        ["image", "shop:1", "vuln,secret", "HIGH,CRITICAL"],
        ["config", ".", "None", "HIGH,CRITICAL"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "state"),
    [
        pytest.param(SOMETHING, 1, "complete", id="something, and the code that was asked for"),
        pytest.param(NOTHING, 0, "empty", id="nothing"),
        pytest.param(NOTHING, 1, "partial", id="a code of findings without one"),
    ],
)
def test_a_command_that_is_trivy(data: object, code: int, state: str, tmp_path: Path) -> None:
    """Of a user's own call, 1 is what `--exit-code 1` asks for."""
    line = "trivy fs . --format json --exit-code 1 --output {output}/found.json"
    path = trivy(tmp_path, writes(data) + f"sys.exit({code})")
    report = judged(tmp_path, Order(("command",), command=line), path=path)
    assert only(report).state == state


DOCKER = """\
commands = parser.add_subparsers(dest="command", required=True)
remove = commands.add_parser("rm", allow_abbrev=False)
remove.add_argument("--force", action="store_true", required=True); remove.add_argument("container")
run = commands.add_parser("run", allow_abbrev=False)
run.add_argument("--rm", action="store_true", required=True); run.add_argument("--name", required=True)
run.add_argument("--network", choices=["host"], required=True); run.add_argument("--volume", required=True)
run.add_argument("image"); run.add_argument("words", nargs=argparse.REMAINDER)
"""
INSIDE = """\
if given.command == "rm":
    open("removed", "a").write(given.container + "\\n"); sys.exit(0)
import getopt
volume, inside, mode = given.volume.split(":")
assert (inside, mode) == ("/zap/wrk", "rw"), given.volume
assert os.stat(volume).st_mode & 0o007 == 0o007, "its user cannot write there"
assert given.image == "ghcr.io/zaproxy/zaproxy:2.16.1", given.image
assert given.words[0] == "zap-baseline.py", given.words
options, left = getopt.getopt(given.words[1:], "t:c:u:g:m:n:r:J:w:x:l:hdaijp:sz:P:D:T:IU:", ["hook=", "auto", "autooff", "plan-only"])
assert not left and "-t" in dict(options), given.words
report = os.path.join(volume, dict(options)["-J"])
open("name", "w").write(given.name)
"""
ALERT = {
    "pluginid": "10038", "alertRef": "10038-1", "alert": "CSP Header Not Set", "name": "CSP Header Not Set", "riskcode": "3",
    "confidence": "3", "riskdesc": "High (High)", "desc": "<p>x</p>", "count": "1", "cweid": "693", "wascid": "15",
    "instances": [{"uri": "http://127.0.0.1:8080/", "method": "GET", "param": "", "attack": "", "evidence": ""}],
}  # fmt: skip


def zap(*alerts: object) -> str:
    site = {
        "@name": "http://127.0.0.1:8080",
        "@host": "127.0.0.1",
        "@port": "8080",
        "@ssl": "false",
        "alerts": alerts,
    }
    data = {
        "@programName": "ZAP",
        "@version": "2.16.1",
        "@generated": "Mon, 15 Jun 2026 10:00:00",
        "site": [site],
    }
    return f"json.dump(json.loads({json.dumps(data)!r}), open(report, 'w'))\n"


ZAP = Order(("zap",), target="http://127.0.0.1:8080")
read = pytest.mark.skipif("zap" not in readers.TOOLS, reason="zap is not read yet")


def docker(folder: Path, body: str) -> Path:
    return program(folder / "bin", "docker", DOCKER, INSIDE + body)


@read
@pytest.mark.parametrize(
    ("body", "state"),
    [
        pytest.param(zap() + "sys.exit(0)", "empty", id="0: nothing"),
        pytest.param(zap(ALERT) + "sys.exit(1)", "complete", id="1: a rule that is set to fail"),
        pytest.param(zap(ALERT) + "sys.exit(2)", "complete", id="2: a warning"),
        pytest.param(zap() + "sys.exit(2)", "partial", id="2: a warning that is not in its file"),
        pytest.param(zap() + "sys.exit(3)", "partial", id="3: a failure after its file"),
        pytest.param("sys.exit(3)", "crashed", id="3: a failure"),
        pytest.param("sys.exit(125)", "missing", id="125: no container"),
        pytest.param("sys.exit(127)", "missing", id="127: no such program in it"),
        pytest.param(zap() + "print('No URLs found - is the target URL accessible?')", "partial", id="0: it reached nothing"),
        pytest.param("sys.exit(0)", "crashed", id="0: no file at all"),
        pytest.param(zap() + "os.kill(os.getpid(), 9)", "partial", id="killed"),
    ],
)  # fmt: skip
def test_zap(body: str, state: str, tmp_path: Path) -> None:
    """Each documented exit code beside each kind of file; the container is always removed."""
    report = judged(tmp_path, ZAP, path=docker(tmp_path, body))
    assert only(report).state == state
    assert (report.conclusion.exit_code == 0) is (state == "empty")
    assert (tmp_path / "removed").read_text().strip() == (tmp_path / "name").read_text()


@read
def test_a_zap_that_hangs_is_stopped(tmp_path: Path) -> None:
    """Its client is stopped, and its container removed."""
    body = zap() + "time.sleep(60)"
    report = judged(tmp_path, ZAP._replace(timeout="2s"), path=docker(tmp_path, body))
    assert only(report).state in ("partial", "crashed")
    assert (tmp_path / "removed").read_text().startswith("trivigil-zap-")


def test_a_tag_is_no_option(tmp_path: Path) -> None:
    """What would be another word of the command line is refused."""
    order = ZAP._replace(versions={"zap": "2.16.1 --privileged"})
    report = judged(tmp_path, order, path=docker(tmp_path, "sys.exit(0)"))
    assert only(report).state == "missing"
    assert "is no version of zap" in only(report).notes[0]
    assert not (tmp_path / "name").exists()


def test_what_is_only_replayed_is_said() -> None:
    """Every scanner of the table is run for real or replayed here; the page on scanners says which."""
    replayed = {"trivy-fs", "trivy-image", "trivy-config", "zap", "command"}
    assert set(REAL) | replayed == set(TOOLS)
    assert not set(REAL) & replayed
