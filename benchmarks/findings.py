"""How fast findings are read, merged, judged and written, as ratios of decoding alone. Run by hand: `python benchmarks/findings.py [COUNT]`.

A SARIF file is generated (100,000 findings unless another number is given). The floor is msgspec's decoding of the
file into plain objects. Goal: reading within 1.5.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from trivigil import sources
from trivigil.render import json as report_json
from trivigil.render import sarif
from trivigil.security import readers
from trivigil.security.analysis import Context, analyze

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3


def sarif_file(count: int) -> str:
    """Results of sixty rules in a thousand files."""
    rules = [
        {
            "id": f"R{n}",
            "shortDescription": {"text": f"Rule {n}"},
            "properties": {
                "security-severity": f"{n % 10}.5",
                "tags": [f"external/cwe/cwe-{n + 20}"],
            },
        }
        for n in range(60)
    ]
    results = [
        {
            "ruleId": f"R{n % 60}",
            "ruleIndex": n % 60,
            "level": "warning",
            "message": {"text": f"Something is wrong here, for the {n}th time."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": f"src/module{n % 1000}.py"},
                        "region": {"startLine": n // 1000 + 1},
                    }
                }
            ],
        }
        for n in range(count)
    ]
    driver = {"name": "Scanner", "rules": rules}
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    )


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some rounds."""
    took = []
    for _ in range(ROUNDS):
        gc.collect()
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return min(took)


def measure(text: str, count: int, folder: str) -> None:
    """Print a line for each step."""
    path = Path(folder, "report.sarif")
    path.write_text(text, encoding="utf-8")
    [source] = sources.find([str(path)], directory=folder)
    data, context = text.encode(), Context("security", "2026-01-02T00:00:00Z")
    floor = best(lambda: msgspec.json.decode(data))
    reading = readers.read(source)
    report = analyze([reading], context)
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: readers.read(source),
        "merge and judge": lambda: analyze([reading], context),
        "result file": lambda: report_json.dump(report),
        "merged SARIF": lambda: sarif.render(report, lambda path: path, None),
    }
    print(
        f"SARIF: {count:,} findings, {len(data) / 1e6:.0f} MB, decoding {floor:.2f} s, {reading.state}"
    )
    for step, work in steps.items():
        print(f"  {step:<16} {best(work) / floor:5.1f} x")


def main() -> None:
    """Generate the file and measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        measure(sarif_file(count), count, folder)


if __name__ == "__main__":
    main()
