"""The kinds of token and what each may do.

An installation token (GITHUB_TOKEN is one) acts as its app's bot, belongs to one repository and
has permissions; a personal token acts as a person and may write everything but checks.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .refusal import APP_ONLY, NO_ACCESS, NO_ACCESS_PERSONAL, Refusal, not_found
from .state.people import ACTIONS_APP, App, Person

if TYPE_CHECKING:
    from .route import Route
    from .state.repository import Repository

LEVELS = {"read": 1, "write": 2, "admin": 3}
# The restricted default of a workflow's token.
DEFAULT_PERMISSIONS = {"contents": "read", "packages": "read"}
# What a fork's pull request, or Dependabot's, gets whatever the workflow asks for.
READ_ONLY = dict.fromkeys(
    (
        "actions", "checks", "contents", "deployments", "issues", "packages", "pull_requests",
        "security_events", "statuses",
    ),
    "read",
)  # fmt: skip


class Token(NamedTuple):
    """One token. Its value stays out of its repr, the journal and every message."""

    name: str
    kind: str
    person: Person
    app: App | None
    repositories: tuple[str, ...]
    permissions: Mapping[str, str]

    def reaches(self, repository: Repository) -> bool:
        """True where the token was given for this repository."""
        return repository.full_name.lower() in self.repositories

    def holds(self, needed: Mapping[str, str]) -> bool:
        """True where the token has all these permissions."""
        held = {"metadata": "read", **self.permissions}
        return all(
            LEVELS.get(held.get(name, ""), 0) >= LEVELS[level] for name, level in needed.items()
        )


ANONYMOUS = Token("anonymous", "anonymous", Person("", 0, "User"), None, (), {})


class Tokens:
    """All tokens of one double, found by value."""

    def __init__(self) -> None:
        self._by_value: dict[str, Token] = {}

    def installation(
        self, repository: str, permissions: Mapping[str, str] | None, app: App = ACTIONS_APP
    ) -> str:
        """A new installation token; permission names may be written with hyphens."""
        asked = DEFAULT_PERMISSIONS if permissions is None else permissions
        held = {name.replace("-", "_"): level for name, level in asked.items() if level != "none"}
        wrong = [level for level in held.values() if level not in LEVELS]
        if wrong:
            raise ValueError(f"a permission is read, write or none, not {wrong[0]!r}")
        return self._add("ghs_", "installation", app.bot, app, (repository,), held)

    def personal(self, person: Person, repositories: tuple[str, ...]) -> str:
        """A new personal token of somebody who may write in these repositories."""
        return self._add("ghp_", "personal", person, None, repositories, {})

    def _add(
        self,
        prefix: str,
        kind: str,
        person: Person,
        app: App | None,
        repositories: tuple[str, ...],
        permissions: Mapping[str, str],
    ) -> str:
        value = prefix + secrets.token_hex(18)
        name = f"{kind}-{len(self._by_value) + 1}"
        places = tuple(place.lower() for place in repositories)
        self._by_value[value] = Token(name, kind, person, app, places, dict(permissions))
        return value

    def named(self, value: str) -> Token:
        """The token of this value."""
        return self._by_value[value]

    def identify(self, headers: Mapping[str, str]) -> Token | None:
        """Who asks: a token, nobody (ANONYMOUS), or None where the credentials are bad."""
        header = headers.get("authorization")
        if not header:
            return ANONYMOUS
        scheme, _, value = header.partition(" ")
        if scheme.lower() not in {"token", "bearer"}:
            return None
        return self._by_value.get(value.strip())

    def masked(self, text: str) -> str:
        """The text with every known token replaced by its name."""
        for value, token in self._by_value.items():
            text = text.replace(value, f"<{token.name}>")
        return text

    def leaked(self, text: str) -> Iterator[Token]:
        """The tokens whose value stands in the text."""
        return (token for value, token in list(self._by_value.items()) if value in text)


def admit(route: Route, repository: Repository | None, token: Token) -> None:
    """Refuse, as GitHub does, what this token may not do here."""
    if route.is_write and token is ANONYMOUS and route.path != "/graphql":
        raise Refusal(401, "Requires authentication")
    if repository is None:
        return
    if repository.private and not token.reaches(repository):
        raise not_found()
    if not route.is_write and not repository.private:
        return
    _authorize(route, repository, token)


def _authorize(route: Route, repository: Repository, token: Token) -> None:
    accepted = route.alternatives
    if token.kind == "personal":
        if any("checks" in each for each in accepted) and route.is_write:
            raise Refusal(403, APP_ONLY)
        if not token.reaches(repository):
            raise Refusal(403, NO_ACCESS_PERSONAL)
        return
    allowed = token.reaches(repository) and any(token.holds(each) for each in accepted)
    if accepted and not allowed:
        raise Refusal(403, NO_ACCESS)
