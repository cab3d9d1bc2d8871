"""The budgets file, plain and full, and its published schema."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from trivigil import located, schemas
from trivigil.core.errors import InputError
from trivigil.core.measurement import names
from trivigil.core.threshold import Limit
from trivigil.perf import budgets

FULL = """\
schema: trivigil/budgets/1
budgets:
  - subject: "*"
    limits:
      latency.p95: {fail: "<= 500ms", warn: "< 0.3s"}
      error_rate: "<= 1%"
      throughput: 5
  - subject: /GET .+\\d+/
    limits: {p99_response_time: 900}
    owner: reports team
    reason: it builds a report
    expires: 2027-06-30
    optional: true
"""


def test_plain_form() -> None:
    """A number is the most that is allowed, for throughput the least; each knows its own line."""
    text = '{\n "default": {"p95_response_time": 500, "throughput": 5},\n "GET /x": {\n  "error_rate": 1.5}\n}'
    read = budgets.read(text, "t.json").thresholds
    assert [(t.pattern.kind, t.pattern.text, t.metric.name, t.fail, t.line) for t in read] == [
        ("default", "default", "latency.p95", Limit("<=", 500), 2),
        ("default", "default", "throughput", Limit(">=", 5), 2),
        ("exact", "GET /x", "error_rate", Limit("<=", 1.5), 4),
    ]


def test_full_form() -> None:
    """Globs, expressions, levels, units, owner, reason, expiry and optional, as the documentation says."""
    first, second, third, last = budgets.read(FULL, "b.yml").thresholds
    assert (first.fail, first.warn, first.line) == (Limit("<=", 500), Limit("<", 300), 5)
    assert (second.metric.name, second.fail) == ("error_rate", Limit("<=", 1))
    assert (third.metric.name, third.fail) == ("throughput", Limit(">=", 5))
    assert (last.pattern.kind, last.metric.name) == ("regex", "latency.p99")
    assert (last.owner, last.reason, last.expires, last.optional) == (
        "reports team",
        "it builds a report",
        "2027-06-30",
        True,
    )


OBJECTIVE = """\
budgets:
  - {subject: GET /a, objective: 99.5%}
  - {subject: GET /b, objective: 99, limits: {error_budget: {warn: "<= 50%"}, latency.p95: 300}}
  - {subject: GET /c, objective: 90%, limits: {error_budget: "<= 80%"}}
"""


def test_error_budgets() -> None:
    """An objective alone fails when more than its budget is spent; a limit says another share, or warns."""
    read = budgets.read(OBJECTIVE, "b.yml").thresholds
    assert [(t.metric.name, t.fail, t.warn, t.objective, t.line) for t in read] == [
        ("error_budget", Limit("<=", 100), None, 99.5, 2),
        ("error_budget", Limit("<=", 100), Limit("<=", 50), 99.0, 3),
        ("latency.p95", Limit("<=", 300), None, None, 3),
        ("error_budget", Limit("<=", 80), None, 90.0, 4),
    ]


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("GET /a", "exact"),
        ("/reports/", "exact"),
        ("GET /a/*", "glob"),
        ("GET /a?", "glob"),
        (r"/GET \/a\d/", "regex"),
        ("default", "default"),
        ("OVERALL", "exact"),
    ],
)
def test_kinds_of_subjects(subject: str, kind: str) -> None:
    """A path between slashes stays a path; an expression is told by signs that paths do not have."""
    text = json.dumps({"budgets": [{"subject": subject, "limits": {"error_rate": 1}}]})
    assert budgets.read(text, "b.json").thresholds[0].pattern.kind == kind


BAD = [
    pytest.param(
        '{"default": {"p95_response_tme": 5}}',
        "p95_response_time",
        1,
        "default.p95_response_tme",
        id="metric",
    ),
    pytest.param(
        '{"a": {\n"error_rate": "1"}}',
        "a number was expected, not text",
        2,
        "a.error_rate",
        id="text",
    ),
    pytest.param('{"a": {"error_rate": true}}', "not boolean", 1, "a.error_rate", id="boolean"),
    pytest.param('{"a": {"error_rate": -1}}', "zero or more", 1, "a.error_rate", id="negative"),
    pytest.param('{"a": {"error_rate": 1e999}}', "zero or more", 1, "a.error_rate", id="infinite"),
    pytest.param('{"a": 5}', "an object was expected, not number", 1, "a", id="no-object"),
    pytest.param("[]", "there is no budget", 1, None, id="list"),
    pytest.param("{}", "no budget", 1, None, id="nothing"),
    pytest.param('{"budgets": {}}', "a list of entries", 1, "budgets", id="full-without-list"),
    pytest.param(
        '{"schema": "x/2", "budgets": []}', "trivigil/budgets/1", 1, "schema", id="version"
    ),
    pytest.param('{"budgets": [{"subject": "a"}]}', "no `limits`", 1, "budgets[0]", id="no-limits"),
    pytest.param(
        '{"budgets": [{"subject": "a", "limits": {}}]}',
        "no limit",
        1,
        "budgets[0].limits",
        id="empty-limits",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "limits": {"error_rate": "=> 1"}}]}',
        "not a condition",
        1,
        "budgets[0].limits.error_rate",
        id="operator",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "limits": {"error_rate": "<= 5ms"}}]}',
        "measured in %",
        1,
        "budgets[0].limits.error_rate",
        id="unit",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "limits": {"error_rate": {}}}]}',
        "`fail`, `warn` or both",
        1,
        "budgets[0].limits.error_rate",
        id="no-level",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "limits": {"error_rate": {"fial": 1}}}]}',
        "unknown key",
        1,
        "budgets[0].limits.error_rate.fial",
        id="level-misspelt",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "limts": {}}]}',
        "Did you mean `limits`",
        1,
        "budgets[0].limts",
        id="key-misspelt",
    ),
    pytest.param(
        '{"budgets": [{"subject": "/[/", "limits": {"error_rate": 1}}]}',
        "does not compile",
        1,
        "budgets[0].subject",
        id="expression",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "expires": "soon", "limits": {"error_rate": 1}}]}',
        "2027-06-30",
        1,
        "budgets[0].expires",
        id="date",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "optional": "yes", "limits": {"error_rate": 1}}]}',
        "true or false",
        1,
        "budgets[0].optional",
        id="optional",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "judge": "mean", "limits": {"error_rate": 1}}]}',
        "`interval` or `value`",
        1,
        "budgets[0].judge",
        id="judge",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "objective": 100}]}',
        "above 0 and below 100",
        1,
        "budgets[0].objective",
        id="nothing-may-fail",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "objective": "0.0%"}]}',
        "above 0 and below 100",
        1,
        "budgets[0].objective",
        id="everything-may-fail",
    ),
    pytest.param(
        '{"budgets": [{"subject": "a", "limits": {"error_budget": 50}}]}',
        "needs the entry's `objective`",
        1,
        "budgets[0].limits.error_budget",
        id="budget-of-no-objective",
    ),
    pytest.param(
        '{"default": {"error_budget": 50}}',
        "full form",
        1,
        "default.error_budget",
        id="budget-in-the-plain-form",
    ),
]


@pytest.mark.parametrize(("text", "words", "line", "key"), BAD)
def test_what_is_wrong_is_said_with_file_line_and_key(
    text: str, words: str, line: int, key: str | None
) -> None:
    """Bad budgets give one sentence that names file, line and key."""
    with pytest.raises(InputError) as caught:
        budgets.read(text, "b.json")
    error = caught.value
    assert words in str(error)
    assert (error.path, error.line, error.key) == ("b.json", line, key)


_BY_READER_ONLY = ("expression", "unit", "infinite")
"""What a JSON Schema cannot say: that an expression compiles, that a unit fits its metric, that 1e999 is no number."""


@pytest.mark.parametrize(("text", "words", "line", "key"), BAD)
def test_the_published_schema_refuses_what_the_reader_refuses(
    text: str, words: str, line: int, key: str, request: pytest.FixtureRequest
) -> None:
    """An editor that uses the schema sees the same mistakes."""
    del words, line, key
    by_reader_only = request.node.callspec.id in _BY_READER_ONLY
    assert _valid(located.load(text, "b.json").plain()) is by_reader_only


@pytest.mark.parametrize(
    "text",
    [
        FULL,
        OBJECTIVE,
        '{"default": {"p95_response_time": 500}}',
        '{"$schema": "x", "OVERALL": {"throughput": 5, "latency.p99_9": 1}}',
    ],
    ids=["full", "objective", "plain", "with-schema-key"],
)
def test_the_published_schema_accepts_what_the_reader_accepts(text: str) -> None:
    """Good budgets are good for both."""
    assert budgets.read(text, "b.yml").thresholds
    assert _valid(located.load(text, "b.yml").plain())


@pytest.mark.parametrize("name", [name for name in names() if name != "error_budget"])
def test_the_published_schema_knows_every_metric(name: str) -> None:
    """A new metric is not refused by the editor."""
    assert _valid({"default": {name: 1}})


def _valid(document: Any) -> bool:
    schema = json.loads(schemas.text("budgets"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("load", ("load",), id="one"),
        pytest.param("[stress, endurance]", ("stress", "endurance"), id="several"),
        pytest.param("", (), id="nothing said"),
    ],
)
def test_an_entry_may_be_for_load_profiles(written: str, expected: tuple[str, ...]) -> None:
    """One name or a list of them."""
    text = f"budgets:\n  - subject: '*'\n    profile: {written}\n    limits: {{error_rate: 1}}\n"
    [read] = budgets.read(text, "b.yml").thresholds
    assert read.profiles == expected
    jsonschema.validate(located.load(text, "b.yml").plain(), json.loads(schemas.text("budgets")))


@pytest.mark.parametrize("written", ["soak", "3", "[load, soak]", "{load: 1}"])
def test_what_is_no_profile_is_refused(written: str) -> None:
    """With the place, and the names that there are."""
    text = f"budgets:\n  - subject: '*'\n    profile: {written}\n    limits: {{error_rate: 1}}\n"
    with pytest.raises(InputError, match=r"b\.yml:3: budgets\[0\]\.profile: a load profile"):
        budgets.read(text, "b.yml")
