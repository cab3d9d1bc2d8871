"""Pull requests: the three forms in which GitHub's answers show them."""

from __future__ import annotations

from typing import Any

from ..clock import stamp
from ..state.people import Person, node_id, show_person
from ..state.repository import Repository
from . import comments, issues, repositories
from .pulls import Pull


def show_simple(repository: Repository, pull: Pull) -> dict[str, Any]:
    """A pull request in a list (GitHub's schema `pull-request-simple`)."""
    issue = issues.known(repository, pull.number)
    html = f"{repositories.html_url(repository)}/pull/{pull.number}"
    return {
        "id": pull.id,
        "node_id": node_id("PR", pull.id),
        **_links(repository, pull),
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "number": pull.number,
        "state": issue.state,
        "locked": issue.locked,
        "title": issue.title,
        "user": show_person(issue.author, repository.world.urls),
        "body": issue.body,
        "labels": issues.show_labels(repository, issue),
        "milestone": None,
        "active_lock_reason": None,
        "created_at": stamp(issue.created_at),
        "updated_at": stamp(issue.updated_at),
        "closed_at": stamp(issue.closed_at),
        "merged_at": stamp(pull.merged_at),
        "merge_commit_sha": pull.merge_sha,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [],
        "requested_teams": [],
        "draft": pull.draft,
        "head": _side(
            pull.head_owner, pull.head_ref, pull.head_sha, pull.head_repository, repository
        ),
        "base": _side(repository.owner, pull.base_ref, pull.base_sha, repository, repository),
        "author_association": issues.association(repository, issue.author),
        "auto_merge": None,
    }


def show(repository: Repository, pull: Pull) -> dict[str, Any]:
    """A pull request by itself (GitHub's schema `pull-request`)."""
    merged = pull.merged_at is not None
    return show_simple(repository, pull) | {
        "merged": merged,
        "mergeable": None if merged else True,
        "rebaseable": None if merged else True,
        "mergeable_state": "unknown" if merged else "clean",
        "merged_by": None,
        "comments": len(comments.under(repository, pull.number)),
        "review_comments": 0,
        "maintainer_can_modify": pull.head_repository is not repository,
        "commits": 1,
        "additions": sum(one.additions for one in pull.files),
        "deletions": sum(one.deletions for one in pull.files),
        "changed_files": len(pull.files),
    }


def show_minimal(repository: Repository, pull: Pull) -> dict[str, Any]:
    """A pull request as check runs and workflow runs name it."""
    url = f"{repositories.api_url(repository)}/pulls/{pull.number}"
    ends = {
        "head": (pull.head_ref, pull.head_sha, pull.head_repository or repository),
        "base": (pull.base_ref, pull.base_sha, repository),
    }
    shown = {
        name: {"ref": ref, "sha": sha, "repo": _named(place)}
        for name, (ref, sha, place) in ends.items()
    }
    return {"id": pull.id, "number": pull.number, "url": url, **shown}


def _named(place: Repository) -> dict[str, Any]:
    return {"id": place.id, "url": repositories.api_url(place), "name": place.name}


def _side(
    owner: Person, ref: str, sha: str, place: Repository | None, base: Repository
) -> dict[str, Any]:
    return {
        "label": f"{owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": show_person(owner, base.world.urls),
        "repo": place and repositories.show(place),
    }


def _links(repository: Repository, pull: Pull) -> dict[str, Any]:
    api = repositories.api_url(repository)
    url, issue = f"{api}/pulls/{pull.number}", f"{api}/issues/{pull.number}"
    links = {
        "commits": f"{url}/commits",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "comments": f"{issue}/comments",
        "statuses": f"{api}/statuses/{pull.head_sha}",
        "issue": issue,
    }
    html = f"{repositories.html_url(repository)}/pull/{pull.number}"
    hrefs = {name: {"href": link} for name, link in {**links, "self": url, "html": html}.items()}
    return {"url": url, **{f"{name}_url": link for name, link in links.items()}, "_links": hrefs}
