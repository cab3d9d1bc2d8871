"""Check suites: one for each workflow on a commit. A check run cannot choose its suite."""

from __future__ import annotations

from typing import NamedTuple

from ..state.people import App
from ..state.repository import Repository


class CheckSuite(NamedTuple):
    """One suite of an app on a commit."""

    id: int
    app: App
    head_sha: str


class CheckSuites:
    """The suites of one repository, oldest first."""

    def __init__(self) -> None:
        self.all: list[CheckSuite] = []


def make(repository: Repository, app: App, sha: str) -> CheckSuite:
    """Add a suite."""
    suite = CheckSuite(repository.world.next_id(), app, sha)
    repository.part(CheckSuites).all.append(suite)
    return suite


def place_for(repository: Repository, app: App, sha: str) -> CheckSuite:
    """The suite that GitHub hangs a new run under: the app's first on the commit."""
    for suite in repository.part(CheckSuites).all:
        if (suite.app, suite.head_sha) == (app, sha):
            return suite
    return make(repository, app, sha)
