"""Where a monitoring run remembers: its issue, the data branch, or a folder, as the setting and the event's token have it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.core.report import Report
    from trivigil.github.client import Client
    from trivigil.github.event import Event
    from trivigil.publish.memory_home import Home


class Line:
    """One connection to GitHub, opened at the first call and closed at the end."""

    def __init__(self, event: Event | None, token: str) -> None:
        self._event, self._token = event, token
        self._client: Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def client(self) -> Client:
        """The connection. Raises Refused where there can be none."""
        from trivigil.github.client import connect

        assert self._event is not None  # noqa: S101 (no home asks without an event)
        if self._client is None:
            self._client = connect(self._event, self._token)
        return self._client


def state_of(report: Report) -> str:
    """The setting, as the step before has noted it."""
    noted = report.facts.get("policy")
    state = noted.get("state") if isinstance(noted, dict) else None
    return state if isinstance(state, str) and state else "auto"


def homes(
    state: str,
    watch: str,
    event: Event | None,
    client: Callable[[], Client],
    environ: Mapping[str, str],
) -> tuple[tuple[Home, ...], str | None]:
    """Where it may be remembered, the best first; and why nowhere. Raises InputError for a state that is none."""
    from trivigil.publish.memory_home import IssueHome, StoreHome
    from trivigil.stores import open_store

    if state == "none":
        return (), "nothing is remembered from run to run (`state: none`)"
    if state not in {"auto", "issue"} and state.partition(":")[0] != "branch":
        folder = os.path.join(environ.get("GITHUB_WORKSPACE") or os.getcwd(), state)
        return (StoreHome(open_store(folder), watch, "its folder"),), None
    if event is None:
        return (), "this is not a GitHub Actions run, and no folder is named as `state`"
    refused = _refused(event)
    if refused is not None:
        return (), refused
    found: list[Home] = []
    if state in {"auto", "issue"}:
        found.append(IssueHome(client, watch, event.repository))
    if state == "auto" or state.partition(":")[0] == "branch":
        found.append(_Branch(state, watch, event, client))
    return tuple(found), None


def _refused(event: Event) -> str | None:
    from trivigil.github.event import writable

    permit = writable(event)
    return None if permit.allowed else f"nothing can be remembered: {permit.reason}"


class _Branch:
    """The data branch, opened when it is asked for the first time."""

    title = "the data branch"

    def __init__(self, state: str, watch: str, event: Event, client: Callable[[], Client]) -> None:
        self._spec = "branch" if state == "auto" else state
        self._watch, self._event, self._client = watch, event, client
        self._home: Home | None = None

    def _opened(self) -> Home:
        from trivigil.publish.memory_home import StoreHome
        from trivigil.stores import open_store

        if self._home is None:
            store = open_store(self._spec, event=self._event, connect=self._client)
            self._home = StoreHome(store, self._watch, self.title)
        return self._home

    def load(self) -> str | None:
        """See `Home`."""
        return self._opened().load()

    def keep(self, text: str, *, sure: bool) -> bool:
        """See `Home`."""
        return self._opened().keep(text, sure=sure)
