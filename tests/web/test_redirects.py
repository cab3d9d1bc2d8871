"""Redirects, hop by hop."""

from __future__ import annotations

import pytest

from tests.web.faults import http, wire
from trivigil.web.probe import Request, Rules
from trivigil.web.redirects import MOST, follow

HERE = Rules(timeout=5, allow_private=True)


def to(location: str, status: str = "302 Found") -> bytes:
    return http(status, f"Location: {location}")


def test_every_hop_is_seen() -> None:
    """Relative and absolute redirects of one host are followed, each an observation."""
    with wire(http(), answers=[to("/a"), to("b?x=1", "301 Moved"), to("?y=2")]) as site:
        journey = follow(Request(site.url()), HERE)
    paths = [hop.url.removeprefix(site.url("")) for hop in journey.hops]
    assert paths == ["/", "/a", "/b?x=1", "/b?y=2"]
    assert [hop.status for hop in journey.hops] == [302, 301, 302, 200]
    assert (journey.last.error, journey.elsewhere) == (None, None)


@pytest.mark.parametrize("location", ["http://other.test/x?t=hunter2", "//other.test/x?t=hunter2"])
def test_another_host_is_said_and_not_followed(location: str) -> None:
    """The journey ends at the redirect and tells where it would have gone, without values."""
    with wire(to(location)) as site:
        journey = follow(Request(site.url()), HERE)
    assert (len(journey.hops), journey.elsewhere) == (1, "http://other.test/x?t")


def test_a_redirect_is_guarded_too() -> None:
    """A redirect to a metadata service is refused also where other hosts are allowed."""
    with wire(to("http://169.254.169.254/latest/")) as site:
        journey = follow(Request(site.url()), HERE, other_hosts=True)
    assert [hop.error for hop in journey.hops] == [None, "blocked-address"]


def test_credentials_stay_at_home() -> None:
    """Cookies and authorization do not go to another port or host."""
    with wire(http()) as away, wire(to(away.url())) as site:
        headers = (("Cookie", "a=1"), ("Authorization", "x"), ("X-Kept", "1"))
        follow(Request(site.url(), headers=headers), HERE, other_hosts=True)
        assert b"Cookie: a=1" in site.heads[0]
        assert b"X-Kept: 1" in away.heads[0]
        assert b"Cookie" not in away.heads[0]
        assert b"Authorization" not in away.heads[0]


@pytest.mark.parametrize(
    ("answers", "hops"),
    [
        pytest.param(["/"], 1, id="to itself"),
        pytest.param([f"/{n}" for n in range(MOST + 5)], MOST + 1, id="on and on"),
    ],
)
def test_a_loop_ends(answers: list[str], hops: int) -> None:
    """Redirects without end have their cause."""
    with wire(to("/"), answers=[to(each) for each in answers]) as site:
        journey = follow(Request(site.url()), HERE)
    assert (journey.last.error, len(journey.hops)) == ("redirect-loop", hops)


@pytest.mark.parametrize(
    "location",
    ["javascript:alert(1)", "http://", "http://[", ""],
    ids=["script", "empty", "odd", "none"],
)
def test_a_location_that_leads_nowhere(location: str) -> None:
    """It is not followed, and nothing is raised."""
    with wire(to(location)) as site:
        journey = follow(Request(site.url("/x")), HERE)
    assert journey.last.status == 302
