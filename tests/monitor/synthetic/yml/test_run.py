"""YAML checks tried against a real site: the truths of the other languages, at the lines and columns of the YAML file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.monitor.synthetic.site import Served, served
from trivigil.core.errors import InputError
from trivigil.monitor.facts import Attempt, Checked, as_json
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.languages import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CANARY = "canary-5f1e7a"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("site")) as found:
        yield found


def tried(folder: Path, site: Served, text: str, **bounds: Any) -> Attempt:
    (folder / "a.yml").write_text(text, encoding="utf-8")
    how = Bounds(site.plain, 5, allow_private=True, secrets={"password": CANARY})._replace(**bounds)
    (one,) = load(".", how, directory=str(folder))
    return one.attempt(how)


@pytest.mark.parametrize(
    ("text", "status", "cause"),
    [
        pytest.param("url: /json\nasserts: [status == 200]\n", "up", None, id="all well"),
        pytest.param("url: /status/503\nasserts: [status == 200]\n", "down", "http-5xx", id="server error"),
        pytest.param("url: /status/404\nconditions: ['[STATUS] == 200']\n", "down", "http-4xx", id="client error"),
        pytest.param("url: /status/404\nconditions: ['[STATUS] < 300']\n", "down", "http-4xx", id="client error by order"),
        pytest.param("url: /json\nconditions: ['[BODY].id == 8']\n", "down", "assertion", id="wrong value"),
        pytest.param("url: /slow/60\nasserts: [{assert: duration < 5, severity: warn}]\n", "degraded", "slow", id="slow, in Hurl's words"),
        pytest.param("url: /slow/60\nseverity: warn\nconditions: ['[RESPONSE_TIME] < 5']\n", "degraded", "slow", id="slow, in Gatus's words"),
        pytest.param("url: /json\nasserts: [{assert: body == 1, severity: warn}]\n", "degraded", "assertion", id="a warning"),
        pytest.param("url: /slow/900\ntimeout: 200ms\nasserts: [status == 200]\n", "down", "ttfb-timeout", id="its own time limit"),
        pytest.param("url: /drop\nasserts: [status == 200]\n", "down", "reset", id="no answer"),
        pytest.param("url: /to/302/json\nasserts: [status == 302]\n", "up", None, id="redirects are not followed"),
        pytest.param("url: /to/302/json\nfollow_redirects: true\nasserts: [status == 200]\n", "up", None, id="unless asked"),
        pytest.param("url: /loop\nfollow_redirects: true\nasserts: [status == 200]\n", "down", "redirect-loop", id="a loop"),
        pytest.param("url: '/{{nobody}}'\nasserts: [status == 200]\n", "unknown", "unknown", id="variable that is not set"),
        pytest.param("url: http://169.254.169.254/\nasserts: [status == 200]\n", "unknown", "blocked-address", id="metadata service"),
    ],
)  # fmt: skip
def test_what_comes_of_it(
    tmp_path: Path, site: Served, text: str, status: str, cause: str | None
) -> None:
    """As for any other language."""
    found = tried(tmp_path, site, text)
    assert (found.status, found.cause) == (status, cause), found


def test_a_failed_claim_is_told_at_its_place(tmp_path: Path, site: Served) -> None:
    """Line and column of the file, within quotes too; what the site sent stands apart."""
    text = """url: /json
asserts:
  - 'jsonpath "$.id" == 8'
  - >-
    jsonpath "$.name"
    == "x"
conditions:
  - "[BODY].text == \\u0061"
"""
    found = tried(tmp_path, site, text)
    assert [(each.line, each.column, each.expected, each.actual) for each in found.failed] == [
        (3, 22, "integer <8>", "integer <7>"),
        (6, 5, "string <x>", "string <café>"),
        (8, 18, "== a", "a b"),
    ]
    assert found.failed[0].message == "the claim does not hold: 'jsonpath \"$.id\" == 8'"


def test_steps_share_cookies_and_captures(tmp_path: Path, site: Served) -> None:
    """What a step captures, the next one sends: in its address, its headers, its JSON."""
    text = """steps:
  - url: /json
    asserts: [status == 200]
    captures:
      id: jsonpath "$.id"
      name: {query: 'jsonpath "$.name"', redact: true}
  - url: /cookies
    conditions: ["[STATUS] == 200"]
  - url: "/echo/{{id}}"
    method: POST
    headers: {X-A: "n{{id}}"}
    query: {q: "{{id}}", r: 7}
    json: {who: "{{name}} \\"{{id}}\\"", list: [1, null, true, 1.5]}
    asserts:
      - jsonpath "$.path" == "/echo/7"
      - jsonpath "$.query[0][1]" == "7"
      - jsonpath "$.headers.['X-A'][0]" == "n7"
      - jsonpath "$.headers.Cookie[0]" == "sid=s-1"
      - jsonpath "$.headers.['Content-Type'][0]" == "application/json"
    conditions:
      - '[BODY].body == {"who":"café \\"7\\"","list":[1,null,true,1.5]}'
"""
    text = text.replace("$.headers.['", "$.headers['")
    assert tried(tmp_path, site, text, allow_writes=True).failed == ()


def test_forms_and_credentials(tmp_path: Path, site: Served) -> None:
    """Basic authentication from the environment; a form is encoded."""
    text = """url: /echo
method: POST
form: {a: "x y", password: "{{password}}"}
basic_auth: {user: me, password: "{{password}}"}
asserts:
  - jsonpath "$.body" == "a=x%20y&password={{password}}"
  - jsonpath "$.headers.Authorization[0]" startsWith "Basic "
"""
    assert tried(tmp_path, site, text, allow_writes=True).status == "up"


def test_writing_needs_leave(tmp_path: Path, site: Served) -> None:
    """Before anything is sent, at the step's place."""
    site.forget()
    with pytest.raises(InputError, match=r"^a\.yml:1:1: .*--allow-writes"):
        tried(tmp_path, site, "url: /echo\nmethod: DELETE\nasserts: [status == 200]\n")
    assert site.asked == []


def test_untrusted_certificates_are_refused_unless_the_file_says_so(
    tmp_path: Path, site: Served
) -> None:
    """`insecure: true`, never by itself."""
    text = (
        f"url: {site.tls}/json\nconditions: ['[STATUS] == 200', '[CERTIFICATE_EXPIRATION] > 1h']\n"
    )
    assert tried(tmp_path, site, text).cause == "tls-untrusted"
    assert tried(tmp_path, site, text + "insecure: true\n").status == "up"
    assert tried(tmp_path, site, text, roots=str(site.roots)).status == "up"


def test_a_secret_comes_out_nowhere(tmp_path: Path, site: Served) -> None:
    """Sent in a header, a query and a body, sent back by the site, and compared with something else."""
    text = """url: "/echo?q={{password}}"
method: POST
headers: {X-A: "{{password}}"}
body: "{{password}}"
basic_auth: {user: me, password: "{{password}}"}
asserts:
  - jsonpath "$.body" == "other"
  - jsonpath "$.headers.Authorization[0]" == "{{password}}"
conditions:
  - "[BODY] == other"
  - "[BODY].query[0][1] == x"
"""
    found = tried(tmp_path, site, text, allow_writes=True)
    assert len(found.failed) == 4
    assert CANARY not in str(as_json((Checked("a", "synthetic", (found,)),)))
    assert "***" in found.failed[0].actual
