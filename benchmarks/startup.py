"""How long Trivigil takes to start, as ratios of a bare Python start. Run by hand: `python benchmarks/startup.py`.

Each command runs several times in turn with the others, after one run that is not counted; the median of the processes' wall time counts. Goals: help
within 3, a verdict on a tiny report within 5.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "data" / "perf" / "locust" / "v2.47-run"
ROUNDS = 21


def commands(budgets: Path, out: Path) -> dict[str, list[str]]:
    """What is timed, by name."""
    trivigil = [
        sys.executable,
        "-c",
        "import sys; from trivigil.__main__ import run; sys.exit(run())",
    ]
    analyze = [*trivigil, "perf", "analyze", "--thresholds", str(budgets), "--out", str(out)]
    return {
        "python -c pass": [sys.executable, "-c", "pass"],
        "trivigil --help": [*trivigil, "--help"],
        "perf analyze, CSV": [*analyze, str(DATA / "run_stats.csv")],
        "perf analyze, JSON": [*analyze, str(DATA / "run.json")],
    }


def timed(command: list[str], environ: dict[str, str]) -> float:
    """Wall seconds of one run."""
    start = time.perf_counter()
    subprocess.run(command, env=environ, capture_output=True, check=False)
    return time.perf_counter() - start


def main() -> None:
    """Print a row a command: median milliseconds, and the ratio to a bare start."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        budgets = Path(folder, "budgets.json")
        budgets.write_text('{"default": {"p95_response_time": 500}}', encoding="utf-8")
        cases = commands(budgets, Path(folder))
        runs: dict[str, list[float]] = {name: [] for name in cases}
        for number in range(ROUNDS + 1):
            for name, command in cases.items():
                seconds = timed(command, environ)
                if number:
                    runs[name].append(seconds)
    bare = statistics.median(runs["python -c pass"])
    for name, seconds in runs.items():
        median = statistics.median(seconds)
        print(f"{name:<20} {median * 1000:7.1f} ms  {median / bare:5.1f} x")


if __name__ == "__main__":
    main()
