"""Pull requests: their heads and bases, their files; what people say lies with the issues."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ..refusal import not_found
from ..state.people import Person, person
from ..state.repository import Repository, made_up_sha
from . import issues


class PullFile(NamedTuple):
    """One file of a pull request's diff."""

    filename: str
    status: str = "modified"
    additions: int = 1
    deletions: int = 1
    patch: str | None = "@@ -1 +1 @@\n-old\n+new"


class Pull(NamedTuple):
    """What a pull request has beyond an issue; `head_repository` is None where it was deleted."""

    id: int
    number: int
    head_sha: str
    head_ref: str
    head_owner: Person
    head_repository: Repository | None
    base_sha: str
    base_ref: str
    merge_sha: str
    before: str
    files: tuple[PullFile, ...] = ()
    draft: bool = False
    merged_at: datetime | None = None


class Pulls:
    """The pull requests of one repository by number."""

    def __init__(self) -> None:
        self.by_number: dict[int, Pull] = {}


def open_pull(
    repository: Repository,
    number: int | None = None,
    *,
    head_sha: str | None = None,
    base_sha: str | None = None,
    head_ref: str = "",
    base_ref: str = "",
    fork: bool = False,
    fork_deleted: bool = False,
    author: str = "",
    title: str = "",
    body: str | None = None,
    files: Iterable[PullFile | str] = ("src/shop.py",),
    draft: bool = False,
) -> Pull:
    """Open a pull request from a branch of the repository, or from a fork of its author.

    Dependabot's are by `author="dependabot[bot]"`, from a branch of the repository itself.
    """
    number = repository.take_number(number)
    author = author or ("mona" if fork else "octocat")
    base_ref = base_ref or repository.default_branch
    head_ref = head_ref or f"change-{number}"
    head = _fork(repository, author) if fork else repository
    head_sha = head_sha or made_up_sha(repository.full_name, number, "head")
    base_sha = base_sha or repository.branches[base_ref]
    issues.open_issue(
        repository, title or f"Change {number}", number=number, body=body, author=author,
        is_pull=True,
    )  # fmt: skip
    for place, sha in ((repository, base_sha), (repository, head_sha), (head, head_sha)):
        place.commit(sha)
    head.commit(head_sha, branch=head_ref)
    pull = Pull(
        repository.world.next_id(), number, head_sha, head_ref, head.owner,
        None if fork_deleted else head, base_sha, base_ref,
        repository.commit(made_up_sha("merge", head_sha, base_sha)), base_sha,
        tuple(PullFile(one) if isinstance(one, str) else one for one in files), draft,
    )  # fmt: skip
    repository.part(Pulls).by_number[number] = pull
    return pull


def _fork(repository: Repository, author: str) -> Repository:
    """The author's fork of the repository, made where it is missing."""
    world = repository.world
    known = world.find(f"{author}/{repository.name}")
    made = known or Repository(
        world, person(author), repository.name, private=repository.private, parent=repository
    )
    return world.add(made)


def move_head(repository: Repository, number: int, sha: str) -> Pull:
    """Push a commit: head and merge commit move, `before` keeps the old head."""
    pull = known(repository, number)
    repository.commit(sha)
    if pull.head_repository is not None:
        pull.head_repository.commit(sha, branch=pull.head_ref)
    merge = repository.commit(made_up_sha("merge", sha, pull.base_sha))
    pull = pull._replace(head_sha=sha, merge_sha=merge, before=pull.head_sha)
    repository.part(Pulls).by_number[number] = pull
    issues.change(repository, number)
    return pull


def known(repository: Repository, number: int) -> Pull:
    """The pull request of this number, else 404."""
    pull = repository.part(Pulls).by_number.get(number)
    if pull is None:
        raise not_found()
    return pull
