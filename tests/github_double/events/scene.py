"""What all payloads have: repository, sender, organization; and how commits look in them."""

from __future__ import annotations

from typing import Any

from ..clock import stamp
from ..state.people import Person, node_id, show_person
from ..state.repository import Repository, made_up_sha
from ..subjects import repositories

Payload = dict[str, Any]
WORKFLOW = ".github/workflows/ci.yml"


def scene(repository: Repository, sender: Person) -> Payload:
    urls = repository.world.urls
    shown = {
        "repository": repositories.show(repository),
        "sender": show_person(sender, urls),
    }
    return shown | _organization(repository)


def _organization(repository: Repository) -> Payload:
    owner, urls = repository.owner, repository.world.urls
    if owner.type != "Organization":
        return {}
    url = f"{urls.api}/orgs/{owner.login}"
    tails = ("repos", "events", "hooks", "issues")
    shown = {
        "login": owner.login,
        "id": owner.id,
        "node_id": node_id("O", owner.id),
        "url": url,
        **{f"{tail}_url": f"{url}/{tail}" for tail in tails},
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{urls.html}/avatars/{owner.id}",
        "description": None,
    }
    return {"organization": shown}


def commit(repository: Repository, sha: str, author: Person) -> Payload:
    who = {
        "name": author.login,
        "username": author.login,
        "email": f"{author.login}@users.noreply.github.com",
    }
    return {
        "id": sha,
        "tree_id": made_up_sha("tree", sha),
        "distinct": True,
        "message": "A change",
        "timestamp": stamp(repository.world.clock.now()),
        "url": f"{repositories.html_url(repository)}/commit/{sha}",
        "author": who,
        "committer": who,
        "added": [],
        "removed": [],
        "modified": ["src/shop.py"],
    }
