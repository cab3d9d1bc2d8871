"""Sites that say yes to everything, that lead away, and that stop answering."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.security.suite.shops import ABSENT, DEMO, HTML, PAGE, Answer, small
from trivigil.core.errors import InputError
from trivigil.security import suite
from trivigil.security.suite import directory_listing, exposed_files, report
from trivigil.security.suite.site import MOST_REQUESTS, Site
from trivigil.security.suite.weakness import Outcome
from trivigil.web.probe import Rules


def outcomes_of(site: Site) -> dict[str, Outcome]:
    return {each.id: each for each in suite.run(site)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<!doctype html><html>Welcome!</html>", id="a page"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"ref: refs/heads/main\n", id="a repository everywhere"),
        pytest.param(b"DEBUG=1\n<title>Index of /</title> CREATE TABLE", id="a bit of everything"),
        pytest.param(b"PK\x03\x04", id="an archive everywhere"),
    ],
)
def test_a_site_that_says_yes_to_everything_has_no_files(body: bytes) -> None:
    """What every path has is no file that was left behind, whatever it looks like."""
    with small(lambda *_: Answer(headers=HTML, body=body)) as site:
        assert list(exposed_files.test(site.site())) == []
        assert list(directory_listing.test(site.site())) == []


def test_a_real_file_among_pages_that_always_say_yes() -> None:
    """A file is told from the page that stands for everything."""
    found = {"/.git/HEAD": b"ref: refs/heads/main\n", "/dump.sql": b"CREATE TABLE orders"}
    with small(
        lambda _, path: Answer(headers=HTML, body=found.get(path, b"<html>hi</html>"))
    ) as site:
        urls = [each.url.removeprefix(site.url) for each in exposed_files.test(site.site())]
    assert urls == [".git/HEAD", "dump.sql"]


def test_pages_that_were_looked_at() -> None:
    """Links of the site itself, without those that do something, and without any query."""
    body = (
        b'<a href="/a">x</a><a href="b#part">x</a><a href="/logout">x</a><a href="/items/1/delete">x</a>'
        b'<a href="/c?id=1">x</a><a href="https://other.test/d">x</a><a href="javascript:x">x</a>'
        b'<a href="//other.test/e">x</a><a href="http://[">x</a><A class="z" HREF=/f>x</A>'
    )
    with small(lambda _, path: Answer(headers=HTML, body=body)) as site:
        tried = site.site()
        assert [page.url.removeprefix(site.url) for page in tried.pages()] == ["", "a", "b", "f"]


def test_a_target_that_leads_to_another_host() -> None:
    """It is named, and not tested unasked."""
    away = Answer(301, (("Location", "https://www.other.test/start?token=hunter2"),))
    with small(lambda *_: away) as site, pytest.raises(InputError) as caught:
        suite.run(site.site())
    assert "leads to another host, https://www.other.test/start?token" in caught.value.message
    assert "hunter2" not in str(caught.value)
    assert site.asked == ["GET /"]


def test_a_target_that_leads_to_another_port() -> None:
    """Behind it may be anything: it is named, and not asked."""
    with small(lambda *_: PAGE) as other:
        away = Answer(302, (("Location", f"{other.url}admin"),))
        with small(lambda *_: away) as site, pytest.raises(InputError) as caught:
            suite.run(site.site())
    assert f"leads to another port, {other.url}admin" in caught.value.message
    assert other.asked == []


def test_answers_that_do_not_end() -> None:
    """A site that begins every answer and ends none costs a few times the patience of one request, and is no tested one."""
    asked = []

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response_only(200)
            self.end_headers()
            self.rfile.read(1)  # until who asked hangs up

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        outcomes = outcomes_of(Site(url, Rules(timeout=0.2, allow_private=True)))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    failed = {each.id: each.reason for each in outcomes.values() if each.state == "failed"}
    assert failed["exposed-files"] == "the site's answers do not end in time"
    assert len(asked) < 8


def test_a_target_that_leads_on_is_tested_there() -> None:
    """A redirect within the host is gone along with."""
    to = Answer(302, (("Location", "/start"),))
    with small(lambda _, path: to if path == "/" else PAGE) as site:
        tried = site.site()
        assert tried.page().url == f"{site.url}start"
        assert tried.target.path == "/start"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://169.254.169.254/"])
def test_a_target_that_does_not_answer(url: str) -> None:
    """Nothing was tested: that is an error, and no report without findings."""
    with pytest.raises(InputError, match="does not answer"):
        suite.run(Site(url, Rules(timeout=2, allow_private=True)))


def test_a_loopback_target_needs_leave() -> None:
    """Nothing is sent to it unasked."""
    with small(lambda *_: PAGE) as site, pytest.raises(InputError, match="--allow-private"):
        suite.run(Site(site.url, Rules()))
    assert site.asked == []


def test_a_site_that_stops_answering() -> None:
    """What was not asked any more could not be decided; it is asked only a few times more."""
    left = [12]

    def answer(method: str, path: str) -> Answer | None:
        left[0] -= 1
        return PAGE if left[0] > 0 else None

    with small(answer) as site:
        outcomes = outcomes_of(site.site())
    assert outcomes["referrer-policy"].state == "found"
    failed = [each for each in outcomes.values() if each.state == "failed"]
    assert {each.id for each in failed} >= {"directory-listing", "exposed-files", "open-redirect"}
    assert "the site stopped answering" in {each.reason for each in failed}
    assert len(site.asked) < 35


def test_a_single_silence_is_asked_again() -> None:
    """One lost answer decides nothing."""
    said: list[str] = []

    def answer(method: str, path: str) -> Answer | None:
        said.append(path)
        return None if len(said) % 7 == 0 else ABSENT if path != "/" else PAGE

    with small(answer) as site:
        outcomes = outcomes_of(site.site())
    assert "failed" not in {each.state for each in outcomes.values()}


def test_a_site_that_does_not_want_to_be_asked_so_often() -> None:
    """Status 429 is no answer to a question: the check could not be decided."""
    busy = Answer(429)
    with small(lambda _, path: PAGE if path == "/" else busy) as site:
        outcomes = outcomes_of(site.site())
    assert outcomes["exposed-files"].state == "failed"
    assert "429" in (outcomes["exposed-files"].reason or "")


def test_what_was_found_before_a_failure_is_kept() -> None:
    """A check that fails half way has failed, and still tells what it found."""

    def answer(method: str, path: str) -> Answer | None:
        if path == "/.git/HEAD":
            return Answer(body=b"ref: refs/heads/main\n")
        return Answer(429) if path == "/.env" else PAGE if path == "/" else ABSENT

    with small(answer) as site:
        outcome = outcomes_of(site.site())["exposed-files"]
    assert (outcome.state, len(outcome.weaknesses)) == ("failed", 1)
    text = report.dump(site.url, "2026-01-02T03:04:05Z", [outcome])
    assert '"complete": false' in text


def test_the_number_of_requests_is_bounded() -> None:
    """A site of endless pages is left after a number of requests."""
    with small(lambda *_: PAGE) as site:
        tried = site.site()
        tried.requests = MOST_REQUESTS
        outcome = suite._outcome("x", exposed_files, tried)
    assert outcome.state == "failed"
    assert site.asked == []


@pytest.mark.parametrize(
    ("status", "state"),
    [pytest.param(403, "failed", id="refused"), pytest.param(500, "failed", id="broken")],
)
def test_an_account_that_cannot_log_in(status: int, state: str) -> None:
    """A test account that does not work is said, and is no pass."""
    with small(lambda method, _: Answer(status) if method == "POST" else PAGE) as site:
        outcomes = outcomes_of(site.site(allow_writes=True, login=DEMO))
    assert outcomes["session-rotation"].state == state
    assert str(status) in (outcomes["session-rotation"].reason or "")


def test_without_an_account_the_limit_is_tested_all_the_same() -> None:
    """What needs an account is skipped; the limit needs none."""
    with small(lambda method, _: Answer(401) if method == "POST" else PAGE) as site:
        outcomes = outcomes_of(site.site(allow_writes=True))
    assert outcomes["session-rotation"].state == "skipped"
    assert outcomes["user-enumeration"].state == "skipped"
    assert outcomes["login-limit"].state == "found"


def test_a_site_without_a_login() -> None:
    """No login is no login without a limit, and is tried once."""
    with small(lambda method, _: ABSENT if method == "POST" else PAGE) as site:
        outcomes = outcomes_of(site.site(allow_writes=True))
    assert outcomes["login-limit"].state == "skipped"
    assert site.asked.count("POST /login") == 1


def test_a_site_that_hangs_up_on_odd_requests() -> None:
    """Hanging up is one way to refuse what no page expects: the check goes on."""
    odd = "id[]=1"

    def answer(method: str, path: str) -> Answer | None:
        if "%00" in path or odd in path:
            return None
        return Answer(500, body=b"Traceback (most recent call last):") if "?" in path else PAGE

    with small(answer) as site:
        outcome = outcomes_of(site.site())["error-pages"]
    assert (outcome.state, outcome.reason) == ("found", None)
