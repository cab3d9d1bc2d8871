"""A merge queue asks for the checks of a group: a commit of its own, on a branch of its own."""

from __future__ import annotations

from ..state.people import person
from ..state.repository import Repository, made_up_sha
from ..subjects import pulls
from .scene import Payload, commit, scene


def merge_group(repository: Repository, *, number: int, sender: str = "octocat") -> Payload:
    """The group that ends with a pull request; its head is neither that one's head nor its merge commit."""
    pull = pulls.known(repository, number)
    default = repository.default_branch
    base = repository.branches[default]
    branch = f"gh-readonly-queue/{default}/pr-{number}-{base}"
    head = repository.commit(made_up_sha("merge-group", pull.head_sha), branch=branch)
    shown = commit(repository, head, person(sender))
    kept = ("id", "tree_id", "message", "timestamp", "author", "committer")
    group = {
        "head_sha": head,
        "head_ref": f"refs/heads/{branch}",
        "base_sha": base,
        "base_ref": f"refs/heads/{default}",
        "head_commit": {name: shown[name] for name in kept},
    }
    return {
        "action": "checks_requested",
        "merge_group": group,
        **scene(repository, person(sender)),
    }
