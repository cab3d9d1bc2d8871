"""The built-in check of a certificate."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.certificates import Authority, server_context
from tests.web.faults import closed_port, http, wire
from trivigil.monitor import certificates, facts
from trivigil.monitor.facts import Attempt, Status
from trivigil.monitor.planned import Bounds
from trivigil.web.certificate import Certificate
from trivigil.web.observation import Cause, Observation, Phases
from trivigil.web.probe import Rules

NOW = 1_700_000_000.0
DAY = 86400.0


def iso(days: float) -> str:
    """A time so many days from now, as certificates have it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + days * DAY))


def signed(
    ends: float = 90,
    *,
    begins: float = -9,
    subject: str = "CN=shop.test",
    issuer: str = "CN=R1",
    names: tuple[str, ...] = ("shop.test",),
) -> Certificate:
    """A certificate with these days."""
    return Certificate(subject, issuer, names, iso(begins), iso(ends), "00")


def seen(own: Certificate, *others: Certificate, distrust: Cause | None = None) -> Observation:
    """A handshake that showed these."""
    return Observation(
        "https://shop.test/?t=canary-1", "GET", certificate=own, chain=(own, *others),
        distrust=distrust, error=distrust, phases=Phases(1, 2, 3),
    )  # fmt: skip


def judged(
    own: Certificate, *others: Certificate, distrust: Cause | None = None, days: float = 14
) -> Attempt:
    """What is said of it."""
    return certificates.judge(seen(own, *others, distrust=distrust), NOW, days)


@pytest.mark.parametrize("ends", [90.0, 5.0, -1.0], ids=["good", "soon", "ended"])
def test_its_end_is_told(ends: float) -> None:
    """Whatever is said of it, the time of its end goes along: metrics need it."""
    attempt = judged(signed(ends))
    assert attempt.certificate_ends == iso(ends)
    assert facts.read(json.loads(json.dumps(facts.as_json([
        facts.Checked("certificate", "certificate", (attempt,))
    ]))))[0].attempts == (attempt,)  # fmt: skip


@pytest.mark.parametrize(
    ("left", "days", "status", "cause"),
    [
        pytest.param(14.01, 14, "up", None, id="just enough"),
        pytest.param(13.99, 14, "degraded", "assertion", id="too few"),
        pytest.param(3.01, 14, "degraded", "assertion", id="still some"),
        pytest.param(2.99, 14, "down", "assertion", id="hardly any"),
        pytest.param(2.99, 2, "up", None, id="enough for one who renews every few days"),
        pytest.param(1.99, 2, "down", "assertion", id="too few for that one, too"),
        pytest.param(0.01, 0, "up", None, id="no warning wanted"),
    ],
)
def test_days(left: float, days: float, status: Status, cause: Cause | None) -> None:
    """Fewer days than wanted are a warning, hardly any are a failure."""
    attempt = judged(signed(left), days=days)
    assert (attempt.status, attempt.cause) == (status, cause)
    assert attempt.message == (f"the certificate ends in {left:.1f} days" if cause else "")
    assert [each.severity for each in attempt.failed] == {
        "up": [],
        "degraded": ["warn"],
        "down": ["fail"],
    }[status]
    assert (attempt.url, attempt.phases) == ("https://shop.test/?t", Phases(1, 2, 3))


R1 = signed(900, subject="CN=R1", issuer="CN=Root")


@pytest.mark.parametrize(
    ("own", "others", "distrust", "messages"),
    [
        pytest.param(signed(-0.5), (R1,), "tls-expired", ["the certificate ended 0.5 days ago"], id="ended"),
        pytest.param(signed(begins=1), (R1,), "tls-expired", ["the certificate is not valid yet"], id="not begun"),
        pytest.param(signed(names=("a.test",)), (R1,), "tls-name", ["the certificate is for another name"], id="a name"),
        pytest.param(
            signed(-2, names=("a.test",)), (R1,), "tls-name",
            ["the certificate is for another name", "the certificate ended 2.0 days ago"], id="both, OpenSSL's first",
        ),
        pytest.param(signed(issuer="CN=shop.test"), (), "tls-untrusted", ["the certificate is signed by itself"], id="self-signed"),
        pytest.param(
            signed(-2, issuer="CN=shop.test"), (), "tls-untrusted",
            ["the certificate is signed by itself", "the certificate ended 2.0 days ago"], id="self-signed and ended",
        ),
        pytest.param(
            signed(), (), "tls-untrusted",
            ["the certificate is not trusted, and the site does not send its issuer's"], id="an issuer's is missing",
        ),
        pytest.param(signed(), (R1,), "tls-untrusted", ["the chain ends with nobody who is trusted"], id="a stranger's"),
        pytest.param(signed(), (R1,), "tls-expired", ["a certificate of the chain is not valid today"], id="an issuer's ended"),
    ],
)  # fmt: skip
def test_every_claim_is_judged(
    own: Certificate, others: tuple[Certificate, ...], distrust: Cause, messages: list[str]
) -> None:
    """A certificate that is not trusted is down by the cause that OpenSSL says, and all else that is wrong is told."""
    attempt = judged(own, *others, distrust=distrust)
    assert (attempt.status, attempt.cause, attempt.message) == ("down", distrust, messages[0])
    assert [each.message for each in attempt.failed] == messages


def test_an_issuer_that_ends_first() -> None:
    """The issuer's certificate ends within the days: a warning; a cross-signed one that ended long ago is none."""
    soon = judged(signed(), signed(5, subject="CN=R1", issuer="CN=Root"))
    assert (soon.status, soon.message) == ("degraded", "the issuer's certificate ends in 5.0 days")
    assert judged(signed(), signed(-500, subject="CN=R1", issuer="CN=Old")).status == "up"
    assert judged(signed(), R1).status == "up"


@pytest.mark.parametrize(
    ("error", "status"),
    [("refused", "down"), ("tls-handshake", "down"), ("blocked-address", "unknown")],
)
def test_no_certificate(error: Cause, status: Status) -> None:
    """Where none was shown, the cause is that of the way to it."""
    shown = Observation("https://shop.test/", "GET", error=error, reason="why")
    attempt = certificates.judge(shown, NOW)
    assert (attempt.status, attempt.cause, attempt.message) == (status, error, "why")


def test_a_handshake_and_nothing_else(tmp_path: Path) -> None:
    """A real site is asked for its certificate alone: no request is sent."""
    authority = Authority(tmp_path)
    with wire(http(), context=server_context(authority.sign(ends=9))) as site:
        plan = certificates.plan(days=10)
        assert plan is not None
        bounds = Bounds(site.url("", "https"), allow_private=True, roots=str(authority.roots))
        attempt = plan.attempt(bounds)
        assert b"".join(site.heads) == b""
    assert (plan.kind, attempt.status, attempt.http_status) == ("certificate", "degraded", None)
    assert attempt.phases.tls is not None
    assert attempt.phases.ttfb is None


def test_without_tls() -> None:
    """A URL without TLS has no such check, and a target without is unknown."""
    assert certificates.plan(url="http://shop.test/") is None
    plan = certificates.plan()
    assert plan is not None
    with wire(http()) as site:
        assert plan.attempt(Bounds(site.url(""), allow_private=True)).status == "unknown"
    refused = plan.attempt(Bounds(f"https://127.0.0.1:{closed_port()}", allow_private=True))
    assert refused.cause == "refused"


def test_what_a_certificate_says_is_hostile(tmp_path: Path) -> None:
    """Names of a stranger's certificate stand in `actual` alone, on one line, without commands."""
    evil = "::error::canary\n##[error]x"
    own = signed(names=(evil,), issuer=f"CN={evil}", subject=f"CN={evil}")
    attempt = judged(own, distrust="tls-untrusted")
    assert "canary" not in attempt.message + "".join(
        each.message + each.expected for each in attempt.failed
    )
    actual = "".join(each.actual for each in attempt.failed)
    assert "::" not in actual
    assert "##[" not in actual
    assert "\n" not in actual
    checked = facts.Checked("certificate", "certificate", (attempt,))
    assert json.loads(json.dumps(facts.as_json([checked])))[0]["attempts"][0]["failed"]


def test_rules_are_kept() -> None:
    """Rules that a caller gives stay, bounds that a run has count more."""
    plan = certificates.plan(
        url="https://shop.test/", rules=Rules(resolver=lambda *_: ("10.0.0.1",))
    )
    assert plan is not None
    assert plan.attempt(Bounds("https://shop.test")).cause == "blocked-address"
