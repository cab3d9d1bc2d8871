"""What a hostile load test and a hostile pull request would leave for us to read: files full of attacks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from tests.act.consumer import HEADER

from .corpus import ATTACKS

FILE_NAME = "::error::x ##[error]y @octocat $(touch evil) `x`\x1b[31m\n::error::z_stats.csv"
"""A name that a file can bear on Linux, of no format that anybody expects."""


def names() -> tuple[str, ...]:
    """The corpus as names of endpoints: what a text file in UTF-8 holds (a NUL makes it binary), each once."""
    held = (attack.encode("utf-8", "replace").decode() for attack in ATTACKS)
    return tuple(dict.fromkeys(name for name in held if name.strip() and "\0" not in name))


def stats() -> str:
    """Locust's `_stats.csv`."""
    rows = [_measured("GET", name, 100 + index) for index, name in enumerate(names())]
    return _table(HEADER.split(","), [*rows, _measured("", "Aggregated", 100 * len(rows))])


def failures() -> str:
    """Locust's `_failures.csv`."""
    return _table(
        ["Method", "Name", "Error", "Occurrences", "First Seen", "Last Seen"],
        [["GET", name, name, 1, "", ""] for name in names()],
    )


def exceptions() -> str:
    """Locust's `_exceptions.csv`."""
    return _table(
        ["Count", "Message", "Traceback", "Nodes"], [[1, name, name, "local"] for name in names()]
    )


def budgets() -> str:
    """A budgets file in its full form; a subject is an exact name, and there are owners and reasons."""
    usable = [name for name in names() if len(name) < 200 and not set(name) & set("*?\n\r/")]
    entries = [
        {"subject": f"GET {name}", "limits": {"latency.p95": 50}, "owner": name, "reason": name}
        for name in usable
        if name.isprintable()
    ]
    return json.dumps({"schema": "trivigil/budgets/1", "budgets": entries}, indent=1) + "\n"


def _measured(method: str, name: str, count: int) -> Sequence[object]:
    times = [10, "12.0", "1.0", "99.0"]
    return [method, name, count, 1, *times, "512.0", "2.0", "0.1", *[60] * 11]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return ",".join(header) + "\n" + text.getvalue()
