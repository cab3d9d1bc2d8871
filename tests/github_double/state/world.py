"""Everything that one double knows: its addresses, clock, ids and repositories."""

from __future__ import annotations

import itertools
import threading
from datetime import datetime
from typing import NamedTuple

from ..clock import Clock
from .people import Person, person
from .repository import Repository


class Urls(NamedTuple):
    """The addresses of a GitHub; none ends in a slash. The blobs lie on another host."""

    api: str
    graphql: str
    html: str
    blobs: str = ""


class Options(NamedTuple):
    """Behaviours on which reports from the field differ.

    `own_status_locked`: the workflow token may not change status or conclusion of check runs that
    it created through the API, either (LouisBrunner/checks-action#369 against
    duckduckgo/content-scope-scripts#2385).
    """

    own_status_locked: bool = False


class World:
    """The state of one double. Whoever changes it holds `lock`.

    `queries` are the only GraphQL texts that may be sent; None where the product has none yet.
    """

    def __init__(self, urls: Urls, options: Options, queries: tuple[str, ...] | None) -> None:
        self.urls = urls
        self.options = options
        self.queries = queries
        self.clock = Clock()
        self.lock = threading.RLock()
        self.repositories: dict[str, Repository] = {}
        self.signed: dict[tuple[str, str], tuple[bytes, datetime]] = {}
        """What the blob store gives out, by path and signature, and until when."""
        self.elsewhere: str | None = None
        """Where downloads are sent instead of the blob store."""
        self._ids = itertools.count(2_104_000_001)

    def next_id(self) -> int:
        """A fresh id: it grows, and does not fit into 31 bits any more before long, as GitHub's."""
        return next(self._ids)

    def find(self, full_name: str) -> Repository | None:
        """The repository of this full name; case does not matter."""
        return self.repositories.get(full_name.lower())

    def add(self, repository: Repository) -> Repository:
        """Take in a repository."""
        self.repositories[repository.full_name.lower()] = repository
        return repository

    def owner(self, login: str) -> Person:
        """An account that owns repositories: an organization, unless somebody forks."""
        return person(login, "Organization")
