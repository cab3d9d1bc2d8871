"""The pull requests of a commit."""

from __future__ import annotations

from ..call import Call
from ..exchange import Answer
from ..route import Route
from . import issues, pull_forms, pulls


def pulls_of_commit(call: Call) -> Answer:
    """GET …/commits/{commit_sha}/pulls: only those whose head branch lies in this repository."""
    repository = call.repository
    sha = repository.resolve(call.params["commit_sha"])
    found = [
        pull
        for pull in repository.part(pulls.Pulls).by_number.values()
        if pull.head_sha == sha
        and pull.head_repository is repository
        and issues.known(repository, pull.number).state == "open"
    ]
    return call.page(found, lambda one: pull_forms.show_simple(repository, one))


ROUTES = (
    Route(
        "GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
        "repos/list-pull-requests-associated-with-commit", pulls_of_commit, "pull_requests=read",
    ),
)  # fmt: skip
