"""How fast streams are read, as ratios of the least work that any reader must do. Run by hand: `python benchmarks/streams.py [MB [FORMAT…]]`.

Each file is generated (100 MB unless another size is given) and read in a process of its own, so that its memory can be told; the floor of
a CSV is to split every line and keep the times by label, that of NDJSON to decode every line into typed records. The floor, the reader as
one process and the reader with all cores run in turn, and medians are compared. Goals: within 1.3 as one process, or 0.8 with all cores.

Measured on a quiet machine with two cores, medians of 3 rounds. Wall time with all cores, 100 MB: hey 0.68, JMeter 0.92, k6 1.41, vegeta 1.59
(400 MB: k6 0.96, vegeta 1.43; starting processes counts less). CPU time of one process, 100 MB: hey 1.02, JMeter 1.54, k6 1.60, vegeta 2.13
(400 MB: k6 1.35, vegeta 2.06). Memory of one process: 20 to 41 MB up to 400 MB; with 1 GB k6 65 and JMeter 104 MB.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trivigil.perf import workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3
START = 1_700_000_000_000
JTL = (
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,"
    "grpThreads,allThreads,URL,Latency,IdleTime,Connect\n"
)


def jtl(number: int, took: int) -> str:
    """A row of JMeter's default CSV."""
    label = number % 20
    failed = number % 97 == 0
    said = "500,Internal Server Error" if failed else "200,OK"
    return (
        f"{START + number},{took},GET /item/{label},{said},Users 1-{number % 50},text,"
        f"{'false' if failed else 'true'},,512,128,50,50,http://127.0.0.1/item/{label},{took},0,0\n"
    )


def k6(number: int, took: int) -> str:
    """Points of one request, as k6 writes them (the three that count of its ten)."""
    second, rest = divmod(START + number, 1000)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)) + f".{rest:03d}456789Z"
    tags = {
        "expected_response": "true",
        "group": "",
        "method": "GET",
        "name": f"/item/{number % 20}",
    }
    tags |= {"proto": "HTTP/1.1", "scenario": "default", "status": "200", "url": tags["name"]}
    lines = []
    for name in (
        "http_reqs",
        "http_req_duration",
        "http_req_blocked",
        "http_req_waiting",
        "http_req_failed",
    ):
        value = {"http_reqs": 1, "http_req_failed": 0}.get(name, took + 0.125)
        data = {"time": moment, "value": value, "tags": tags}
        lines.append(json.dumps({"metric": name, "type": "Point", "data": data}) + "\n")
    return "".join(lines)


def vegeta(number: int, took: int) -> str:
    """A line of `vegeta encode -to json`."""
    second, rest = divmod(START + number, 1000)
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)) + f".{rest:03d}456789Z"
    line = {
        "attack": "",
        "seq": number,
        "code": 200,
        "timestamp": moment,
        "latency": took * 1_000_000 + number % 997,
    }
    line |= {"bytes_out": 0, "bytes_in": 512, "error": "", "body": "eyJuIjoxfQ==", "method": "GET"}
    line |= {"url": f"http://127.0.0.1/item/{number % 20}", "headers": {"Content-Length": ["512"]}}
    return json.dumps(line, separators=(",", ":")) + "\n"


def hey(number: int, took: int) -> str:
    """A row of `hey -o csv`."""
    return (
        f"{took / 1000:.4f},0.0000,0.0000,0.0000,{took / 1000:.4f},0.0000,200,{number / 1000:.4f}\n"
    )


HEY = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n"
CASES: dict[str, tuple[str, Callable[[int, int], str], str]] = {
    "jmeter csv": (JTL, jtl, "split 1 2 7"),
    "hey csv": (HEY, hey, "split 0 6 6"),
    "k6 ndjson": ("", k6, "k6"),
    "vegeta ndjson": ("", vegeta, "vegeta"),
}


def lines(make: Callable[[int, int], str], size: int) -> Iterator[str]:
    """Rows of so many bytes together, with times as a service has them."""
    chance = random.Random(1)  # noqa: S311 (the same file at every run)
    number = written = 0
    while written < size:
        row = make(number, int(chance.lognormvariate(4, 0.6)) + 1)
        yield row
        number, written = number + 1, written + len(row)


FLOORS = """
import sys, collections
path, kind = sys.argv[1], sys.argv[2]
if kind.startswith("split"):
    time, label, ok = map(int, kind.split()[1:])
    kept = collections.defaultdict(list)
    with open(path) as stream:
        next(stream)
        for line in stream:
            cells = line.split(",")
            kept[cells[label]].append(float(cells[time]))
            if cells[ok] == "false": pass
    for times in kept.values(): times.sort()
else:
    import msgspec
    if kind == "k6":
        class Data(msgspec.Struct, gc=False):
            time: str
            value: float
            tags: msgspec.Raw
        class Line(msgspec.Struct, gc=False):
            metric: str
            type: str
            data: Data
    else:
        class Line(msgspec.Struct, gc=False):
            code: int
            timestamp: str
            latency: int
            error: str
            method: str
            url: str
    decoder, held = msgspec.json.Decoder(Line), b""
    kept = collections.defaultdict(list)
    with open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            whole, cut, rest = (held + block).rpartition(b"\\n")
            held = rest
            for line in decoder.decode_lines(whole):
                if kind == "vegeta": kept[line.url].append(line.latency)
                elif line.metric == "http_req_duration": kept[bytes(line.data.tags)].append(line.data.value)
    for times in kept.values(): times.sort()
"""
OURS = """
import sys
from trivigil import sources
from trivigil.perf import readers, workers
if sys.argv[2] == "1": workers.MOST = 1
(source,) = sources.find([sys.argv[1]], directory="/")
reading = readers.read(source)
assert reading.state == "complete", reading.problem
"""
RSS = """
import resource
print(*(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
"""


class Cost(NamedTuple):
    """What a process and its own processes took: seconds of the clock and of processors, and the most memory of one of them (MB)."""

    wall: float
    cpu: float
    memory: int


def cost(code: str, *arguments: str) -> Cost:
    """Of one run."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code + RSS, *arguments], check=True, capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - start, cpu, max(map(int, done.stdout.split())) // 1024)


def median(rounds: list[Cost]) -> Cost:
    """The medians of some runs."""
    return Cost(
        statistics.median(each.wall for each in rounds),
        statistics.median(each.cpu for each in rounds),
        max(each.memory for each in rounds),
    )


def compare(path: str, floor: str) -> tuple[Cost, Cost, Cost]:
    """The floor, the reader as one process, and the reader with all cores, in turn."""
    ways = ((FLOORS, floor), (OURS, "1"), (OURS, "all"))
    rounds = [[cost(code, path, word) for code, word in ways] for _ in range(ROUNDS)]
    least, one, many = (median(list(each)) for each in zip(*rounds, strict=True))
    return least, one, many


def main() -> None:
    """Print a row a format: CPU seconds of the floor and of one process, their ratio; then the clock's with all cores."""
    size = int(sys.argv[1]) * 1_000_000 if len(sys.argv) > 1 else 100_000_000
    named = sys.argv[2:] or list(CASES)
    print(
        f"{'':<16}|{'one process: CPU s':^32}|{f'all cores ({workers.cores()}): wall s':^32}|\n{'format':<16}|"
        f"{'floor':>7}{'reader':>8}{'ratio':>7}{'RSS MB':>9} |{'floor':>7}{'reader':>8}{'ratio':>7}{'RSS MB':>9} |"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in named:
            header, make, floor = CASES[name]
            path = Path(folder, name.replace(" ", "."))
            with path.open("w", encoding="utf-8") as stream:
                stream.write(header)
                stream.writelines(lines(make, size))
            least, one, many = compare(str(path), floor)
            print(
                f"{name:<16}|{least.cpu:>7.2f}{one.cpu:>8.2f}{one.cpu / least.cpu:>7.2f}{one.memory:>9} |"
                f"{least.wall:>7.2f}{many.wall:>8.2f}{many.wall / least.wall:>7.2f}{many.memory:>9} |"
            )
            path.unlink()


if __name__ == "__main__":
    main()
