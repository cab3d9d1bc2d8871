"""What GitHub answers, as our own records. Every reader raises ValueError for another shape."""

from __future__ import annotations

from typing import Literal, NamedTuple

AnnotationLevel = Literal["notice", "warning", "failure"]


class Viewer(NamedTuple):
    """The account a token acts as."""

    login: str
    id: int | None

    def wrote(self, author: str, author_id: int | None) -> bool:
        """Whether this account is an author; by id, where both are known."""
        if self.id is not None and author_id is not None:
            return self.id == author_id
        return self.login.casefold() == author.casefold()


class Pull(NamedTuple):
    """A pull request as it is now."""

    number: int
    head_sha: str
    state: str
    locked: bool
    head_ref: str = ""
    head_repository: str = ""
    """`owner/name`; empty where it was deleted."""


class PullFile(NamedTuple):
    """One file of a pull request's diff, with the path that the head has."""

    path: str
    status: str
    """added, removed, modified, renamed, copied, changed, unchanged."""
    patch: str | None
    """Its hunks; None where GitHub leaves them out, as of large and of binary files."""


class Comment(NamedTuple):
    """A comment on an issue or pull request. The body may be anybody's text."""

    id: int
    body: str
    author: str
    author_id: int | None
    updated_at: str
    url: str
    association: str = ""
    """How the author stands to the repository, as GitHub words it: OWNER, MEMBER, NONE …"""
    node_id: str = ""
    """What GraphQL calls it."""


class Issue(NamedTuple):
    """An issue. Title and body may be anybody's text."""

    id: int
    number: int
    title: str
    body: str
    author: str
    author_id: int | None
    state: str
    state_reason: str
    closed_at: str
    closed_by: str
    """Login; empty where it is not known, and always in lists."""
    closed_by_app: bool
    updated_at: str
    url: str
    labels: tuple[str, ...]
    assignees: tuple[str, ...]
    milestone: int | None
    is_pull: bool

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self.state == "open"


class CheckRun(NamedTuple):
    """A check run. The text may be any app's."""

    id: int
    name: str
    head_sha: str
    external_id: str
    app_id: int | None
    text: str
    annotations_count: int
    url: str


class Artifact(NamedTuple):
    """An artifact of a workflow's run. The name is the run's own text."""

    id: int
    name: str
    size: int
    """Bytes of its zip."""
    expired: bool
    created_at: str
    digest: str
    """`sha256:` and the digest of its zip; empty where GitHub does not say."""
    run_id: int | None
    head_sha: str


class Annotation(NamedTuple):
    """A remark on lines of a file; the path is relative to the repository."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    title: str
    message: str

    def to_json(self) -> dict[str, object]:
        """As the API takes it."""
        return {
            "path": self.path,
            "start_line": self.start_line,
            "end_line": self.end_line,
            "annotation_level": self.level,
            "title": self.title,
            "message": self.message,
        }


def _at(data: object, key: str) -> object:
    found = data
    for part in key.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def _text(data: object, key: str, *, needed: bool = False) -> str:
    found = _at(data, key)
    if isinstance(found, str):
        return found
    if needed or found is not None:
        raise ValueError(f"no text at {key}")
    return ""


def _number(data: object, key: str) -> int | None:
    found = _at(data, key)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _needed(data: object, key: str) -> int:
    found = _number(data, key)
    if found is None:
        raise ValueError(f"no number at {key}")
    return found


def viewer(data: object) -> Viewer:
    """From the answer to `queries.VIEWER`."""
    return Viewer(
        _text(data, "data.viewer.login", needed=True), _number(data, "data.viewer.databaseId")
    )


def pull(data: object) -> Pull:
    """From GitHub's `pull-request`."""
    return Pull(
        number=_needed(data, "number"),
        head_sha=_text(data, "head.sha", needed=True),
        state=_text(data, "state"),
        locked=_at(data, "locked") is True,
        head_ref=_text(data, "head.ref"),
        head_repository=_text(data, "head.repo.full_name"),
    )


def pull_file(data: object) -> PullFile:
    """REST: one of the list at /repos/{owner}/{repo}/pulls/{number}/files."""
    name, status = (_text(data, key, needed=True) for key in ("filename", "status"))
    return PullFile(name, status, _text(data, "patch") or None)


def comment(data: object) -> Comment:
    """From GitHub's `issue-comment`; a deleted account leaves no author."""
    return Comment(
        id=_needed(data, "id"),
        body=_text(data, "body"),
        author=_text(data, "user.login"),
        author_id=_number(data, "user.id"),
        updated_at=_text(data, "updated_at"),
        url=_text(data, "html_url"),
        association=_text(data, "author_association"),
        node_id=_text(data, "node_id"),
    )


def issue(data: object) -> Issue:
    """From GitHub's `issue`, in whose lists pull requests stand as well."""
    return Issue(
        id=_needed(data, "id"),
        number=_needed(data, "number"),
        title=_text(data, "title"),
        body=_text(data, "body"),
        author=_text(data, "user.login"),
        author_id=_number(data, "user.id"),
        state=_text(data, "state", needed=True),
        state_reason=_text(data, "state_reason"),
        closed_at=_text(data, "closed_at"),
        closed_by=_text(data, "closed_by.login"),
        closed_by_app=_text(data, "closed_by.type") == "Bot",
        updated_at=_text(data, "updated_at"),
        url=_text(data, "html_url"),
        labels=_names(data, "labels", "name"),
        assignees=_names(data, "assignees", "login"),
        milestone=_number(data, "milestone.number"),
        is_pull=_at(data, "pull_request") is not None,
    )


def _names(data: object, key: str, name: str) -> tuple[str, ...]:
    found = _at(data, key)
    listed_ = found if isinstance(found, list) else []
    return tuple(one if isinstance(one, str) else _text(one, name) for one in listed_)


def check_run(data: object) -> CheckRun:
    """From GitHub's `check-run`."""
    return CheckRun(
        id=_needed(data, "id"),
        name=_text(data, "name"),
        head_sha=_text(data, "head_sha"),
        external_id=_text(data, "external_id"),
        app_id=_number(data, "app.id"),
        text=_text(data, "output.text"),
        annotations_count=_number(data, "output.annotations_count") or 0,
        url=_text(data, "html_url"),
    )


def minimized(data: object) -> bool:
    """From the answer to `queries.MINIMIZE`; GraphQL refuses with status 200 and no data."""
    return _at(data, "data.minimizeComment.minimizedComment.isMinimized") is True


def artifact(data: object) -> Artifact:
    """From GitHub's `artifact`."""
    return Artifact(
        id=_needed(data, "id"),
        name=_text(data, "name", needed=True),
        size=_needed(data, "size_in_bytes"),
        expired=_at(data, "expired") is True,
        created_at=_text(data, "created_at"),
        digest=_text(data, "digest"),
        run_id=_number(data, "workflow_run.id"),
        head_sha=_text(data, "workflow_run.head_sha"),
    )


def listed(data: object, key: str | None = None) -> list[object]:
    """A page of a list, which stands under `key` or is the answer itself."""
    found = data if key is None else _at(data, key)
    if not isinstance(found, list):
        raise ValueError("no list")  # noqa: TRY004 -- one error for every other shape
    return found
