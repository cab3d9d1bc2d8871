"""inspect, validate, schema, wait, publish and preview as a user calls them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import jsonschema
import pytest

from tests.act.consumer import stats
from tests.publish.test_handover import handed
from tests.security.files import ASSERT, SHELL, SQL, accepting, bandit, trivy
from trivigil import schemas
from trivigil.cli import main
from trivigil.publish.handover import dump

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "tests" / "data" / "perf" / "locust" / "v2.47-run"
BUDGETS = ROOT / "examples" / "budgets"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_inspect_accounts_for_every_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A good file, a foreign one and an empty one each have their object; one unreadable file is exit 2."""
    (tmp_path / "good.csv").write_bytes((RUN / "run_stats.csv").read_bytes())
    (tmp_path / "foreign.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    assert main(["inspect", "*.csv", "--json"], {}) == 2
    listed = {entry["path"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert set(listed) == {"good.csv", "foreign.csv", "empty.csv"}
    good = listed["good.csv"]
    assert (good["tool"], good["format"], good["state"], good["problem"]) == (
        "locust",
        "stats-csv",
        "complete",
        None,
    )
    assert good["counts"] == {"endpoints": 11}
    assert {"subject", "metric", "unit", "value", "n"} == set(good["measurements"][0])
    assert all(listed[name]["problem"] for name in ("foreign.csv", "empty.csv"))


def test_inspect_tells_people_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without `--json` nothing is on standard output, and the same facts are told in lines."""
    (tmp_path / "good.csv").write_bytes((RUN / "run_stats.csv").read_bytes())
    assert main(["inspect", "good.csv"], {}) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "good.csv: locust stats-csv, complete, 11 endpoints"


def test_inspect_knows_scanners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A scanner's file is counted by severity, and one of a load test beside it as ever."""
    (tmp_path / "b.json").write_text(bandit(SQL, SHELL, ASSERT), encoding="utf-8")
    (tmp_path / "t.json").write_text(trivy(), encoding="utf-8")
    (tmp_path / "s.csv").write_text(stats(), encoding="utf-8")
    assert main(["inspect", "b.json", "trivy=t.json", "s.csv", "--json"], {}) == 0
    listed = {entry["path"]: entry for entry in json.loads(capsys.readouterr().out)}
    first, second, third = (listed[name] for name in ("b.json", "t.json", "s.csv"))
    assert (first["tool"], first["state"], first["unit"]) == ("bandit", "complete", "results")
    assert (first["findings"], first["suppressed"]) == (3, 0)
    assert first["by_severity"] == {"high": 2, "low": 1}
    assert first["counts"]["results"] == 3
    assert (second["state"], second["findings"], second["by_severity"]) == ("empty", 0, {})
    assert (third["tool"], third["findings"], third["suppressed"]) == ("locust", None, None)
    assert third["measurements"]
    assert main(["inspect", "b.json"], {}) == 0
    assert "2 high, 1 low" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("results", "told"),
    [
        pytest.param(1, "complete, 1 result\n  1 medium, 1 result, 1 run\n", id="one"),
        pytest.param(2, "complete, 2 results\n  2 medium, 2 results, 1 run\n", id="two"),
        pytest.param(1_200, "complete, 1,200 results\n", id="many"),
    ],
)
def test_inspect_says_numbers_as_people_do(
    results: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One is one, and thousands are set apart."""
    each = {"ruleId": "R1", "message": {"text": "bad"}}
    run = {"tool": {"driver": {"name": "any"}}, "results": [each] * results}
    (tmp_path / "a.sarif").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    assert main(["inspect", "a.sarif"], {}) == 0
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "path",
    [*sorted(BUDGETS.iterdir()), ROOT / "examples" / "trivigil.yml"],
    ids=lambda path: path.name,
)
def test_the_examples_are_valid(path: Path) -> None:
    """What users copy from is right."""
    kind = ["--as", "config"] if path.name == "trivigil.yml" else []
    assert main(["validate", str(path), *kind], {}) == 0


def test_validate_says_the_place_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each bad file has its sentence; a good one among them is still said to be good."""
    (tmp_path / "bad.json").write_text('{"default": {\n"eror_rate": 1}}', encoding="utf-8")
    (tmp_path / "good.json").write_text('{"default": {"error_rate": 1}}', encoding="utf-8")
    (tmp_path / ".trivigil.yml").write_text("perf:\n  usrs: 1\n", encoding="utf-8")
    assert main(["validate", "bad.json", "good.json", ".trivigil.yml"], {}) == 2
    assert capsys.readouterr().err.splitlines() == [
        "trivigil: bad.json:2: default.eror_rate: `eror_rate` is not a metric. Did you mean `error_rate`?",
        "good.json: valid budgets",
        "trivigil: .trivigil.yml:2: perf.usrs: unknown key. Did you mean `users`?",
    ]


def test_validate_knows_suppressions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name, its schema or its entries; a wrong one is said at its line."""
    (tmp_path / ".trivigil-suppressions.yml").write_text("suppressions: []\n", encoding="utf-8")
    (tmp_path / "other.yml").write_text(accepting("rule: B608"), encoding="utf-8")
    (tmp_path / "bad.yml").write_text("suppressions:\n  - rule: B608\n", encoding="utf-8")
    assert main(["validate", ".trivigil-suppressions.yml", "other.yml"], {}) == 0
    assert capsys.readouterr().err.count("valid suppressions") == 2
    assert main(["validate", "bad.yml"], {}) == 2
    assert "bad.yml:2" in capsys.readouterr().err


def test_validate_knows_check_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By their members or their schema; a wrong one is said at its line and column."""
    check = "url: /\nasserts:\n  - status {} 200\n"
    (tmp_path / "good.yml").write_text(check.format("=="), encoding="utf-8")
    (tmp_path / "bad.yaml").write_text(check.format("is"), encoding="utf-8")
    (tmp_path / "empty.yml").write_text("schema: trivigil/checks/1\n", encoding="utf-8")
    example = ROOT / "examples" / "checks" / "api.yml"
    assert main(["validate", "good.yml", str(example)], {}) == 0
    assert capsys.readouterr().err.count("valid checks") == 2
    assert main(["validate", "bad.yaml", "empty.yml"], {}) == 2
    bad, empty = capsys.readouterr().err.splitlines()
    assert bad.startswith("trivigil: bad.yaml:3:12: asserts[0]: expected a predicate")
    assert empty == "trivigil: empty.yml:1:1: expected `url` or `steps`"


def test_validate_knows_a_configuration_of_any_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its settings: the example's has another name. A benchmark may have a setting's name, and is budgeted all the same."""
    (tmp_path / "b.json").write_text('{"timeout": {"p95_response_time": 1}}', encoding="utf-8")
    assert main(["validate", str(ROOT / "examples" / "trivigil.yml"), "b.json"], {}) == 0
    said = capsys.readouterr().err.splitlines()
    assert [line.rpartition(": ")[2] for line in said] == ["valid config", "valid budgets"]


def test_accept_writes_what_blocks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The entries alone are on standard output, also where the shell has just made the file that they are for."""
    (tmp_path / "b.json").write_text(bandit(SQL, ASSERT), encoding="utf-8")
    (tmp_path / ".trivigil-suppressions.yml").write_bytes(b"")
    assert main(["security", "accept", "b.json", "--expires", "2999-06-30"], {}) == 0
    said = capsys.readouterr().out
    assert said.count("fingerprint:") == 1
    (tmp_path / "s.yml").write_text(said.replace('""', '"seen"'), encoding="utf-8")
    assert main(["security", "analyze", "b.json", "--suppressions", "s.yml"], {}) == 0


@pytest.mark.parametrize(
    ("file", "expires", "words"),
    [
        pytest.param("gone.json", "2999-06-30", "gone.json does not exist", id="no file"),
        pytest.param("cut.json", "2999-06-30", "cut.json", id="a cut file"),
        pytest.param("b.json", "soon", "a date such as", id="no date"),
        pytest.param("b.json", "2020-01-01", "2020-01-01 has passed", id="a day that has passed"),
    ],
)
def test_accept_writes_nothing_by_mistake(
    file: str, expires: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half of what blocks would look whole, and an entry that never counts would look as if it did."""
    (tmp_path / "b.json").write_text(bandit(SQL), encoding="utf-8")
    (tmp_path / "cut.json").write_text(bandit(SQL)[:-30], encoding="utf-8")
    assert main(["security", "accept", file, "--expires", expires], {}) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err


def test_validate_knows_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """What we wrote is valid by what we published; a report that was changed is not."""
    main(["perf", "analyze", f"{RUN}/run*"], {})
    assert main(["validate", "performance-analysis.json"], {}) == 0
    text = Path("performance-analysis.json").read_text(encoding="utf-8")
    Path("changed.json").write_text(text.replace('"complete"', '"perfect"', 1), encoding="utf-8")
    assert main(["validate", "changed.json"], {}) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("trivigil: changed.json:")
    assert "perfect" in last


def test_validate_knows_a_hand_over(capsys: pytest.CaptureFixture[str]) -> None:
    """A fork's hand-over is valid as a whole, its report by the report's own schema, and nothing is fetched for it."""
    good = dump(handed())
    Path("handover.json").write_text(good, encoding="utf-8")
    Path("pull.json").write_text(good.replace('"pull": 8', '"pull": "8"'), encoding="utf-8")
    Path("unit.json").write_text(good.replace('"fix": null', '"fox": null'), encoding="utf-8")
    assert main(["validate", "handover.json"], {}) == 0
    assert main(["validate", "pull.json", "unit.json"], {}) == 2
    assert capsys.readouterr().err.splitlines() == [
        "handover.json: valid handover",
        'trivigil: pull.json: pull: it must be a whole number, not "8".',
        "trivigil: unit.json:1: report.results.0: 'fix' is a required property",
    ]


@pytest.mark.parametrize("name", schemas.NAMES)
def test_every_schema_is_a_schema(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`schema NAME` prints valid JSON Schema, with an address and a title."""
    assert main(["schema", name], {}) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/schemas/{name}.schema.json")
    assert schema["title"]


def test_wait_for_a_service_that_is_there() -> None:
    """A listening port is healthy for tcp."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert main(["wait", f"tcp://127.0.0.1:{port}", "--timeout", "5s"], {}) == 0


def test_wait_for_a_service_that_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    """After the time limit one sentence names the address and the last reason."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert main(["wait", f"http://127.0.0.1:{port}/health", "--timeout", "1s"], {}) == 2
    assert f"127.0.0.1:{port}" in capsys.readouterr().err.splitlines()[-1]


def on_a_pull_request() -> dict[str, str]:
    """The environment of a pull request's run, as the demo has it."""
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(ROOT / "examples" / "events" / "pull_request.json"),
        "GITHUB_REPOSITORY": "octo/shop",
        "GITHUB_RUN_ATTEMPT": "1",
        "GITHUB_RUN_ID": "1",
        "GITHUB_RUN_NUMBER": "1",
        "GITHUB_SHA": "0" * 40,
    }


@pytest.mark.parametrize("environ", [{}, on_a_pull_request()], ids=["at-home", "on-a-pull-request"])
def test_a_dry_run_writes_what_would_be_sent_and_the_preview_shows_it(
    environ: dict[str, str],
) -> None:
    """`publish --dry-run` and `preview` work anywhere; no file holds the token."""
    environ = {**environ, "GITHUB_TOKEN": "ghs_notinanyfile"}
    Path("b.json").write_text('{"OVERALL": {\n"p95_response_time": 0}}', encoding="utf-8")
    assert main(["perf", "analyze", f"{RUN}/run*", "--thresholds", "b.json"], environ) == 1
    assert main(["publish", "performance-analysis.json", "--dry-run", "out"], environ) == 0
    pytest.importorskip("cmarkgfm", reason="the preview needs the extra `preview`")
    assert main(["preview", "out"], environ) == 0
    paths = [path for path in Path("out").rglob("*") if path.is_file()]
    written = {path.name: path.read_text(encoding="utf-8") for path in paths}
    # An issue is for the default branch: on a pull request none would be written.
    assert ("issue.json" in written) is ("GITHUB_EVENT_NAME" not in environ)
    assert {
        "comment.md",
        "check-run.json",
        "summary.md",
        "publish-plan.json",
        "preview.html",
    } <= set(written)
    assert not any("notinanyfile" in text for text in written.values())
    assert "b.json" in written["preview.html"]
    assert "p95_response_time" in written["preview.html"], "the budget's own line is shown"


def test_a_preview_of_something_else_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder without a plan is not a dry run's."""
    (tmp_path / "x").mkdir()
    assert main(["preview", "x"], {}) == 2
    assert "not a dry run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "words"),
    [("[]", "JSON object"), ("{}", "schema"), ("{", "JSON"), (None, "no such file")],
    ids=["list", "no-schema", "cut", "missing"],
)
def test_publishing_what_is_no_report_is_a_sentence(
    text: str | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is not ours is exit 2 and named."""
    if text is not None:
        (tmp_path / "r.json").write_text(text, encoding="utf-8")
    assert main(["publish", "r.json", "--dry-run", "out"], {}) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "r.json" in last
    assert words in last
