"""A notice: what people are told about one incident of the monitor, whoever carries it (Slack, a webhook, a pager). Pure.

Whoever decides makes notices; whoever sends them renders each for one service. Texts that come from a site or a check file
are hostile: a sender escapes them for its own service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.result import Severity

Turn = Literal["failing", "recovered"]
"""What has happened: an incident has begun (or is told of again), or is over."""
TURNS: Final[tuple[str, ...]] = get_args(Turn)


class Notice(NamedTuple):
    """One message about one incident."""

    turn: Turn
    fingerprint: str
    """Identity of the incident across runs: deduplicates at the receiver."""
    name: str
    """What fails, by its stable name: a check's, `certificate`, `headers`, a phase of the baseline."""
    watch: str
    """Name of the watch that saw it."""
    target: str
    """The target as it may be shown: without password and query, or the name that stands for it."""
    title: str
    """One line: `shop / login is down`."""
    message: str
    """What was seen, as one or two sentences."""
    severity: Severity
    status: str
    """up, degraded, down or unknown."""
    cause: str | None
    """One of the closed list (contract, section 2)."""
    since: str
    """When it was first seen, UTC, ISO 8601 with Z."""
    at: str
    """When the run that tells began, likewise."""
    runs: int = 1
    """How many runs in a row have seen it."""
    run_url: str | None = None
    issue_url: str | None = None
    runbook: str | None = None
    notes: tuple[str, ...] = ()
    """What the reader must know of the notice itself: that the memory between runs was lost."""

    @property
    def facts(self) -> Mapping[str, str]:
        """The short facts in their order, for receivers that show a table."""
        told = {
            "Target": self.target,
            "Check": self.name,
            "Status": self.status,
            "Cause": self.cause or "",
            "Since": self.since,
            "Runs": str(self.runs) if self.runs > 1 else "",
        }
        return {key: value for key, value in told.items() if value}
