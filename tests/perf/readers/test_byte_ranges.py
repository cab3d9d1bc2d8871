"""Big files: processes count their ranges apart, and the reading is the same as one process makes it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.perf.readers.reading import facts, read, values
from trivigil import sources
from trivigil.perf import byte_ranges, tally, workers
from trivigil.perf.readers import k6_course, k6_tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

START = 1_700_000_000_000
CORES = workers.cores
JTL = (
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,allThreads\n"
)
HEY = "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n"
SIZE = 16_384
"""What a range has here, and a block a quarter of it."""


def jmeter(number: int, took: int) -> str:
    failed = number % 7 == 0
    said = '500,"broken, again",t,text,false' if failed else f"200,OK,t-{number % 3},text,true"
    return f"{START + number * 40},{took},item {took % 5},{said},{number % 9}\n"


def stamp(number: int) -> str:
    seconds, rest = divmod(number * 40, 1000)
    return f"2026-01-02T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}Z"


def k6(number: int, took: int) -> str:
    tags = {"method": "GET", "name": f"/{took % 4}", "status": "500" if number % 7 == 0 else "200"}
    points = [
        ("http_reqs", 1), ("http_req_duration", took + 0.125), ("http_req_blocked", 0.5), ("http_req_failed", number % 7 == 0),
    ]  # fmt: skip
    points += [("checks", took % 2)] * (number % 5 == 0) + [("vus", took % 9)] * (number % 25 == 0)
    return "".join(
        json.dumps(
            {
                "metric": metric,
                "type": "Point",
                "data": {"time": stamp(number), "value": float(value), "tags": tags},
            }
        )
        + "\n"
        for metric, value in points
    )


def vegeta(number: int, took: int) -> str:
    line: dict[str, object] = {"attack": "", "seq": number, "code": 500 if number % 7 == 0 else 200}
    line |= {"timestamp": stamp(number), "latency": took * 1_000_000 + number % 997, "error": ""}
    line |= {"method": "GET", "url": f"http://127.0.0.1/{took % 4}"}
    return json.dumps(line, separators=(",", ":")) + "\n"


def vegeta_csv(number: int, took: int) -> str:
    begin = (START + number * 40) * 1_000_000
    code = 500 if number % 7 == 0 else 200
    return f"{begin},{code},{took * 1_000_000 + number % 997},0,5,,,,{number},GET,http://127.0.0.1/{took % 4},\n"


def hey(number: int, took: int) -> str:
    return f"0.{took:04},0,0,0,0,0,{500 if number % 7 == 0 else 200},{number / 25:.4f}\n"


FORMS = {
    "jmeter": (JTL, jmeter),
    "k6": ("", k6),
    "vegeta": ("", vegeta),
    "vegeta-csv": ("", vegeta_csv),
    "hey": (HEY, hey),
}
forms = pytest.mark.parametrize(("header", "make"), FORMS.values(), ids=FORMS)


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    """A file of a few hundred rows has many ranges, and there are two cores, whatever the machine has."""
    patch = pytest.MonkeyPatch()
    patch.setattr(byte_ranges, "LARGE", 1)
    patch.setattr(byte_ranges, "RANGE", SIZE)
    patch.setattr(sources, "BLOCK_BYTES", SIZE // 4)
    patch.setattr(workers, "cores", lambda: 2)
    yield
    patch.undo()


def both(path: Path) -> tuple[Reading[RunFacts], Reading[RunFacts], int]:
    """A file by processes and by none, and how many of its ranges were taken from processes."""
    took = 0
    patch = pytest.MonkeyPatch()
    part = workers.Team.part

    def counted(team: workers.Team, number: int) -> object | None:
        nonlocal took
        found = part(team, number)
        took += found is not None
        return found

    with patch.context() as inner:
        inner.setattr(workers.Team, "part", counted)
        many = read(path)
        inner.setattr(workers, "cores", lambda: 1)
        return many, read(path), took


def written(
    folder: Path, header: str, make: Callable[[int, int], str], count: int = 2_000
) -> list[str]:
    chance = random.Random(3)
    rows = [make(number, chance.randrange(1, 9_000)) for number in range(count)]
    (folder / "x").write_text(header + "".join(rows), encoding="utf-8")
    return rows


@forms
def test_processes_read_what_one_reads(
    header: str, make: Callable[[int, int], str], tmp_path: Path
) -> None:
    """To the last bit: the ranges are the same, and their counts are put together in their order."""
    written(tmp_path, header, make)
    many, one, took = both(tmp_path / "x")
    assert many == one
    assert (many.state, took) == ("complete", (tmp_path / "x").stat().st_size // SIZE + 1)
    assert values(many)["requests"] == 2_000


@forms
def test_folded_times_are_the_same_too(
    header: str, make: Callable[[int, int], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond what is kept one by one, sums do not depend on where they were folded."""
    monkeypatch.setattr(tally, "MOST", 50)
    monkeypatch.setattr(k6_tally, "EXACT", 300)
    written(tmp_path, header, make)
    many, one, took = both(tmp_path / "x")
    assert many == one
    assert took
    assert any("exact to 0.5 %" in note for note in many.notes)


@forms
@pytest.mark.parametrize("place", [0.3, 0.6, 0.99])
def test_a_broken_line_has_its_number(
    header: str, make: Callable[[int, int], str], place: float, tmp_path: Path
) -> None:
    """Whichever range it is in: everything before it is counted."""
    rows = written(tmp_path, header, make)
    broken = int(len(rows) * place)
    before = header + "".join(rows[:broken])
    (tmp_path / "x").write_text(f"{before}{{,,broken\n{''.join(rows[broken:])}", encoding="utf-8")
    many, one, took = both(tmp_path / "x")
    assert many == one
    assert (many.problem or "").startswith(f"x:{before.count(chr(10)) + 1}: ")
    assert (many.state, values(many)["requests"]) == ("partial", broken)
    assert took


@forms
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_any_damage_is_the_same(
    header: str,
    make: Callable[[int, int], str],
    data: st.DataObject,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Bytes changed, put in or cut away anywhere: the same numbers, the same words, the same line."""
    folder = tmp_path_factory.mktemp("any")
    written(folder, header, make, 600)
    raw = (folder / "x").read_bytes()
    start = data.draw(st.integers(len(header) + 400, len(raw)))
    end = start + data.draw(st.integers(0, 3))
    put = data.draw(
        st.sampled_from(
            [
                b"",
                b"\n",
                b'"',
                b",",
                b"-1",
                b"\xff",
                b"\0",
                b"NaN",
                b"99999999999999999999",
                b"\xc3\xa4",
            ]
        )
    )
    cut = data.draw(st.sampled_from([len(raw), (start + len(raw)) // 2]))
    (folder / "x").write_bytes((raw[:start] + put + raw[end:])[:cut])
    many, one, _ = both(folder / "x")
    assert many == one


def parts(number: int, took: int) -> str:
    """A redirect: a row, and behind it one that is a part of it."""
    begin = START + number * 40
    return f"{begin},{took},page,200,OK,t,text,true,1\n{begin},1,page-0,302,OK,t,text,true,1\n"


def back(number: int, took: int) -> str:
    """A second run in the same file."""
    return jmeter(number if number < 1_200 else number - 20_000 + 9_000, took)


def batches(number: int, took: int) -> str:
    """A remote engine, whose samples come 90 seconds late."""
    return jmeter(number - 2_250 if number % 400 > 300 else number, took)


def named(number: int, took: int) -> str:
    """More addresses than are told apart."""
    return jmeter(number, took).replace("item ", f"item {number}/")


def quoted(number: int, took: int) -> str:
    """A cell with line ends, across ranges."""
    text = f'"{"a, b" * 500}\n{"c" * SIZE}\n"' if number % 300 == 7 else "x"
    return jmeter(number, took).replace(",OK,", f",{text},")


def zones(number: int, took: int) -> str:
    """Times of another zone, and some that are no times."""
    line = k6(number, took).replace('Z"', '+02:00"')
    return line.replace("2026-", "x-") if number == 1_500 else line


def defined(number: int, took: int) -> str:
    """A metric that is defined late, and with a part."""
    data = {
        "thresholds": ["p(95)<1"],
        "submetrics": [{"name": "http_reqs{status:500}", "tags": {"status": "500"}}],
    }
    line = json.dumps({"type": "Metric", "metric": "http_reqs", "data": data}) + "\n"
    return (line if number == 900 else "") + k6(number, took)


def reserved(number: int, took: int) -> str:
    """An endpoint called as the whole run."""
    line = k6(number, took)
    return line.replace('"GET"', '""').replace("/1", "OVERALL") if number > 1_200 else line


@pytest.mark.parametrize(
    ("header", "make"),
    [
        pytest.param(JTL, parts, id="parts of others"),
        pytest.param(JTL, back, id="clock goes back"),
        pytest.param(JTL, batches, id="late samples"),
        pytest.param(JTL, named, id="too many endpoints"),
        pytest.param(JTL, quoted, id="cells with line ends"),
        pytest.param("", zones, id="times of a zone"),
        pytest.param("", defined, id="a definition in the middle"),
        pytest.param("", reserved, id="a reserved name"),
    ],
)
def test_what_belongs_together_stays_together(
    header: str, make: Callable[[int, int], str], tmp_path: Path
) -> None:
    """What depends on the range before it is gone through with that in mind."""
    rows = written(tmp_path, header, make, 2_500)
    many, one, _ = both(tmp_path / "x")
    assert many == one
    assert 0 < values(many)["requests"] <= len(rows)


def test_closed_seconds_are_closed_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a long run only the last seconds' times are held, in both ways."""
    monkeypatch.setattr(tally, "OPEN", 5)
    monkeypatch.setattr(k6_course, "OPEN", 5)
    for header, make in (FORMS["jmeter"], FORMS["k6"]):
        written(tmp_path, header, make, 3_000)
        many, one, took = both(tmp_path / "x")
        assert many == one
        assert len(facts(many).timeline) >= 110
        assert took


def _killed(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The first process is killed before its answer to a range is taken."""
    part = workers.Team.part

    def killed(team: workers.Team, number: int) -> object | None:
        if number == after:
            for worker in team._workers:
                os.kill(worker.process.pid, signal.SIGKILL)
                worker.process.wait()
                worker.told.read()
        return part(team, number)

    monkeypatch.setattr(workers.Team, "part", killed)


@pytest.mark.parametrize("after", [0, 3])
def test_a_killed_process_is_an_error(
    after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a pass: the reading is partial and says by which signal it ended."""
    written(tmp_path, JTL, jmeter)
    _killed(monkeypatch, after)
    reading = read(tmp_path / "x")
    assert reading.state == "partial"
    assert "a process that read a part of the file ended by signal 9" in (reading.problem or "")
    assert values(reading)["requests"] < 2_000


@pytest.mark.parametrize(
    "python",
    [
        pytest.param("/no/such/python", id="not there"),
        pytest.param("/bin/false", id="ends at once"),
        pytest.param("", id="not known"),
    ],
)
def test_one_process_is_enough(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none can be started, the file is read all the same."""
    written(tmp_path, JTL, jmeter)
    _, one, _ = both(tmp_path / "x")
    monkeypatch.setattr(sys, "executable", python)
    assert read(tmp_path / "x") == one


def test_no_token_reaches_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the environment only what Python needs to start is handed on."""
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PYTHONSTARTUP", "x")
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/python/lib")
    seen: list[dict[str, str]] = []
    start = subprocess.Popen

    def watched(*words: Any, **options: Any) -> subprocess.Popen[bytes]:
        seen.append(options["env"])
        return start(*words, **options)

    monkeypatch.setattr(subprocess, "Popen", watched)
    written(tmp_path, JTL, jmeter)
    assert read(tmp_path / "x").state == "complete"
    assert seen == [{"LD_LIBRARY_PATH": "/opt/python/lib"}] * 2


def test_processes_end_with_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file is like, nothing is left running."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def watched(*words: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(start(*words, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", watched)
    for make in (jmeter, parts, back):
        written(tmp_path, JTL, make)
        read(tmp_path / "x")
    assert len(started) == 6
    assert all(process.returncode is not None for process in started)


def test_a_packed_file_is_read_by_one(tmp_path: Path) -> None:
    """A packed file cannot be entered in the middle."""
    import gzip

    written(tmp_path, JTL, jmeter)
    plain = read(tmp_path / "x")
    (tmp_path / "x.gz").write_bytes(gzip.compress((tmp_path / "x").read_bytes()))
    packed, _, took = both(tmp_path / "x.gz")
    assert took == 0
    assert values(packed) == values(plain)


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        pytest.param(b"max 100000\n", None, id="no limit"),
        pytest.param(b"200000 100000\n", 2, id="two cores"),
        pytest.param(b"150000 100000\n", 1, id="one and a half is one and some waiting"),
        pytest.param(b"5000 100000\n", 1, id="a part of one is one"),
        pytest.param(b"100000 0\n", None, id="no period"),
        pytest.param(b"-1 100000\n", None, id="below zero"),
        pytest.param(b"9" * 60 + b" 1", None, id="beyond all numbers"),
        pytest.param(b"\xff\xfe\x00", None, id="no text"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_a_containers_share_of_processors(text: bytes, cores: int | None) -> None:
    """What a container may spend in a period, in whole cores."""
    assert workers.quota(text) == cores


def test_no_more_processes_than_the_share_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cores that are there and may not be used do not count; without the file, all of them do."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)))
    for text, many in (("100000 100000", 1), ("300000 100000", 3), ("max 100000", 4)):
        (tmp_path / "cpu.max").write_text(text)
        monkeypatch.setattr(workers, "QUOTA", str(tmp_path / "cpu.max"))
        assert CORES() == many
    monkeypatch.setattr(workers, "QUOTA", str(tmp_path / "none"))
    assert CORES() == 4
