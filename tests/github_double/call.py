"""One admitted call, as the subjects see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from .exchange import Answer, Request
from .paging import cut
from .refusal import NO_ACCESS, Refusal

if TYPE_CHECKING:
    from .rate import Rates
    from .state.repository import Repository
    from .state.world import World
    from .tokens import Token

T = TypeVar("T")


class Call(NamedTuple):
    """What a subject needs to answer: who asks, for what, with which words."""

    world: World
    rates: Rates
    request: Request
    token: Token
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    place: Repository | None

    @property
    def repository(self) -> Repository:
        """The repository in the path; only routes below /repos have one."""
        assert self.place is not None
        return self.place

    def number(self, name: str) -> int:
        """A path parameter that is a number."""
        return int(self.params[name])

    def require(self, permission: str) -> None:
        """Refuse where the token lacks this one permission (`issues`) to write.

        For rules that depend on state and so cannot stand in the route's row.
        """
        if self.token.app is not None and self.token.permissions.get(permission) != "write":
            raise Refusal(403, NO_ACCESS)

    def page(self, items: Sequence[T], render: Callable[[T], Any], wrap: str = "") -> Answer:
        """One page of a list with its Link header; `wrap` names the list beside total_count."""
        part, headers = cut(items, self.query, self.world.urls.api + self.request.path)
        shown: Any = [render(item) for item in part]
        if wrap:
            shown = {"total_count": len(items), wrap: shown}
        return Answer(200, shown, headers)
