"""What a command knows of the run it is part of."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trivigil.core.report import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.perf.analysis import Context


def context(
    name: str,
    environ: Mapping[str, str],
    *,
    root: str,
    budgets: str | None,
    profile: str | None = None,
) -> Context:
    """The analysis' context: the clock, and the commit and run where GitHub's environment tells them."""
    from trivigil.perf.analysis import Context

    return Context(name, now(), root, origin(environ), budgets, profile)


def now() -> str:
    """The time, UTC, as reports write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def origin(environ: Mapping[str, str]) -> Origin:
    """Commit, run and repository, inside GitHub Actions; nothing elsewhere."""
    if not environ.get("GITHUB_REPOSITORY") or not environ.get("GITHUB_RUN_ID"):
        return Origin()
    from trivigil.github.event import read_event

    event = read_event(environ)
    if event is None:
        return Origin()
    return Origin(
        event.head_sha,
        f"{event.server_url}/{event.repository}/actions/runs/{event.run_id}",
        event.repository,
    )
