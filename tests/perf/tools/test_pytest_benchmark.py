"""Starting pytest-benchmark, the real one, in the environment of the tests."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from trivigil import perf
from trivigil.perf.analysis import Context
from trivigil.perf.tool import Ended
from trivigil.perf.tools import pytest_benchmark

if TYPE_CHECKING:
    from trivigil.core.report import Report

EXAMPLE = Path(__file__).parents[3] / "examples" / "benchmarks" / "test_catalogue.py"
FAILING = """
def test_slow(benchmark):
    benchmark.pedantic(sum, ([1],), rounds=3)
    assert False, "::error::forged"
"""
pytestmark = pytest.mark.skipif(
    find_spec("pytest_benchmark") is None, reason="pytest-benchmark is not installed here"
)


def run(
    folder: Path, script: str, version: str = "", profile: str = "auto"
) -> tuple[Report, list[str]]:
    """The report of a benchmark run in `folder`, and what was said."""
    said: list[str] = []
    order = perf.Order("pytest-benchmark", script, "", profile, tool_version=version)
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": "-p no:cacheprovider --benchmark-max-time=0.01 --benchmark-min-rounds=3",
        "GITHUB_TOKEN": "opens nothing",
    }
    report = perf.judge_order(
        order,
        Context("bench", "2026-06-15T10:00:00Z", str(folder)),
        directory=str(folder),
        output=str(folder / "raw"),
        environ=environ,
        say=said.append,
    )
    return report, said


def test_the_example_is_measured(tmp_path: Path) -> None:
    """Each benchmark has its times with rounds, no profile, and the machine is known."""
    (tmp_path / "test_catalogue.py").write_bytes(EXAMPLE.read_bytes())
    (tmp_path / "conftest.py").write_text(
        f"import sys; sys.path.insert(0, {str(EXAMPLE.parents[2])!r})\n"
    )
    report, said = run(tmp_path, "test_catalogue.py")
    assert report.problems == ()
    means = [m for m in report.measurements if m.metric.name == "time.mean"]
    assert len(means) == 3
    assert all(m.value > 0 and m.rounds and m.profile is None for m in means)
    assert "cpu" in str(report.facts["host"])
    assert said[0] == "Starting pytest-benchmark"


def test_a_profile_means_nothing_to_benchmarks(tmp_path: Path) -> None:
    """They are measured once, whatever is asked, and that is said."""
    (tmp_path / "test_a.py").write_text("def test_b(benchmark): benchmark(sum, [1])\n")
    report, said = run(tmp_path, "test_a.py", profile="smoke,load")
    assert [line for line in said if line.startswith("Starting")] == ["Starting pytest-benchmark"]
    assert report.notes == (
        "pytest-benchmark measures benchmarks, which know no profile: `profile` changes nothing.",
    )
    assert run(tmp_path, "test_a.py")[0].notes == ()


def test_one_test_of_a_file_can_be_named(tmp_path: Path) -> None:
    """`a.py::b` is pytest's own way to name one."""
    (tmp_path / "test_a.py").write_text(
        "def test_b(benchmark): benchmark(sum, [1])\ndef test_c(benchmark): benchmark(sum, [1])\n"
    )
    report, _ = run(tmp_path, "test_a.py::test_b")
    assert {m.subject for m in report.measurements} == {"test_a.py::test_b"}


def test_a_test_that_fails_after_its_measurement_fails_the_run(tmp_path: Path) -> None:
    """The results have no mark of it: pytest's exit code is what says so."""
    (tmp_path / "test_fails.py").write_text(FAILING)
    report, said = run(tmp_path, "test_fails.py")
    (finding,) = report.findings
    assert finding.message.startswith("pytest ended with exit code 1: a test failed")
    assert report.conclusion.exit_code == 1
    assert report.measurements
    assert "forged" not in "".join(said)


def test_no_benchmark_is_said(tmp_path: Path) -> None:
    """pytest-benchmark ends with 0 and writes nothing; that is no success."""
    (tmp_path / "test_none.py").write_text("def test_a(): pass\n")
    report, _ = run(tmp_path, "test_none.py")
    assert report.conclusion.exit_code == 2
    assert "pytest-benchmark wrote no results and ended with exit code 0" in report.problems[0]


@pytest.mark.parametrize(
    ("script", "version", "problem"),
    [
        pytest.param("nothing.py", "", "there is no such file", id="no such file"),
        pytest.param("test_a.py", "5.0.0", "its version cannot be chosen", id="a version"),
    ],
)
def test_what_cannot_be_started(script: str, version: str, problem: str, tmp_path: Path) -> None:
    """One sentence, before anything runs."""
    (tmp_path / "test_a.py").write_text("")
    report, _ = run(tmp_path, script, version)
    assert problem in report.problems[0]


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, -9])
def test_every_other_exit_code_fails(code: int) -> None:
    """Whatever pytest says but 0, the results are not all that was asked for."""
    (verdict,) = pytest_benchmark.verdicts(Ended(code, 1.0, timed_out=False, log="x.log"))
    assert verdict.gates
    assert f"exit code {code}" in verdict.message
