"""Python checks tried against a real site, each in a process of its own."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, Any

import pytest

from tests.monitor.synthetic.site import Served, served
from trivigil.launching.process import free_port
from trivigil.monitor.facts import Attempt, Checked, as_json
from trivigil.monitor.planned import Bounds
from trivigil.monitor.synthetic import check_file, python_checks
from trivigil.monitor.synthetic.languages import load
from trivigil.monitor.synthetic.py.browser import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

CANARY = "canary-5f1e7a"
CHROMIUM = os.environ.get("TRIVIGIL_CHROMIUM") or next(filter(None, map(which, NAMES)), None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("site")) as found:
        yield found


def tried(folder: Path, site: Served, body: str, **bounds: Any) -> Attempt:
    """The function with this body, tried once."""
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    (folder / "a_check.py").write_text("def check_a(site):\n" + lines, encoding="utf-8")
    how = Bounds(site.plain, 5, allow_private=True, secrets={"password": CANARY})._replace(**bounds)
    (one,) = load(".", how, directory=str(folder))
    return one.attempt(how)


@pytest.mark.parametrize(
    ("body", "status", "cause", "message"),
    [
        pytest.param("assert site.client().get('/json').json()['id'] == 7", "up", None, "", id="all well"),
        pytest.param("assert site.client().get('/json').json()['id'] == 8", "down", "assertion", "the claim does not hold: assert site", id="wrong value"),
        pytest.param("assert site.client().get('/status/503').status_code == 200", "down", "http-5xx", "the claim does not hold", id="server error"),
        pytest.param("site.client().get('/status/404').raise_for_status()", "down", "http-4xx", "the check broke off with HTTPStatusError", id="client error, raised"),
        pytest.param("assert site.client().get('/status/404').json() == {}", "down", "assertion", "the check broke off with JSONDecodeError", id="no JSON"),
        pytest.param("site.client().get('/drop')", "down", "reset", "", id="no answer"),
        pytest.param("site.client(timeout=0.2).get('/slow/900')", "down", "ttfb-timeout", "", id="its own time limit"),
        pytest.param("assert site.client().get('/to/302/json').status_code == 302", "up", None, "", id="redirects are not followed"),
        pytest.param("assert site.client(follow_redirects=True).get('/to/302/gzip').text == 'Hello'", "up", None, "", id="unless asked; and unpacked"),
        pytest.param("site.client(follow_redirects=True).get('/away/http:%2F%2F169.254.169.254%2F')", "unknown", "blocked-address", "the address is not allowed", id="a redirect to a metadata service"),
        pytest.param("site.client().post('/echo', json={})", "unknown", "unknown", "POST may change something", id="writing needs leave"),
        pytest.param("site.client(proxy='http://127.0.0.1:9')", "unknown", "unknown", "the check broke off with TypeError", id="a way around the connection"),
        pytest.param("import nowhere", "unknown", "unknown", "the check broke off with ModuleNotFoundError", id="broken before it asked"),
        pytest.param("import os\nos._exit(3)", "unknown", "unknown", "ended without a result (exit 3)", id="it ends itself"),
        pytest.param("raise SystemExit(0)", "unknown", "unknown", "the check broke off with SystemExit", id="leaving is no passing"),
        pytest.param("assert site.warn(1) and not site.warn(0, 'zero')", "degraded", "assertion", "a claim that warns", id="a warning"),
    ],
)  # fmt: skip
def test_what_comes_of_it(
    tmp_path: Path, site: Served, body: str, status: str, cause: str | None, message: str
) -> None:
    """As for any other language."""
    found = tried(tmp_path, site, body)
    assert (found.status, found.cause) == (status, cause), found
    assert message in found.message


def test_cookies_steps_and_writes(tmp_path: Path, site: Served) -> None:
    """One client keeps its cookies; with leave it may write; phases are those of all requests."""
    body = """
with site.client() as client:
    client.get("/cookies")
    sent = client.post("/echo", json={"a": site.variables["name"]}, headers={"X-A": "b"}).json()
assert sent["headers"]["Cookie"] == ["sid=s-1"], sent
assert sent["body"] == '{"a":"x"}', sent
assert sent["headers"]["User-Agent"] == ["trivigil"]
assert "gzip" in sent["headers"]["Accept-Encoding"][0]
"""
    found = tried(tmp_path, site, body, allow_writes=True, variables={"name": "x"})
    assert found.failed == ()
    assert found.url == f"{site.plain}/echo"
    assert (found.http_status, found.phases.dns) == (200, None)
    assert found.phases.ttfb is not None


def test_a_failure_is_told_at_its_line(tmp_path: Path, site: Served) -> None:
    """The innermost line of the check file, also where the exception comes from elsewhere; the text of the exception stands apart."""
    body = """
def claim(text):
    import json
    json.loads(text)
claim(site.client().get("/many").text)
"""
    (failed,) = tried(tmp_path, site, body).failed
    assert (failed.line, failed.column) == (4, 9)
    assert failed.actual.startswith("Expecting value")


def test_a_file_that_cannot_be_loaded(tmp_path: Path, site: Served) -> None:
    """Says nothing of the target."""
    (tmp_path / "b_check.py").write_text("import nowhere\ndef check_b(site):\n    assert 1\n")
    how = Bounds(site.plain)
    (one,) = load(".", how, directory=str(tmp_path))
    found = one.attempt(how)
    assert (found.status, found.failed[0].line) == ("unknown", 1)
    assert found.message == "the check file cannot be loaded: ModuleNotFoundError: import nowhere"


def test_untrusted_certificates_are_refused_unless_asked(tmp_path: Path, site: Served) -> None:
    """`verify=False`, or the roots of the run."""
    body = f"assert site.client(verify={{}}).get('{site.tls}/json').status_code == 200"
    assert tried(tmp_path, site, body.format(True)).cause == "tls-untrusted"
    assert tried(tmp_path, site, body.format(False)).status == "up"
    assert tried(tmp_path, site, body.format(True), roots=str(site.roots)).status == "up"


def test_the_environment_is_clean(
    tmp_path: Path, site: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No token, no address of a receiver, no secret; nothing in the arguments; an own, empty working directory."""
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)
    monkeypatch.setenv("TRIVIGIL_SLACK_WEBHOOK", CANARY)
    monkeypatch.setenv("TRIVIGIL_SECRET_password", CANARY)
    body = """
import os, sys
seen = open("/proc/self/environ").read() + open("/proc/self/cmdline").read() + str(os.environ)
assert site.secrets["password"] not in seen
assert sorted(os.environ) == ["HOME", "LANG", "PATH", "TMPDIR", "TRIVIGIL_CHECK"], sorted(os.environ)
assert os.listdir() == [] and os.getsid(0) == os.getpid()
assert os.path.basename(__file__) == "a_check.py"
"""
    assert tried(tmp_path, site, body).failed == ()


def test_a_secret_comes_out_nowhere(tmp_path: Path, site: Served) -> None:
    """From the address, an exception, a warning, the output, a value that the check conceals."""
    body = """
secret = site.secrets["password"]
other = site.conceal("other-77aa")
print(secret, other)
site.warn(False, "warned " + secret)
answer = site.client().get("/echo", params={"q": secret}, headers={"X-A": other}, auth=("me", secret))
assert answer.text == "", answer.text + other
"""
    found = tried(tmp_path, site, body)
    assert found.status == "down"
    assert len(found.failed) == 2
    shown = json.dumps(as_json((Checked("a", "synthetic", (found,)),)))
    assert CANARY not in shown
    assert "other-77aa" not in shown.replace('conceal(\\"other-77aa\\")', "")
    assert "***" in found.failed[0].actual


def test_hostile_output_is_cut_and_made_harmless(tmp_path: Path, site: Served) -> None:
    """Megabytes on both streams fill no memory and no message; a workflow command is none any more."""
    body = """
import sys
for _ in range(200):
    print("x" * 10000)
    print("y" * 10000, file=sys.stderr)
print("::error::owned\\x1b[2J")
assert False
"""
    (failed,) = tried(tmp_path, site, body).failed
    assert len(failed.actual) <= 300
    assert "\n::error" not in failed.actual
    assert "\x1b" not in failed.actual


@pytest.mark.parametrize(
    "told", ["[]", "{", '{"outcome": "passed"' + " " * 2_000_000 + "}", "null"]
)
def test_a_result_that_is_none_is_not_believed(tmp_path: Path, site: Served, told: str) -> None:
    """A check that writes to the pipe by itself is unknown."""
    made = tmp_path / "told"
    made.write_text(told)
    body = f"""
import os
for number in range(3, 40):
    try:
        os.write(number, open({str(made)!r}, "rb").read()[:1 << 21])
    except OSError:
        pass
os._exit(0)
"""
    found = tried(tmp_path, site, body)
    assert (found.status, found.cause) == ("unknown", "unknown")


def test_a_check_that_does_not_end_is_stopped_with_all_that_it_started(
    tmp_path: Path, site: Served
) -> None:
    """Also what began a session of its own; it is down, because it is too slow."""
    trace = tmp_path / "pids"
    body = f"""
import os, subprocess, sys, time
new = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
open({str(trace)!r}, "w").write(f"{{os.getpid()}} {{new.pid}}")
print("on my way")
sys.stdout.flush()
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""
    text = "def check_a(site):\n" + "".join(f"    {line}\n" for line in body.strip().split("\n"))
    (tmp_path / "a_check.py").write_text(text)
    file = check_file.read("a_check.py", str(tmp_path / "a_check.py"), str(tmp_path), "a_check")
    found = python_checks.attempt("check_a", file, Bounds(site.plain), total=2)
    assert (found.status, found.cause) == ("down", "slow")
    assert found.message == "the check takes longer than the 2 s that it may take"
    assert found.failed[0].actual == "on my way"
    assert _left(trace) == []


def test_a_fork_that_is_left_behind_delays_nothing(tmp_path: Path, site: Served) -> None:
    """Though it holds the pipe open; it is gone afterwards."""
    trace = tmp_path / "pid"
    body = f"""
import os, time
new = os.fork()
if not new:
    time.sleep(60)
open({str(trace)!r}, "w").write(str(new))
"""
    assert tried(tmp_path, site, body).status == "up"
    assert _left(trace) == []


def _left(trace: Path) -> list[str]:
    """Those of the named processes that still run, once the system has had time to end them."""
    left = trace.read_text(encoding="utf-8").split()
    assert left
    for _ in range(100):
        left = [pid for pid in left if _runs(pid)]
        if not left:
            break
        time.sleep(0.05)
    return left


def _runs(pid: str) -> bool:
    """Whether it is there and no zombie that nobody has waited for."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium: install it, or name it in TRIVIGIL_CHROMIUM")  # fmt: skip
def test_a_page_of_a_browser(tmp_path: Path, site: Served) -> None:
    """The system's Chromium by Playwright: what it sees is claimed, what the network did is the cause, writes and addresses are guarded."""
    pytest.importorskip("playwright", reason="playwright is not installed: trivigil[browser]")
    body = """
with site.page() as page:
    assert page.goto("/json").status == 200
    assert '"id": 7' in page.content()
    blocked = page.evaluate("fetch('/echo', {method: 'POST'}).then(() => 'sent', () => 'refused')")
    assert blocked == "refused"
"""
    site.forget()
    found = tried(tmp_path, site, body, timeout=20)
    assert found.failed == ()
    assert (found.status, found.http_status, found.url) == ("up", 200, f"{site.plain}/json")
    assert found.phases.ttfb is not None
    assert not any(line.startswith("POST") for line in site.asked)
    closed = tried(
        tmp_path,
        site,
        f"with site.page() as page:\n    page.goto('http://127.0.0.1:{free_port()}/')",
        timeout=20,
    )
    assert (closed.status, closed.cause) == ("down", "refused"), closed
    hidden = tried(tmp_path, site, "with site.page() as page:\n    page.goto('/json')", allow_private=False)  # fmt: skip
    assert (hidden.status, hidden.cause) == ("unknown", "blocked-address")
