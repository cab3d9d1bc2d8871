"""Our own tests of the running application, started as a scanner, on the example shop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.suite.shops import PAGE, shop, small
from tests.security.test_order import BANDIT, bandit, report_of
from tests.security.tools.running import judged, only
from trivigil.security import Order

ROOT = Path(__file__).parents[3]
TESTS = Order(("web-tests",))
DEMO = {"TRIVIGIL_TEST_USER": "demo", "TRIVIGIL_TEST_PASSWORD": "demo"}
WRITES = {"session-rotation", "user-enumeration", "login-limit"}


def states(folder: Path) -> dict[str, str]:
    """What became of each test, as its report says."""
    path = folder / "results/raw/web-tests/security_report.json"
    return {each["id"]: each["state"] for each in json.loads(path.read_bytes())["tests"]}


def test_the_weak_shop_fails(tmp_path: Path) -> None:
    """The tests only read, what they find is read back, and what is high blocks."""
    with shop("weak") as url:
        report = judged(tmp_path, TESTS._replace(target=url), environ=DEMO)
    source = only(report)
    assert (source.path, source.tool, source.state) == (
        "results/raw/web-tests/security_report.json", "custom", "complete",
    )  # fmt: skip
    assert report.conclusion.exit_code == 1
    assert {one.rule.id for one in report.findings if one.gates} == {
        "cors-reflected-origin",
        "exposed-file",
    }
    skipped = {name for name, state in states(tmp_path).items() if state == "skipped"}
    assert skipped >= WRITES


def test_the_hardened_shop_passes(tmp_path: Path) -> None:
    """A whole run without a finding that blocks proves that there is none."""
    with shop("hardened") as url:
        report = judged(tmp_path, TESTS._replace(target=url))
    assert only(report).state in ("complete", "empty")
    assert report.conclusion.exit_code == 0


def test_writing_is_opted_in(tmp_path: Path) -> None:
    """With `allow-writes` and an account the login is tested too."""
    order = TESTS._replace(allow_writes=True)
    with shop("weak") as url:
        judged(tmp_path, order._replace(target=url), environ=DEMO)
    assert {states(tmp_path)[name] for name in WRITES} == {"found"}


def test_no_other_scanner_sees_the_account(tmp_path: Path) -> None:
    """A replayed scanner, which fails where it sees any variable of ours, ends well."""
    path = bandit(tmp_path, report_of() + "sys.exit(0)")
    assert only(judged(tmp_path, BANDIT, path=path, environ=DEMO)).state == "empty"


def test_words_are_added_to_its_line(tmp_path: Path) -> None:
    """The path of the login, say: an unknown option is a failed scan, never a clean one."""
    order = TESTS._replace(arguments={"web-tests": "--no-such-option"})
    with shop("hardened") as url:
        report = judged(tmp_path, order._replace(target=url))
    assert (only(report).state, report.conclusion.exit_code) == ("crashed", 1)
    assert "exit code 2" in only(report).notes[0]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        pytest.param(
            TESTS._replace(target="http://127.0.0.1:1/"),
            "web-tests ended with exit code 2: the application does not answer",
            id="nobody there",
        ),
        pytest.param(
            TESTS._replace(target="http://127.0.0.1:1/", versions={"web-tests": "1.0"}),
            "web-tests has the version of Trivigil",
            id="a version of its own",
        ),
    ],
)
def test_what_was_not_tested_is_not_clean(order: Order, words: str, tmp_path: Path) -> None:
    """The scan proves nothing, and says why."""
    report = judged(tmp_path, order)
    assert only(report).state not in ("complete", "empty")
    assert report.conclusion.exit_code == 1
    assert words in only(report).notes[0]


@pytest.mark.parametrize("allowed", [False, True])
def test_another_private_machine_needs_its_own_permission(allowed: bool, tmp_path: Path) -> None:
    """`allow-remote` allows another machine, and not its private address: without `allow-private` it is not even asked."""
    with small(lambda _method, _path: PAGE) as site:
        # A name of this machine that is not one of its usual ones, as an intranet's host is.
        target = site.url.replace("127.0.0.1", "127.1")
        report = judged(
            tmp_path, TESTS._replace(target=target, allow_remote=True, allow_private=allowed)
        )
        assert bool(site.asked) is allowed
        assert (only(report).state in ("complete", "empty")) is allowed
    said = (tmp_path / "results/raw/web-tests/web-tests.log").read_text(encoding="utf-8")
    assert ("asked with --allow-private" in said) is not allowed


PLANT = "raise SystemExit('a module of the workspace was imported')\n"


def test_it_starts_itself_as_the_action_does(tmp_path: Path) -> None:
    """By launch.py with -I: the package is in no environment, and no file of the workspace stands in for a module."""
    for name in ("trivigil.py", "json.py", "argparse.py", "sitecustomize.py"):
        (tmp_path / name).write_text(PLANT, encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    line = [sys.executable, "-I", str(ROOT / "actions" / "launch.py"), "security", "run"]
    line += ["--scanners", "web-tests", "--out", "out"]
    with shop("hardened") as url:
        done = subprocess.run(
            [*line, "--target", url], cwd=tmp_path, env={**environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out/security-analysis.json").read_bytes())
    assert [source["state"] for source in report["sources"]] in (["complete"], ["empty"])
