"""Orders of scans: replayed scanners that behave, crash, hang, die, and look at each other's files."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests import package_index
from tests.security.tools.running import judged, only, program
from trivigil.core.errors import InputError
from trivigil.security import Order, launch
from trivigil.security.analysis import Context
from trivigil.security.tool import Ended
from trivigil.security.tools import TOOLS, named

FLAW = {
    "code": "3 subprocess.call(x, shell=True)\n", "filename": "./app.py", "issue_confidence": "HIGH", "issue_severity": "HIGH",
    "issue_text": "shell", "line_number": 3, "line_range": [3], "more_info": "", "test_id": "B602", "test_name": "shell",
}  # fmt: skip
OPTIONS = """\
parser.add_argument("-q", action="store_true"); parser.add_argument("-r", required=True)
parser.add_argument("-f", choices=["json"], required=True); parser.add_argument("-o", required=True)
parser.add_argument("-c"); parser.add_argument("--skip")
"""
BANDIT = Order(("bandit",))


def report_data(*flaws: object) -> dict[str, object]:
    counts = {"SEVERITY.HIGH": len(flaws), "loc": 3}
    metrics = {"./app.py": counts, "_totals": counts}
    return {
        "errors": [],
        "generated_at": "2026-06-15T10:00:00Z",
        "metrics": metrics,
        "results": flaws,
    }


def report_of(*flaws: object) -> str:
    data = report_data(*flaws)
    return f"json.dump(json.loads({json.dumps(data)!r}), open(given.o, 'w'))\n"


def bandit(folder: Path, body: str) -> Path:
    (folder / "app.py").write_text("x = 1\n")
    return program(folder / "bin", "bandit", OPTIONS, body, said="bandit 1.9.4")


@pytest.mark.parametrize(
    ("body", "state", "exit_code"),
    [
        pytest.param(report_of() + "sys.exit(0)", "empty", 0, id="clean"),
        pytest.param(report_of(FLAW) + "sys.exit(1)", "complete", 1, id="a finding"),
        pytest.param(report_of() + "sys.exit(1)", "partial", 1, id="a code that contradicts its file"),
        pytest.param(report_of() + "sys.exit(2)", "partial", 1, id="a failure after a clean file"),
        pytest.param(report_of() + "os.kill(os.getpid(), 9)", "partial", 1, id="killed after a clean file"),
        pytest.param("open(given.o, 'w').write('{\"errors\": [')\nos.kill(os.getpid(), 9)", "crashed", 1, id="killed"),
        pytest.param("sys.exit(0)", "crashed", 1, id="green without a file"),
        pytest.param("raise RuntimeError('boom')", "crashed", 1, id="crashed with the code of a finding"),
    ],
)  # fmt: skip
def test_only_a_scan_that_ended_well_proves_something(
    body: str, state: str, exit_code: int, tmp_path: Path
) -> None:
    """The gate is green for one of them only: a whole file with the code that goes with it."""
    report = judged(tmp_path, BANDIT, path=bandit(tmp_path, body))
    assert report.problems == ()
    assert (only(report).state, report.conclusion.exit_code) == (state, exit_code)
    assert only(report).path == "results/raw/bandit/bandit.json"
    assert (tmp_path / "results/raw/bandit/bandit.log").is_file()


def test_the_version_that_it_said_is_in_the_report(tmp_path: Path) -> None:
    """Bandit's file does not have it."""
    report = judged(tmp_path, BANDIT, path=bandit(tmp_path, report_of()))
    assert only(report).tool_version == "1.9.4"


def test_what_a_failed_scanner_printed_is_told_and_kept(tmp_path: Path) -> None:
    """Its words go to the log of the step, not into the report, and stay in the output folder."""
    told: list[str] = []
    body = "print('::error::no such thing'); sys.exit(3)"
    report = judged(tmp_path, BANDIT, path=bandit(tmp_path, body), told=told)
    assert [
        line for line in told if line.startswith("TOLD bandit said: ") and "no such thing" in line
    ]
    assert "no such thing" not in repr(report)
    assert "no such thing" in (tmp_path / "results/raw/bandit/bandit.log").read_text()


def test_a_scanner_that_is_not_there_is_missing(tmp_path: Path) -> None:
    """The others run, the gate fails closed, and the sentence says what is not there."""
    report = judged(tmp_path, Order(("bandit", "gosec")), path=bandit(tmp_path, report_of()))
    assert [source.state for source in report.sources] == ["empty", "missing"]
    (finding,) = report.findings
    assert finding.gates
    assert "the scan of gosec is missing, so it proves nothing" in finding.message
    assert "no go.mod" in finding.message or "no `gosec` on PATH" in finding.message


def test_what_is_tolerated_only_warns(tmp_path: Path) -> None:
    """The configuration may name the exception."""
    context = Context("security", "2026-06-15T10:00:00Z", tolerate=("gosec",))
    order = Order(("bandit", "gosec"))
    report = judged(tmp_path, order, path=bandit(tmp_path, report_of()), context=context)
    assert report.conclusion.exit_code == 0


def test_an_earlier_run_is_never_taken_for_this_one(tmp_path: Path) -> None:
    """A file that lies there from before is removed, also where the scanner cannot be run now."""
    judged(tmp_path, BANDIT, path=bandit(tmp_path, report_of()))
    path = tmp_path / "results/raw/bandit/bandit.json"
    assert path.is_file()
    report = judged(tmp_path, BANDIT, path=bandit(tmp_path, "sys.exit(0)"))
    assert only(report).state == "crashed"
    assert not path.exists()


def test_a_link_in_the_output_folder_is_not_followed(tmp_path: Path) -> None:
    """What a checkout has where results are kept is replaced, and what it points to stays."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("x")
    (tmp_path / "results/raw").mkdir(parents=True)
    (tmp_path / "results/raw/bandit").symlink_to(elsewhere)
    report = judged(tmp_path, BANDIT, path=bandit(tmp_path, report_of()))
    assert only(report).state == "empty"
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]


INSTALLED = """\
import json, sys

def main():
    if sys.argv[1:] == ["--version"]:
        print("bandit 1.0.0")
    else:
        with open(sys.argv[sys.argv.index("-o") + 1], "w") as file:
            json.dump(REPORT, file)
"""


def test_it_is_installed_where_it_is_not(tmp_path: Path) -> None:
    """The version that is asked for, in an environment of its own below the runner's tools, once."""
    (tmp_path / "app.py").write_text("x = 1\n")
    modules = {
        "banditry.py": INSTALLED.replace("REPORT", repr(report_data())),
        "bandit-1.0.dist-info/entry_points.txt": "[console_scripts]\nbandit = banditry:main\n",
    }
    order, said = BANDIT._replace(versions={"bandit": "1.0"}), list[str]()
    with package_index.serve(package_index.wheel("bandit", modules)) as index:
        environ = {"PIP_INDEX_URL": index.url, "RUNNER_TOOL_CACHE": str(tmp_path / "tools")}
        for _ in range(2):
            report = judged(tmp_path, order, environ=environ, told=said)
    assert (only(report).state, only(report).tool_version) == ("empty", "1.0.0")
    assert [line for line in said if line.startswith("Installing")] == ["Installing bandit 1.0 …"]
    assert (tmp_path / "tools/trivigil/tools").is_dir()


def test_one_that_cannot_be_installed_is_missing(tmp_path: Path) -> None:
    """The sentence says so; what pip said goes to the log of the step."""
    (tmp_path / "app.py").write_text("x = 1\n")
    said: list[str] = []
    with package_index.serve() as index:
        environ = {"PIP_INDEX_URL": index.url, "RUNNER_TOOL_CACHE": str(tmp_path / "tools")}
        report = judged(tmp_path, BANDIT, environ=environ, told=said)
    assert only(report).state == "missing"
    assert only(report).notes[0].startswith("bandit==1.9.4 cannot be installed; pip ended with")
    assert [line for line in said if line.startswith("TOLD pip said")]


def test_no_scanner_sees_what_another_writes(tmp_path: Path) -> None:
    """They write outside of the project while they run, so that no report is scanned for secrets."""
    body = report_of() + (
        "time.sleep(0.3)\n"
        "seen = [n for _, _, names in os.walk('.') for n in names if n.endswith(('.json', '.log'))]\n"
        "assert not seen, seen\nassert not given.o.startswith(os.getcwd())\n"
    )
    report = judged(tmp_path, BANDIT, path=bandit(tmp_path, body))
    assert only(report).state == "empty"
    assert (tmp_path / "results/raw/bandit/bandit.json").is_file()


def test_one_that_hangs_is_stopped(tmp_path: Path) -> None:
    """After its time it is asked to stop; what it wrote until then, if anything, proves nothing."""
    order = BANDIT._replace(timeout="1s")
    report = judged(tmp_path, order, path=bandit(tmp_path, report_of() + "time.sleep(60)"))
    assert only(report).state in ("partial", "crashed")
    assert "bandit was stopped after 1 s" in only(report).notes[0]


def test_arguments_are_added(tmp_path: Path) -> None:
    """Words of the user's go to the scanner that they name; its settings in pyproject.toml are used."""
    (tmp_path / "pyproject.toml").write_text("[tool.bandit]\nskips = []\n")
    body = "assert (given.skip, given.c) == ('B1 B2', 'pyproject.toml'), given\n" + report_of()
    order = BANDIT._replace(arguments={"bandit": "--skip 'B1 B2'"})
    assert only(judged(tmp_path, order, path=bandit(tmp_path, body))).state == "empty"


@pytest.mark.parametrize(
    ("order", "words"),
    [
        pytest.param(Order(()), "scanners: no scanner is named", id="none"),
        pytest.param(Order(("nmap",)), "scanners: `nmap` is not a scanner to start. Known: trivy,", id="unknown"),
        pytest.param(Order(("zap",)), "target: zap needs `target`", id="no target"),
        pytest.param(Order(("trivy-image",)), "image: trivy-image needs `image`", id="no image"),
        pytest.param(Order(("trivy",), image="--help"), "image: `--help` is no image", id="an option"),
        pytest.param(Order(("zap",), target="https://example.com"), "target: example.com is not this machine", id="remote"),
        pytest.param(Order(("bandit",), timeout="soon"), "timeout: a duration", id="no duration"),
        pytest.param(Order(("bandit",), versions={"zap": "1"}), "scanner-version: `zap` is none of the scanners to start", id="a version for another"),
        pytest.param(Order(("bandit",), arguments={"zap": "-x"}), "scanner-args: `zap` is none of the scanners to start", id="words for another"),
        pytest.param(Order(("bandit",), arguments={"bandit": "'"}), "scanner-args.bandit: it cannot be split", id="half a quotation"),
        pytest.param(Order(("command",)), "`command` and the scanner `command` need each other", id="no line"),
    ],
)  # fmt: skip
def test_an_order_that_makes_no_sense(order: Order, words: str, tmp_path: Path) -> None:
    """Nothing is started, and one sentence says what to mend."""
    told: list[str] = []
    report = judged(tmp_path, order, told=told)
    assert report.conclusion.exit_code == 2
    assert words in report.problems[0]
    assert told == []


def test_trivy_is_its_scan_of_the_folder_and_of_the_image() -> None:
    """One word for the usual; each scanner once, in the order's order."""
    assert [t.NAME for t in named(("trivy", "bandit", "trivy-fs"))] == ["trivy-fs", "bandit"]
    assert [t.NAME for t in named(("trivy",), image=True)] == ["trivy-fs", "trivy-image"]
    with pytest.raises(InputError):
        named(("Bandit",))


def task(name: str, body: str, folder: Path, **changes: object) -> launch.Task:
    program(folder / "bin", name, "", body)
    made = launch.Task(
        name, [str(folder / "bin" / name)], (), "", str(folder / f"{name}.log"),
        {"PATH": os.environ["PATH"]}, str(folder),
    )  # fmt: skip
    return made._replace(**changes)  # type: ignore[arg-type]


MEETING = """\
here = lambda: len([name for name in os.listdir(".") if name.startswith("now-")])
own = "now-" + os.path.basename(sys.argv[0])
open(own, "w").close()
seen, until = here(), time.monotonic() + 30
while here() < TOGETHER and not os.path.exists("met") and time.monotonic() < until:
    time.sleep(0.02)
seen = max(seen, here())
open("met", "w").close(); time.sleep(0.3)
print(max(seen, here())); os.unlink(own)
"""


@pytest.mark.parametrize(("at_once", "together"), [(1, 1), (2, 2), (9, 3)])
def test_as_many_at_once_as_there_are_cores(at_once: int, together: int, tmp_path: Path) -> None:
    """The others wait for their turn."""
    body = MEETING.replace("TOGETHER", str(together))
    tasks = [task(f"scan{n}", body, tmp_path) for n in range(3)]
    done = launch.run(tasks, at_once=at_once, timeout=100, say=lambda _: None)
    assert [each.code for each in done.values() if isinstance(each, Ended)] == [0, 0, 0]
    seen = [int((tmp_path / f"scan{n}.log").read_text()) for n in range(3)]
    assert max(seen) == together


def test_one_that_is_late_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress names those that still run; the late one is stopped, and what it may have left is removed."""
    monkeypatch.setattr("trivigil.launching.process.REPORT_EVERY", 0.3)
    late = task("late", "time.sleep(60)", tmp_path, after=(["touch", "removed"],))
    tasks = [late, *(task(f"good{n}", "pass", tmp_path) for n in range(2))]
    said: list[str] = []
    done = launch.run(tasks, at_once=2, timeout=8, say=said.append)
    ends = {name: (e.timed_out, e.code) for name, e in done.items() if isinstance(e, Ended)}
    assert ends == {"late": (True, -15), "good0": (False, 0), "good1": (False, 0)}
    assert (tmp_path / "removed").exists()
    assert [line for line in said if line.startswith("  late for ")]


def test_nothing_outlives_an_interruption(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C leaves no scanner behind."""
    body = "open('pid', 'w').write(str(os.getpid())); os.rename('pid', 'own'); time.sleep(60)"
    own = tmp_path / "own"

    def say(line: str) -> None:
        if line == "Starting two":
            deadline = time.monotonic() + 60
            while not own.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            raise KeyboardInterrupt

    tasks = [task("one", body, tmp_path), task("two", "pass", tmp_path)]
    with pytest.raises(KeyboardInterrupt):
        launch.run(tasks, at_once=2, timeout=90, say=say)
    assert not Path("/proc", own.read_text()).exists()


def test_one_that_cannot_be_started_is_a_sentence(tmp_path: Path) -> None:
    """A program without its interpreter, say."""
    broken = task("broken", "pass", tmp_path)
    Path(broken.line[0]).write_text("#!/nowhere/at/all\n")
    done = launch.run([broken], at_once=1, timeout=5, say=lambda _: None)
    assert done == {"broken": "broken cannot be started: No such file or directory."}


def test_every_scanner_has_a_name_and_a_file() -> None:
    """The table's keys are the names; a file name is no path; who is installed has a version."""
    for name, scanner in TOOLS.items():
        assert name == scanner.NAME
        assert os.path.basename(scanner.FILE) == scanner.FILE
        assert bool(scanner.PACKAGE or scanner.IMAGE) == bool(scanner.DEFAULT_VERSION), name
        assert scanner.CODES[0].kind in ("clean", "either")
