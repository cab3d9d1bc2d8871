"""The event that started the run: which repository, which pull request, which commit.

Read once from the runner's environment and its event file. The payload is foreign data: every field
is checked for its type before it is believed. Sources: docs.github.com, "Variables reference",
"Webhook events and payloads", "Troubleshooting Dependabot on GitHub Actions".
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_EVENT_BYTES: Final = 26_214_400
"""25 MB: GitHub drops larger payloads ("Webhook events and payloads")."""

_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:/[A-Za-z0-9._/-]*)?")

DEPENDABOT: Final = "dependabot[bot]"
_READ_ONLY_FOR_FORKS: Final = {
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
}
_READ_ONLY_FOR_DEPENDABOT: Final = {
    *_READ_ONLY_FOR_FORKS,
    "push",
    "create",
    "deployment",
    "deployment_status",
}
_PRIVILEGED: Final = {"pull_request_target", "workflow_run"}


class Event(NamedTuple):
    """What the run is about. `head_sha` is the pull request's head, never the merge commit."""

    name: str
    repository: str
    """`owner/repo`."""
    actor: str
    sha: str
    """GITHUB_SHA: for a pull request the merge commit."""
    head_sha: str
    base_sha: str | None
    ref: str
    pull_number: int | None
    is_fork: bool
    is_dependabot: bool
    private: bool | None
    """None where the payload does not say."""
    run_id: int
    run_number: int
    run_attempt: int
    workflow: str
    job: str
    server_url: str
    api_url: str
    graphql_url: str
    event_path: str | None
    before_sha: str | None = None
    """The commit before, where the event names one: the branch's or the pull request's last head."""
    default_branch: str | None = None
    """None where the payload does not say."""

    @property
    def owner(self) -> str:
        """The repository's owner."""
        return self.repository.partition("/")[0]

    @property
    def repo(self) -> str:
        """The repository's name without its owner."""
        return self.repository.partition("/")[2]

    @property
    def run_url(self) -> str:
        """The page of this run."""
        return f"{self.server_url}/{self.repository}/actions/runs/{self.run_id}"


class Permit(NamedTuple):
    """Whether the event lets its token write, and if not, why."""

    allowed: bool
    reason: str = ""


def read_event(environ: Mapping[str, str]) -> Event | None:
    """The event of this run, or None outside GitHub Actions.

    Raises InputError for an event file that is missing, too large or not what GitHub writes.
    """
    if environ.get("GITHUB_ACTIONS") != "true" or not environ.get("GITHUB_REPOSITORY"):
        return None
    path = environ.get("GITHUB_EVENT_PATH") or None
    return _event(environ, Payload(load_payload(path) if path else {}, path), path)


def dispatched(environ: Mapping[str, str], name: str) -> str:
    """An input of the workflow that somebody started by hand; empty for any other event.

    Raises InputError as `read_event` does.
    """
    path = environ.get("GITHUB_EVENT_PATH")
    if environ.get("GITHUB_EVENT_NAME") != "workflow_dispatch" or not path:
        return ""
    return Payload(load_payload(path), path).text(f"inputs.{name}") or ""


def load_payload(path: str) -> Mapping[str, object]:
    """What the event file holds. Raises InputError where that is not a JSON object."""
    shown = os.path.basename(path)
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_EVENT_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"the event file cannot be read: {error.strerror or 'unknown reason'}",
            path=shown,
            tip="The runner writes it; GITHUB_EVENT_PATH says where.",
        ) from None
    if len(content) > MAX_EVENT_BYTES:
        raise InputError("the event file is larger than any event of GitHub (25 MB)", path=shown)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError("the event file is not JSON as GitHub writes it", path=shown) from None
    if not isinstance(data, dict):
        raise InputError("the event file does not hold a JSON object", path=shown)
    return data


class Payload:
    """Typed reads out of the event's payload; a value of another type is an error that names its key."""

    def __init__(self, data: Mapping[str, object], path: str | None) -> None:
        self._data = data
        self._shown = os.path.basename(path) if path else None

    def value(self, key: str) -> object:
        """The value at a dotted key, None where any part of it is absent or null."""
        found: object = self._data
        for part in key.split("."):
            if found is None:
                return None
            if not isinstance(found, dict):
                raise self.wrong(key, "an object on the way to it")
            found = found.get(part)
        return found

    def text(self, key: str) -> str | None:
        """Text of at most 1,000 characters."""
        found = self.value(key)
        if found is not None and not (isinstance(found, str) and len(found) <= 1000):  # noqa: PLR2004 (characters)
            raise self.wrong(key, "text")
        return found

    def number(self, key: str) -> int | None:
        """A whole number above zero."""
        found = self.value(key)
        if found is None:
            return None
        if isinstance(found, bool) or not isinstance(found, int) or found < 1:
            raise self.wrong(key, "a whole number above zero")
        return found

    def flag(self, key: str) -> bool | None:
        """True or false."""
        found = self.value(key)
        if found is not None and not isinstance(found, bool):
            raise self.wrong(key, "true or false")
        return found

    def sha(self, key: str) -> str | None:
        """A full commit id."""
        found = self.text(key)
        if found is not None and not _SHA.fullmatch(found):
            raise self.wrong(key, "a full commit id")
        return found

    def wrong(self, key: str, expected: str) -> InputError:
        """The error for a value of another type."""
        return InputError(f"expected {expected} in the event file", path=self._shown, key=key)


def _event(environ: Mapping[str, str], payload: Payload, path: str | None) -> Event:
    name = environ.get("GITHUB_EVENT_NAME", "")
    is_pull = payload.value("pull_request") is not None
    if name.startswith("pull_request") and not is_pull:
        raise payload.wrong("pull_request", f"the pull request of a {name} event")
    sha = _matching(environ, "GITHUB_SHA", _SHA, "a full commit id")
    server = _url(environ, "GITHUB_SERVER_URL", "https://github.com")
    api = _url(environ, "GITHUB_API_URL", "https://api.github.com")
    return Event(
        name=name,
        repository=_matching(environ, "GITHUB_REPOSITORY", _REPOSITORY, "owner/name"),
        actor=environ.get("GITHUB_ACTOR", ""),
        sha=sha,
        head_sha=_head(payload) or sha,
        base_sha=payload.sha("pull_request.base.sha") or payload.sha("merge_group.base_sha"),
        ref=environ.get("GITHUB_REF", ""),
        pull_number=_pull_number(payload) if is_pull else None,
        is_fork=is_pull and _from_fork(payload),
        is_dependabot=environ.get("GITHUB_ACTOR") == DEPENDABOT,
        private=payload.flag("repository.private"),
        run_id=_count(environ, "GITHUB_RUN_ID"),
        run_number=_count(environ, "GITHUB_RUN_NUMBER"),
        run_attempt=_count(environ, "GITHUB_RUN_ATTEMPT"),
        workflow=environ.get("GITHUB_WORKFLOW", ""),
        job=environ.get("GITHUB_JOB", ""),
        server_url=server,
        api_url=api,
        graphql_url=_url(environ, "GITHUB_GRAPHQL_URL", f"{api.removesuffix('/v3')}/graphql"),
        event_path=path,
        before_sha=_before(name, payload),
        default_branch=payload.text("repository.default_branch"),
    )


def _head(payload: Payload) -> str | None:
    """The commit that people pushed; GITHUB_SHA is only right where the payload names none."""
    for key in ("pull_request.head.sha", "merge_group.head_sha", "workflow_run.head_sha"):
        if (sha := payload.sha(key)) is not None:
            return sha
    return None


def _before(name: str, payload: Payload) -> str | None:
    """The head before this push; of a new branch GitHub says zeros."""
    found = payload.sha("before") if name == "push" or name.startswith("pull_request") else None
    return found if found is not None and found.strip("0") else None


def _pull_number(payload: Payload) -> int:
    number = payload.number("pull_request.number")
    if number is None:
        raise payload.wrong("pull_request.number", "a whole number above zero")
    return number


def _from_fork(payload: Payload) -> bool:
    """Whether the head lies in another repository. A deleted fork has no head repository left."""
    head = payload.text("pull_request.head.repo.full_name")
    base = payload.text("pull_request.base.repo.full_name")
    return head is None or base is None or head.casefold() != base.casefold()


def _matching(environ: Mapping[str, str], name: str, pattern: re.Pattern[str], what: str) -> str:
    value = environ.get(name, "")
    if not pattern.fullmatch(value):
        raise InputError(f"{name} is not {what}", tip="The runner sets it.")
    return value


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    value = (environ.get(name) or default).rstrip("/")
    if not _URL.fullmatch(value):
        raise InputError(f"{name} is not the address of a GitHub server", tip="The runner sets it.")
    return value


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name) or "1"
    if not (value.isascii() and value.isdigit() and len(value) <= 18):  # noqa: PLR2004 (digits of 64 bits)
        raise InputError(f"{name} is not a whole number", tip="The runner sets it.")
    return int(value)


def writable(event: Event) -> Permit:
    """What the event alone says about writing. A token's permissions cannot be read, only tried."""
    if event.is_fork and event.name in _READ_ONLY_FOR_FORKS:
        return Permit(False, "a pull request from a fork gets a token that may only read")
    if event.is_dependabot and event.name in _READ_ONLY_FOR_DEPENDABOT:
        return Permit(
            False,
            "a run that Dependabot started gets a token that may only read, "
            "unless the workflow's permissions say otherwise",
        )
    return Permit(True)


def refuses_run(event: Event) -> str | None:
    """Why nothing of the checked-out code may be started under this event; None where it may."""
    if event.name not in _PRIVILEGED:
        return None
    return (
        f"a {event.name} workflow has a token that may write and the default branch's cache, "
        "so code of a pull request is not started in it; run the test under pull_request"
    )
