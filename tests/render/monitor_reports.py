"""Monitoring reports to be rendered: all up, one down with claims, a certificate that ends, many checks, refused, hostile everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.report import Origin
from trivigil.core.result import Severity
from trivigil.monitor import analysis
from trivigil.monitor.analysis import Context
from trivigil.monitor.facts import Attempt, Checked, Failed, concluded
from trivigil.monitor.graded import Graded
from trivigil.monitor.strict.finding import Finding
from trivigil.render.escape import address
from trivigil.web.observation import Phases

from .reports import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Status
    from trivigil.web.observation import Cause

NOW = "2026-11-23T12:07:30Z"
BEGAN = "2026-11-23T12:07:02Z"
TARGET = "https://shop.example"
CONTEXT = Context(
    "shop", NOW, TARGET, ORIGIN, BEGAN, scheduled_for="2026-11-23T12:07:00Z", lateness=2.0
)
GOOD = Graded(
    "6",
    "A+",
    115,
    "B",
    75,
    {
        "content-security-policy": {"result": "csp-implemented-with-no-unsafe", "modifier": 5, "pass": True},
        "cookies": {"result": "cookies-not-found", "modifier": 0, "pass": None},
        "referrer-policy": {"result": "referrer-policy-private", "modifier": 5, "pass": True},
        "redirection": {"result": "redirection-to-https", "modifier": 0, "pass": True},
        "strict-transport-security": {"result": "hsts-preloaded", "modifier": 5, "pass": True},
    },
    (
        Finding("permissions-missing", Severity.LOW, "there is no Permissions-Policy",
                "Permissions-Policy: camera=(), geolocation=(), microphone=()", "permissions-policy"),
    ),
)  # fmt: skip
POOR = Graded(
    "6",
    "D",
    35,
    "F",
    0,
    {
        "content-security-policy": {"result": "csp-not-implemented", "modifier": -25, "pass": False},
        "cookies": {"result": "cookies-without-secure-flag-but-protected-by-hsts", "modifier": -5, "pass": False},
        "referrer-policy": {"result": "referrer-policy-not-implemented", "modifier": 0, "pass": None},
        "strict-transport-security": {"result": "hsts-implemented-max-age-at-least-six-months", "modifier": 0, "pass": True},
        "x-frame-options": {"result": "x-frame-options-not-implemented", "modifier": -20, "pass": False},
    },
    (
        Finding("cookies-same-site", Severity.LOW, "the cookie `basket` says no SameSite",
                "Set-Cookie: basket=…; Secure; HttpOnly; SameSite=Lax; Path=/", "cookies"),
        Finding("csp-missing", Severity.HIGH, "there is no Content-Security-Policy",
                "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", "content-security-policy"),
        Finding("framing", Severity.MEDIUM, "any site can show this one in a frame", "X-Frame-Options: DENY", "x-frame-options"),
        Finding("steady", Severity.LOW, "the page for errors sends other headers than the start page",
                "Send the same headers with every answer, also with errors.", "consistency"),
    ),
)  # fmt: skip
UP = Phases(3.2, 11.4, 24.8, 88.1, 6.3)


def attempt(
    status: Status = "up",
    cause: Cause | None = None,
    message: str = "",
    phases: Phases = UP,
    at: str = "2026-11-23T12:07:02.310Z",
    failed: Sequence[Failed] = (),
    http_status: int | None = 200,
) -> Attempt:
    """One try at the shop."""
    return Attempt(at, status, cause, message, phases, http_status, TARGET, tuple(failed))


def check(name: str, *attempts: Attempt, line: int | None = 1, **more: Any) -> Checked:
    """A check of a file of its own."""
    made = Checked(name, "synthetic", attempts or (attempt(),), f"checks/{name}.hurl", line)
    return concluded(made._replace(**more))


def reachability(*attempts: Attempt) -> Checked:
    """Whether the shop answers."""
    return concluded(Checked("reachability", "synthetic", attempts or (attempt(),)))


def certificate(ends: str = "2027-01-25T12:00:00Z", one: Attempt | None = None) -> Checked:
    """The shop's certificate."""
    tried = one or attempt(phases=Phases(2.9, 10.8, 25.1), http_status=None)
    return concluded(
        Checked("certificate", "certificate", (tried._replace(certificate_ends=ends),))
    )


def up() -> Report:
    """Everything is as it should be."""
    checks = (
        reachability(),
        certificate(),
        check("login", attempt(phases=Phases(3.1, 11.0, 24.2, 141.7, 5.5))),
        check("search", attempt(phases=Phases(3.0, 11.1, 24.0, 203.9, 31.2))),
    )
    return analysis.analyze(checks, CONTEXT, headers=GOOD)


CLAIMS = (
    Failed("the status is another", 12, 6, expected="200", actual="500"),
    Failed('jsonpath "$.total" is another', 15, 1, expected="42.50", actual="null"),
    Failed("the answer took longer than 800 ms", 17, 1, "warn", "at most 800 ms", "1,204 ms"),
)


def down() -> Report:
    """One check is down in each attempt, one is slow, one is not looked at; people were told, and some were not."""
    broken = [
        attempt("down", "assertion", "the status is another", Phases(3.1, 11.9, 26.0, took, 4.2),
                f"2026-11-23T12:07:{second}Z", CLAIMS, 500)
        for second, took in (("02.310", 1188.0), ("05.620", 1240.5), ("17.010", 1204.0))
    ]  # fmt: skip
    checks = (
        reachability(attempt("down", "reset", "the connection was closed", Phases(3.0, 12.0, 25.0), http_status=None), attempt(at="2026-11-23T12:07:04.480Z")),
        certificate(),
        check("login"),
        check("checkout", *broken, runbook="https://wiki.example/runbooks/checkout", line=9),
        Checked("receipt", "synthetic", (), "checks/receipt.hurl", 1, depends_on=("checkout",), skipped="`checkout` is down, and this check needs it"),
        check("search", attempt("degraded", "slow", "it took 1,920 ms, 1,500 ms are allowed", Phases(3.0, 11.0, 24.5, 1850.2, 31.3))),
    )  # fmt: skip
    late = CONTEXT._replace(
        scheduled_for="2026-11-23T11:37:00Z",
        lateness=1802.0,
        notes=("The memory of earlier runs is damaged, so what fails is told at once.",),
    )
    baseline = {
        "file": "checks/baseline.json",
        "created_at": "2026-11-01T09:00:00Z",
        "verdict": "slower",
        "phases": {
            "dns": _phase(3.1, 0.4, 3.2),
            "connect": _phase(11.2, 0.9, 11.6),
            "tls": _phase(24.6, 1.8, 24.1),
            "ttfb": _phase(88.4, 7.2, 412.9, slower=True),
            "transfer": _phase(6.1, 0.8, 6.4),
        },
    }
    made = analysis.analyze(
        tuple(concluded(one) for one in checks), late, headers=POOR, baseline=baseline
    )
    marks = {one.location.name: one.fingerprint for one in reversed(made.results)}
    incidents = [
        _incident(marks["checkout"], "checkout", "open", "opened", ["slack", "webhook"], None, 2),
        _incident(marks["search"], "search", "pending", "pending", [],
                  "it failed in 1 of 2 runs before an alert", 1),
    ]  # fmt: skip
    return made._replace(facts={**made.facts, "incidents": incidents})


def _phase(usual: float, spread: float, now: float, *, slower: bool = False) -> dict[str, Any]:
    change = now - usual
    return {
        "usual": usual,
        "spread": spread,
        "now": now,
        "change_ms": round(change, 3),
        "change_percent": round(100 * change / usual, 1),
        "slower": slower,
    }


def _incident(
    mark: str,
    name: str,
    state: str,
    event: str,
    sent: list[str],
    withheld: str | None,
    failures: int,
) -> dict[str, Any]:
    return {
        "fingerprint": mark,
        "name": name,
        "state": state,
        "events": [event],
        "since": "2026-11-23T11:37:02Z",
        "failures": failures,
        "successes": 0,
        "notices_sent": [{"receiver": one, "turn": "failing"} for one in sent],
        "notices_withheld": withheld,
    }


def expiring() -> Report:
    """The certificate ends in days."""
    said = "the certificate ends in 5.2 days"
    ends = "2026-11-28T16:00:00Z"
    failed = Failed(said, severity="warn", expected="at least 14 days", actual=ends)
    tried = attempt("degraded", "assertion", said, Phases(2.9, 10.8, 25.1), failed=[failed])
    checks = (reachability(), certificate(ends, tried), check("login"))
    return analysis.analyze(checks, CONTEXT, headers=GOOD)


def many() -> Report:
    """Sixty checks; every seventh is down, one of them for as long as a timeout, and some needed a second try."""
    made = [reachability(), certificate()]
    for number in range(58):
        phases = Phases(3.0, 11.0 + number % 5, 24.0, 60.0 + 37 * number % 400, 4.0 + number % 11)
        name = f"catalog / page {number + 1:02}"
        tried = attempt(phases=phases)
        if number == 20:
            late = Phases(3.0, 11.0, 25.0, 10_000.0)
            tried = attempt(
                "down",
                "ttfb-timeout",
                "the answer did not begin within 10 s",
                late,
                http_status=None,
            )
        elif number % 7 == 3:
            tried = attempt("down", "http-5xx", "the answer is 503", phases, http_status=503)
        made.append(check(name, tried)._replace(file=f"checks/page-{number + 1:02}.hurl"))
    return analysis.analyze(made, CONTEXT, headers=GOOD)  # fmt: skip


def no_network() -> Report:
    """The runner had no network: nothing is known of the shop, which is shown under a name."""
    lost = attempt("unknown", "runner-network", "no control URL answered", Phases(), http_status=None)  # fmt: skip
    checks = (reachability(lost), certificate("", lost), *(check(name, lost) for name in ("login", "search")))  # fmt: skip
    headers = Graded("6", problem="the headers have no grade: the target does not answer")
    return analysis.analyze(checks, CONTEXT._replace(target="the shop"), headers=headers)


def refused() -> Report:
    """A check file that does not parse: nothing was looked at."""
    problem = "checks/login.hurl:7:9: a predicate was expected. Write, for example, `== 200`."
    return analysis.refused(problem, CONTEXT)


MONITOR = {
    "up": up,
    "down": down,
    "expiring": expiring,
    "many": many,
    "no-network": no_network,
    "refused": refused,
}


def everywhere(attack: str, origin: Origin = ORIGIN) -> Report:
    """The text at every place that a check file, a site, an earlier run or a pull request can fill."""
    failed = [
        Failed(attack, 3, 4, "fail", attack, attack),
        Failed(attack, None, None, "warn", attack, attack),
    ]
    tried = attempt("down", "assertion", attack, failed=failed)._replace(
        started_at=attack, url=attack, certificate_ends=attack
    )
    name = attack or "nameless"
    # An address by https is a link on purpose: whoever writes a check names its runbook.
    runbook = attack if address(attack) is None else None
    whole = Checked(name, "synthetic", (tried, tried), attack, 3, (attack,), runbook, (attack,))
    beside = f"https://github.com/octo/shop/wiki/{attack}"
    checks = [
        concluded(whole),
        concluded(whole._replace(attempts=(tried._replace(failed=tuple(failed[:1])),), runbook=beside)),
        concluded(Checked(f"{name} 2", "synthetic", (), attack, 1, skipped=attack or "x")),
        concluded(Checked(f"{name} 3", "synthetic", (attempt("up"),), attack, 1)),
        concluded(Checked(f"{name} 4", "certificate", (tried._replace(status="degraded"),))),
        *(concluded(Checked(f"{name} {n}", "synthetic", (attempt("unknown", "waf-block", attack),)))
          for n in (5, 6)),
    ]  # fmt: skip
    findings = tuple(
        Finding(attack, Severity.HIGH, attack, send, attack)
        for send in (attack, f"X-Header: {attack}")
    )
    tests = {attack: {"result": attack, "modifier": -5, "pass": False}}
    graded = Graded(attack, attack, 0, attack, 0, tests, findings, attack)
    phase = _phase(1.0, 1.0, 9.0, slower=True)
    baseline = {"file": attack, "created_at": attack, "verdict": attack, "phases": {attack: phase}}
    context = CONTEXT._replace(target=attack, origin=origin, started_at=attack, notes=(attack,))
    made = analysis.analyze(checks, context, headers=graded, baseline=baseline)
    marks = (attack, made.results[0].fingerprint)
    incidents = [
        {**_incident(mark, attack, state, attack, [attack], attack, 2), "since": attack}
        for mark, state in zip(marks, (attack, "open"), strict=True)
    ]
    return made._replace(facts={**made.facts, "incidents": incidents})
