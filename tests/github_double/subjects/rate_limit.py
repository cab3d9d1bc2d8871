"""GET /rate_limit: costs nothing and tells the token's budgets."""

from __future__ import annotations

from ..call import Call
from ..exchange import Answer
from ..route import Route


def read(call: Call) -> Answer:
    """GET /rate_limit (GitHub's schema `rate-limit-overview`)."""
    core = call.rates.budget(call.token).shown()
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": call.world.clock.epoch() + 60}
    graphql = {**core, "used": 0, "remaining": core["limit"]}
    return Answer(
        200, {"resources": {"core": core, "search": search, "graphql": graphql}, "rate": core}
    )


PATH = "/rate_limit"
ROUTES = (Route("GET", PATH, "rate-limit/get", read),)
