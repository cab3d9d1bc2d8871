"""GET /user: a person sees itself; an installation token is no person and is refused."""

from __future__ import annotations

from ..call import Call
from ..exchange import Answer
from ..refusal import NO_ACCESS, Refusal
from ..route import Route
from ..state.people import show_person
from ..tokens import ANONYMOUS


def read(call: Call) -> Answer:
    """GET /user (GitHub's schema `public-user`)."""
    if call.token is ANONYMOUS:
        raise Refusal(401, "Requires authentication")
    if call.token.app is not None:
        raise Refusal(403, NO_ACCESS)
    blank = dict.fromkeys(
        ("name", "company", "blog", "location", "email", "hireable", "bio", "twitter_username")
    )
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    since = {"created_at": "2012-03-04T05:06:07Z", "updated_at": "2026-01-02T03:04:05Z"}
    return Answer(200, show_person(call.token.person, call.world.urls) | blank | counts | since)


ROUTES = (Route("GET", "/user", "users/get-authenticated", read),)
