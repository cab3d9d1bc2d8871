"""GitHub's API behind one client: the only place that imports PyGithub, and only when it connects.

PyGithub gives the connection, its authentication and its addresses; its retry is switched off
(see `trivigil.github.patience`) and its objects are not used, because they fetch what they miss
behind the caller's back. Every method returns our own records and raises `Refused`, which never
holds the token.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeVar
from urllib.parse import quote

from trivigil.github import queries, records
from trivigil.github.patience import Manners, Patience
from trivigil.github.refusal import NOT_FOUND, Refused, translate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from github import Github

    from trivigil.github.event import Event
    from trivigil.github.records import Annotation, CheckRun, Comment, Pull, Viewer

API_VERSION: Final = "2022-11-28"
PER_PAGE: Final = 100
MAX_PAGES: Final = 100
"""10,000 entries; a listing that goes on is refused by name instead of running without end."""
CHECK_RUN_PAGES: Final = 10
MOST_CHECK_RUNS: Final = PER_PAGE * CHECK_RUN_PAGES
"""Of one commit, newest first; what lies beyond is not read."""
ANNOTATIONS_PER_CALL: Final = 50
"""OpenAPI, `checks/create`: "maximum of 50 annotations per API request"."""

ACCEPT: Final = {"Accept": "application/vnd.github+json"}

_NEXT = re.compile(r'<[^<>]*[?&]page=(\d{1,9})[^<>]*>;\s*rel="next"')

T = TypeVar("T")
Json = dict[str, Any]
Conclusion = Literal["success", "neutral", "failure"]
StatusState = Literal["success", "failure", "error", "pending"]


def connect(
    event: Event,
    token: str,
    *,
    manners: Manners = Manners(),  # noqa: B008 -- immutable
    patience: Patience | None = None,
) -> Client:
    """A client for the event's repository on the event's server.

    Raises Refused where there is no token, or one that cannot stand in a header.
    """
    token = token.strip()
    if not token or not (token.isascii() and token.isprintable()):
        raise Refused("there is no usable token; pass one as github-token")
    from github import Auth, Github

    from trivigil import __version__

    api = Github(
        base_url=event.api_url,
        auth=Auth.Token(token),
        api_version=API_VERSION,
        user_agent=f"trivigil/{__version__}",
        per_page=PER_PAGE,
        timeout=manners.timeout,
        retry=0,
        lazy=True,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )
    return Client(api, event.repository, token, patience or Patience(manners))


class Client:
    """One connection to one repository. Not for several threads at once."""

    def __init__(self, api: Github, repository: str, token: str, patience: Patience) -> None:
        self._api = api
        self._repository = repository
        self._token = token
        self._patience = patience

    def __repr__(self) -> str:
        return f"Client({self._repository!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._api.close()

    # --- who, and which pull request -------------------------------------------------------

    def viewer(self) -> Viewer:
        """The account that the token acts as."""
        return self.query(queries.VIEWER, {}, records.viewer)

    def pull(self, number: int) -> Pull:
        """A pull request as it is now."""
        return self._call("GET", self._path(f"pulls/{number}"), records.pull)

    # --- comments --------------------------------------------------------------------------

    def list_comments(self, number: int, since: str | None = None) -> list[Comment]:
        """All comments under an issue or pull request, oldest first.

        With `since` (a timestamp of GitHub's) only those changed from then on.
        """
        query = {"since": since} if since else {}
        return self._pages(self._path(f"issues/{number}/comments"), records.comment, query)

    def create_comment(self, number: int, body: str, same: Callable[[Comment], bool]) -> Comment:
        """Write a comment; where the answer was lost, `same` recognises what is there already."""
        return self._create(
            self._path(f"issues/{number}/comments"),
            {"body": body},
            records.comment,
            lambda: _first(self.list_comments(number), same),
        )

    def edit_comment(self, comment_id: int, body: str) -> Comment:
        """Replace a comment's text."""
        path = self._path(f"issues/comments/{comment_id}")
        return self._call("PATCH", path, records.comment, body={"body": body})

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment; one that is gone already is as good."""
        try:
            self._call("DELETE", self._path(f"issues/comments/{comment_id}"), _nothing)
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise

    def minimize_comment(self, node_id: str) -> bool:
        """Fold a comment away as outdated; False where GitHub did not. Raises Refused."""
        return self.query(queries.MINIMIZE, {"subject": node_id}, records.minimized)

    # --- check runs and statuses -----------------------------------------------------------

    def list_check_runs(
        self, sha: str, *, app_id: int | None = None, name: str | None = None
    ) -> list[CheckRun]:
        """The latest check run of each name on a commit, of all apps or of one; at most MOST_CHECK_RUNS.

        A commit may have thousands, one for each job of each matrix, and nothing but a whole name
        filters them.
        """
        path = self._path(f"commits/{sha}/check-runs")
        query = {"filter": "latest"}
        query |= {} if app_id is None else {"app_id": str(app_id)}
        query |= {} if name is None else {"check_name": name}
        return self._pages(path, records.check_run, query, "check_runs", CHECK_RUN_PAGES)

    def check_runs_named(self, ref: str, name: str) -> list[CheckRun]:
        """A page of all check runs of one name on a commit, or at the head of `heads/<branch>`."""
        query = {"check_name": name, "filter": "all", "per_page": str(PER_PAGE)}
        found, _ = self._exchange(
            "GET",
            self._path(f"commits/{quote(ref)}/check-runs"),
            lambda data: [records.check_run(one) for one in records.listed(data, "check_runs")],
            parameters=query,
        )
        return found

    def create_check_run(
        self, body: Mapping[str, object], same: Callable[[CheckRun], bool]
    ) -> CheckRun:
        """Create a check run from the API's own body; `same` as in `create_comment`."""
        sha = str(body["head_sha"])
        return self._create(
            self._path("check-runs"),
            dict(body),
            records.check_run,
            lambda: _first(self.list_check_runs(sha), same),
        )

    def append_annotations(
        self, run: CheckRun, output: Mapping[str, object], annotations: Sequence[Annotation]
    ) -> CheckRun:
        """Add at most 50 annotations to a check run; `output` repeats its title, summary and text.

        The API appends, so this PATCH is not idempotent: after a lost answer the run's own count
        says whether they arrived.
        """
        path = self._path(f"check-runs/{run.id}")
        body = {"output": {**output, "annotations": [one.to_json() for one in annotations]}}
        expected = run.annotations_count + len(annotations)

        def arrived() -> CheckRun | None:
            found = self._call("GET", path, records.check_run)
            return found if found.annotations_count >= expected else None

        answer = self._settled(
            lambda: self._call("PATCH", path, records.check_run, body=body, repeatable=False),
            arrived,
        )
        return answer._replace(annotations_count=expected)

    def create_status(
        self, sha: str, state: StatusState, context: str, description: str, target_url: str
    ) -> None:
        """Set a commit status; the newest of a context counts, so a repeated one does no harm."""
        body = {
            "state": state,
            "context": context,
            "description": description,
            "target_url": target_url,
        }
        path = self._path(f"statuses/{sha}")
        self._call("POST", path, _nothing, body=body, repeatable=True)

    # --- for the modules beside this one ---------------------------------------------------

    @property
    def repository(self) -> str:
        """`owner/repo`."""
        return self._repository

    def call(
        self,
        verb: str,
        path: str,
        read: Callable[[object], T],
        *,
        body: Json | None = None,
        repeatable: bool = True,
    ) -> T:
        """One call; `path` is relative to the repository. Raises Refused."""
        return self._call(verb, self._path(path), read, body=body, repeatable=repeatable)

    def address(self, path: str) -> str:
        """Where a call of the repository sends its reader (302), not followed. Raises Refused."""
        return self._exchange("GET", self._path(path), _nothing)[1].get("location", "")

    def pages(self, path: str, read: Callable[[object], T], query: Mapping[str, str]) -> list[T]:
        """A whole list, page by page; `path` as in `call`. Raises Refused."""
        return self._pages(self._path(path), read, query)

    def create(
        self, path: str, body: Json, read: Callable[[object], T], find: Callable[[], T | None]
    ) -> T:
        """Create once; where the answer was lost, `find` looks for what is there already."""
        return self._create(self._path(path), body, read, find)

    def query(self, text: str, variables: Json, read: Callable[[object], T]) -> T:
        """One GraphQL query or mutation, repeated where its answer was lost. Raises Refused."""
        body: Json = {"query": text, **({"variables": variables} if variables else {})}
        return self._call("POST", self._api.requester.graphql_url, read, body=body)

    def rest(self, factor: float) -> bool:
        """Wait for something that GitHub does later; False where the waiting would be too long."""
        return self._patience.rest(factor)

    # --- the wire --------------------------------------------------------------------------

    def _path(self, rest: str) -> str:
        return f"/repos/{self._repository}/{rest}"

    def _pages(
        self,
        path: str,
        read: Callable[[object], T],
        query: Mapping[str, str],
        key: str | None = None,
        most: int | None = None,
    ) -> list[T]:
        """All pages of a list; `most` of them where the rest may be left, else a longer one is refused."""
        found: list[T] = []
        page: Json = {}
        for _ in range(most or MAX_PAGES):
            part, headers = self._exchange(
                "GET",
                path,
                lambda data: [read(one) for one in records.listed(data, key)],
                parameters={**query, "per_page": str(PER_PAGE), **page},
            )
            found += part
            following = _NEXT.search(headers.get("link", ""))
            if following is None:
                return found
            page = {"page": following[1]}
        if most is not None:
            return found
        raise Refused(f"the list has more than {MAX_PAGES * PER_PAGE:,} entries")

    def _create(
        self, path: str, body: Json, read: Callable[[object], T], find: Callable[[], T | None]
    ) -> T:
        return self._settled(
            lambda: self._call("POST", path, read, body=body, repeatable=False), find
        )

    def _settled(self, act: Callable[[], T], find: Callable[[], T | None]) -> T:
        """Do once what must not happen twice: after an unclear answer, look before acting again."""
        for last in (False, True):
            try:
                return act()
            except Refused as refused:
                if not refused.unclear:
                    raise
                waited = self._patience.wait(refused, 0, repeatable=True)
                found = _quietly(find, refused)
                if found is not None:
                    return found
                if last or not waited:
                    raise
        raise AssertionError("the second time returns or raises")

    def _call(
        self,
        verb: str,
        path: str,
        read: Callable[[object], T],
        *,
        body: Json | None = None,
        repeatable: bool = True,
    ) -> T:
        return self._exchange(verb, path, read, body=body, repeatable=repeatable)[0]

    def _exchange(
        self,
        verb: str,
        path: str,
        read: Callable[[object], T],
        *,
        parameters: Json | None = None,
        body: Json | None = None,
        repeatable: bool = True,
    ) -> tuple[T, Mapping[str, str]]:
        attempt = 0
        while True:
            started = self._patience.started()
            try:
                headers, data = self._send(verb, path, parameters, body)
                return _shaped(read, data), headers
            except Refused as refused:
                self._patience.spent(started)
                if not self._patience.wait(refused, attempt, repeatable=repeatable):
                    raise
            attempt += 1

    def _send(
        self, verb: str, path: str, parameters: Json | None, body: Json | None
    ) -> tuple[Mapping[str, str], object]:
        from github import GithubException
        from requests import RequestException

        try:
            # PyGithub adds to the parameters and headers it is given, so each call gets its own.
            return self._api.requester.requestJsonAndCheck(
                verb, path, parameters=dict(parameters or {}), headers=dict(ACCEPT), input=body
            )
        except GithubException as error:
            trouble = translate(error.status, error.headers or {}, error.data, now=time.time())
        except (RequestException, ValueError) as error:
            trouble = Refused(_silence(error), unclear=True)
        except (AssertionError, RuntimeError):
            trouble = Refused("GitHub sent the call on to another address; check GITHUB_API_URL")
        # Raised outside of the handlers: a library's error keeps the request and its token.
        raise self._scrubbed(trouble)

    def _scrubbed(self, trouble: Refused) -> Refused:
        if self._token and self._token in trouble.message:
            trouble.message = trouble.message.replace(self._token, "***")
            trouble.args = (trouble.message,)
        return trouble


def _shaped(read: Callable[[object], T], data: object) -> T:
    try:
        return read(data)
    except ValueError as error:
        reason = f"GitHub's answer is not of the documented shape ({error})"
    raise Refused(reason, unclear=True)


def _quietly(find: Callable[[], T | None], unclear: Refused) -> T | None:
    """Look for what an unclear call left; where that fails too, the first trouble counts."""
    try:
        return find()
    except Refused:
        raise unclear from None


def _silence(error: Exception) -> str:
    """What a missing answer looked like, without the library's words (they repeat the request)."""
    kind = type(error).__name__
    if "Timeout" in kind:
        return "GitHub did not answer in time"
    if "JSON" in kind or isinstance(error, UnicodeDecodeError):
        return "GitHub's answer was cut short"
    return "the connection to GitHub broke"


def _first(found: Sequence[T], same: Callable[[T], bool]) -> T | None:
    return next((one for one in found if same(one)), None)


def _nothing(_data: object) -> None:
    """For answers that nobody reads."""
