"""Result files with a canary wherever a load tool speaks in its own words."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

CANARY: Final = "CANARY-7f3a9c-Pa55word"
PERF: Final = Path(__file__).resolve().parents[1] / "data" / "perf"
LOCUST = PERF / "locust" / "v2.47-run"


class Planted(NamedTuple):
    """A watch's input: files of its workspace by name, and its settings."""

    files: Mapping[str, str]
    settings: Mapping[str, str]


def text(*parts: str) -> str:
    return PERF.joinpath(*parts).read_text(encoding="utf-8")


def document(*parts: str) -> Any:
    return json.loads(text(*parts))


def _locust() -> Planted:
    """Error texts and exceptions of the CSVs."""
    failures = text("locust", "v2.47-run", "run_failures.csv").replace(
        "500 Server Error", f"500 token={CANARY}"
    )
    exceptions = text("locust", "v2.47-run", "run_exceptions.csv").replace("second line", CANARY)
    stats = text("locust", "v2.47-run", "run_stats.csv")
    files = {"run_stats.csv": stats, "run_failures.csv": failures, "run_exceptions.csv": exceptions}
    return Planted(files, {"results": "*.csv"})


def _k6() -> Planted:
    """Names of checks and groups, tags of thresholds."""
    summary = document("k6", "v1.5-run", "summary.json")
    for check in summary["root_group"]["checks"].values():
        check |= {"name": CANARY, "path": f"::{CANARY}", "fails": 3}
    metrics = summary["metrics"]
    metrics["checks{token:" + CANARY + "}"] = {
        "value": 0.4, "passes": 2, "fails": 3, "thresholds": {"rate>0.9": True},
    }  # fmt: skip
    return Planted({"summary.json": json.dumps(summary)}, {"results": "summary.json"})


def _k6_drift() -> Planted:
    """A check that is not as k6 writes it."""
    summary = document("k6", "v1.5-run", "summary.json")
    for check in summary["root_group"]["checks"].values():
        check |= {"name": CANARY, "path": f"::{CANARY}", "fails": "many"}
    return Planted({"summary.json": json.dumps(summary)}, {"results": "summary.json"})


def _artillery() -> Planted:
    """Checks that the console shows, and kinds of errors."""
    console = text("artillery", "v2.0.21", "plain.txt").replace("http.codes.500 < 3", CANARY)
    report = json.dumps(document("artillery", "v2.0.21", "down.json"))
    report = report.replace("ECONNREFUSED", f"E {CANARY}")
    files = {"console.txt": console, "report.json": report}
    return Planted(files, {"results": "artillery=console.txt"})


def _artillery_errors() -> Planted:
    return _artillery()._replace(settings={"results": "artillery=report.json"})


def _google_benchmark() -> Planted:
    """Why a benchmark failed."""
    report = document("google-benchmark", "v1.9", "failed.json")
    report["benchmarks"][1]["error_message"] = f"no fixture at https://u:{CANARY}@example.test"
    return Planted({"bench.json": json.dumps(report)}, {"results": "bench.json"})


def _catch2() -> Planted:
    """Why a benchmark failed, in the sentence that makes the run invalid."""
    report = text("catch2", "v2.13", "failed.xml").replace("on purpose", CANARY)
    return Planted({"bench.xml": report}, {"results": "bench.xml"})


def _lighthouse() -> Planted:
    """What Lighthouse warns of."""
    report = document("lighthouse", "v12", "plain.json")
    report["runWarnings"] = [f"The page redirected to https://u:{CANARY}@example.test"]
    return Planted({"page.json": json.dumps(report)}, {"results": "page.json"})


def _damaged_csv() -> Planted:
    """Something else where a number is due: the sentence about it shows what is there."""
    stats = text("locust", "v2.47-run", "run_stats.csv").replace(",54,", f",`{CANARY}`,", 1)
    assert CANARY in stats
    return Planted({"run_stats.csv": stats}, {"results": "run_stats.csv"})


def _damaged_json() -> Planted:
    report = document("google-benchmark", "v1.9", "plain.json")
    report["benchmarks"][0]["real_time"] = f"a`{CANARY}`"
    return Planted({"bench.json": json.dumps(report)}, {"results": "bench.json"})


def _foreign() -> Planted:
    """A file of nobody's, whose columns the guess shows."""
    return Planted({"x.csv": f"{CANARY},password\n1,2\n"}, {"results": "x.csv"})


def _application() -> Planted:
    """An application that does not start says why on its own output."""
    program = f"print('cannot connect with {CANARY}'); raise SystemExit(3)"
    stats = text("locust", "v2.47-run", "run_stats.csv")
    return Planted(
        {"run_stats.csv": stats, "app.py": program},
        {
            "results": "run_stats.csv",
            "start": f"{sys.executable} app.py",
            "wait_for": "tcp://127.0.0.1:1",
        },
    )


def _tool() -> Planted:
    """A load tool that writes nothing says why on its own output."""
    script = f"print('{CANARY}')\nraise RuntimeError('{CANARY}')\n"
    return Planted(
        {"test_bench.py": script}, {"tool": "pytest-benchmark", "script": "test_bench.py"}
    )


PLANTED: Final[Mapping[str, Planted]] = {
    "locust's error texts and exceptions": _locust(),
    "k6's check names and threshold tags": _k6(),
    "a check of k6 that drifted": _k6_drift(),
    "artillery's checks": _artillery(),
    "artillery's errors": _artillery_errors(),
    "why a benchmark failed": _google_benchmark(),
    "why another benchmark failed": _catch2(),
    "warnings of Lighthouse": _lighthouse(),
    "a damaged cell": _damaged_csv(),
    "a damaged field": _damaged_json(),
    "a file that nobody reads": _foreign(),
    "the application's own output": _application(),
    "the load tool's own output": _tool(),
}
