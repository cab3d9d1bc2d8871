"""Check files end here as they end with real Hurl, both asking the same loopback server at the same time.

TRIVIGIL_HURL names Hurl 8.0.1 (`cargo install hurl@8.0.1 --locked`). Compared are the exit code and the places of what failed.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.monitor.synthetic.site import Served, served
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic.course import follow
from trivigil.monitor.synthetic.languages import load
from trivigil.monitor.synthetic.problem import CheckFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

HURL = os.environ.get("TRIVIGIL_HURL", "")
pytestmark = pytest.mark.skipif(not HURL, reason="TRIVIGIL_HURL names no Hurl 8.0.1")

GET = "GET {{target}}"
JSON = GET + "/json\nHTTP 200\n[Asserts]\n"
CASES = {
    "a pass": GET + "/json\nHTTP 200\n",
    "any status": GET + "/status/418\nHTTP *\n[Asserts]\nstatus == 418\n",
    "no expectation": GET + "/status/500\n",
    "wrong status hides claims": GET + '/status/500\nHTTP 200\n[Asserts]\nheader "X" exists\n',
    "wrong version": GET + "/json\nHTTP/1.0 200\n",
    "two claims fail": JSON + 'jsonpath "$.id" == 8\njsonpath "$.name" == "café"\njsonpath "$.id" > 7\n',
    "kinds are strict": JSON + 'jsonpath "$.id" == "7"\njsonpath "$.id" == 7.0\njsonpath "$.none" == null\n',
    "nothing there": JSON + 'jsonpath "$.gone" not exists\njsonpath "$.gone" == 1\njsonpath "$.gone" not == 1\n',
    "filters": JSON + 'jsonpath "$.list" count == 3\njsonpath "$.list" nth 1 == 2\njsonpath "$.list" nth 9 exists\njsonpath "$.name" toInt == 1\n',
    "nodes": JSON + 'jsonpath "$.deep.a[*].b" == "x"\njsonpath "$.deep.a[*].b" includes "y"\njsonpath "$..b" count == 2\n',
    "expected headers": GET + '/json\nHTTP 200\nETag: "v7"\nContent-Type: text/html\nX-Gone: 1\n',
    "many headers": GET + '/many\nHTTP 200\nX-Many: two\n[Asserts]\nheader "X-Many" count == 2\nheader "X-Many" == "one"\n',
    "expected body": GET + "/many\nHTTP 200\n```\na\nc\n```\n",
    "body as text": GET + '/latin\nHTTP 200\n[Asserts]\nbody == "café"\nbytes count == 4\nsha256 == hex,00;\n',
    "body matches": GET + '/many\nHTTP 200\n[Asserts]\nbody matches /^a/\nbody not matches /b/\nbody contains "z"\n',
    "compressed": GET + '/gzip\n[Options]\ncompressed: true\nHTTP 200\n[Asserts]\nbody == "Hello"\nheader "Content-Encoding" == "gzip"\nrawbytes count == 5\n',
    "not compressed": GET + '/gzip\nHTTP 200\n[Asserts]\nheader "Content-Encoding" not exists\nbody == "Hello"\n',
    "redirects are not followed": GET + "/to/302/json\nHTTP 200\n",
    "redirects are followed": GET + '/to/302/to/301/json\n[Options]\nlocation: true\nHTTP 200\n[Asserts]\nredirects count == 2\nurl endsWith "/json"\nurl endsWith "/to"\n',
    "too many redirects": GET + "/loop\n[Options]\nlocation: true\nmax-redirs: 3\nHTTP 200\n",
    "a POST becomes a GET": 'POST {{target}}/to/303/echo\n[Options]\nlocation: true\n{"a": 1}\nHTTP 200\n[Asserts]\njsonpath "$.method" == "GET"\njsonpath "$.body" == ""\n',
    "a POST stays one after 307": 'POST {{target}}/to/307/echo\n[Options]\nlocation: true\n`hi`\nHTTP 200\n[Asserts]\njsonpath "$.method" == "POST"\njsonpath "$.body" == "hi"\n',
    "captures": GET + '/json\nHTTP 200\n[Captures]\nname: jsonpath "$.name"\nid: jsonpath "$.id"\n' + GET + '/echo?n={{name}}&i={{id}}\nHTTP 200\n[Asserts]\njsonpath "$.query[1][1]" == "7"\njsonpath "$.query[0][1]" == "cafe"\nvariable "id" == 7\n',
    "a capture without a value": GET + '/json\nHTTP 200\n[Captures]\na: jsonpath "$.gone"\n[Asserts]\nstatus == 1\n',
    "unknown variable in an address": GET + "/{{nobody}}\nHTTP 200\n",
    "unknown variable in a claim": JSON + 'jsonpath "$.id" == {{nobody}}\njsonpath "$.id" == 8\n',
    "unknown variable in a header": GET + "/json\nX-A: {{nobody}}\nHTTP 200\n",
    "cookies": GET + '/cookies\nHTTP 200\n[Asserts]\ncookie "sid" == "s-1"\ncookie "sid[HttpOnly]" exists\ncookie "sid[SameSite]" == "Strict"\n' + GET + '/echo\n[Cookies]\nown: 2\nHTTP 200\n[Asserts]\njsonpath "$.headers.Cookie[0]" == "sid=s-1; own=2"\n',
    "cookies by path": GET + "/cookies\n\n" + GET + "/in/echo\nHTTP 404\n\n" + GET + '/echo/in\nHTTP 200\n[Asserts]\njsonpath "$.headers.Cookie[0]" == "sid=s-1"\n',
    "basic authentication": GET + '/echo\n[BasicAuth]\nbob: pa ss\nHTTP 200\n[Asserts]\njsonpath "$.headers.Authorization[0]" == "Basic Ym9iOnBhIHNz"\n',
    "user option": GET + '/echo\n[Options]\nuser: bob:pw\nHTTP 200\n[Asserts]\njsonpath "$.headers.Authorization[0]" == "Basic Ym9iOnB3"\n',
    "user in the address": 'GET http://bob:p%40w@{{host}}/echo\nHTTP 200\n[Asserts]\njsonpath "$.headers.Authorization[0]" == "Basic Ym9iOnBAdw=="\nurl startsWith "http://bob:p%40w@"\n',
    "query section": GET + '/echo?z=0\n[Query]\na: 1 2\nb: é&=\nHTTP 200\n[Asserts]\njsonpath "$.query" count == 3\njsonpath "$.query[1][1]" == "1 2"\njsonpath "$.query[2][1]" == "é&="\n',
    "form": 'POST {{target}}/echo\n[Form]\na: 1 2\nb: é\nHTTP 200\n[Asserts]\njsonpath "$.body" == "a=1%202&b=%C3%A9"\njsonpath "$.headers[\'Content-Type\'][0]" == "application/x-www-form-urlencoded"\n',
    "headers are sent as they are": GET + '/echo\nX-A: é 1\nX-A: two\nHTTP 200\n[Asserts]\njsonpath "$.headers[\'X-A\']" count == 2\njsonpath "$.headers.Accept[0]" == "*/*"\njsonpath "$.headers[\'Accept-Encoding\']" == null\n',
    "own host and accept": GET + '/echo\nHost: other.test\nAccept: text/plain\nHTTP 200\n[Asserts]\njsonpath "$.headers.Host[0]" == "other.test"\njsonpath "$.headers.Accept" count == 1\n',
    "put and delete": 'PUT {{target}}/echo\n`x`\nHTTP 200\n[Asserts]\njsonpath "$.method" == "PUT"\nDELETE {{target}}/echo\nHTTP 200\n[Asserts]\njsonpath "$.method" == "PUT"\n',
    "a POST without a body": 'POST {{target}}/echo\nHTTP 200\n[Asserts]\njsonpath "$.body" == ""\njsonpath "$.headers[\'Content-Type\']" == null\n',
    "head": 'HEAD {{target}}/json\nHTTP 200\n[Asserts]\nbytes count == 0\nheader "ETag" == "\\"v7\\""\n',
    "options method": "OPTIONS {{target}}/status/204\nHTTP 204\n",
    "retry in the end": GET + "/flaky/a/3\n[Options]\nretry: 4\nretry-interval: 20ms\nHTTP 200\n",
    "retry in vain": GET + "/flaky/b/9\n[Options]\nretry: 2\nretry-interval: 20ms\nHTTP 200\n",
    "repeat": GET + "/flaky/c/3\n[Options]\nrepeat: 2\nHTTP 503\n" + GET + "/flaky/c/3\nHTTP 200\n",
    "skip": GET + "/status/500\n[Options]\nskip: true\nHTTP 200\n" + GET + "/json\nHTTP 200\n",
    "delay and duration": GET + "/slow/150\n[Options]\ndelay: 20ms\nHTTP 200\n[Asserts]\nduration > 100\nduration < 100\n",
    "max-time": GET + "/slow/900\n[Options]\nmax-time: 200ms\nHTTP 200\n",
    "an option by a variable": GET + "/flaky/d/3\n[Options]\nvariable: n=4\nretry: {{n}}\nretry-interval: 10ms\nHTTP 200\n",
    "cut body": GET + "/short\nHTTP 200\n",
    "no answer": GET + "/drop\nHTTP 200\n",
    "refused": "GET http://127.0.0.1:9/\nHTTP 200\n",
    "no such name": "GET http://no-such-name.invalid/\nHTTP 200\n",
    "bad scheme": "GET ftp://127.0.0.1/\nHTTP 200\n",
    "dots in the path": GET + '/a/../json\nHTTP 200\n[Asserts]\nurl endsWith "/json"\nurl contains ".."\n',
    "odd characters": GET + '/echo/é?q=|&r=é\nHTTP 200\n[Asserts]\njsonpath "$.query[0][1]" == "|"\nurl endsWith "/echo/%C3%A9?q=|&r=%C3%A9"\nurl == ""\n',
    "no path": 'GET http://{{host}}\nHTTP 404\n[Asserts]\nurl endsWith "/"\n',
    "ip": JSON + 'ip == "127.0.0.1"\nip isIpv6\n',
    "untrusted certificate": "GET {{tls}}/json\nHTTP 200\n",
    "insecure": "GET {{tls}}/json\n[Options]\ninsecure: true\nHTTP 200\n[Asserts]\n"
    'certificate "Subject" == "CN = 127.0.0.1"\ncertificate "Issuer" contains "authority"\ncertificate "Expire-Date" daysAfterNow > 80\n'
    'certificate "Start-Date" daysBeforeNow == 1\ncertificate "Subject-Alt-Name" == "IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost"\n'
    'certificate "Serial-Number" matches /^([0-9a-f]{2}:)+[0-9a-f]{2}$/\ncertificate "Value" startsWith "-----BEGIN CERTIFICATE-----"\ncertificate "Subject" == "x"\n',
    "no certificate over http": JSON + 'certificate "Subject" not exists\ncertificate "Subject" exists\n',
    "a file beside": 'POST {{target}}/echo\nfile,data.txt;\nHTTP 200\n[Asserts]\njsonpath "$.body" == "beside"\n',
    "a file that is not there": "POST {{target}}/echo\nfile,gone.txt;\nHTTP 200\n",
    "a file outside": "POST {{target}}/echo\nfile,../outside.txt;\nHTTP 200\n",
    "warnings are comments to Hurl": JSON + 'jsonpath "$.id" == 7 # trivigil: tags a\n# trivigil: retries 2\njsonpath "$.id" == 8\n',
    "expected something else": GET + "/json\nHTTP 200\n[Asserts]\nstatus is 200\n",
    "a section twice": GET + "/json\nHTTP 200\n[Asserts]\nstatus == 200\n[Asserts]\nstatus == 200\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("certificates")) as found:
        yield found


def _variables(site: Served) -> dict[str, str]:
    return {"target": site.plain, "host": site.host, "tls": site.tls}


def _by_hurl(folder: Path, site: Served) -> tuple[int, list[tuple[int, int]]]:
    """Exit code, and the places of errors; a column that Hurl does not tell is 0."""
    given = [f"--variable={name}={value}" for name, value in _variables(site).items()]
    command = [HURL, "--test", "--no-color", "--jobs", "1", *given, "a.hurl"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=30, check=False
    )
    places = re.findall(r"--> a\.hurl:(\d+):(\d+)", done.stderr)
    return done.returncode, [(int(line), int(column)) for line, column in places]


def _bounds(site: Served) -> Bounds:
    return Bounds(site.plain, 5, allow_private=True, allow_writes=True, variables=_variables(site))


def _by_us(
    folder: Path, bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, list[tuple[int, int]]]:
    """Hurl's exit code for what our course of the check found, and the places that the monitor's attempt tells of."""
    kinds: list[str] = []

    def watched(*given: object) -> object:
        account = follow(*given)  # type: ignore[arg-type]
        kinds.extend(failure.kind for failure in account.failures)
        return account

    monkeypatch.setattr("trivigil.monitor.synthetic.attempts.follow", watched)
    (planned,) = load("tests", bounds, directory=str(folder))
    made = planned.attempt(bounds)
    assert (made.status == "up") == (not kinds)
    places = [(each.line or 0, each.column or 0) for each in made.failed]
    return 3 if "error" in kinds else 4 if kinds else 0, places


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_a_file_ends_as_with_hurl(
    text: str, site: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same exit code, same places, whatever the file does."""
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "a.hurl").write_text(text, encoding="utf-8")
    (tests / "data.txt").write_text("beside")
    (tmp_path / "outside.txt").write_text("outside")
    site.forget()
    code, theirs = _by_hurl(tests, site)
    site.forget()
    try:
        ours, found = _by_us(tmp_path, _bounds(site), monkeypatch)
    except CheckFileError as error:
        ours, found = 2, [(error.place.line, error.place.column)]
    found = [
        (line, column if theirs[at : at + 1] and theirs[at][1] else 0)
        for at, (line, column) in enumerate(found)
    ]
    assert (ours, found) == (code, theirs)
