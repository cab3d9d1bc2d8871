"""Captures and asserts over a recorded exchange."""

from __future__ import annotations

import datetime
import gzip

import pytest

from trivigil.monitor.synthetic.exchange import Certificate, Exchange, Redirect
from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.judgement import Verdict, judge
from trivigil.monitor.synthetic.scope import Scope

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
JSON = (
    '{"id": 7, "price": 12.5, "big": 9007199254740993, "name": "café", "tags": ["a", "b", "c"], "ok": true, "none": null,'
    ' "items": [{"id": 1}, {"id": 2}], "day": "2026-01-02", "date": "2026-01-02T03:04:05Z", "b64": "SGk=", "number": "42",'
    ' "url": "https://x.example/a?b=c+d&e=%C3%A9", "html": "<b>&amp;</b>", "empty": "", "nested": {"a b": "x"}, "v4": "192.0.2.7"}'
)
EXCHANGE = Exchange(
    "https://x.example/json",
    200,
    headers=(
        ("Content-Type", "application/json"),
        ("ETag", '"v7"'),
        ("X-Many", "one"),
        ("x-many", "two"),
        ("Set-Cookie", "sid=s-1; Path=/; HttpOnly; Max-Age=60; SameSite=Lax"),
        ("Set-Cookie", "old=1; Expires=Wed, 13-Jan-2027 22:23:01 GMT; Secure"),
    ),
    body=JSON.encode(),
    duration=120,
    ip="192.0.2.1",
    certificate=Certificate(
        subject="CN = x.example",
        expiry=NOW + datetime.timedelta(days=20, hours=1),
        serial="12:34",
        names="DNS:x.example",
    ),
    redirects=(Redirect(302, "https://x.example/json"),),
)


def scope(**variables: object) -> Scope:
    return Scope(variables, NOW, new_uuid=lambda: "u-1")


def verdict(text: str, exchange: Exchange = EXCHANGE, **variables: object) -> Verdict:
    expected = read(f"GET http://x\n{text}\n", "a.hurl", "a").steps[0].expected
    return judge(expected, exchange, scope(**variables))


def holds(line: str, exchange: Exchange = EXCHANGE, **variables: object) -> bool:
    found = verdict(f"HTTP 200\n[Asserts]\n{line}", exchange, **variables)
    return found.outcomes[-1].passed


TRUE = [
    "status == 200",
    'version == "1.1"',
    'url endsWith "/json"',
    'ip == "192.0.2.1"',
    "duration < 121",
    'header "etag" == "\\"v7\\""',
    'header "X-Many" count == 2',
    'header "X-Many" contains "two"',
    'header "X-None" not exists',
    'cookie "sid" == "s-1"',
    'cookie "sid[HttpOnly]" exists',
    'cookie "sid[Secure]" not exists',
    'cookie "sid[Max-Age]" == 60',
    'cookie "old[Expires]" daysAfterNow > 300',
    'body contains "café"',
    "bytes count > 100",
    "bytes startsWith hex,7b;",
    "sha256 count == 32",
    "md5 toHex matches /^[0-9a-f]{32}$/",
    'regex /"id": (\\d)/ == "7"',
    'jsonpath "$.id" == 7',
    'jsonpath "$.id" == 7.0',
    'jsonpath "$.id" != "7"',
    'jsonpath "$.big" == 9007199254740993',
    'jsonpath "$.price" isFloat',
    'jsonpath "$.ok" == true',
    'jsonpath "$.none" == null',
    'jsonpath "$.none" exists',
    'jsonpath "$.missing" not exists',
    'jsonpath "$.missing" not contains "x"',
    'jsonpath "$.tags" contains "b"',
    'jsonpath "$.items[?@.id > 1].id" == 2',
    'jsonpath "$.items[*].id" count == 2',
    'jsonpath "$.nested[\'a b\']" == "x"',
    'jsonpath "$.empty" isEmpty',
    'jsonpath "$.nested" isObject',
    'jsonpath "$.date" isIsoDate',
    'jsonpath "$.day" not isIsoDate',
    'jsonpath "$.v4" isIpv4',
    'jsonpath "$.v4" not isIpv6',
    'jsonpath "$.date" toDate "%+" format "%d.%m.%Y %H:%M" == "02.01.2026 03:04"',
    'jsonpath "$.day" toDate "%Y-%m-%d" daysBeforeNow == 58',
    'jsonpath "$.b64" base64Decode utf8Decode == "Hi"',
    'jsonpath "$.number" toInt == 42',
    'jsonpath "$.id" toString == "7"',
    'jsonpath "$.name" urlEncode == "caf%C3%A9"',
    'jsonpath "$.name" replaceRegex /(a)f/ "$1-" == "ca-é"',
    'jsonpath "$.name" utf8Encode count == 5',
    'jsonpath "$.url" urlQueryParam "b" == "c d"',
    'jsonpath "$.html" htmlUnescape == "<b>&</b>"',
    'jsonpath "$.day" split "-" nth -1 == "02"',
    'jsonpath "$.tags" last == "c"',
    "redirects count == 1",
    'redirects nth 0 location == "https://x.example/json"',
    'certificate "Subject" contains "x.example"',
    'certificate "Expire-Date" daysAfterNow == 20',
    'certificate "Issuer" not exists',
    'variable "v" == "x"',
    'jsonpath "$.id" == {{n}}',
    'jsonpath "$.name" == "{{name}}"',
]
FALSE = [
    pytest.param('jsonpath "$.id" == "7"', id="a number is no text"),
    pytest.param('jsonpath "$.id" contains "7"', id="a number contains nothing"),
    pytest.param('jsonpath "$.id" not contains "7"', id="a mismatch of kinds fails the negation too"),
    pytest.param('jsonpath "$.name" > 3', id="no order between kinds"),
    pytest.param('jsonpath "$.missing" == 1', id="no value is no number"),
    pytest.param('jsonpath "$.missing" count == 0', id="a filter needs a value"),
    pytest.param('jsonpath "$.name" count == 4', id="texts are not counted"),
    pytest.param('jsonpath "$.name" toInt == 1', id="no number in it"),
    pytest.param('jsonpath "$.[" exists', id="no JSONPath"),
    pytest.param('jsonpath "$.id" == {{unknown}}', id="a variable that nobody set"),
    pytest.param('header "X-Many" == "one"', id="several lines are a list"),
    pytest.param('jsonpath "$.day" toDate "%Q" isDate', id="a format that nobody knows"),
    pytest.param("ip isIpv6", id="another family"),
]  # fmt: skip


@pytest.mark.parametrize("line", TRUE)
def test_a_claim_holds(line: str) -> None:
    """Queries, filters and predicates are Hurl's."""
    assert holds(line, v="x", n=7, name="café")


@pytest.mark.parametrize("line", FALSE)
def test_a_claim_does_not_hold(line: str) -> None:
    """It fails, and says so as a failure of the claim, not of the step."""
    found = verdict(f"HTTP 200\n[Asserts]\n{line}")
    assert [failure.kind for failure in found.failures] == ["assertion"]
    assert found.failures[0].place.line == 4


def test_a_wrong_status_ends_it() -> None:
    """Neither captures nor asserts are looked at then."""
    found = verdict('HTTP 404\n[Captures]\na: header "X-None"\n[Asserts]\nbody == "x"')
    assert [outcome.passed for outcome in found.outcomes] == [True, False]
    assert [(each.title, each.place, each.actual) for each in found.failures] == [
        ("Assert status code", (2, 6), "200")
    ]


def test_a_capture_without_a_value_is_an_error_of_the_step() -> None:
    """The asserts stay unjudged."""
    found = verdict(
        'HTTP 200\n[Captures]\na: jsonpath "$.id"\nb: header "X-None"\n[Asserts]\nstatus == 1'
    )
    assert len(found.outcomes) == 2
    assert found.captures == {"a": 7}
    assert [(each.kind, each.title, each.place) for each in found.failures] == [
        ("error", "No query result", (5, 4))
    ]


def test_captures_are_known_to_what_follows() -> None:
    """In the next captures and in the asserts; a redacted one is a secret."""
    found = verdict(
        'HTTP 200\n[Captures]\na: jsonpath "$.id"\nb: header "ETag" replace "v{{a}}" "x" redact\n[Asserts]\nvariable "b" == "\\"x\\""'
    )
    assert not found.failures
    assert found.secrets == {'"x"'}


def test_all_asserts_are_judged() -> None:
    """The first failure hides no other."""
    found = verdict(
        'HTTP 200\nETag: x\nX-No: y\n[Asserts]\nstatus == 1\nstatus == 200\nheader "a" exists'
    )
    assert [(each.place.line, each.passed) for each in found.outcomes[2:]] == [
        (3, False),
        (4, False),
        (6, False),
        (7, True),
        (8, False),
    ]


@pytest.mark.parametrize(
    ("headers", "body", "claim"),
    [
        pytest.param((("Content-Encoding", "gzip"),), gzip.compress(b"Hi"), 'body == "Hi"', id="gzip"),
        pytest.param((("Content-Type", "a; charset=latin1"),), b"caf\xe9\x81", 'body == "caf\\u{e9}\\u{81}"', id="latin1"),
        pytest.param((), b"\xff", "bytes == hex,ff;", id="bytes are never decoded"),
    ],
)  # fmt: skip
def test_bodies_are_unpacked_and_decoded(
    headers: tuple[tuple[str, str], ...], body: bytes, claim: str
) -> None:
    """By the answer's own headers."""
    assert holds(claim, Exchange("http://x", 200, headers=headers, body=body))


@pytest.mark.parametrize(
    ("headers", "body", "claim"),
    [
        pytest.param((), b"\xff", 'body not contains "x"', id="not UTF-8"),
        pytest.param((("Content-Type", "a; charset=nope"),), b"x", 'body == "x"', id="unknown charset"),
        pytest.param((("Content-Encoding", "gzip"),), b"x", 'body == "x"', id="not gzip"),
        pytest.param((("Content-Encoding", "gzip"),), gzip.compress(b"\0" * 64_000_000), "bytes count > 0", id="bomb"),
        pytest.param((), b'{"a": NaN}', 'jsonpath "$.a" not exists', id="NaN is no JSON"),
        pytest.param((), b"[" * 5000, 'jsonpath "$" not exists', id="deep JSON"),
        pytest.param((), b'"\\ud800"', 'jsonpath "$" exists', id="half a character"),
        pytest.param((), b"", 'jsonpath "$" exists', id="no body"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_fails_the_claim(
    headers: tuple[tuple[str, str], ...], body: bytes, claim: str
) -> None:
    """A negated one too, and nothing is raised."""
    assert not holds(claim, Exchange("http://x", 200, headers=headers, body=body))


@pytest.mark.parametrize(
    ("body", "line"),
    [("```\nHello\n```", None), ("`Hello`", 3), ("```\nHello\nWorld\n```", 5), ("hex,48656c6c6f0a;", None)],
)  # fmt: skip
def test_the_expected_body(body: str, line: int | None) -> None:
    """It is compared whole; the failure stands on the first line that differs."""
    found = verdict(f"HTTP 200\n{body}", Exchange("http://x", 200, body=b"Hello\n"))
    assert [each.place.line for each in found.failures] == ([line] if line else [])


def test_xpath() -> None:
    """XML and HTML, namespaces of the document, nothing loaded from elsewhere."""
    pytest.importorskip("lxml")
    xml = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a xmlns:n="urn:n"><n:b c="1">x</n:b><d>&e;</d></a>'
    for claim in (
        'xpath "string(//n:b/@c)" == "1"',
        'xpath "//d" count == 1',
        'xpath "string(//d)" not contains "root"',
    ):
        assert holds(claim, Exchange("http://x", 200, body=xml)), claim
    html = Exchange("http://x", 200, headers=(("Content-Type", "text/html"),), body=b"<p>a<p>b")
    assert holds('xpath "//p" count == 2', html)
    assert holds('xpath "count(//p)" == 2', html)
    assert not holds('xpath "//p[" exists', html)
