"""What GitHub answers, as our own records. Every reader raises ValueError for another shape."""

from __future__ import annotations

from typing import Literal, NamedTuple

AnnotationLevel = Literal["notice", "warning", "failure"]


class Viewer(NamedTuple):
    """The account a token acts as."""

    login: str
    id: int | None


class Pull(NamedTuple):
    """A pull request as it is now."""

    number: int
    head_sha: str
    state: str
    locked: bool
    head_ref: str = ""
    head_repository: str = ""
    """`owner/name`; empty where it was deleted."""


class Comment(NamedTuple):
    """A comment on an issue or pull request. The body may be anybody's text."""

    id: int
    body: str
    author: str
    author_id: int | None
    updated_at: str
    url: str
    node_id: str = ""
    """What GraphQL calls it."""


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


def comment(data: object) -> Comment:
    """From GitHub's `issue-comment`; a deleted account leaves no author."""
    return Comment(
        id=_needed(data, "id"),
        body=_text(data, "body"),
        author=_text(data, "user.login"),
        author_id=_number(data, "user.id"),
        updated_at=_text(data, "updated_at"),
        url=_text(data, "html_url"),
        node_id=_text(data, "node_id"),
    )


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
