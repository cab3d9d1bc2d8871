"""The primary rate limit: one budget a token, told in headers on every answer.

Sizes: GITHUB_TOKEN 1,000 an hour and repository, a person 5,000, nobody 60.
Source: GitHub's page "Rate limits for the REST API".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .refusal import Refusal

if TYPE_CHECKING:
    from .clock import Clock
    from .tokens import Token

PER_HOUR = {"installation": 1000, "personal": 5000, "anonymous": 60}
WINDOW = 3600


class Budget:
    """What one token may still ask in this hour."""

    def __init__(self, limit: int, reset: int) -> None:
        self.limit = limit
        self.used = 0
        self.reset = reset

    @property
    def remaining(self) -> int:
        """Calls left."""
        return max(self.limit - self.used, 0)

    def shown(self) -> dict[str, int]:
        """As GET /rate_limit shows it."""
        return {
            "limit": self.limit,
            "used": self.used,
            "remaining": self.remaining,
            "reset": self.reset,
        }

    def headers(self, resource: str = "core") -> dict[str, str]:
        """As every answer shows it."""
        values = {f"X-RateLimit-{name.title()}": str(text) for name, text in self.shown().items()}
        return values | {"X-RateLimit-Resource": resource}


class Rates:
    """The budgets of all tokens."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._budgets: dict[str, Budget] = {}

    def budget(self, token: Token) -> Budget:
        """The token's budget; a new hour brings a new one of the same size."""
        now = self._clock.epoch()
        known = self._budgets.get(token.name)
        if known is None or known.reset <= now:
            limit = known.limit if known else PER_HOUR[token.kind]
            self._budgets[token.name] = known = Budget(limit, now + WINDOW)
        return known

    def spend(self, token: Token) -> None:
        """Take one call from the budget, or refuse with the primary limit."""
        budget = self.budget(token)
        if not budget.remaining:
            raise Refusal(403, exceeded(token))
        budget.used += 1


def exceeded(token: Token) -> str:
    """GitHub's words for an exhausted primary limit."""
    whom = {"installation": "installation ID 51234567", "anonymous": "127.0.0.1"}
    return f"API rate limit exceeded for {whom.get(token.kind, 'user ID 1')}."
