"""The built-in check of whether a target answers."""

from __future__ import annotations

import json

import pytest

from tests.web.faults import http, wire
from trivigil.core.errors import InputError
from trivigil.monitor import facts, reachability
from trivigil.monitor.planned import Bounds
from trivigil.monitor.runner import Limits, run
from trivigil.web.observation import Observation, Phases
from trivigil.web.probe import Rules

ONCE = Limits(retries=0)


def test_hop_by_hop() -> None:
    """Redirects are followed, to another host too; the phases are the sums, the URL the last one."""
    with (
        wire(0.1, http()) as away,
        wire(0.1, http("302 Found", f"Location: {away.url('/x?t=canary-1')}")) as site,
    ):
        plan = reachability.plan(now=lambda: 1.5)
        attempt = plan.attempt(Bounds(site.url("").rstrip("/"), allow_private=True))
    assert (plan.name, plan.kind, plan.host) == ("reachability", "synthetic", "")
    assert (attempt.status, attempt.cause, attempt.http_status) == ("up", None, 200)
    assert (attempt.url, attempt.started_at) == (away.url("/x?t"), "1970-01-01T00:00:01.500Z")
    assert attempt.phases.ttfb is not None
    assert attempt.phases.ttfb >= 190
    assert (attempt.phases.dns, attempt.phases.tls) == (None, None)


def test_each_hop_is_guarded() -> None:
    """A redirect to a metadata service is refused and says nothing of the target."""
    with wire(http("302 Found", "Location: http://169.254.169.254/")) as site:
        attempt = reachability.plan().attempt(Bounds(site.url(""), allow_private=True))
    assert (attempt.status, attempt.cause) == ("unknown", "blocked-address")
    assert attempt.message.endswith("(after 1 redirect)")


def test_another_url_and_slow() -> None:
    """A URL of its own with its own limit; its host counts for the limit of each host."""
    with wire(0.05, http()) as site:
        plan = reachability.plan("status page", url=site.url("/s"), slow=40)
        attempt = plan.attempt(Bounds("http://shop.test", allow_private=True))
        assert site.heads[0].startswith(b"GET /s ")
    assert (attempt.status, attempt.cause, plan.host) == ("degraded", "slow", "127.0.0.1")


def test_no_url() -> None:
    """What is none is an error before the run."""
    with pytest.raises(InputError):
        reachability.plan(url="ftp://x")


def test_phases_that_nobody_had_stay_unknown() -> None:
    """A phase is summed where it was, and stays None where none of the hops had it."""
    hops = [Observation("", "GET", phases=phases) for phases in (Phases(1, 2), Phases(connect=3))]
    assert reachability.together(hops) == Phases(1, 5)


def test_nothing_of_the_site_gets_out() -> None:
    """Secrets in URL, headers and body, and attacks in them, are in no output of the check."""
    hostile = "canary-2::error::<script>@everyone"
    pages = [
        http("302 Found", "Location: /next?token=canary-3#canary-4", f"Set-Cookie: s={hostile}"),
        http("500 canary-5", f"X-A: {hostile}", body=hostile.encode()),
    ]
    with wire(b"", answers=pages) as site:
        bounds = Bounds(site.url("/?key=canary-6"), allow_private=True, secrets={"a": "canary-7"})
        plan = reachability.plan(url=bounds.target, rules=Rules())
        seen = run([plan], bounds, limits=ONCE)
    assert seen[0].cause == "http-5xx"
    said = json.dumps(facts.as_json(seen)) + repr(seen)
    assert "canary" not in said
    assert "script" not in said
