"""The report: everything one watch knows, immutable, ready to be rendered and published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from trivigil.core.gate import Conclusion
from trivigil.core.record import NamedTuple
from trivigil.core.result import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trivigil.core.measurement import Measurement
    from trivigil.core.reading import Reading, State
    from trivigil.core.result import Result

T = TypeVar("T")
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


class Fields(NamedTuple):
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


class Report(Fields):
    """The fields, and room for what is derived of them: it is made once, and goes when the report goes."""

    def once(self, derive: Callable[[Report], T]) -> T:
        """What a pure function makes of this report; there may be a hundred thousand results, and every channel asks."""
        made = self.__dict__.setdefault("derived", {})
        if derive not in made:
            made[derive] = derive(self)
        found: T = made[derive]
        return found

    @property
    def findings(self) -> tuple[Result, ...]:
        """Failed and undecided results that nobody accepted, in the order they were judged."""
        return self.once(_findings)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """Of each result, in their order."""
        return self.once(_fingerprints)


def _findings(report: Report) -> tuple[Result, ...]:
    # `Result.finding` spelled out, because there may be a hundred thousand.
    return tuple([r for r in report.results if r.suppression is None and r.kind != "pass"])


def _fingerprints(report: Report) -> tuple[str, ...]:
    return tuple(fingerprints(report.results))


def record(reading: Reading[Any]) -> SourceRecord:
    """What the report remembers of a reading."""
    return SourceRecord(
        path=reading.path,
        tool=reading.tool,
        format=reading.format,
        state=reading.state,
        tool_version=reading.tool_version,
        count=reading.count,
        unit=reading.unit,
        notes=reading.notes,
        problem=reading.problem,
    )


def refused(
    action: str, name: str, problem: str, now: str, origin: Origin, facts: Mapping[str, object]
) -> Report:
    """The report of a watch that could judge nothing, because of what a user can mend: exit 2. `now` is ISO 8601."""
    return Report(
        action=action,
        name=name,
        conclusion=Conclusion("failure", 2),
        generated_at=now,
        sources=(),
        results=(),
        measurements=(),
        origin=origin,
        problems=(problem,),
        facts=facts,
    )
