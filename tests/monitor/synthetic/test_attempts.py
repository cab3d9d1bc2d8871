"""An attempt at a check: what it is told as, against a real site; and no secret in it, wherever one was planted."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import corpus
from tests.monitor.synthetic.site import Served, served
from tests.web.faults import http, wire
from trivigil.monitor.facts import Attempt, Checked, as_json, concluded
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.attempts import MOST_FAILED, attempt, refuse_writes
from trivigil.monitor.synthetic.check_file import CheckFile
from trivigil.monitor.synthetic.hurl.entries import read
from trivigil.monitor.synthetic.problem import CheckFileError
from trivigil.monitor.synthetic.remarks import read as read_remarks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GET = "GET {{target}}"
OK = "\nHTTP 200\n[Asserts]\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("certificates")) as found:
        yield found


def tried(text: str, bounds: Bounds, total: float = 30) -> Attempt:
    """One attempt at this file."""
    file = CheckFile("checks/a.hurl", "/nowhere/a.hurl", "/nowhere", "a", text)
    check = read_remarks(read(text, file.path, "a"), text).check
    return attempt(check, file, bounds, total=total)


def here(site: Served, **more: object) -> Bounds:
    made = Bounds(site.plain, timeout=5, allow_private=True, allow_writes=True)
    return made._replace(**more)  # type: ignore[arg-type]


def test_a_check_that_is_up(site: Served) -> None:
    """Nothing is said, the phases and the last answer are there."""
    found = tried(GET + "/to/302/json?t=1" + OK.replace("200", "302") + "status == 302\n" + GET + "/json" + OK + "ip exists\n", here(site))  # fmt: skip
    assert (found.status, found.cause, found.message, found.failed) == ("up", None, "", ())
    assert (found.http_status, found.url) == (200, f"{site.plain}/json")
    assert found.phases.ttfb is not None
    assert found.started_at.endswith("Z")
    assert len(found.started_at) == len("2026-01-01T00:00:00.000Z")


@pytest.mark.parametrize(
    ("text", "status", "cause", "place", "message"),
    [
        pytest.param(GET + "/json" + OK + 'jsonpath "$.id" == 8\n', "down", "assertion", (4, 17), 'the claim does not hold: jsonpath "$.id" == 8', id="a claim"),
        pytest.param(GET + "/status/503\nHTTP 200\n", "down", "http-5xx", (2, 6), "the site answered 503, not 200", id="5xx"),
        pytest.param(GET + "/status/404\nHTTP 200\n", "down", "http-4xx", (2, 6), "the site answered 404, not 200", id="4xx"),
        pytest.param(GET + "/status/302\nHTTP 200\n", "down", "assertion", (2, 6), "the site answered 302, not 200", id="3xx"),
        pytest.param(GET + "/status/500\nHTTP *\n[Asserts]\nstatus < 400\n", "down", "http-5xx", (4, 8), "the claim does not hold: status < 400", id="a claim about the status"),
        pytest.param(GET + '/status/500\nHTTP *\n[Asserts]\nbody == "x"\n', "down", "assertion", (4, 6), 'the claim does not hold: body == "x"', id="a claim about something else"),
        pytest.param(GET + "/json\nHTTP 200\nETag: x\n", "down", "assertion", (3, 7), "the header has another value: ETag: x", id="a header"),
        pytest.param(GET + "/json\nHTTP 200\nX-Gone: x\n", "down", "assertion", (3, 1), "the header is missing: X-Gone: x", id="no header"),
        pytest.param(GET + '/json\nHTTP 200\n[Captures]\na: jsonpath "$.gone"\n', "down", "assertion", (4, 4), "query didn't return any result: a: jsonpath \"$.gone\"", id="a capture"),
        pytest.param(GET + "/json" + OK + 'jsonpath "$.name" toInt == 7\n', "down", "assertion", (4, 19), 'filter error: jsonpath "$.name" toInt == 7', id="a filter"),
        pytest.param(GET + "/loop\n[Options]\nlocation: true\nmax-redirs: 2\n", "down", "redirect-loop", (1, 5), "the redirects do not end", id="a loop"),
        pytest.param("GET http://127.0.0.1:9/", "down", "refused", (1, 5), "nothing listens there: GET http://127.0.0.1:9/", id="refused"),
        pytest.param(GET + "/short", "down", "transfer-short", (1, 5), "the body is shorter than its Content-Length", id="cut"),
        pytest.param(GET + "/away/http%3A%2F%2F169.254.169.254%2F\n[Options]\nlocation: true\n", "unknown", "blocked-address", (1, 5), "the address is not allowed: it is a cloud's metadata service", id="a redirect to metadata"),
        pytest.param(GET + "/{{nobody}}", "unknown", "unknown", (1, 18), "you must set the variable nobody", id="an unknown variable"),
        pytest.param(GET + "/json" + OK + 'body == "{{nobody}}"\n', "unknown", "unknown", (4, 12), "you must set the variable nobody", id="an unknown variable in a claim"),
        pytest.param("POST {{target}}/echo\nfile,gone;\n", "unknown", "unknown", (2, 6), "the file beside the check could not be read", id="no file beside"),
        pytest.param("GET {{target}}x y", "unknown", "unknown", (1, 5), "the address has a blank in it", id="no address"),
        pytest.param(GET + "/json\n[Options]\nskip: true\n", "unknown", "unknown", None, "nothing was asked: all steps are skipped", id="all skipped"),
        pytest.param(GET + "/json" + OK + "status == 1 # trivigil: warn\n", "degraded", "assertion", (4, 8), "the claim does not hold: status == 1", id="a warning"),
        pytest.param(GET + "/slow/60" + OK + "duration < 1 # trivigil: warn\n", "degraded", "slow", (4, 10), "the claim does not hold: duration < 1", id="slow"),
        pytest.param(GET + "/slow/60" + OK + "duration < 1\n", "down", "assertion", (4, 10), "the claim does not hold: duration < 1", id="too slow"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(
    site: Served, text: str, status: str, cause: str, place: tuple[int, int] | None, message: str
) -> None:
    """Status, cause, place and words."""
    found = tried(text, here(site))
    assert (found.status, found.cause) == (status, cause)
    assert found.message.startswith(message)
    assert [(each.line, each.column) for each in found.failed] == ([place] if place else [])


def test_all_claims_are_told(site: Served) -> None:
    """Failed ones first, then warnings, those of steps before too; what the site sent is in `actual`."""
    warned = GET + "/json" + OK + 'jsonpath "$.name" == "x" # trivigil: warn\n'
    text = warned + GET + "/json" + OK + 'jsonpath "$.id" == "7"\nip == "x" # trivigil: warn\nbytes count == 0\n'  # fmt: skip
    found = tried(text, here(site))
    told = [(each.line, each.severity, each.actual, each.expected) for each in found.failed]
    assert found.status == "down"
    assert told[:2] == [(8, "fail", "integer <7>", "string <7>"), (10, "fail", told[1][2], "integer <0>")]  # fmt: skip
    assert told[2:] == [
        (4, "warn", "string <café>", "string <x>"),
        (9, "warn", "string <127.0.0.1>", "string <x>"),
    ]
    assert "its kinds do not go together" not in found.message
    assert found.message.endswith("(and 3 more)")


def test_a_retry_that_succeeds_is_up(site: Served) -> None:
    """What failed before it is forgotten; its time is not."""
    site.forget()
    text = GET + "/flaky/u/3\n[Options]\nretry: 3\nretry-interval: 10ms\nHTTP 200\n"
    found = tried(text, here(site))
    assert (found.status, found.failed, len(site.asked)) == ("up", (), 3)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param("retry: 1000000000\nretry-interval: 20ms", id="retries"),
        pytest.param("retry: 1000000000\nretry-interval: 0", id="retries without a pause"),
        pytest.param("retry: 3\nretry-interval: 1000000000s", id="a long pause"),
    ],
)
def test_a_check_ends(site: Served, options: str) -> None:
    """Whatever the file says, within its total time; what was wrong last is told."""
    found = tried(GET + f"/status/503\n[Options]\n{options}\nHTTP 200\n", here(site), total=0.5)
    assert found.status == "down"
    assert found.cause in ("http-5xx", "slow", "ttfb-timeout")


def test_a_delay_beyond_the_time_left(site: Served) -> None:
    """Is no pass: the step was not done."""
    site.forget()
    found = tried(GET + "/json\n[Options]\ndelay: 3600s\nHTTP 200\n", here(site), total=0.5)
    assert (found.status, found.cause, site.asked) == ("down", "slow", [])
    assert "no time is left" in found.message


def test_variables(site: Served) -> None:
    """As with Hurl's own option, words that are numbers are numbers; secrets are texts; the target is the target."""
    bounds = here(site, variables={"n": "7", "f": "7.0", "t": "true", "q": '"7"', "target": "x"}, secrets={"s": "7"})  # fmt: skip
    claims = 'jsonpath "$.id" == {{n}}\njsonpath "$.id" == {{f}}\njsonpath "$.ok" == {{t}}\njsonpath "$.id" == {{q}}\njsonpath "$.id" == {{s}}\n'
    found = tried(GET + "/json" + OK + claims, bounds)
    assert [each.line for each in found.failed] == [7, 8]


def test_methods_that_write_are_refused_before_anything_is_sent(site: Served) -> None:
    """At the place of the step, with the way out."""
    check = read(GET + "/json\n\nDELETE {{target}}/echo\n", "checks/a.hurl", "a")
    refuse_writes(check, here(site))
    with pytest.raises(CheckFileError, match=r"^checks/a\.hurl:3:1: expected GET.*--allow-writes"):
        refuse_writes(check, here(site, allow_writes=False))


def test_a_firewall_is_not_the_site(site: Served) -> None:
    """Its refusal says nothing of the target; the same status from the site does."""
    for headers, told in (
        (["cf-mitigated: challenge"], ("unknown", "waf-block")),
        ([], ("down", "http-4xx")),
    ):
        with wire(http("403 Forbidden", *headers)) as walled:
            bounds = here(site, target=walled.url(""))
            found = tried("GET {{target}}/\nHTTP 200\n", bounds)
        assert (found.status, found.cause) == told
        assert ("Cloudflare turned the check away with 403" in found.message) == bool(headers)


def test_claims_are_bounded(site: Served) -> None:
    """A file of a thousand failing lines tells of some."""
    found = tried(GET + "/json" + OK + "status == 1\n" * 200, here(site))
    assert len(found.failed) == MOST_FAILED


# --- Hostile sites, and secrets ------------------------------------------------------------------


def _printed(found: Attempt) -> str:
    rows = as_json([concluded(Checked("a", "synthetic", (found,)))])
    return json.dumps(rows, ensure_ascii=False) + json.dumps(rows) + repr(found)


CANARY = 'cAnAry-7f "ü&/x+9'
CLAIMS = (
    'body == "x"\nheader "X-A" == "x"\nheader "Set-Cookie" == "x"\ncookie "sid" == "x"\nurl == "x"\nbytes == hex,00;\njsonpath "$.a" toInt == 1\n'
    'jsonpath "$.a" toDate "%Y" == "x"\nbody base64Decode == hex,00;\nxpath "string(//a)" == "x"\nregex /(A.*)/ == "x"\nbody urlDecode == "x"\nvariable "s" == 1\n'
    'body htmlUnescape == "x"\njsonpath "$" == 1\nbody == "{{s}}x"\nbody replace "a" "{{s}}" == "x"\nbody decode "{{s}}" == "x"\n'
)


@pytest.mark.parametrize("form", range(8))
def test_planted_secrets_are_in_no_output(form: int) -> None:
    """In the URL, headers, bodies, cookies and errors, in any of the forms in which a site sends it back."""
    forms = [
        CANARY,
        quote(CANARY, safe=""),
        json.dumps(CANARY)[1:-1],
        json.dumps(CANARY, ensure_ascii=False)[1:-1],
        b64encode(CANARY.encode()).decode(),
        b64encode(f"user:{CANARY}".encode()).decode(),
        CANARY.encode().hex(),
        CANARY.upper(),
    ]
    back = forms[form]
    body = json.dumps({"a": back}, ensure_ascii=False).encode() + f"<a>{back}</a>".encode()
    answer = http("200 OK", f"X-A: {back}", f"Set-Cookie: sid={back}", f"Location: /{back}", "Content-Type: application/json", body=body)  # fmt: skip
    with wire(answer) as site:
        text = f"GET {{{{target}}}}/{quote(CANARY)}?t={quote(CANARY)}\nX-S: {{{{s}}}}\n[Cookies]\nc: x\n[BasicAuth]\nbob: {{{{s}}}}" + OK + CLAIMS  # fmt: skip
        bounds = Bounds(site.url("", "http"), 5, allow_private=True, secrets={"s": CANARY})
        found = tried(text, bounds)
    assert found.status == "down"
    assert len(found.failed) > 10
    printed = _printed(found).lower()
    assert "canary" not in printed
    for one in forms:
        assert one.lower() not in printed
        assert one[:12].lower() not in printed


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("/echo\nAuthorization: Bearer canary-1" + OK + 'body == ""\n', id="a token"),
        pytest.param("/echo\nCookie: a=canary-1" + OK + 'body == ""\n', id="a cookie that is sent"),
        pytest.param("/echo\n[BasicAuth]\nbob: canary-1" + OK + 'body == ""\n', id="a password"),
        pytest.param("/set" + OK + 'header "Set-Cookie" == ""\ncookie "a" == ""\nbody == ""\n', id="a cookie that is set"),
        pytest.param("/echo?token=canary-1\nHTTP 404\n", id="a query"),
    ],
)  # fmt: skip
def test_credentials_are_in_no_output(text: str) -> None:
    """What lets somebody in is shown nowhere although nobody calls it secret; the claim and the rest of the answer are."""
    said = b"you said canary-1, Bearer canary-1 and Ym9iOmNhbmFyeS0x!"
    answer = http("200 OK", "Set-Cookie: a=canary-1; Path=/", body=said)
    with wire(answer) as site:
        bounds = Bounds(site.url("", "http"), 5, allow_private=True)
        found = tried(GET + text, bounds)
        gone = tried(GET + text, bounds._replace(target="http://127.0.0.1:9"))
    assert (found.status, found.cause) == ("down", "assertion")
    assert "canary" not in _printed(found) + _printed(gone)
    assert found.failed[0].line in range(2, 7)
    assert gone.message.endswith(
        ": GET {{target}}"
        + text.partition("\n")[0].partition("token")[0]
        + ("…" if "token" in text else "")
    )


def test_fields_with_telling_names_are_in_no_output() -> None:
    """A body that is shown keeps its passwords and tokens for itself, and the rest is there."""
    body = b'{"kind": "seen", "password": "canary-\\"1", "accessToken" : "canary-2", "token_type": "bearer"}'
    with wire(http(body=body)) as site:
        bounds = Bounds(site.url("", "http"), 5, allow_private=True)
        found = tried(GET + "/" + OK + 'body == ""\n', bounds)
    assert found.failed[0].actual.count("***") == 2
    assert "canary" not in _printed(found)
    assert "seen" in found.failed[0].actual
    assert "bearer" in found.failed[0].actual


def test_captured_secrets_and_passwords_too(site: Served) -> None:
    """What a check captures with `redact`, and the password in an address."""
    text = (
        'GET http://bob:pass-canary@{{host}}/echo\nHTTP 200\n[Captures]\nt: jsonpath "$.path" replace "/" "canary-" redact\n'
        + GET + "/echo?t={{t}}" + OK + 'jsonpath "$.query[0][1]" == "x"\nbody == "x"\nvariable "t" == "x"\n'
    )  # fmt: skip
    found = tried(text, here(site, variables={"host": site.host}))
    assert len(found.failed) == 3
    assert "canary-echo" not in _printed(found)
    gone = tried("GET http://bob:pass-canary@127.0.0.1:9/\n", here(site))  # fmt: skip
    assert "canary" not in _printed(gone)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(secret=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=6, max_size=40))  # fmt: skip
def test_any_secret_is_in_no_output(secret: str) -> None:
    """Whatever characters it has: sent in a query and echoed raw, encoded and in Base64."""
    forms = (secret, quote(secret, safe=""), b64encode(b"user:" + secret.encode()).decode())
    body = " ".join(forms).encode()
    with wire(http(body=body)) as site:
        text = 'GET {{target}}/\n[Query]\nq: {{s}}\nHTTP 200\n[Asserts]\nbody == "-"\nurl == "-"\nbytes == hex,00;\n'
        bounds = Bounds(site.url("", "http"), 5, allow_private=True, secrets={"s": secret})
        found = tried(text, bounds)
    actual = [each.actual for each in found.failed]
    assert len(actual) == 3
    for form in (*forms, secret.encode().hex()):
        assert not any(form in one for one in actual)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    head=st.sampled_from([b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 x\r\nLocation: ", b"HTTP/1.0 200\r\nSet-Cookie: ", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=", b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n", b""]),
    rest=st.binary(max_size=200),
)  # fmt: skip
def test_whatever_a_site_sends_is_an_attempt(head: bytes, rest: bytes) -> None:
    """Nothing is raised, redirects and all claims included."""
    with wire(head + rest) as site:
        bounds = Bounds(site.url("", "http"), 1, allow_private=True, secrets={"s": "canary"})
        text = "GET {{target}}/\n[Options]\nlocation: true\nmax-redirs: 2\nHTTP *\n[Asserts]\n"
        found = tried(text + CLAIMS, bounds, total=4)
    assert found.status in ("up", "down", "unknown")
    assert "canary" not in _printed(found)


@pytest.mark.parametrize("attack", [*corpus.MENTIONS[:4], *corpus.CLOSING[:3], "::error::x", "\x1b[31m", "a\r\nb", "\u202e", "x" * 9999])  # fmt: skip
def test_hostile_texts_are_shortened_and_visible(attack: str) -> None:
    """Controls, commands and endless texts; what else is dangerous on a page stays for the page to escape."""
    with wire(http(body=attack.encode())) as site:
        bounds = Bounds(site.url("", "http"), 5, allow_private=True)
        found = tried("GET {{target}}/" + OK + 'body == "-"\nbody toInt == 1\n', bounds)
    for each in found.failed:
        assert len(each.actual) <= 300
        assert each.actual.isprintable() or "\u200b" in each.actual
        assert "::" not in each.actual
        assert attack not in each.message


def test_no_repr_holds_a_secret(tmp_path: Path) -> None:
    """Bounds and files may stand in a traceback."""
    bounds = Bounds("http://x", secrets={"s": "canary"}, variables={"v": "canary"})
    assert "canary" not in repr(bounds)
    assert "canary" not in repr(CheckFile("a.hurl", "a", "r", "a", "canary"))
