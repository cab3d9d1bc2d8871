"""People, bots, organizations and apps, and how GitHub shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    from .world import Urls

# The ids that these bots have on GitHub.com.
KNOWN_IDS = {"github-actions[bot]": 41898282, "dependabot[bot]": 49699333}
LINKS = (
    "followers", "following", "gists", "starred", "subscriptions", "orgs", "repos", "events",
    "received_events",
)  # fmt: skip
LINK_TAILS = {
    "following": "following{/other_user}",
    "gists": "gists{/gist_id}",
    "starred": "starred{/owner}{/repo}",
    "events": "events{/privacy}",
}


class Person(NamedTuple):
    """An account. `type` is User, Bot or Organization."""

    login: str
    id: int
    type: str


class App(NamedTuple):
    """A GitHub App; what it writes is by its bot."""

    id: int
    slug: str
    name: str

    @property
    def bot(self) -> Person:
        """The account in whose name the app writes."""
        return person(f"{self.slug}[bot]")


ACTIONS_APP = App(15368, "github-actions", "GitHub Actions")


def person(login: str, kind: str = "") -> Person:
    """The account of this login: a bot by its suffix, else a user; the id follows the login."""
    fallback = "Bot" if login.endswith("[bot]") else "User"
    return Person(login, KNOWN_IDS.get(login, crc32(login.encode()) % 90_000_000), kind or fallback)


def node_id(kind: str, number: int) -> str:
    """An opaque id as GraphQL uses it."""
    return f"{kind}_kwDO{number:012x}"


def show_person(one: Person, urls: Urls) -> dict[str, Any]:
    """The short form of an account (GitHub's schema `simple-user`)."""
    api = f"{urls.api}/users/{one.login}"
    links = {_link_key(link): f"{api}/{LINK_TAILS.get(link, link)}" for link in LINKS}
    return {
        "login": one.login,
        "id": one.id,
        "node_id": node_id("U" if one.type == "User" else one.type[:1] + "O", one.id),
        "avatar_url": f"{urls.html}/avatars/{one.id}",
        "gravatar_id": "",
        "url": api,
        "html_url": f"{urls.html}/{one.login}",
        **links,
        "type": one.type,
        "site_admin": False,
    }


def _link_key(link: str) -> str:
    return "organizations_url" if link == "orgs" else f"{link}_url"


def show_app(app: App, urls: Urls) -> dict[str, Any]:
    """An app (GitHub's schema `integration`)."""
    return {
        "id": app.id,
        "slug": app.slug,
        "node_id": node_id("A", app.id),
        "owner": show_person(person("github", "Organization"), urls),
        "name": app.name,
        "description": None,
        "external_url": f"{urls.html}/features/{app.slug}",
        "html_url": f"{urls.html}/apps/{app.slug}",
        "created_at": "2018-07-30T09:30:17Z",
        "updated_at": "2026-01-05T10:00:00Z",
        "permissions": {"checks": "write", "issues": "write", "metadata": "read"},
        "events": ["push"],
    }
