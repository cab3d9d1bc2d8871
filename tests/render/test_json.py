"""The result file: everything there and back, and nothing foreign believed."""

from __future__ import annotations

import json as plain
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render import monitor_reports
from tests.render.reports import BUDGETS, REPORTS, failing, neutral, passing
from trivigil.core.errors import InputError
from trivigil.core.gate import Conclusion
from trivigil.core.histogram import Histogram, of_counts
from trivigil.core.measurement import Measurement, metric
from trivigil.core.report import Origin, Report, SourceRecord
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import json as report_json
from trivigil.render import long_results
from trivigil.render.json import dump, load

SCHEMA = plain.loads(
    (Path(__file__).parents[2] / "schemas" / "report.schema.json").read_text(encoding="utf-8")
)


@pytest.fixture(params=["key by key", "by types"], scope="module", autouse=True)
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everything here is true of small files and of long ones, which are read in another way."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "by types":
            patch.setattr(report_json, "_LONG", -1)
        yield


# Two halves of a surrogate pair side by side become one character in any JSON reader.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.just("half \ud83d")
MAYBE = st.none() | TEXTS
TUPLES = st.lists(TEXTS, max_size=2).map(tuple)
WHOLE = st.integers(-(2**62), 2**62)
NUMBERS = st.floats(-1e200, 1e200)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MAPPINGS = st.dictionaries(TEXTS, PLAIN, max_size=3)
HISTOGRAMS = st.builds(
    Histogram,
    st.dictionaries(st.integers(-2000, 2000), st.integers(1, 10**9), max_size=5),
    st.integers(0, 9),
)
METRICS = st.sampled_from(
    [
        "requests",
        "error_rate",
        "throughput",
        "latency.mean",
        "latency.p95",
        "latency.p99_9",
        "time.median",
    ]
).map(metric)
RESULTS = st.builds(
    Result,
    st.builds(Rule, TEXTS, TEXTS, MAYBE, TUPLES),
    st.sampled_from(["pass", "fail", "open"]),
    st.sampled_from(Severity),
    TEXTS,
    st.builds(Location, TEXTS, MAYBE, st.none() | WHOLE),
    st.booleans(),
    MAYBE,
    TUPLES,
    TUPLES,
    st.lists(MAPPINGS, max_size=2).map(tuple),
    st.sampled_from([None, "new", "unchanged", "absent"]),
    st.none() | st.builds(Suppression, TEXTS, MAYBE, MAYBE),
    MAPPINGS,
    MAYBE,
)
MONITORED = (monitor_reports.down().facts, monitor_reports.refused().facts)


def monitoring(report: Report, seen: Mapping[str, object]) -> Report:
    """A report of the monitor says what it saw, whatever else it says."""
    facts = {**report.facts, **seen} if report.action == "monitor" else report.facts
    return report._replace(facts=facts)


REPORTS_OF_ANYTHING = st.builds(
    Report,
    st.sampled_from(["perf", "security", "monitor"]),
    TEXTS,
    st.sampled_from(
        [
            Conclusion("success", 0),
            Conclusion("neutral", 0),
            Conclusion("failure", 1),
            Conclusion("failure", 2),
        ]
    ),
    TEXTS,
    st.lists(
        st.builds(
            SourceRecord,
            TEXTS,
            MAYBE,
            MAYBE,
            st.sampled_from(["complete", "partial", "empty", "crashed", "missing", "stale"]),
            MAYBE,
            st.none() | WHOLE,
            MAYBE,
            TUPLES,
            MAYBE,
        ),
        max_size=2,
    ).map(tuple),
    st.lists(RESULTS, max_size=2).map(tuple),
    st.lists(
        st.builds(
            Measurement, TEXTS, METRICS, NUMBERS, st.none() | WHOLE, st.none() | HISTOGRAMS, MAYBE
        ),
        max_size=3,
    ).map(tuple),
    st.builds(Origin, MAYBE, MAYBE, MAYBE),
    TUPLES,
    TUPLES,
    MAPPINGS,
)
REPORTS_OF_ANYTHING = st.builds(monitoring, REPORTS_OF_ANYTHING, st.sampled_from(MONITORED))


def schema_errors(text: str) -> list[str]:
    return [
        error.message
        for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(plain.loads(text))
    ]


@given(REPORTS_OF_ANYTHING)
def test_there_and_back(report: Report) -> None:
    """What is written is read back equal, is UTF-8, and is what the published schema says."""
    text = dump(report)
    text.encode("utf-8")
    assert load(text) == report
    assert schema_errors(text) == []


@given(REPORTS_OF_ANYTHING)
def test_a_long_file_is_read_by_its_types(report: Report) -> None:
    """The other way is taken for every file without half characters, and says the same."""
    text = dump(report)
    found = long_results.read(text)
    if found is None:
        assert "\\ud83d" in text
    else:
        assert found[1] == report.results


@pytest.mark.parametrize("name", REPORTS)
def test_real_reports_keep_the_contract(name: str) -> None:
    """Every sample is valid by the published schema and comes back as the same file."""
    text = dump(REPORTS[name]())
    assert schema_errors(text) == []
    assert dump(load(text)) == text


def test_the_schema_is_one() -> None:
    """The published schema is valid itself, and refuses what is not a report."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert schema_errors("{}")
    assert schema_errors(dump(passing()).replace('"complete"', '"fine"'))


def test_the_keys_that_scripts_read() -> None:
    """The whole run's numbers, the violations and each endpoint's numbers stand under their known names."""
    data = plain.loads(dump(failing()))
    assert data["passed"] is False
    assert data["avg_response_time"] == 96.4
    assert data["p95_response_time"] == 402
    assert data["p95_response_time_note"] is None
    assert data["error_rate"] == pytest.approx(100 * 37 / 14214)
    assert data["throughput"] == pytest.approx(14214 / 60)
    assert len(data["sla_violations"]) == 4
    assert data["sla_violations"][0] == "GET /search: p95 latency is 846, <= 500 required"
    assert "OVERALL" not in data["endpoint_metrics"]
    search = data["endpoint_metrics"]["GET /search"]
    assert search == {
        "avg_response_time": 310,
        "p95_response_time": 846,
        "error_rate": 0,
        "throughput": 18.4,
        "requests": 1104,
        "failures": 0,
        "p50": 260,
        "p95": 846,
        "p99": 1240,
    }
    assert data["measurements"][0]["ci"] is None


def test_no_p95_is_no_number() -> None:
    """Without a percentile of the whole run the key is null, and a sentence says why."""
    report = passing()
    kept = tuple(
        m for m in report.measurements if (m.subject, m.metric.name) != ("OVERALL", "latency.p95")
    )
    data = plain.loads(dump(report._replace(measurements=kept)))
    assert data["p95_response_time"] is None
    assert "percentile" in data["p95_response_time_note"]


def test_an_accepted_or_gateless_failure_is_no_violation() -> None:
    """Only what fails the gate is listed as a violation."""
    report = failing()
    accepted = tuple(r._replace(suppression=Suppression("known")) for r in report.results)
    assert plain.loads(dump(report._replace(results=accepted)))["sla_violations"] == []


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_null(value: float) -> None:
    """Infinite and undefined numbers are null wherever they stand; a measurement of null is none."""
    report = neutral()
    odd = Measurement("x", metric("latency.mean"), value)
    text = dump(report._replace(measurements=(odd,), facts={"a": [value, {"b": value}]}))
    assert "Infinity" not in text
    assert "NaN" not in text
    assert plain.loads(text)["measurements"][0]["value"] is None
    assert load(text).measurements == ()
    assert load(text).facts == {"a": [None, {"b": None}]}


def test_rounds_travel() -> None:
    """What each repetition measured is handed over in order."""
    one = Measurement("sort", metric("time.mean"), 0.2, 3, rounds=(0.3, 0.1, 0.2))
    assert load(dump(neutral()._replace(measurements=(one,)))).measurements == (one,)


def test_a_histogram_travels() -> None:
    """A percentile read from the file is the one of the run."""
    histogram = of_counts([(12.0, 900), (480.0, 90), (1900.0, 10)])
    one = Measurement("GET /", metric("latency.p95"), 480.0, 1000, histogram)
    back = load(dump(neutral()._replace(measurements=(one,)))).measurements[0].histogram
    assert back is not None
    assert back.quantile(0.95) == histogram.quantile(0.95)


def test_characters_that_hide_are_spelled_out() -> None:
    """Nothing in the file reorders or hides what an editor or a terminal shows; other letters stand as they are."""
    text = dump(neutral()._replace(name="a\u202eb\u200b\x9b\ud800 größe 日本"))
    assert "\\u202eb\\u200b\\u009b\\ud800 größe 日本" in text


def _changed(**changes: Any) -> str:
    data = plain.loads(dump(failing()))
    for way, value in changes.items():
        *parents, last = [int(part) if part.isdigit() else part for part in way.split("__")]
        place: Any = data
        for part in parents:
            place = place[part]
        if value is KeyError:
            del place[last]
        else:
            place[last] = value
    return plain.dumps(data)


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        pytest.param(
            {"schema": "trivigil/report/9"}, "schema", "trivigil/report/1", id="another version"
        ),
        pytest.param({"schema": KeyError}, "schema", "missing", id="no schema"),
        pytest.param({"name": 3}, "name", "a string, not 3", id="a number for a name"),
        pytest.param(
            {"passed": "yes"}, "passed", 'true or false, not "yes"', id="a word for a truth value"
        ),
        pytest.param({"passed": True}, "passed", "contradicts", id="passed, but a failure"),
        pytest.param({"exit_code": 0}, "exit_code", "contradicts", id="exit 0, but a failure"),
        pytest.param(
            {"exit_code": 300}, "exit_code", "contradicts", id="an exit code that is none"
        ),
        pytest.param(
            {"exit_code": True},
            "exit_code",
            "a whole number, not true",
            id="a truth value for a number",
        ),
        pytest.param(
            {"conclusion": "fine"},
            "conclusion",
            "one of success, neutral, failure",
            id="an unknown verdict",
        ),
        pytest.param(
            {"conclusion": ["success"]}, "conclusion", "not a list", id="a list for a word"
        ),
        pytest.param(
            {"results": {}}, "results", "a list, not an object", id="results are an object"
        ),
        pytest.param(
            {"results__3": None}, "results[3]", "an object, not null", id="a result is null"
        ),
        pytest.param(
            {"results__2__kind": "perhaps"},
            "results[2].kind",
            "one of pass, fail, open",
            id="an unknown kind",
        ),
        pytest.param(
            {"results__2__severity": 4},
            "results[2].severity",
            "one of unknown",
            id="a number for a severity",
        ),
        pytest.param(
            {"results__1__location__line": 1.5},
            "results[1].location.line",
            "a whole number",
            id="half a line",
        ),
        pytest.param(
            {"results__1__location": None}, "results[1].location", "an object", id="no place"
        ),
        pytest.param(
            {"results__0__tools": ["a", 1]},
            "results[0].tools[1]",
            "a string",
            id="a number among tools",
        ),
        pytest.param(
            {"results__0__suppression": {}},
            "results[0].suppression.reason",
            "missing",
            id="no reason",
        ),
        pytest.param(
            {"measurements__0__metric": "speed"},
            "measurements[0].metric",
            "no metric 'speed'",
            id="no such metric",
        ),
        pytest.param(
            {"measurements__0__value": "fast"},
            "measurements[0].value",
            "a number",
            id="a word for a value",
        ),
        pytest.param(
            {"measurements__0__value": 10**400},
            "measurements[0].value",
            "a number",
            id="a number beyond all numbers",
        ),
        pytest.param(
            {"measurements__0__n": 2**70},
            "measurements[0].n",
            "a whole number",
            id="a count beyond all counts",
        ),
        pytest.param(
            {"measurements__0__rounds": [1, "2"]},
            "measurements[0].rounds",
            "not a list of numbers",
            id="rounds that are no numbers",
        ),
        pytest.param(
            {"measurements__0__histogram": {"accuracy": 1}},
            "measurements[0].histogram",
            "not a histogram",
            id="another histogram",
        ),
        pytest.param(
            {"measurements__0__histogram": {"accuracy": 0.005, "zeros": 0, "buckets": {"x": 1}}},
            "measurements[0].histogram",
            "not a histogram",
            id="a word for a bucket",
        ),
        pytest.param(
            {"sources__0__state": "great"},
            "sources[0].state",
            "one of complete",
            id="an unknown state",
        ),
        pytest.param({"sources__1__path": KeyError}, "sources[1].path", "missing", id="no path"),
        pytest.param({"facts": []}, "facts", "an object, not a list", id="facts are a list"),
        pytest.param({"problems": "x"}, "problems", "a list", id="problems are a string"),
    ],
)
def test_foreign_files_are_refused_by_key(changes: dict[str, Any], key: str, said: str) -> None:
    """Whatever does not fit is one sentence that names the key."""
    with pytest.raises(InputError) as caught:
        load(_changed(**changes))
    assert caught.value.key == key
    assert said in caught.value.message
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "not JSON", id="empty"),
        pytest.param("{", "not JSON", id="cut"),
        pytest.param("[]", "a JSON object, not a list", id="a list"),
        pytest.param('"x"', "a JSON object", id="a string"),
        pytest.param('{"schema": NaN}', "NaN is not a JSON number", id="not a number"),
        pytest.param('{"schema": 1e999}', "too large", id="infinite"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('{"a":' * 100_000, "nested too deeply", id="deep objects"),
        pytest.param('{"a": ' + "9" * 10_000 + "}", "not JSON", id="ten thousand digits"),
    ],
)
def test_what_is_not_even_json(text: str, said: str) -> None:
    """A cut, deep or odd file is one sentence, never a traceback."""
    with pytest.raises(InputError, match=said):
        load(text)


def test_keys_of_a_later_version_are_ignored() -> None:
    """The file may grow without a new version."""
    assert load(_changed(news=1, results__0__news=[], measurements__0__news={})) == load(
        dump(failing())
    )


def test_hostile_words_do_not_reach_the_error() -> None:
    """An error repeats little of the file, and nothing that a log would obey."""
    with pytest.raises(InputError) as caught:
        load(_changed(conclusion="::error::x\x1b[31m" + "y" * 9000))
    assert "::" not in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_the_budgets_file_is_remembered() -> None:
    """The second half of a publish needs no other file: paths and lines are in this one."""
    assert load(dump(failing())).results[0].location == Location("GET /", BUDGETS, 3)
