"""`trivigil perf analyze` as a user calls it: verdicts, exit codes, bad input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from trivigil import schemas
from trivigil.cli import main

DATA = Path(__file__).resolve().parents[1] / "data" / "perf" / "locust"
RUN = DATA / "v2.47-run"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def budgets(path: Path, document: object) -> str:
    path.write_text(
        document if isinstance(document, str) else json.dumps(document), encoding="utf-8"
    )
    return path.name


def analyze(*arguments: str) -> int:
    return main(["perf", "analyze", *arguments], {})


def report(folder: Path) -> dict[str, Any]:
    """The written report, which must be valid by its published schema."""
    data = json.loads((folder / "performance-analysis.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(schemas.text("report"))).validate(data)
    assert isinstance(data, dict)
    return data


def test_budgets_that_hold_are_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict comes first on standard error, standard output stays empty, the report is written."""
    name = budgets(tmp_path / "b.json", {"default": {"p95_response_time": 60_000}})
    assert analyze(f"{RUN}/run*", "--thresholds", name) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0].startswith("✅ Performance")
    written = report(tmp_path)
    assert (written["passed"], written["conclusion"], written["sla_violations"]) == (
        True,
        "success",
        [],
    )


def test_a_budget_that_does_not_hold_is_exit_1(tmp_path: Path) -> None:
    """The report names the endpoint, the value and the limit, and where the budget is written."""
    name = budgets(tmp_path / "b.json", '{\n"OVERALL": {\n"p95_response_time": 0}}')
    assert analyze(f"{RUN}/run*", "--thresholds", name) == 1
    written = report(tmp_path)
    failed = [
        r for r in written["results"] if r["kind"] == "fail" and r["rule"].startswith("budget")
    ]
    assert [result["location"] for result in failed] == [
        {"name": "OVERALL", "path": "b.json", "line": 3}
    ]
    assert written["sla_violations"] == [failed[0]["message"]]


def test_without_budgets_the_facts_are_neutral(tmp_path: Path) -> None:
    """No criteria: facts only, and it says so."""
    assert analyze(f"{RUN}/run*") == 0
    assert report(tmp_path)["conclusion"] == "neutral"


def test_a_run_without_requests_is_never_a_pass(tmp_path: Path) -> None:
    """Nothing happened, so nothing is proven, with budgets or without."""
    assert analyze(f"{DATA}/v2.47-zero/run*") == 1
    assert [r["rule"] for r in report(tmp_path)["results"]] == ["run.no-requests"]
    name = budgets(tmp_path / "b.json", {"default": {"error_rate": 1}})
    assert analyze(f"{DATA}/v2.47-zero/run*", "--thresholds", name) == 1
    assert {r["rule"] for r in report(tmp_path)["results"]} == {
        "run.no-requests",
        "budget.vanished",
    }


def test_a_budget_that_nobody_measured_is_exit_1(tmp_path: Path) -> None:
    """Open is not a pass."""
    name = budgets(tmp_path / "b.json", {"OVERALL": {"latency.p99_9999": 1}})
    assert analyze(f"{RUN}/run*", "--thresholds", name) == 1
    assert [r["kind"] for r in report(tmp_path)["results"] if r["rule"].startswith("budget")] == [
        "open"
    ]


def test_json_alone_is_on_standard_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--json` prints the report for programs; people read standard error."""
    analyze(f"{RUN}/run*", "--json")
    assert json.loads(capsys.readouterr().out) == report(tmp_path)


def test_the_whole_runs_numbers_are_the_tools_own(tmp_path: Path) -> None:
    """The seed's keys hold the totals: weighted mean, p95 of the whole run, errors in percent of requests."""
    analyze(f"{RUN}/run*")
    written = report(tmp_path)
    entries = json.loads((RUN / "run.json").read_text(encoding="utf-8"))
    requests = sum(entry["num_requests"] for entry in entries)
    failures = sum(entry["num_failures"] for entry in entries)
    assert written["error_rate"] == pytest.approx(100 * failures / requests)
    mean = sum(entry["total_response_time"] for entry in entries) / requests
    assert written["avg_response_time"] == pytest.approx(mean)
    assert set(written["endpoint_metrics"]) == {f"{e['method']} {e['name']}" for e in entries}


def _cut(path: Path) -> None:
    data = (RUN / "run_stats.csv").read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.write((RUN / "run_stats.csv").read_bytes())
        file.truncate(2 * 1024**3)


BAD_RESULTS = [
    pytest.param(lambda p: p.write_bytes(b""), "is empty", id="zero-bytes"),
    pytest.param(lambda p: p.mkdir(), "directory", id="directory"),
    pytest.param(_cut, "r.csv:", id="cut"),
    pytest.param(_huge, "too large", id="two-gigabytes"),
    pytest.param(
        lambda p: p.write_bytes(b"name,score\nfirst,1\n"),
        "not a result file",
        id="another-tool",
    ),
    pytest.param(
        lambda p: p.write_bytes((RUN / "run_stats.csv").read_text("utf-8").encode("utf-16")),
        "UTF-16",
        id="utf-16",
    ),
    pytest.param(
        lambda p: p.write_bytes(
            (RUN / "run_stats.csv").read_bytes().replace(b"GET,", b"GET,\xe9", 1)
        ),
        "UTF-8",
        id="latin-1",
    ),
    pytest.param(
        os.mkfifo,
        "regular file",
        id="pipe",
        marks=pytest.mark.skipif(os.name == "nt", reason="POSIX"),
    ),
]


@pytest.mark.parametrize(("make", "words"), BAD_RESULTS)
def test_a_bad_result_file_is_exit_2_with_one_sentence(
    make: Callable[[Path], object], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Damaged or foreign input is a failed report and one sentence that names the file."""
    make(tmp_path / "r.csv")
    name = budgets(tmp_path / "b.json", {"default": {"error_rate": 1}})
    assert analyze("r.csv", "--thresholds", name) == 2
    said = capsys.readouterr().err
    last = said.splitlines()[-1]
    assert last.startswith("trivigil: ")
    assert "r.csv" in last
    assert words in last
    assert "Traceback" not in said
    written = report(tmp_path)
    assert (written["passed"], written["conclusion"]) == (False, "failure")


BAD_BUDGETS = [
    pytest.param(
        '{"default": {"error_rate": 1},}', "b.json:1: not valid JSON", id="does-not-parse"
    ),
    pytest.param('{\n"default": {"eror_rate": 1}}', "b.json:2: default.eror_rate", id="misspelt"),
    pytest.param("", "b.json: the file is empty", id="empty"),
    pytest.param(None, "b.json: there is no such file", id="missing"),
]


@pytest.mark.parametrize(("text", "words"), BAD_BUDGETS)
def test_a_bad_budgets_file_is_exit_2_with_one_sentence(
    text: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Budgets that cannot be read are said with file, line and key, and the run fails."""
    if text is not None:
        (tmp_path / "b.json").write_text(text, encoding="utf-8")
    assert analyze(f"{RUN}/run*", "--thresholds", "b.json") == 2
    assert words in capsys.readouterr().err.splitlines()[-1]
    assert report(tmp_path)["passed"] is False


def test_a_glob_without_a_file_is_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing to judge is not a pass."""
    assert analyze("nothing/*.csv") == 2
    assert "nothing/*.csv" in capsys.readouterr().err.splitlines()[-1]
    assert report(tmp_path)["passed"] is False


def test_hostile_names_stay_harmless_in_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An endpoint's name cannot issue a workflow command, move the cursor or reorder the line."""
    row = "GET,{},1,0,1,1,1,1,1,1,0,1,1,1,1,1,1,1,1,1,1,1\r\n"
    header = (RUN / "run_stats.csv").read_text("utf-8").splitlines()[0] + "\r\n"
    hostile = '"::error::x ##[error]y \x1b[31m \u202ez"'
    total = row.replace("GET,{}", ",Aggregated")
    (tmp_path / "r.csv").write_text(
        header + row.format(hostile) + total, encoding="utf-8", newline=""
    )
    assert analyze("r.csv") == 0
    said = capsys.readouterr().err
    assert "error" in said
    for live in ("::", "##[", "\x1b", "\u202e"):
        assert live not in said


def test_the_report_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    """`--out` makes the folder; nothing else is written."""
    assert analyze(f"{RUN}/run*", "--out", "a/b") == 0
    assert [p.name for p in (tmp_path / "a" / "b").iterdir()] == ["performance-analysis.json"]
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_an_unwritable_place_is_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file in the way is a sentence."""
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    assert analyze(f"{RUN}/run*", "--out", "taken/below") == 2
    assert "cannot be written" in capsys.readouterr().err


def test_files_may_be_of_a_profile(tmp_path: Path) -> None:
    """`--profile` says of which, so that budgets of it are judged, and everything carries it."""
    entry = {"subject": "OVERALL", "profile": "load", "limits": {"requests": 1}}
    name = budgets(tmp_path / "b.json", {"budgets": [entry]})
    assert analyze(f"{RUN}/run*", "--thresholds", name) == 0
    assert report(tmp_path)["conclusion"] == "neutral"
    assert analyze(f"{RUN}/run*", "--thresholds", name, "--profile", "load") == 0
    written = report(tmp_path)
    assert (written["conclusion"], written["figures_profile"]) == ("success", "load")
    assert {each["profile"] for each in written["measurements"]} == {"load"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["analyze", "x.csv", "--profile", "load,smoke"], "of one load", id="two"),
        pytest.param(["analyze", "x.csv", "--profile", "soak"], "not a profile", id="unknown"),
        pytest.param(["run", "--tool", "locust"], "`--tool` and `--script`", id="no script"),
        pytest.param(["run"], "or `--command`", id="nothing to run"),
        pytest.param(
            ["run", "--tool", "locust", "--script", __file__],
            "host: a URL such as http://localhost:8080 is needed",
            id="no host",
        ),
    ],
)
def test_what_is_said_wrongly_is_a_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2."""
    assert main(["perf", *arguments], {}) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "words"),
    [
        pytest.param("--users=0", "a whole number from 1 on was expected, not '0'", id="too few"),
        pytest.param("--users=two", "a whole number from 1 on", id="a word"),
        pytest.param("--spawn-rate=fast", "a number above 0 was expected, not 'fast'", id="rate"),
        pytest.param("--spawn-rate=0.0", "a number above 0", id="no rate"),
        pytest.param("--spawn-rate=nan", "a number above 0", id="not a number"),
    ],
)
def test_a_number_that_is_none_is_a_sentence(
    option: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, in one line that names no function of ours."""
    assert main(["perf", "run", "--tool", "locust", "--script", "x.py", option], {}) == 2
    [said] = capsys.readouterr().err.splitlines()
    assert words in said
    assert said.endswith("See `trivigil perf run --help`.")


def test_a_command_is_run_for_two_profiles(tmp_path: Path) -> None:
    """Without a tool and a script; the report is valid, and has both."""
    body = 'print(\'[{"name": "a", "unit": "s", "value": 1}]\')'
    (tmp_path / "c.py").write_text(body, encoding="utf-8")
    line = f"{sys.executable} c.py"
    arguments = ["--command", line, "--profile", "smoke,load", "--timeout", "40m"]
    assert main(["perf", "run", *arguments], {"PATH": os.environ["PATH"]}) == 0
    written = report(tmp_path)
    assert [each["name"] for each in written["facts"]["profiles"]] == ["smoke", "load"]
    assert [each["profile"] for each in written["measurements"]] == ["smoke", "load"]
