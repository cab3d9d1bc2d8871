"""A repository whose data branch several writers use, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.github_double import GitHubDouble, Repository
from tests.github_double.state.git import Git
from trivigil.github.branch_store import BRANCH, BranchStore, Contention, History
from trivigil.github.client import Client, connect
from trivigil.github.event import Event, Permit, read_event
from trivigil.github.patience import Manners

WRITE = {"contents": "write"}
QUICK = Manners(ceiling=30.0, backoff=0.01, timeout=30)
# A try is lost only to a write of somebody else, so this many are enough for every test here.
EAGER = Contention(tries=100, pause=0.01, longest=0.2)
START = 1_770_000_000
DAY = 86_400


class DataBranch:
    """The repository octo/shop, and stores on its branch trivigil-data."""

    def __init__(self, github: GitHubDouble) -> None:
        self.github = github
        self.shop: Repository = github.repository("octo/shop")
        self.now = START
        self._open: list[Client] = []

    @property
    def git(self) -> Git:
        """The repository's objects."""
        return self.shop.part(Git)

    @property
    def files(self) -> dict[str, bytes]:
        """What is on the branch."""
        return self.shop.files(BRANCH)

    def event(self) -> Event:
        """A push."""
        payload = self.github.event("push", self.shop)
        event = read_event(self.github.runner_environment("push", self.shop, payload))
        assert event is not None
        return event

    def client(
        self, permissions: Mapping[str, str] = WRITE, manners: Manners = QUICK, **facts: Any
    ) -> Client:
        """A connection with a token of its own."""
        token = self.github.installation_token(self.shop, permissions)
        client = connect(self.event(), token, manners=manners)
        self._open.append(client)
        return client

    def store(
        self,
        permissions: Mapping[str, str] = WRITE,
        *,
        manners: Manners = QUICK,
        history: History = History(),  # noqa: B008 - an immutable record
        contention: Contention = EAGER,
        permit: Permit = Permit(True),  # noqa: B008 - likewise
    ) -> BranchStore:
        """One writer's store."""
        return BranchStore(
            self.client(permissions, manners),
            permit=permit,
            history=history,
            contention=contention,
            clock=lambda: self.now,
        )

    def close(self) -> None:
        """End all connections."""
        for client in self._open:
            client.close()

    def calls(self, since: int = 0) -> list[str]:
        """The calls so far, `POST git/trees`, without the names of objects."""
        return [f"{one.method} {_short(one.path)}" for one in self.github.journal[since:]]


def _short(path: str) -> str:
    rest = path.removeprefix("/repos/octo/shop/")
    head, _, last = rest.rpartition("/")
    is_object = len(last) == 40 and all(char in "0123456789abcdef" for char in last)
    return f"{head}/*" if is_object else rest
