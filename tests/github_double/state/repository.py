"""One repository: its facts, its commits, and the seeds and read-backs that tests use.

Each subject keeps its records in a part of its own (`repository.part(Comments)`), so that a new
subject adds nothing here unless tests want to seed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from typing import TYPE_CHECKING, Any, TypeVar

from ..refusal import Refusal
from .people import ACTIONS_APP, App, Person, person

if TYPE_CHECKING:
    from ..subjects.artifacts import Artifact
    from ..subjects.check_runs import CheckRun
    from ..subjects.check_suites import CheckSuite
    from ..subjects.comments import Comment
    from ..subjects.issues import Issue
    from ..subjects.labels import Label
    from ..subjects.milestones import Milestone
    from ..subjects.pulls import Pull
    from ..subjects.statuses import Status
    from .git import Commit
    from .world import World

P = TypeVar("P")


class Repository:
    """A repository of the double."""

    def __init__(
        self,
        world: World,
        owner: Person,
        name: str,
        *,
        private: bool = False,
        has_issues: bool = True,
        archived: bool = False,
        default_branch: str = "main",
        parent: Repository | None = None,
    ) -> None:
        self.world = world
        self.id = world.next_id()
        self.owner = owner
        self.name = name
        self.private = private
        self.has_issues = has_issues
        self.archived = archived
        self.default_branch = default_branch
        self.parent = parent
        self.collaborators: set[str] = set()
        """Who may be assigned, and whose comments are a collaborator's; the owner's are an owner's."""
        self.triage = True
        """Whether tokens may set labels, assignees and milestone of new issues; else they are dropped."""
        self.created_at = world.clock.now()
        self.commits: set[str] = set()
        self.branches: dict[str, str] = {}
        self._parts: dict[type, Any] = {}
        self._numbers = 0
        self.commit(made_up_sha(self.full_name, default_branch), branch=default_branch)

    @property
    def full_name(self) -> str:
        """owner/name."""
        return f"{self.owner.login}/{self.name}"

    def part(self, kind: type[P]) -> P:
        """The records of one subject; empty at first."""
        found: P = self._parts.setdefault(kind, kind())
        return found

    def next_number(self) -> int:
        """The next number; issues and pull requests share them."""
        self._numbers += 1
        return self._numbers

    def take_number(self, number: int | None) -> int:
        """This number, or the next one."""
        if number is None:
            return self.next_number()
        self._numbers = max(self._numbers, number)
        return number

    # --- commits ---------------------------------------------------------------------------

    def commit(self, sha: str, *, branch: str | None = None) -> str:
        """Make a commit known, and a branch point at it."""
        with self.world.lock:
            self.commits.add(sha)
            if branch is not None:
                self.branches[branch] = sha
        return sha

    def resolve(self, ref: str) -> str:
        """The commit of a SHA, branch or heads/branch; refused where there is none."""
        name = ref.removeprefix("refs/").removeprefix("heads/")
        if ref in self.commits:
            return ref
        if name in self.branches:
            return self.branches[name]
        raise Refusal(422, f"No commit found for SHA: {ref}")

    # --- seeds -----------------------------------------------------------------------------

    def pull(self, number: int | None = None, **facts: Any) -> Pull:
        """Open a pull request; see `subjects.pulls.open_pull` for the facts."""
        from ..subjects import pulls

        with self.world.lock:
            return pulls.open_pull(self, number, **facts)

    def push(self, number: int, sha: str) -> Pull:
        """Push to a pull request: its head moves to this commit."""
        from ..subjects import pulls

        with self.world.lock:
            return pulls.move_head(self, number, sha)

    def issue(self, title: str = "An issue", **facts: Any) -> Issue:
        """Open an issue; see `subjects.issues.open_issue` for the facts."""
        from ..subjects import issues

        with self.world.lock:
            return issues.open_issue(self, title, **facts)

    def lock(self, number: int) -> Issue:
        """Lock the conversation of an issue or pull request."""
        from ..subjects import issues

        with self.world.lock:
            return issues.change(self, number, locked=True)

    def close(
        self, number: int, *, reason: str = "completed", by: Person | str = "octocat"
    ) -> Issue:
        """Close an issue or pull request."""
        from ..subjects import issues

        with self.world.lock:
            return issues.change(
                self,
                number,
                state="closed",
                state_reason=reason,
                closed_at=self.world.clock.now(),
                closed_by=person(by) if isinstance(by, str) else by,
            )

    def delete_issue(self, number: int) -> None:
        """Delete an issue."""
        from ..subjects import issues

        with self.world.lock:
            issues.delete(self, number)

    def milestone(self, title: str) -> Milestone:
        """Create a milestone."""
        from ..subjects import milestones

        with self.world.lock:
            return milestones.make(self, title)

    def comment(
        self, number: int, body: str, *, author: str = "octocat", app: App | None = None
    ) -> Comment:
        """Write a comment; one by github-actions[bot] is by the Actions app."""
        from ..subjects import comments

        app = ACTIONS_APP if author == ACTIONS_APP.bot.login else app
        with self.world.lock:
            return comments.write(self, number, body, person(author), app)

    def label(self, name: str, *, color: str = "ededed", description: str | None = None) -> Label:
        """Create a label."""
        from ..subjects import labels

        with self.world.lock:
            return labels.make(self, name, color, description)

    def check_run(
        self, sha: str, name: str, *, app: App = ACTIONS_APP, job: bool = False, **facts: Any
    ) -> CheckRun:
        """Create a check run; `job` makes it one that the runner owns (a workflow's job)."""
        from ..subjects import check_runs

        with self.world.lock:
            return check_runs.make(self, app, name, self.commit(sha), job=job, **facts)

    def check_suite(self, sha: str, *, app: App = ACTIONS_APP) -> CheckSuite:
        """Add a check suite, as each workflow does on each commit."""
        from ..subjects import check_suites

        with self.world.lock:
            return check_suites.make(self, app, self.commit(sha))

    def artifact(self, run_id: int, name: str, content: bytes, **facts: Any) -> Artifact:
        """Upload an artifact in a run; `content` is its zip. See `subjects.artifacts.upload`."""
        from ..subjects import artifacts

        with self.world.lock:
            return artifacts.upload(self, run_id, name, content, **facts)

    def put(self, branch: str, files: Mapping[str, bytes | None], message: str = "By hand") -> str:
        """Push a commit to a branch, as a person with Git does; the branch is made where missing."""
        from . import git

        with self.world.lock:
            objects, head = self.part(git.Git), self.branches.get(branch)
            held = git.known_commit(self, head) if head else None
            tree = held.tree if held else git.EMPTY_TREE
            for path, content in files.items():
                entry = None
                if content is not None:
                    entry = git.Entry("100644", "blob", objects.blob(content))
                tree = objects.changed(tree, path, entry)
            parents = (head,) if head else ()
            now = self.world.clock.now()
            made = objects.commit(tree, parents, message, person("octocat"), now)
            return self.commit(made.sha, branch=branch)

    # --- read-backs ------------------------------------------------------------------------

    def comments(self, number: int) -> Sequence[Comment]:
        """The comments of an issue or pull request, oldest first."""
        from ..subjects import comments

        return comments.under(self, number)

    def files(self, branch: str) -> dict[str, bytes]:
        """The files at the head of a branch; none where there is no such branch."""
        from . import git

        objects, head = self.part(git.Git), self.branches.get(branch)
        commit = git.known_commit(self, head) if head else None
        listed = objects.walk(commit.tree) if commit else ()
        return {path: objects.blobs[one.sha] for path, one in listed if one.kind == "blob"}

    def history(self, branch: str) -> list[Commit]:
        """The commits of a branch along the first parents, newest first."""
        from . import git

        found, sha = [], self.branches.get(branch)
        while sha and (commit := git.known_commit(self, sha)):
            found.append(commit)
            sha = commit.parents[0] if commit.parents else None
        return found

    def pulls(self) -> Mapping[int, Pull]:
        """All pull requests by number."""
        from ..subjects import pulls

        return dict(self.part(pulls.Pulls).by_number)

    def issues(self) -> Mapping[int, Issue]:
        """All issues by number, without the pull requests."""
        from ..subjects import issues

        known = dict(self.part(issues.Issues).by_number)
        return {number: one for number, one in known.items() if not one.is_pull}

    def labels(self) -> Iterable[Label]:
        """All labels."""
        from ..subjects import labels

        return tuple(self.part(labels.Labels).by_name.values())

    def check_runs(self, sha: str | None = None) -> Sequence[CheckRun]:
        """The check runs of a commit (or all), oldest first, with all their annotations."""
        from ..subjects import check_runs

        known = tuple(self.part(check_runs.CheckRuns).by_id.values())
        return [run for run in known if sha in {None, run.head_sha}]

    def statuses(self, sha: str | None = None) -> Sequence[Status]:
        """The commit statuses of a commit (or all), oldest first."""
        from ..subjects import statuses

        known = tuple(self.part(statuses.Statuses).all)
        return [one for one in known if sha in {None, one.sha}]


def made_up_sha(*words: object) -> str:
    """A commit id that follows from the words."""
    return sha1(" ".join(map(str, words)).encode(), usedforsecurity=False).hexdigest()
