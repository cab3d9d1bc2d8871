"""A check before it is tried: what it is called, and how one attempt is made. The check languages make these, the runner tries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.monitor.facts import Attempt, Kind


class Bounds(NamedTuple):
    """What the checks of one run may know and do. It has no repr of its secrets."""

    target: str
    """URL of the target, without a slash at its end: `{{target}}` in a check."""
    timeout: float = 10.0
    """Seconds for one request, redirects not counted together; a check may say less or more of its own."""
    allow_private: bool = False
    """Private and loopback addresses too."""
    allow_writes: bool = False
    """Methods other than GET, HEAD and OPTIONS too."""
    roots: str | None = None
    """A PEM file with certificates to trust; else those of the system."""
    variables: Mapping[str, str] = {}
    """What checks may name in braces, beside the target."""
    secrets: Mapping[str, str] = {}
    """Likewise; their values are shown nowhere."""

    def __repr__(self) -> str:
        """Without anything that may be secret: it may stand in a traceback."""
        return f"<Bounds timeout={self.timeout}>"


class Planned(NamedTuple):
    """One check of the plan."""

    name: str
    kind: Kind
    attempt: Callable[[Bounds], Attempt]
    """One try, with all its steps. It raises nothing for what a site or a network does; safe to call from a thread."""
    file: str | None = None
    """Relative to the working directory, with `/`."""
    line: int | None = None
    retries: int | None = None
    """More attempts after a failed one, in the same run; None: as many as the run says."""
    depends_on: tuple[str, ...] = ()
    """Names of checks without which this one says nothing."""
    runbook: str | None = None
    tags: tuple[str, ...] = ()
    host: str = ""
    """Whom it asks, for the limit of each host; empty: the target's host."""
