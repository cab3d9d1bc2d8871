"""The double itself: a stateful GitHub on loopback, for tests and for what they start."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .blob_store import BlobStore
from .clock import Clock
from .dispatch import Dispatcher
from .events import EVENTS, runner_environment, write_event
from .exchange import Exchange, Journal, Request
from .faults import Faults
from .rate import Budget
from .server import Server
from .state.people import ACTIONS_APP, App, person
from .state.repository import Repository
from .state.world import Options, Urls, World
from .subjects.graphql import product_queries
from .tokens import READ_ONLY
from .violations import Violations


class GitHubDouble(AbstractContextManager["GitHubDouble"]):
    """A GitHub for one test.

    With `enterprise` the API lies under /api/v3 and /api/graphql, as on GitHub Enterprise Server.
    Leaving the `with` block fails the test on any breach of the contract that was not expected.
    `queries` are the GraphQL texts that may be sent; by default the product's own constants.
    """

    def __init__(
        self,
        *,
        enterprise: bool = False,
        options: Options = Options(),  # noqa: B008 - an immutable record
        queries: tuple[str, ...] | None = None,
    ) -> None:
        prefix, graphql = ("/api/v3", "/api/graphql") if enterprise else ("", "/graphql")
        self._server = Server(prefix, graphql)
        root = self._server.address
        self._blob_server = Server("", "")
        urls = Urls(root + prefix, root + graphql, root, self._blob_server.address)
        self.world = World(urls, options, product_queries() if queries is None else queries)
        self._dispatcher = Dispatcher(self.world)
        self.blobs = BlobStore(self.world, self._dispatcher.tokens, self._dispatcher.violations)
        """The other host, where the artifacts lie."""

    def __enter__(self) -> Self:
        violations = self._dispatcher.violations
        crash = functools.partial(violations.record, "double")
        self._server.start(self._dispatcher.respond, crash)
        self._blob_server.start(self.blobs.respond, crash)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        self._blob_server.close()
        if error is None:
            self.assert_clean()
        elif self.violations:
            error.add_note(self.violations.told())

    # --- addresses -------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """What GITHUB_API_URL holds."""
        return self.world.urls.api

    @property
    def graphql_url(self) -> str:
        """What GITHUB_GRAPHQL_URL holds."""
        return self.world.urls.graphql

    @property
    def server_url(self) -> str:
        """What GITHUB_SERVER_URL holds."""
        return self.world.urls.html

    @property
    def clock(self) -> Clock:
        """The double's clock."""
        return self.world.clock

    # --- seeds -----------------------------------------------------------------------------

    def repository(self, full_name: str, **facts: Any) -> Repository:
        """Create a repository: private, has_issues, archived, default_branch."""
        owner, name = full_name.split("/")
        with self.world.lock:
            return self.world.add(Repository(self.world, self.world.owner(owner), name, **facts))

    def installation_token(
        self,
        repository: Repository | str,
        permissions: Mapping[str, str] | None = None,
        *,
        app: App = ACTIONS_APP,
    ) -> str:
        """A token as GITHUB_TOKEN is one (or another app's); None: contents and packages read."""
        return self._dispatcher.tokens.installation(_named(repository), permissions, app)

    def fork_token(self, repository: Repository | str) -> str:
        """What a pull request from a fork, or by Dependabot, gets: read whatever was asked for."""
        return self.installation_token(repository, READ_ONLY)

    def personal_token(self, login: str, *repositories: Repository | str) -> str:
        """A token of somebody who may write in these repositories; it cannot write checks."""
        places = tuple(_named(one) for one in repositories)
        return self._dispatcher.tokens.personal(person(login), places)

    def rate(self, token: str) -> Budget:
        """The primary budget of a token; `limit` and `used` may be set."""
        return self._dispatcher.rates.budget(self._dispatcher.tokens.named(token))

    def token_name(self, token: str) -> str:
        """The name under which the journal speaks of a token."""
        return self._dispatcher.tokens.named(token).name

    # --- what happens on the way -----------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """Faults per call."""
        return self._dispatcher.faults

    def on_call(self, picks: Callable[[Request], bool], run: Callable[[Request], object]) -> None:
        """Run a callback before each call that the predicate picks, in the call's own thread.

        No lock is held: the callback may wait, change the state or call the double itself.
        """
        self._dispatcher.hooks.add(picks, run)

    # --- what happened ---------------------------------------------------------------------

    @property
    def journal(self) -> Journal:
        """All exchanges."""
        return self._dispatcher.journal

    def calls(self, method: str | None = None, path: str | None = None) -> list[Exchange]:
        """The exchanges with this method and path glob."""
        return self.journal.calls(method, path)

    @property
    def violations(self) -> Violations:
        """The breaches of GitHub's contract."""
        return self._dispatcher.violations

    def expect_violation(self, text: str) -> AbstractContextManager[None]:
        """The block must cause a breach with this text; it then counts as expected."""
        return self.violations.expected(text)

    def assert_clean(self) -> None:
        """Fail where there was a breach that nobody expected."""
        self.violations.assert_clean()

    # --- events ----------------------------------------------------------------------------

    def event(self, event: str, repository: Repository, **facts: Any) -> dict[str, Any]:
        """The payload of an event out of the present state; see `events.EVENTS`."""
        with self.world.lock:
            return EVENTS[event](repository, **facts)

    def event_file(
        self,
        path: Path,
        event: str,
        repository: Repository,
        number: int | None = None,
        **facts: Any,
    ) -> Path:
        """Write the payload of an event as the runner does (GITHUB_EVENT_PATH)."""
        given = facts if number is None else {"number": number, **facts}
        return write_event(path, self.event(event, repository, **given))

    def runner_environment(
        self, event: str, repository: Repository, payload: Mapping[str, Any]
    ) -> dict[str, str]:
        """The variables that a runner sets for this event, without the token."""
        return runner_environment(repository, event, payload)


def _named(repository: Repository | str) -> str:
    return repository if isinstance(repository, str) else repository.full_name
