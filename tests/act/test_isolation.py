from __future__ import annotations

from itertools import product

from .bench import Bench
from .consumer import stats
from .seen import the_comment, verdicts

HOSTILE = """\
import os
import pathlib

pathlib.Path(os.environ["BENCH"], "written", "imported").write_text(__file__)
raise SystemExit(0)
"""
COMMANDS = (
    "::error::forged",
    "::set-output name=passed::forged",
    "::stop-commands::forged",
    "##[error]forged",
    "##[set-output name=conclusion]forged",
)
SLOW = ",700" * 18
LANDS_ONLY_IN_STEP = {"GITHUB_ACTION", "_", "SHLVL"}
"""Variables that differ between any two steps."""


def test_modules_of_the_workspace_are_not_imported(bench: Bench) -> None:
    """No module of the pull request stands in for one of ours or of our packages.

    Not even where the job sets PYTHONPATH, as many do for their own tests.
    """
    bench.repository.pull(7)
    for folder, name in product(
        ("", "src/"), ("github", "sitecustomize", "usercustomize", "requests", "json", "re")
    ):
        bench.consumer.write(f"{folder}{name}.py", HOSTILE)
    for folder, name in product(
        ("", "src/"), ("yaml", "trivigil", "pydantic", "actions_toolkit", "encodings")
    ):
        bench.consumer.write(f"{folder}{name}/__init__.py", HOSTILE)
    run = bench.run("gate.yml", variables={"PYTHONPATH": ".:src"})
    assert (run.code, run.step().outputs["passed"]) == (0, "true")
    assert not (run.written / "imported").exists(), run.text("imported")
    assert verdicts(the_comment(bench.repository)) == {"perf": "success"}


def test_text_of_a_result_file_is_no_command(bench: Bench) -> None:
    """The name of an endpoint cannot speak to the runner, wherever it is printed."""
    bench.repository.pull(7)
    names = (f"/{number}\n{command}" for number, command in enumerate(COMMANDS))
    rows = [f'GET,"{name}",9,0{SLOW}' for name in names]
    bench.consumer.write("results/run_stats.csv", stats(more=rows))
    run = bench.run("gate.yml")
    assert (run.code, run.step().outputs["passed"]) == (1, "false")
    assert len(run.report()["endpoint_metrics"]) == 3 + len(COMMANDS)
    assert [one.message for one in run.annotations("error")] == [run.step().outputs["summary"]]
    assert run.annotations("warning") == []
    commands = [line for line in run.log().splitlines() if line.startswith(("::", "##["))]
    assert not [line for line in commands if "forged" in line], commands
    assert run.step().outputs["conclusion"] == "failure"


def test_nothing_leaks_into_later_steps(bench: Bench) -> None:
    """The steps after ours have the environment of those before: no variable of ours, the same PATH."""
    bench.repository.pull(7)
    run = bench.run("gate.yml")
    before, after = (_variables(run.text(name)) for name in ("before", "after"))
    assert before["PATH"] == after["PATH"]
    assert not [name for name in after if name.startswith("TRIVIGIL")]
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed <= LANDS_ONLY_IN_STEP


def _variables(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
