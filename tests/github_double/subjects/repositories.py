"""Repositories: GET /repos/{owner}/{repo} and the forms that other answers carry."""

from __future__ import annotations

from typing import Any

from ..call import Call
from ..clock import stamp
from ..exchange import Answer
from ..route import Route
from ..state.people import node_id, show_person
from ..state.repository import Repository
from . import issues

# Addresses below the repository's own, as GitHub writes them (RFC 6570 templates).
TAILS = {
    "archive": "/{archive_format}{/ref}", "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}", "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}", "comments": "/comments{/number}",
    "commits": "/commits{/sha}", "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}", "contributors": "/contributors",
    "deployments": "/deployments", "downloads": "/downloads", "events": "/events",
    "forks": "/forks", "git_commits": "/git/commits{/sha}", "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}", "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}", "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}", "keys": "/keys{/key_id}", "labels": "/labels{/name}",
    "languages": "/languages", "merges": "/merges", "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}", "pulls": "/pulls{/number}",
    "releases": "/releases{/id}", "stargazers": "/stargazers", "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers", "subscription": "/subscription", "tags": "/tags",
    "teams": "/teams", "trees": "/git/trees{/sha}",
}  # fmt: skip


def api_url(repository: Repository) -> str:
    """The repository's address in the API."""
    return f"{repository.world.urls.api}/repos/{repository.full_name}"


def html_url(repository: Repository) -> str:
    """The repository's address for people."""
    return f"{repository.world.urls.html}/{repository.full_name}"


def show(repository: Repository) -> dict[str, Any]:
    """A repository as pull requests carry it (GitHub's schema `repository`)."""
    api, html = api_url(repository), html_url(repository)
    since = stamp(repository.created_at)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": show_person(repository.owner, repository.world.urls),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "html_url": html,
        "description": None,
        "fork": repository.parent is not None,
        "url": api,
        **{f"{name}_url": api + tail for name, tail in TAILS.items()},
        "git_url": html.replace("http", "git", 1) + ".git",
        "ssh_url": f"git@127.0.0.1:{repository.full_name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "language": "Python",
        "license": None,
        "default_branch": repository.default_branch,
        "archived": repository.archived,
        "disabled": False,
        "topics": [],
        **_features(repository),
        **_counts(repository),
        "created_at": since,
        "updated_at": since,
        "pushed_at": since,
    }


def _features(repository: Repository) -> dict[str, Any]:
    return {
        "has_issues": repository.has_issues,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": True,
        "has_pages": False,
        "has_discussions": False,
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
    }


def _counts(repository: Repository) -> dict[str, int]:
    known = repository.part(issues.Issues).by_number.values()
    count = sum(one.state == "open" for one in known)
    opened = {"open_issues": count, "open_issues_count": count}
    names = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size")
    return opened | dict.fromkeys(names, 0)


def read(call: Call) -> Answer:
    """GET /repos/{owner}/{repo} (GitHub's schema `full-repository`)."""
    counted = {"subscribers_count": 0, "network_count": 0}
    return Answer(200, show(call.repository) | counted)


ROUTES = (Route("GET", "/repos/{owner}/{repo}", "repos/get", read, "metadata=read"),)
