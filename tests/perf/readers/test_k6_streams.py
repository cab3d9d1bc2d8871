"""k6's samples as NDJSON and CSV: endpoints, course, errors; streamed, packed, cut."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.perf.readers.reading import K6, facts, read, read_data, subjects, values
from trivigil import sources
from trivigil.core.measurement import OVERALL
from trivigil.perf.readers import k6_course, k6_series, k6_tally
from trivigil.perf.runs import reconcile

if TYPE_CHECKING:
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

RUN = K6 / "v1.5-run"
POINTS, TABLE = RUN / "points.ndjson", RUN / "points.csv"
ODD = 'GET a, "b"\nc'
HEADER = "metric_name,timestamp,metric_value,error,method,name,status,extra_tags,metadata\n"


def line(metric: str, value: float, time: str = "2026-01-02T03:04:05.5Z", **tags: str) -> str:
    """A point as k6 writes it."""
    data = {"time": time, "value": value, "tags": tags}
    return json.dumps({"metric": metric, "type": "Point", "data": data})


def request(
    ms: float, *, failed: int = 0, time: str = "2026-01-02T03:04:05.5Z", **tags: str
) -> list[str]:
    return [
        line("http_reqs", 1, time, **tags),
        line("http_req_duration", ms, time, **tags),
        line("http_req_failed", failed, time, **tags),
    ]


def points(lines: list[str], folder: Path) -> Reading[RunFacts]:
    return read_data(("\n".join(lines) + "\n").encode(), folder, "points.ndjson")


@pytest.mark.parametrize("path", [POINTS, TABLE], ids=["ndjson", "csv"])
def test_the_stream_agrees_with_k6s_own_summary(path: Path) -> None:
    """Counts are the same and times too, linear interpolation included; CSV has six decimals."""
    ours, own = values(read(path)), values(read(RUN / "summary.json"))
    own.pop("throughput")
    assert {name: ours[name] for name in own} == pytest.approx(own, rel=1e-6)


def test_parts_agree_with_k6s_own_summary() -> None:
    """Submetrics are computed from the tags that the stream says they have."""
    ours, own = read(POINTS), read(RUN / "summary.json")
    for subject in ("{status:500}", "{kind:static}", "{expected_response:true}"):
        found = values(own, subject)
        found.pop("throughput", None)
        assert found
        mine = values(ours, subject)
        assert {name: mine[name] for name in found} == pytest.approx(found, rel=1e-9)


@pytest.mark.parametrize("path", [POINTS, TABLE], ids=["ndjson", "csv"])
def test_endpoints_are_method_and_name(path: Path) -> None:
    """Exactly as the script named them; without a name they are k6's default, the address."""
    found = [name for name in subjects(read(path)) if not name.startswith("{")]
    assert found[:4] == [OVERALL, "GET /fast", ODD, "POST /order"]
    assert found[4].startswith("GET http://127.0.0.1:")
    assert values(read(path), ODD)["error_rate"] == 100
    assert values(read(path), "POST /order")["requests"] == 5


@pytest.mark.parametrize("path", [POINTS, TABLE], ids=["ndjson", "csv"])
def test_errors_and_course_are_in_the_stream(path: Path) -> None:
    """What failed and why, and what happened in each second."""
    found = facts(read(path))
    assert [(e.subject, e.text, e.count) for e in found.errors] == [(ODD, "HTTP status 500", 5)]
    assert sum(window.throughput for window in found.timeline) == 20
    assert found.timeline[-1].total_requests == 20
    assert found.timeline[-1].total_failures == 5
    assert dict(found.timeline[0].percentiles)["latency.p95"] > 0


@pytest.mark.parametrize(("packed", "plain"), [("json.gz", "ndjson"), ("csv.gz", "csv")])
def test_gzip_says_the_same(packed: str, plain: str) -> None:
    """k6 packs where the name ends with .gz; the content decides here."""
    one, other = read(RUN / f"points.{packed}"), read(RUN / f"points.{plain}")
    assert one.facts == other.facts
    assert one.format == other.format


def test_histograms_are_kept_for_merging() -> None:
    """On the median of each endpoint; together they are the run's."""
    kept = {m.subject: m.histogram for m in facts(read(POINTS)).measurements if m.histogram}
    assert kept[OVERALL].total == 20
    assert sum(h.total for name, h in kept.items() if name[0] not in "{O") == 20


def test_all_files_of_a_run_are_one_run() -> None:
    """Points are believed for times, the summary for thresholds; nothing is counted twice."""
    paths = [*sorted(RUN.glob("*.json")), POINTS, TABLE]
    run = reconcile([read(path) for path in paths])
    assert run.state == "complete"
    found = {m.metric.name: m.value for m in run.facts.measurements if m.subject == OVERALL}
    assert (found["requests"], found["failures"]) == (20, 5)
    rules = [v.rule.id for v in run.facts.verdicts]
    assert (rules.count("k6.threshold"), rules.count("k6.check")) == (8, 2)


def test_a_table_beside_a_summary_has_its_parts() -> None:
    """CSV knows no submetrics, so those of the summary are taken."""
    run = reconcile([read(TABLE), read(RUN / "summary.json")])
    found = {m.subject for m in run.facts.measurements}
    assert {"GET /fast", "{status:500}"} <= found


def test_files_of_two_runs_are_refused() -> None:
    """A summary and points that count differently are not of one run."""
    with pytest.raises(Exception, match=r"are of different runs \(OVERALL has"):
        reconcile([read(POINTS), read(K6 / "v1.5-dropped/summary.json")])


def test_no_requests_are_empty() -> None:
    """Points of iterations alone prove nothing."""
    for name in ("points.ndjson", "points.csv"):
        reading = read(K6 / "v1.5-zero" / name)
        assert (reading.state, facts(reading).measurements) == ("empty", ())


def test_requests_without_an_answer_have_an_error_and_no_times() -> None:
    """The error's text is k6's."""
    reading = read(K6 / "v1.5-down/points.ndjson")
    ((_, text, count),) = [(e.subject, e.text, e.count) for e in facts(reading).errors]
    assert "connection refused" in text
    assert count == 2
    assert not any(name.startswith("latency") for name in values(reading))


def test_dropped_iterations_are_said_as_in_the_summary() -> None:
    """The same sentence, so that it is there once where both files are given."""
    ours, own = (facts(read(K6 / f"v1.5-dropped/{n}")) for n in ("points.ndjson", "summary.json"))
    assert ours.invalid == own.invalid
    assert len(ours.invalid) == 1


def test_users_are_those_that_k6_says(tmp_path: Path) -> None:
    """`vus` comes once a second; until the next one it stays."""
    lines = [
        line("vus", 3, "2026-01-02T03:04:05Z"),
        *request(10, time="2026-01-02T03:04:05.5Z"),
        *request(20, time="2026-01-02T05:04:06.25+02:00"),
    ]
    found = facts(points(lines, tmp_path))
    assert [(w.at, w.users, w.throughput) for w in found.timeline] == [
        (1767323045.0, 3, 1),
        (1767323046.0, 3, 1),
    ]
    assert (found.started, found.ended) == (1767323045.49, 1767323046.25)


def test_a_clock_that_goes_back_still_counts(tmp_path: Path) -> None:
    """Points out of order are counted; the course is in order."""
    lines = [
        *request(10, time="2026-01-02T03:04:09Z"),
        *request(20, time="2026-01-02T03:04:05Z"),
    ]
    found = facts(points(lines, tmp_path))
    assert [window.at % 60 for window in found.timeline] == [5, 9]


def test_a_late_point_of_a_closed_second_still_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its second's percentiles are computed already; its count is not lost."""
    monkeypatch.setattr(k6_course, "OPEN", 1)
    course = k6_course.Course()
    for second in (1, 2, 3, 1):
        course.at(second).requests += 1
    assert [window.throughput for window in course.windows()] == [2, 1, 1]


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(slice(0, -20), id="in the last line"),
        pytest.param(slice(0, 30_000), id="in the middle"),
    ],
)
def test_a_cut_stream_keeps_what_came_before(cut: slice, tmp_path: Path) -> None:
    """k6 was killed, or the disk was full: partial, with the line."""
    data = POINTS.read_bytes()[cut]
    reading = read_data(data, tmp_path, "cut.ndjson")
    assert reading.state == "partial"
    lines = data.count(b"\n") + 1
    assert (reading.problem or "").startswith(f"cut.ndjson:{lines}: the line is no JSON")
    assert 0 < values(reading)["requests"] <= 20


def test_a_cut_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    """The same for a packed stream, which k6 closes at its very end."""
    packed = gzip.compress(POINTS.read_bytes() * 20)
    reading = read_data(packed[:-2000], tmp_path, "cut.gz")
    assert "is cut: its gzip has no end" in (reading.problem or "")
    assert reading.state == "partial"


def test_a_drifted_line_does_not_lose_the_file(tmp_path: Path) -> None:
    """A line that is JSON but no point is left out and said."""
    lines = [
        *request(10),
        '{"metric": "http_reqs", "type": "Point"}',
        '{"metric": 1}',
        *request(30),
    ]
    lines += [
        line("http_req_duration", 1, "yesterday"),
        '{"metric": "x", "type": "Odd", "data": 1}',
    ]
    reading = points(lines, tmp_path)
    assert reading.state == "partial"
    assert reading.problem is None
    assert values(reading)["requests"] == 2
    assert [note.split(" is not")[0] for note in reading.notes if "left out" in note] == [
        "Line 4",
        "Line 5",
        "Line 9",
        "Line 10",
    ]


def test_a_negative_time_is_damage(tmp_path: Path) -> None:
    """It is said with its line."""
    reading = points([*request(10), *request(-1)], tmp_path)
    problem = "points.ndjson:5: a `http_req_duration` of -1 cannot be; the file is damaged."
    assert reading.problem == problem


def test_an_endpoint_called_overall_is_refused(tmp_path: Path) -> None:
    """The whole run's name is not given away; with a method before it there is no confusion."""
    assert "OVERALL" in (points(request(1, name="OVERALL"), tmp_path).problem or "")
    assert "GET OVERALL" in subjects(points(request(1, name="OVERALL", method="GET"), tmp_path))


def test_points_without_a_name_are_the_runs(tmp_path: Path) -> None:
    """A script may switch the tags off."""
    assert subjects(points(request(5), tmp_path)) == [OVERALL]


def test_too_many_endpoints_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses that vary do not fill the memory: beyond the limit they are in the run only."""
    monkeypatch.setattr(k6_tally, "MAX_ENDPOINTS", 2)
    lines = [each for n in range(5) for each in request(10, method="GET", name=f"/{n}")]
    reading = points(lines, tmp_path)
    assert subjects(reading) == [OVERALL, "GET /0", "GET /1"]
    assert values(reading)["requests"] == 5
    assert any("`name` tag" in note for note in reading.notes)


def test_more_times_than_are_kept_become_histograms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then percentiles are within half a percent, counts and extremes exact, and it is said."""
    monkeypatch.setattr(k6_tally, "EXACT", 100)
    lines = [each for n in range(1, 1001) for each in request(float(n), method="GET", name="/")]
    reading = points(lines, tmp_path)
    found = values(reading, "GET /")
    assert (found["requests"], found["latency.min"], found["latency.max"]) == (1000, 1, 1000)
    assert found["latency.mean"] == pytest.approx(500.5)
    assert found["latency.p95"] == pytest.approx(950, rel=0.006)
    assert any("exact to 0.5 %" in note for note in reading.notes)


def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten times the points need no more memory, once times are folded."""
    monkeypatch.setattr(k6_tally, "EXACT", 1000)
    monkeypatch.setattr(k6_tally, "_FOLD_EVERY", 1000)
    monkeypatch.setattr(k6_course, "OPEN", 2)
    seconds = (f"2026-01-02T03:04:{second:02}.5Z" for second in range(30))
    blocks = [
        "\n".join(
            each
            for n in range(1500)
            for each in request(n % 90 + 1.0, time=at, method="GET", name="/")
        )
        for at in seconds
    ]
    peaks = []
    for times in (6, 30):
        (tmp_path / "big.ndjson").write_text("\n".join(blocks[:times]) + "\n")
        tracemalloc.start()
        reading = read(tmp_path / "big.ndjson")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert reading.count == times * 4500
    assert peaks[1] < peaks[0] * 1.2


@pytest.mark.parametrize(
    ("cells", "at"),
    [
        pytest.param("1767323045", 1767323045, id="unix"),
        pytest.param("1767323045500", 1767323045.5, id="unix_milli"),
        pytest.param("1767323045500000", 1767323045.5, id="unix_micro"),
        pytest.param("1767323045500000000", 1767323045.5, id="unix_nano"),
        pytest.param("2026-01-02T03:04:05.500000001Z", 1767323045.5, id="rfc3339_nano"),
        pytest.param("2026-01-02T05:04:05+02:00", 1767323045, id="rfc3339"),
    ],
)
def test_every_time_format_of_the_table_is_read(cells: str, at: float, tmp_path: Path) -> None:
    """K6_CSV_TIME_FORMAT has six values; the cell says which one it is."""
    row = f"http_req_duration,{cells},0.0,,GET,/,200,,\n"
    reading = read_data((HEADER + row).encode(), tmp_path)
    assert facts(reading).ended == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param("http_reqs,1767323045,1", "4: the row has 3 cells", id="cut"),
        pytest.param("http_reqs,1767323045,-1,,,,,,", "4: metric_value is `-1`", id="negative"),
        pytest.param("http_reqs,1767323045,NaN,,,,,,", "4: metric_value is `NaN`", id="NaN"),
        pytest.param("http_reqs,soon,1,,,,,,", "4: timestamp is `soon`", id="no time"),
        pytest.param('http_reqs,1,1,,,"a', "4: the row cannot be read as CSV", id="open quote"),
        pytest.param(
            "http_reqs,1767323045,1,,,OVERALL,,,", "4: an endpoint is called", id="OVERALL"
        ),
    ],
)
@pytest.mark.parametrize("quoted", [False, True], ids=["plain", "quoted"])
def test_a_damaged_row_is_said_with_its_line(
    row: str, words: str, *, quoted: bool, tmp_path: Path
) -> None:
    """Also after a quoted cell with a line end in it."""
    names = ['"/\n"'] if quoted else ["/", "/"]
    good = "".join(f"http_reqs,1767323045,1.0,,GET,{name},200,,\n" for name in names)
    reading = read_data((HEADER + good + row + "\n").encode(), tmp_path)
    assert f"x.csv:{words}" in (reading.problem or "")
    assert values(reading)["requests"] == len(names)


def test_a_quoted_line_end_across_blocks_is_one_cell(tmp_path: Path) -> None:
    """Blocks end with lines, cells need not."""
    row = 'http_reqs,1767323045,1.0,,GET,"a\n""b""",200,,\n'
    count = 60_000
    reading = read_data((HEADER + row * count).encode(), tmp_path)
    assert reading.problem is None
    assert values(reading, 'GET a\n"b"')["requests"] == count


def test_a_short_table_has_no_throughput(tmp_path: Path) -> None:
    """Whole seconds say too little of the rate of a short run."""
    assert "throughput" not in values(read(TABLE))
    rows = "".join(f"{m},{1767323045 + s},1.0,,GET,/,200,,\n" for s in (0, 20) for m in ("http_reqs", "http_req_duration"))  # fmt: skip
    assert values(read_data((HEADER + rows).encode(), tmp_path))["throughput"] == 0.1


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=60), st.data())
@settings(max_examples=80, deadline=None)
def test_parts_merged_are_the_whole(times: list[float], data: st.DataObject) -> None:
    """Wherever a run is split into endpoints, its percentiles are those of all its times."""
    split = data.draw(st.integers(0, len(times)))
    one, other, whole = k6_series.Series(), k6_series.Series(), k6_series.Series()
    one.values.extend(times[:split])
    other.values.extend(times[split:])
    whole.values.extend(times)
    merged = k6_series.figures("x", (one, other), None)
    expected = k6_series.figures("x", (whole,), None)
    assert merged.percentiles == expected.percentiles
    assert merged.histogram == expected.histogram
    for percent, exact in expected.percentiles:
        assert min(times) <= exact <= max(times), percent


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """After a good line anything may follow: never an exception."""
    folder = tmp_path_factory.mktemp("any")
    for start, name in ((request(1)[0].encode() + b"\n", "x.ndjson"), (HEADER.encode(), "x.csv")):
        assert read_data(start + data, folder, name).tool == "k6"


@pytest.mark.parametrize("many", [pytest.param(3, id="learnt"), pytest.param(300, id="too many")])
def test_metrics_of_the_script_change_nothing(
    many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points of metrics that nobody told of are stepped over, however many metrics there are, and counted as points."""
    monkeypatch.setattr(sources, "BLOCK_BYTES", 4096)
    tags = {"method": "GET", "name": "/a"}
    every = [request(n % 50, failed=int(n % 7 == 0), **tags) for n in range(400)]
    own = [line(f"my_{n % many}", -1.5, "whenever") for n in range(400)]
    plain = points([each for lines in every for each in lines], tmp_path)
    mixed = points(
        [each for lines, other in zip(every, own, strict=True) for each in (*lines, other)],
        tmp_path,
    )
    assert facts(mixed).measurements == facts(plain).measurements
    assert (plain.count, mixed.count) == (1_200, 1_600)
    assert mixed.state == "complete"


def test_an_unused_point_without_data_is_said(tmp_path: Path) -> None:
    """What is stepped over has to be a line of k6's all the same."""
    cut = json.dumps({"metric": "http_req_blocked", "type": "Point"})
    reading = points([*request(5), cut, *request(6)], tmp_path)
    assert (reading.state, values(reading)["requests"]) == ("partial", 2)
    assert "Line 4 is not as k6 writes it" in reading.notes[0]
