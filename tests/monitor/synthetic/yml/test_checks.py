"""YAML check files as they are read: the model that they become, and what is wrong with one, at its place."""

from __future__ import annotations

import json
from contextlib import suppress

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trivigil import located, schemas
from trivigil.monitor.synthetic.model import Check, Hole, Place, Template
from trivigil.monitor.synthetic.problem import CheckFileError
from trivigil.monitor.synthetic.yml import checks, page

ONE = "url: /a\nasserts: [status == 200]\n"


def one(text: str) -> Check:
    return checks.read(text, "c/a.yml", "a")[0].check


def problem(text: str) -> CheckFileError:
    with pytest.raises(CheckFileError) as caught:
        checks.read(text, "c/a.yml", "a")
    return caught.value


def schema_takes(text: str) -> bool:
    schema = json.loads(schemas.text("checks"))
    node = located.load(text, "a.yml")
    return jsonschema.Draft202012Validator(schema).is_valid(node.plain())


def test_a_file_of_one_check_is_called_by_its_stem() -> None:
    """Its own name is for readers; behind the stem it stands where a file holds several."""
    assert one("name: x\n" + ONE).name == "a"
    two = checks.read("checks:\n- {name: x, url: /, asserts: [status == 200]}\n- {name: y, url: /, asserts: [status == 200]}\n", "a.yml", "a")  # fmt: skip
    assert [each.check.name for each in two] == ["a x", "a y"]


def test_a_path_is_one_of_the_target() -> None:
    """As if `{{target}}` stood before it."""
    assert one(ONE).steps[0].request.url == Template((Hole("target", Place(1, 6)), "/a"), Place(1, 6))  # fmt: skip


def test_a_claim_about_the_status_is_judged_first() -> None:
    """The first one that fails, in either language; one that warns stays among the others."""
    for text in ("asserts: [duration < 5, status == 200]", "conditions: ['[STATUS] == 200']"):
        expected = one(f"url: /\n{text}\n").steps[0].expected
        assert expected
        assert expected.status == 200
        assert all(claim.query.name == "duration" for claim in expected.asserts)
    warns = one("url: /\nasserts: [{assert: status == 200, severity: warn}]\n").steps[0].expected
    assert warns
    assert (warns.status, warns.asserts[0].severity) == (None, "warn")


def test_what_a_check_says_is_its_steps_unless_they_say_otherwise() -> None:
    """Time limit, redirects, certificates and severity."""
    text = """
timeout: 2s
follow-redirects: true
severity: warn
steps:
  - {url: /a, asserts: [duration < 5]}
  - {url: /b, asserts: [duration < 5], timeout: 500ms, insecure: true, severity: fail}
"""
    first, second = one(text).steps
    assert [(each.name, each.value) for each in first.request.settings] == [("location", True), ("max-time", 2000)]  # fmt: skip
    assert {each.name: each.value for each in second.request.settings} == {"location": True, "max-time": 500, "insecure": True}  # fmt: skip
    assert [each.expected.asserts[0].severity for each in (first, second) if each.expected] == ["warn", "fail"]  # fmt: skip


def test_what_the_runner_is_told() -> None:
    """Retries, dependencies, runbook and tags."""
    text = ONE + "retries: 3\ndepends_on: home\ntags: [a, b]\nrunbook: https://wiki.example/a\n"
    found = checks.read(text, "a.yml", "a")[0]
    assert found[3:] == ("https://wiki.example/a", ("home",), 3, ("a", "b"))


BAD = [
    pytest.param("", "1:1", "expected a check", id="empty file"),
    pytest.param("- a\n", "1:1", "expected a mapping", id="a list"),
    pytest.param("url: /\n", "1:1", "without one every answer would do", id="nothing claimed"),
    pytest.param("asserts: [status == 200]\n", "1:1", "expected `url` or `steps`", id="no address"),
    pytest.param(ONE + "colour: red\n", "3:1", "colour: expected a key", id="unknown key"),
    pytest.param(ONE + "url: /b\n", "3:1", "stands here twice", id="a key twice"),
    pytest.param(ONE + "depends_on: a\ndepends-on: b\n", "4:1", "each key once", id="a key in two spellings"),
    pytest.param("url: ftp://a/\nasserts: [status == 200]\n", "1:6", "expected http://", id="no address of the web"),
    pytest.param("url: http://me:pw@a/\nasserts: [status == 200]\n", "1:6", "use `basic_auth`", id="password in the address"),
    pytest.param("url: '/{{a'\nasserts: [status == 200]\n", "1:11", "expected '}}'", id="open hole"),
    pytest.param("url: /\nasserts:\n  - status is 200\n", "3:12", "asserts[0]: expected a predicate", id="no predicate"),
    pytest.param("url: /\nasserts:\n  - 'header ''a'' exists'\n", "3:13", "expected '\"'", id="within quotes"),
    pytest.param('url: /\nasserts:\n  - "jsonpath \\"$.a\\" = 1"\n', "3:23", "expected a predicate", id="behind escapes"),
    pytest.param("url: /\nasserts:\n  - |\n    duration\n    < 5\n", "4:13", "expected a space", id="within a block"),
    pytest.param("url: /\nasserts: ['duration < 5 # trivigil: warn']\n", "2:25", "write `severity: warn`", id="a remark of the other language"),
    pytest.param("url: /\nasserts: []\n", "2:10", "expected at least one", id="no claims"),
    pytest.param("url: /\nasserts: [7]\n", "2:11", "expected a text, not number", id="a number for a claim"),
    pytest.param("url: /\nasserts: [{assert: status == 200, severity: loud}]\n", "2:45", "fail or warn", id="unknown severity"),
    pytest.param("url: /\nconditions:\n  - '[DOMAIN_EXPIRATION] > 720h'\n", "3:6", "left out here", id="a condition that is left out"),
    pytest.param("url: /\nconditions: ['[STATUS] < x']\n", "2:26", "expected a number", id="no condition"),
    pytest.param("url: /\ncaptures: {target: status}\n", "2:12", "that may be set", id="a name that is taken"),
    pytest.param("url: /\ncaptures: {a: jsonpath}\n", "2:23", "expected a space", id="no query"),
    pytest.param(ONE + "retries: 11\n", "3:10", "from 0 to 10", id="too many retries"),
    pytest.param(ONE + "retries: true\n", "3:10", "from 0 to 10", id="a truth is no number"),
    pytest.param(ONE + "timeout: soon\n", "3:10", "a time such as 5s", id="no time"),
    pytest.param(ONE + "runbook: wiki\n", "3:10", "link", id="no link"),
    pytest.param(ONE + "method: GRAB\n", "3:9", "GET or HEAD", id="unknown method"),
    pytest.param(ONE + "body: a\njson: {}\n", "4:1", "one of body, json and form", id="two bodies"),
    pytest.param(ONE + "insecure: 'yes'\n", "3:11", "true or false", id="no truth"),
    pytest.param(ONE + "basic_auth: {user: a, password: hunter2}\n", "3:33", "TRIVIGIL_SECRET_", id="a password in the file"),
    pytest.param(ONE + "headers: {Authorization: Bearer abc}\n", "3:26", "TRIVIGIL_SECRET_", id="a token in the file"),
    pytest.param(ONE + "method: POST\njson: {user: {Password: hunter2}}\n", "4:25", "TRIVIGIL_SECRET_", id="a password in a body"),
    pytest.param(ONE + "form: {api_key: k}\n", "3:17", "TRIVIGIL_SECRET_", id="a key in a form"),
    pytest.param(ONE + "steps: []\n", "1:1", "expected it in a step", id="steps and a request"),
    pytest.param("steps: []\n", "1:8", "1 to 100 steps", id="no steps"),
    pytest.param("steps:\n- url: /\n  retries: 1\n  asserts: [status == 200]\n", "3:3", "steps[0].retries: expected a key", id="what a step has not"),
    pytest.param("checks: []\n", "1:9", "at least one check", id="no checks"),
    pytest.param("checks:\n- url: /\n  asserts: [status == 200]\n", "2:3", "expected a `name`", id="one of several without a name"),
    pytest.param("checks: [a]\n", "1:10", "checks[0]: expected a mapping", id="no check"),
    pytest.param("url: [\n", "2:1", "not valid YAML", id="no YAML"),
    pytest.param("a: 1\n---\nb: 2\n", "2:1", "not valid YAML", id="two documents"),
    pytest.param("url: !!python/object:os.system /\n", "1:6", "not valid YAML", id="an object of Python"),
    pytest.param("url: !!binary aGk=\n", "1:6", "a text, a number", id="bytes"),
    pytest.param("headers: !!set {a}\n", "1:10", "the tag", id="a set"),
    pytest.param("base: &b {url: /}\n<<: *b\n", "1:1", "base: expected a key", id="merged mappings"),
    pytest.param("url: &a [*a]\n", "1:6", "nested too deeply", id="an alias in itself"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "wanted"), BAD)
def test_a_bad_file_is_an_error_at_its_place(text: str, where: str, wanted: str) -> None:
    """`FILE:LINE:COLUMN: KEY: what was expected`."""
    error = problem(text)
    assert error.where == f"c/a.yml:{where}", error
    assert wanted in error.message, error
    assert "hunter2" not in str(error)


def test_aliases_that_multiply_are_refused() -> None:
    """By the nodes and by the characters that they make, long before memory is short."""
    laughs = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    assert "too large" in problem("a0: &a0 [lol]\n" + laughs).message
    long = f"x: &x {'y' * 5000}\n"
    many = ONE + "method: POST\njson:\n  " + long + "  all: [" + ", ".join(["*x"] * 400) + "]\n"
    assert "aliases multiply it" in problem(many).message


def test_a_huge_file_is_refused_unread() -> None:
    """YAML is read slowly."""
    assert "at most 262144 characters" in problem("# x\n" * (page.LARGEST // 4 + 1)).message


def test_anchors_serve_claims_that_are_shared() -> None:
    """Errors in them are told where they are written."""
    text = "checks:\n- {name: a, url: /, asserts: &all [status == 200, body == 1 x]}\n- {name: b, url: /b, asserts: *all}\n"
    assert problem(text).where == "c/a.yml:2:61"
    found = checks.read(text.replace(" x", ""), "a.yml", "a")
    assert len(found) == 2


@pytest.mark.parametrize(
    "text",
    [
        ONE,
        "schema: trivigil/checks/1\n" + ONE,
        "checks:\n- {name: a, url: /, conditions: ['[STATUS] == 200'], depends-on: [b], retries: 1}\n",
        "steps:\n- {url: '{{target}}/', method: POST, json: {a: [1]}, captures: {t: 'body'}}\n- {url: /b, asserts: [{assert: status == 200, severity: warn}]}\n",
        ONE + "basic_auth: {user: me, password: '{{password}}'}\nheaders: {A: [x, 7]}\ntimeout: 5\n",
    ],
)  # fmt: skip
def test_schema_and_reader_take_the_same(text: str) -> None:
    """Good files."""
    assert checks.read(text, "a.yml", "a")
    assert schema_takes(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "url: /\n",
        "asserts: [status == 200]\n",
        ONE + "colour: red\n",
        ONE + "body: a\njson: {}\n",
        ONE + "retries: 11\n",
        ONE + "steps: []\n",
        "checks: []\n",
        "checks:\n- url: /\n  asserts: [status == 200]\n",
        ONE + "basic_auth: {user: a, password: x}\n",
        "url: ftp://a\nasserts: [status == 200]\n",
    ],
)
def test_schema_and_reader_refuse_the_same(text: str) -> None:
    """What a schema can say, an editor says while people write."""
    problem(text)
    assert not schema_takes(text)


GOOD = 'url: "/{{a}}"\nmethod: POST\nheaders: {A: [x, 7]}\njson: {a: [1, 2.5, null, "x{{y}}"]}\ntimeout: 5s\nasserts:\n  - status == 200\n  - >-\n    duration\n    < 5\ncaptures: {a: {query: body, redact: true}}\n'
PIECES = ["{", "}", "[", "]", ":", "- ", '"', "'", "\\", "{{", "}}", "&a ", "*a", "!!", "|", ">", "\n", "\t", "é", "\0", ".nan", "<<: ", "? ", "\u2028", "\ufeff"]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.sampled_from(PIECES)), max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_is_read_or_refused_at_a_place(edits: list[tuple[int, str]]) -> None:
    """No text of a file ends in anything else."""
    text = GOOD
    for index, piece in edits:
        text = text[:index] + piece + text[index:]
    with suppress(CheckFileError):
        assert checks.read(text, "a.yml", "a")
