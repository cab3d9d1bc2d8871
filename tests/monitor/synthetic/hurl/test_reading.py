"""What a check file says, and where it stops making sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.hurl.options import OPTIONS
from trivigil.monitor.synthetic.hurl.subset import LEFT_OUT, SILENT
from trivigil.monitor.synthetic.model import Hole, Pattern, Template
from trivigil.monitor.synthetic.problem import CheckFileError

GET = "GET http://x\n"
ASSERTS = GET + "HTTP 200\n[Asserts]\n"


def problem(text: str) -> str:
    with pytest.raises(CheckFileError) as caught:
        read(text, "a.hurl", "a")
    return str(caught.value)


def test_a_file_becomes_steps() -> None:
    """Requests, sections, captures, asserts and their places are all in the model."""
    check = read(
        "# first\nPOST {{host}}/a # here\nX-A: b c\n[Form]\na: 1\n[Options]\nretry: 3\nretry-interval: 2s\n"
        'HTTP/1.1 201\nX-B: d\n[Captures]\nid: jsonpath "$.id" toString redact\n[Asserts]\n'
        'header "ETag" not matches /^a\\/b/\n\nGET http://y\n',
        "login.hurl",
        "login",
    )
    first, second = check.steps
    assert (first.place.line, second.place.line) == (2, 16)
    request, expected = first.request, first.expected
    assert isinstance(request.url.parts[0], Hole)
    assert request.url.parts[0].name == "host"
    assert request.url.parts[1] == "/a"
    assert [(pair.name.plain, pair.value.plain) for pair in request.headers] == [("X-A", "b c")]
    assert [(pair.name.plain, pair.value.plain) for pair in request.form] == [("a", "1")]
    assert [setting[:2] for setting in request.settings] == [("retry", 3), ("retry-interval", 2000)]
    assert expected is not None
    assert (expected.version, expected.status) == ("1.1", 201)
    capture = expected.captures[0]
    assert (capture.name.plain, capture.query.name, capture.redacted) == ("id", "jsonpath", True)
    assert [each.name for each in capture.filters] == ["toString"]
    predicate = expected.asserts[0].predicate
    assert (predicate.name, predicate.negated) == ("matches", True)
    assert isinstance(predicate.value, Pattern)
    assert predicate.value.source == "^a/b"
    assert second.expected is None


def test_a_mark_and_windows_lines_are_fine() -> None:
    """A byte order mark and CRLF change nothing."""
    plain = read(ASSERTS + 'header "A" == "b"\n', "a", "a")
    assert (
        read("\ufeff" + (ASSERTS + 'header "A" == "b"\n').replace("\n", "\r\n"), "a", "a") == plain
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n \n# a"], ids=["empty", "comment", "blank"])
def test_a_file_without_requests_is_a_check_without_steps(text: str) -> None:
    """Nothing to do is no error."""
    assert read(text, "a", "a").steps == ()


def test_a_json_body_stays_as_it_is_written() -> None:
    """Blanks, escapes and numbers are kept; a hole knows how its value is to be written."""
    body = read(GET + '{\n "a": [1.50, "\\u00e9{{b}}", {{c}}]\n}\n', "a", "a").steps[0].request.body
    assert body is not None
    assert isinstance(body.content, Template)
    texts = [part if isinstance(part, str) else part.within for part in body.content.parts]
    assert texts == ['{\n "a": [1.50, "\\u00e9', "json text", '", ', "json value", "]\n}"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("```\nx {{a}}\n```\n", "text"),
        ('```json\n{"a": 1}\n```\n', "json"),
        ("```raw\n{{a}}\n```\n", "text"),
        ('```graphql\n{ a }\nvariables {"b": 1}\n```\n', "graphql"),
        ("`x`\n", "text"),
        ("hex,00ff;\n", "bytes"),
        ("base64,AP8;\n", "bytes"),
        ("file,a\\ b.txt;\n", "file"),
        ("<a><b/></a>\n", "xml"),
    ],
)
def test_every_kind_of_body_is_read(text: str, kind: str) -> None:
    """Each kind is told from the others by how it begins."""
    body = read(GET + text + "HTTP 200\n", "a", "a").steps[0].request.body
    assert body is not None
    assert body.kind == kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("GET\n", "a.hurl:1:4: expected a space", id="no address"),
        pytest.param("get http://x\n", "a.hurl:1:1: expected an HTTP method", id="small letters"),
        pytest.param(GET + "[Qery]\n", "a.hurl:2:2: expected a section here: Query", id="section"),
        pytest.param(GET + "[Form]\n[FormParams]\n", "a.hurl:3:1: expected each section once", id="twice"),
        pytest.param(GET + "HTTP/4 200\n", "a.hurl:2:1: expected HTTP", id="version"),
        pytest.param(GET + "HTTP 2OO\n", "a.hurl:2:7: expected the end of the line", id="letter O"),
        pytest.param(GET + "X: \\q\n", "a.hurl:2:5: expected a valid escape", id="escape"),
        pytest.param(GET + "X: {{a\n", "a.hurl:2:7: expected '}}'", id="open hole"),
        pytest.param(GET + "X: {{}}\n", "a.hurl:2:6: expected the name of a variable", id="empty hole"),
        pytest.param(ASSERTS + "status = 200\n", "a.hurl:4:8: expected a predicate", id="one equals sign"),
        pytest.param(ASSERTS + "body > true\n", "a.hurl:4:8: expected a value that `>`", id="order of truths"),
        pytest.param(ASSERTS + "body matches /a(/\n", "a.hurl:4:15: expected a valid regular", id="regex"),
        pytest.param(ASSERTS + 'certificate "Owner" exists\n', "a.hurl:4:14: expected one of Subject", id="field"),
        pytest.param(ASSERTS + 'cookie "a[Age]" exists\n', "a.hurl:4:11: expected an attribute", id="attribute"),
        pytest.param(GET + "[Options]\nretrys: 1\n", "a.hurl:3:1: expected the name of an option", id="option"),
        pytest.param(GET + "[Options]\ndelay: 2d\n", "a.hurl:3:9: expected ms, s, m or h", id="unit"),
        pytest.param(GET + '{"a": 01}\n', "a.hurl:2:8: expected '}'", id="octal"),
        pytest.param(GET + '{"é😀": ,}\n', "a.hurl:2:8: expected an element before", id="columns are characters"),
        pytest.param(GET + "\tnonsense here\n", "a.hurl:2:2: expected an HTTP method", id="a tab is one column"),
    ],
)  # fmt: skip
def test_an_error_says_where_and_what_was_expected(text: str, said: str) -> None:
    """File, line, column, and what would have fitted."""
    assert problem(text).startswith(said)


@pytest.mark.parametrize("name", LEFT_OUT["option"])
def test_an_option_that_is_left_out_is_a_located_error(name: str) -> None:
    """Nothing is accepted and ignored: what is left out says so at its place, with the reason."""
    said = problem(GET + f"[Options]\n{name}: true\n")
    assert said == (
        f"a.hurl:3:1: expected no option `{name}`: it is left out here, {LEFT_OUT['option'][name]}"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(GET + "[Options]\nretry: -1\n", "3:8", id="endless"),
        pytest.param(ASSERTS + "status == 9223372036854775808\n", "4:11", id="65 bits"),
        pytest.param(ASSERTS + "body matches /a(?=b)/\n", "4:15", id="look-around"),
        pytest.param(ASSERTS + "body matches /\\p{Greek}/\n", "4:15", id="Unicode class"),
        pytest.param(ASSERTS + "body matches /a*+/\n", "4:15", id="nested repetition"),
    ],
)
def test_a_value_that_is_left_out_is_a_located_error(text: str, place: str) -> None:
    """What Python could only do differently is not done."""
    assert problem(text).startswith(f"a.hurl:{place}: expected no ")
    assert "left out here" in problem(text)


def test_every_option_of_hurl_is_read_or_left_out() -> None:
    """No option is in both tables, and the silent ones are read."""
    assert not {*OPTIONS} & {*LEFT_OUT["option"]}
    assert {*SILENT} <= {*OPTIONS}
    assert len(OPTIONS) + 1 + len(LEFT_OUT["option"]) == 42


def test_deep_json_is_an_error_and_no_crash() -> None:
    """A body of a thousand brackets is refused at its depth."""
    assert "64 levels" in problem(GET + '{"a":' + "[" * 1000)


def test_the_docs_declare_what_is_left_out() -> None:
    """docs/synthetic.md has the rows of the table, and no others."""
    docs = (Path(__file__).parents[4] / "docs" / "synthetic.md").read_text(encoding="utf-8")
    rows = [
        f"| {kind} | {f'`{what}`' if kind == 'option' else what} | {why} |"
        for kind, table in LEFT_OUT.items()
        for what, why in table.items()
    ]
    said = [
        line for line in docs.splitlines() if line.startswith(tuple(f"| {k} | " for k in LEFT_OUT))
    ]
    assert said == rows


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("GET http://x\n[Options]\nvariable: a={}\n", id="a variable"),
        pytest.param("GET http://x\n[Options]\nmax-time: {}\n", id="a duration"),
        pytest.param("GET http://x\nHTTP {}\n", id="a status"),
        pytest.param(ASSERTS + "status == -{}\n", id="a claim"),
    ],
)
def test_endless_numbers_are_refused(text: str) -> None:
    """Also those that Python's own reading of numbers gives up on."""
    assert problem(text.format("9" * 5000)).startswith("a.hurl:")
