"""Every check on the example shop: it finds its weakness in the weak one, and is silent on the hardened one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.certificates import Authority
from tests.security.suite.shops import DEMO, EXAMPLES, RULES, shop
from trivigil.security import suite
from trivigil.security.suite import report
from trivigil.security.suite.site import Site
from trivigil.security.suite.weakness import Outcome

CHECKS = tuple(name for name, _ in suite.checks())
EXPECTED = {
    "tls-certificate": {
        "tls-certificate-ended",
        "tls-certificate-name",
        "tls-certificate-untrusted",
    },
    "methods": {"method-trace", "methods-announced"},
    "version-banners": {"version-banner-server", "version-banner-x-powered-by"},
    "cors": {"cors-reflected-origin"},
    "exposed-files": {"exposed-file"},
    "session-rotation": {"session-guessable", "session-fixation"},
}
"""Where a check finds something of another name than its own."""


class Done(NamedTuple):
    """What came of a shop."""

    url: str
    outcomes: dict[str, Outcome]


@contextmanager
def asked_of(security: str, certificate: Path, roots: Path | None) -> Iterator[Done]:
    with shop(security, certificate) as url:
        rules = RULES._replace(roots=str(roots) if roots else None)
        outcomes = suite.run(Site(url, rules, allow_writes=True, login=DEMO))
        yield Done(url, {each.id: each for each in outcomes})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def weak(authority: Authority) -> Iterator[Done]:
    """The weak shop with a certificate that ended, for another name, of an authority nobody knows."""
    with asked_of("weak", authority.sign(["shop.test"], ends=-0.5), None) as done:
        yield done


@pytest.fixture(scope="module")
def hardened(authority: Authority) -> Iterator[Done]:
    """The hardened shop with a good certificate."""
    with asked_of("hardened", authority.sign(), authority.roots) as done:
        yield done


@pytest.mark.parametrize("name", CHECKS)
def test_found_on_the_weak_shop(weak: Done, name: str) -> None:
    """Each check finds what it looks for."""
    outcome = weak.outcomes[name]
    assert (outcome.state, outcome.reason) == ("found", None)
    assert {each.id for each in outcome.weaknesses} == EXPECTED.get(name, {name})


@pytest.mark.parametrize("name", CHECKS)
def test_silent_on_the_hardened_shop(hardened: Done, name: str) -> None:
    """Each check was asked to its end, and found nothing."""
    outcome = hardened.outcomes[name]
    assert (outcome.state, outcome.reason, outcome.weaknesses) == ("passed", None, ())


def test_files_are_told_by_their_path(weak: Done) -> None:
    """Each file that lies open is one weakness, with its address."""
    found = weak.outcomes["exposed-files"].weaknesses
    paths = {each.url.removeprefix(weak.url) for each in found}
    assert paths == {".git/HEAD", ".env", "backup.zip", "index.html.bak", "server-status"}


def test_cookies_are_told_by_name_with_the_line_to_send(weak: Done) -> None:
    """The fix is the whole line, without a value."""
    (found,) = weak.outcomes["cookie-http-only"].weaknesses
    assert found.parameter == "shop_session"
    assert found.fix == "Send `Set-Cookie: shop_session=…; Path=/; HttpOnly`."


def test_the_redirect_is_told_with_its_parameter(weak: Done) -> None:
    """Of all parameters that were tried at once the one that leads away is named."""
    (found,) = weak.outcomes["open-redirect"].weaknesses
    assert (found.url, found.parameter) == (f"{weak.url}login", "next")


def test_every_weakness_says_what_to_do(weak: Done) -> None:
    """Title, description, fix, CWE and an address without query values, each time."""
    for outcome in weak.outcomes.values():
        for each in outcome.weaknesses:
            assert all((each.title, each.description, each.fix, each.cwe > 0))
            assert each.severity > 0
            assert each.url.startswith(weak.url.rstrip("/"))
            assert "=" not in each.url


def test_a_report_holds_nothing_of_what_was_found(weak: Done) -> None:
    """No value of a cookie, no line of a file, no trace, no password."""
    text = report.dump(weak.url, "2026-01-02T03:04:05Z", tuple(weak.outcomes.values()))
    files = (EXAMPLES / "service" / "weak.py").read_text(encoding="utf-8")
    assert "opens-nothing" in files
    for secret in ("opens-nothing", "refs/heads", "=1000", "Traceback (most", "orders.csv", "demo"):
        assert secret not in text, secret
    value = json.loads(text)
    assert (value["complete"], value["errors"]) == (True, [])
    assert len(value["tests"]) == len(CHECKS)
    assert {each["severity"] for each in value["vulnerabilities"]} == {
        "high",
        "medium",
        "low",
        "info",
    }


def test_two_runs_say_the_same(authority: Authority, weak: Done) -> None:
    """Nothing that a run makes up by chance is in what it says, so that a weakness stays the same one."""
    with asked_of("weak", authority.sign(["shop.test"], ends=-0.5), None) as again:
        for name in CHECKS:
            if name != "tls-certificate":  # its facts are of a certificate made anew
                told = [
                    [each._replace(url=each.url.removeprefix(run.url)) for each in run.outcomes[name].weaknesses]
                    for run in (weak, again)
                ]  # fmt: skip
                assert told[0] == told[1]


def test_without_leave_nothing_is_written() -> None:
    """By default the shop is asked with GET, HEAD, OPTIONS and TRACE alone, and what needs more is skipped."""
    with shop("weak") as url:
        outcomes = {each.id: each for each in suite.run(Site(url, RULES, login=DEMO))}
    writing = {name for name, check in suite.checks() if check.WRITES}
    assert writing == {"session-rotation", "user-enumeration", "login-limit"}
    for name in writing:
        assert outcomes[name].state == "skipped"
        assert outcomes[name].requests == 0
        assert "--allow-writes" in (outcomes[name].reason or "")
