"""The report: everything one watch knows, immutable, ready to be rendered and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.gate import Conclusion
    from trivigil.core.measurement import Measurement
    from trivigil.core.reading import State
    from trivigil.core.result import Result

SCHEMA = "trivigil/report/1"


class SourceRecord(NamedTuple):
    """One source as the report remembers it."""

    path: str
    tool: str | None
    format: str | None
    state: State
    tool_version: str | None = None
    count: int | None = None  # type: ignore[assignment]  # in place of tuple.count
    unit: str | None = None
    notes: tuple[str, ...] = ()
    problem: str | None = None


class Origin(NamedTuple):
    """Which run of which commit the report is about; each field None where it is not known."""

    commit: str | None = None
    run_url: str | None = None
    repository: str | None = None
    run_title: str = "workflow run"
    """What a link to the run is called; in no file, because who reads one back knows whose run it was."""


class Report(NamedTuple):
    """What `performance-analysis.json` and its sisters say (contract, section 2)."""

    action: str
    name: str
    conclusion: Conclusion
    generated_at: str
    """UTC, ISO 8601 with Z."""
    sources: tuple[SourceRecord, ...]
    results: tuple[Result, ...]
    measurements: tuple[Measurement, ...]
    origin: Origin = Origin()
    problems: tuple[str, ...] = ()
    """Sentences for what made the input unusable (exit 2)."""
    notes: tuple[str, ...] = ()
    facts: Mapping[str, object] = {}
    """What only this action says, as plain JSON values (perf: errors, timeline)."""

    @property
    def findings(self) -> tuple[Result, ...]:
        """Failed and undecided results that nobody accepted, in the order they were judged."""
        # `Result.finding` spelled out: there may be a hundred thousand, and this is asked more than once.
        return tuple([r for r in self.results if r.suppression is None and r.kind != "pass"])
