"""How fast findings are read, merged, judged and written, as ratios of decoding alone. Run by hand: `python benchmarks/findings.py [COUNT] [PEER]`.

SARIF files of two shapes are generated (100,000 results unless another number is given): `lean` results with nothing but a rule, a
message and a line (230 bytes), and `usual` ones with the code, fingerprints and properties that most scanners write (about 740).
The floors: `typed` is msgspec's decoding into the few fields that a summary needs, and counting them; `plain` is its decoding into
dicts and lists. Both without the cyclic collector. Times are those of the processor, because a shared machine has no others.

Then whole processes, by processor time and by the memory at the peak: a bare typed reader, `trivigil security analyze`, and a peer,
where PEER names the `sarif` program of sarif-tools (an environment of its own: `pip install sarif-tools`).

`trivigil inspect` counts, as the floor and the peer do: its goal is 1.5 of the bare reader's process. `security analyze` says everything of
every finding, and cannot leave out while the answer is the same: two records (finding, place) and a result with its rule and place, the message
brought to one line, the digest of the code, an identity and its SHA-256, a place in an order, and about 1,200 bytes of the result file,
which says everything twice (`results`, and `all_vulnerabilities` for scripts). All of it runs in columns; what findings of a rule and a file
share is made once.

Measured with two cores that nobody else used, in several tries, lean and usual: read 2.0 to 2.7 and 2.8 to 4.5 of the typed floor, merge and
judge 3.4 to 5.4 and 2.1 to 3.9, result file 2.6 to 4.4 and 2.1 to 3.9, merged SARIF 1.1 to 1.9 and 2.2 to 4.2. Whole processes, of the bare
reader's: `inspect` 1.3 to 1.8 and 1.7 to 1.8, `security analyze` 9.2 to 9.9 and 7.6 to 9.8, `sarif summary` 10 to 14 and 14 to 17. Memory:
`inspect` 58 and 106 MB, `analyze` 143 and 157 MB.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from trivigil import sources
from trivigil.core import collector
from trivigil.render import json as report_json
from trivigil.render import sarif
from trivigil.security import readers
from trivigil.security.analysis import Context, analyze

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 3
RESULT_FILE = "security-analysis.json"
TYPED = """
import collections, msgspec
S = msgspec.Struct
class Artifact(S, gc=False): uri: str = ""
class Region(S, gc=False): startLine: int = 0
class Physical(S, gc=False):
    artifactLocation: Artifact
    region: Region
class Location(S, gc=False): physicalLocation: Physical
class Message(S, gc=False): text: str = ""
class Result(S, gc=False):
    ruleId: str
    message: Message
    locations: list[Location]
    level: str = "warning"
class Run(S, gc=False): results: list[Result]
class Log(S, gc=False): runs: list[Run]
def count(data):
    log = msgspec.json.decode(data, type=Log)
    return collections.Counter((r.level, r.ruleId) for run in log.runs for r in run.results)
"""
"""A typed reader that counts results by level and rule, and does nothing else."""


def result(n: int, *, usual: bool) -> dict[str, Any]:
    """One result of sixty rules in a thousand files."""
    region: dict[str, Any] = {"startLine": n // 1000 + 1}
    physical = {"artifactLocation": {"uri": f"src/module{n % 1000}.py"}, "region": region}
    found: dict[str, Any] = {
        "ruleId": f"R{n % 60}",
        "ruleIndex": n % 60,
        "level": "warning",
        "message": {"text": f"Something is wrong here, for the {n}th time."},
        "locations": [{"physicalLocation": physical}],
    }
    if usual:
        code = f"    value_{n} = connection.execute(query % (name, {n}))\n"
        region |= {"startColumn": 5, "endColumn": 48, "snippet": {"text": code}}
        around = {"text": f"def read_{n % 977}(name):\n{code}    return value_{n}\n"}
        line = n // 1000 + 1
        physical["contextRegion"] = {"startLine": line, "endLine": line + 2, "snippet": around}
        physical["artifactLocation"]["uriBaseId"] = "%SRCROOT%"
        found["partialFingerprints"] = {"primaryLocationLineHash": f"{n:016x}:1"}
        found["properties"] = {"issue_confidence": "HIGH", "issue_severity": "MEDIUM"}
    return found


def sarif_file(count: int, *, usual: bool = False) -> str:
    """A file of one run."""
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
    driver = {"name": "Scanner", "rules": rules}
    results = [result(n, usual=usual) for n in range(count)]
    return json.dumps(
        {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    )


def best(work: Callable[[], object]) -> float:
    """Seconds of the processor of the fastest of some rounds."""
    took = []
    for _ in range(ROUNDS):
        gc.collect()
        with collector.paused():
            begin = time.process_time()
            kept = work()
            took.append(time.process_time() - begin)
            del kept
    return min(took)


def stages(path: Path) -> None:
    """Print a line for each step inside of one process."""
    data, context = path.read_bytes(), Context("security", "2026-01-02T00:00:00Z")
    floor: dict[str, Any] = {}
    exec(compile(TYPED, "typed", "exec", dont_inherit=True), floor)  # noqa: S102 (our own text)
    typed = best(lambda: floor["count"](data))
    plain = best(lambda: msgspec.json.decode(data))
    [source] = sources.find([path.name], directory=str(path.parent))
    reading = readers.read(source)
    report = analyze([reading], context)

    def written() -> None:
        for _ in report_json.pieces(report):
            pass

    steps: dict[str, Callable[[], object]] = {
        "read": lambda: readers.read(source),
        "merge and judge": lambda: analyze([reading], context),
        "result file": written,
        "merged SARIF": lambda: sarif.render(report, lambda path: path, None),
    }
    print(f"  {'':<24}{'typed':>8}{'plain':>8}")
    print(f"  {'floor, seconds':<24}{typed:8.2f}{plain:8.2f}")
    for step, work in steps.items():
        took = best(work)
        print(f"  {step:<24}{took / typed:6.1f} x{took / plain:6.1f} x")


class Process(NamedTuple):
    """What a whole process used."""

    seconds: float
    """Of the processor."""
    octets: int
    """Resident memory at the peak."""


LAUNCHER = """
import json, os, resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""
"""A small process between, because a child's peak begins with its parent's memory."""


def whole(command: list[str], folder: str) -> Process:
    """Run a program to its end; of some rounds the fastest."""
    package = str(Path(sources.__file__).parents[1])
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    found = []
    for _ in range(ROUNDS):
        Path(folder, RESULT_FILE).unlink(missing_ok=True)
        ended = subprocess.run(
            [sys.executable, "-c", LAUNCHER, *command],
            cwd=folder,
            # With bytecode, as an installed program has: the first round makes it.
            env={**kept, "PYTHONPATH": package, "PYTHONPYCACHEPREFIX": str(Path(folder, "made"))},
            capture_output=True,
            check=True,
        )
        found.append(Process(*json.loads(ended.stdout)))
    return min(found)


def processes(path: Path, peer: str | None) -> None:
    """Print a line for each program."""
    bare = f"{TYPED}\nimport gc; gc.disable()\ncount(open({path.name!r}, 'rb').read())"
    commands = {
        "typed reader": [sys.executable, "-c", bare],
        "trivigil inspect": [sys.executable, "-m", "trivigil", "inspect", path.name],
        "trivigil security": [sys.executable, "-m", "trivigil", "security", "analyze", path.name],
    }
    if peer:
        commands["sarif summary"] = [peer, "summary", path.name]
    size, floor, wrote = path.stat().st_size, None, 0
    for name, command in commands.items():
        used = whole(command, str(path.parent))
        floor = floor or used.seconds
        written = path.parent / RESULT_FILE
        wrote = written.stat().st_size if written.exists() else wrote
        memory = f"{used.octets / 1e6:6.0f} MB = {used.octets / size:4.1f} x file"
        print(f"  {name:<24}{used.seconds:6.2f} s{used.seconds / floor:6.1f} x {memory}")
    print(f"  (the result file has {wrote / 1e6:.0f} MB)")


def main() -> None:
    """Generate the files and measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    peer = sys.argv[2] if len(sys.argv) > 2 else shutil.which("sarif")  # noqa: PLR2004
    for shape in ("lean", "usual"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "report.sarif")
            path.write_text(sarif_file(count, usual=shape == "usual"), encoding="utf-8")
            print(f"{shape}: {count:,} results, {path.stat().st_size / 1e6:.0f} MB")
            stages(path)
            processes(path, peer)


if __name__ == "__main__":
    main()
