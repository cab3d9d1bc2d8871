"""What the command and the action of the monitor have in common: bounds from the environment, and the context of a run."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Final

from trivigil.cli import origin
from trivigil.core.errors import InputError
from trivigil.monitor import schedule
from trivigil.monitor.analysis import Context
from trivigil.monitor.planned import Bounds
from trivigil.monitor.vigilance import Policy
from trivigil.web import target

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "TRIVIGIL_VARIABLE_"
SECRET: Final = "TRIVIGIL_SECRET_"  # noqa: S105 (the beginning of names)
"""How the names of environment variables begin that checks may name in braces: TRIVIGIL_SECRET_password is {{password}}."""
TIMEOUT: Final = 10.0
RUN_TIME: Final = 300.0


def bounds(
    url: str,
    environ: Mapping[str, str],
    *,
    timeout: float = TIMEOUT,
    allow_private: bool = False,
    allow_writes: bool = False,
) -> Bounds:
    """What the checks may know and do. Raises InputError for a target that is none."""
    if not url.strip():
        raise InputError("there is nothing to watch; name a URL.", key="target")
    at = target.read(url.strip(), "target")
    return Bounds(
        target=at.url.rstrip("/"),
        timeout=timeout,
        allow_private=allow_private,
        allow_writes=allow_writes,
        roots=environ.get("SSL_CERT_FILE") or None,
        variables=_named(environ, VARIABLE),
        secrets=_named(environ, SECRET),
    )


def _named(environ: Mapping[str, str], prefix: str) -> dict[str, str]:
    found = {
        key.removeprefix(prefix): value for key, value in environ.items() if key.startswith(prefix)
    }
    return {name: value for name, value in found.items() if name and value}


def context(
    name: str,
    url: str,
    environ: Mapping[str, str],
    *,
    shown: str = "",
    policy: Policy = Policy(),  # noqa: B008 -- immutable
    state: str = "auto",
) -> Context:
    """The clock, the commit, and how late a scheduled run began."""
    now = datetime.datetime.now(datetime.UTC)
    due, late = schedule.lateness(cron(environ), now)
    return Context(
        name=name,
        now=origin.now(),
        target=shown or _shown(url),
        origin=origin.origin(environ),
        started_at=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        scheduled_for=due,
        lateness=late,
        policy=policy,
        state=state,
    )


def _shown(url: str) -> str:
    """A URL without password and query; nothing of what is none, because nobody knows what it holds."""
    try:
        return target.read(url.strip()).shown
    except InputError:
        return ""


def cron(environ: Mapping[str, str]) -> str:
    """The cron line that started this run; empty where none did."""
    if environ.get("GITHUB_EVENT_NAME") != "schedule":
        return ""
    from trivigil.github.event import load_payload

    path = environ.get("GITHUB_EVENT_PATH")
    payload = load_payload(path) if path else {}
    line = payload.get("schedule") if isinstance(payload, dict) else None
    return line if isinstance(line, str) else ""
