"""A team's repository as a workflow finds it: results of a load test, budgets, workflow files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

WORKFLOWS = Path(__file__).parent / "workflows"
HEADER = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,"
    "Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,"
    "50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%"
)
LOGIN_P95 = 420
"""The 95th percentile of `GET /login` in the results, in milliseconds."""
BUDGETS = {
    "default": {"p95_response_time": 500, "error_rate": 1},
    "GET /login": {"p95_response_time": 450},
}
TOO_STRICT = {**BUDGETS, "GET /login": {"p95_response_time": 300}}
"""The same, and a budget that the results break."""


class Consumer:
    """The repository of a team that uses our actions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.write("results/run_stats.csv", stats())
        self.write_budgets(BUDGETS)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the repository."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def write_budgets(self, budgets: Mapping[str, Any], name: str = "budgets.json") -> None:
        """Write a budgets file, one limit a line."""
        self.write(name, json.dumps(budgets, indent=2) + "\n")

    def line_of(self, text: str, name: str = "budgets.json") -> int:
        """The number of the only line of a file that holds this text."""
        lines = (self.folder / name).read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if text in line]
        assert len(found) == 1, f"{text!r} stands on the lines {found}"
        return found[0]

    def take_workflow(self, name: str) -> str:
        """Take in one of the workflows of this folder, or any by its whole path; its place."""
        target = self.folder / ".github" / "workflows" / Path(name).name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(WORKFLOWS / name, target)
        return target.relative_to(self.folder).as_posix()


def stats(login_p95: int = LOGIN_P95, more: Iterable[str] = ()) -> str:
    """Locust's `_stats.csv` of a short run: three endpoints, `more`, the total, and no failures."""
    rows = (
        _row("GET", "/", 300, 20, 90),
        _row("GET", "/login", 120, 110, login_p95),
        _row("POST", "/orders", 80, 150, 310),
        *more,
        _row("", "Aggregated", 500, 60, max(310, login_p95)),
    )
    return "\n".join((HEADER, *rows)) + "\n"


def _row(method: str, name: str, count: int, median: int, p95: int) -> str:
    percentiles = [median, median + 5, median + 9, median + 12, p95 - 10, p95, p95, *[p95 + 9] * 4]
    times = [median, f"{median + 3:.1f}", f"{median / 2:.1f}", f"{p95 + 9:.1f}"]
    cells = [method, name, count, 0, *times, "512.0", f"{count / 60:.2f}", "0.0", *percentiles]
    return ",".join(map(str, cells))
