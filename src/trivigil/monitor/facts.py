"""What the monitor saw, as records: a check with its attempts. `as_json` and `read` carry them through the result file.

One `Checked` is one row of `checks` in `monitoring-results.json` (contract, section 2). Everything in it may be shown: URLs are
without password and query, messages are in words of ours, and what a site sent is in `Failed.actual` alone, shortened and
redacted, which renderers treat as hostile text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

from trivigil.core.record import NamedTuple
from trivigil.web.observation import CAUSES, Cause, Phases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Status = Literal["up", "degraded", "down", "unknown"]
"""`degraded`: works, but not as it should (a warning, slow); `unknown`: nobody could see whether it works."""
STATUSES: Final[tuple[str, ...]] = get_args(Status)
Kind = Literal["synthetic", "certificate", "headers", "baseline"]
"""What kind of check it is."""
KINDS: Final[tuple[str, ...]] = get_args(Kind)

NO_OUTAGE: Final = frozenset({"waf-block", "runner-network", "blocked-address"})
"""Causes that say nothing of the target: such a check is `unknown`, and opens no outage."""


class Failed(NamedTuple):
    """One claim that does not hold, at its line of the check file."""

    message: str
    line: int | None = None
    column: int | None = None
    severity: Literal["fail", "warn"] = "fail"
    expected: str = ""
    actual: str = ""
    """The site's own text, shortened and redacted: hostile."""


class Attempt(NamedTuple):
    """One try at a check within one run."""

    started_at: str
    """UTC, ISO 8601 with milliseconds and Z."""
    status: Status
    cause: Cause | None = None
    message: str = ""
    """Why, in words of ours; empty where all went well."""
    phases: Phases = Phases()
    """Milliseconds; of several requests the sums."""
    http_status: int | None = None
    """Of the last answer."""
    url: str = ""
    """What was asked last, without password and query."""
    failed: tuple[Failed, ...] = ()
    ours: bool = False
    """It ended in an error of our own, so it says nothing of the target."""
    certificate_ends: str = ""
    """When the certificate that was shown ends, UTC, ISO 8601 with Z; empty where none was looked at."""


class Checked(NamedTuple):
    """One check as this run saw it."""

    name: str
    """Stable name: the check file's stem, with the check's own name after it where a file holds several."""
    kind: Kind
    attempts: tuple[Attempt, ...]
    """In their order; the last one decides. Empty for a check that was not tried."""
    file: str | None = None
    """The check file, relative to the working directory, with `/`."""
    line: int | None = None
    depends_on: tuple[str, ...] = ()
    """Names of checks without which this one says nothing."""
    runbook: str | None = None
    tags: tuple[str, ...] = ()
    skipped: str | None = None
    """Why it was not tried: a check that it depends on failed."""
    status: Status = "unknown"
    cause: Cause | None = None
    message: str = ""

    @property
    def phases(self) -> Phases:
        """Of the last attempt."""
        return self.attempts[-1].phases if self.attempts else Phases()

    @property
    def failed(self) -> tuple[Failed, ...]:
        """Of the last attempt."""
        return self.attempts[-1].failed if self.attempts else ()


def concluded(checked: Checked) -> Checked:
    """The check with the status, cause and message of its last attempt; one that was skipped is unknown."""
    if checked.skipped is not None or not checked.attempts:
        reason = checked.skipped or "it was not tried"
        return checked._replace(status="unknown", cause=None, message=reason)
    last = checked.attempts[-1]
    return checked._replace(status=last.status, cause=last.cause, message=last.message)


def ours(checked: Iterable[Checked]) -> tuple[str, ...]:
    """Names of the checks that ended in an error of our own: such a run ends with exit 3."""
    return tuple(one.name for one in checked if any(each.ours for each in one.attempts))


def status_of(cause: Cause | None) -> Status:
    """What a cause makes of a check: nothing wrong is up, slow is degraded, a cause of the way alone is unknown."""
    if cause is None:
        return "up"
    if cause in NO_OUTAGE:
        return "unknown"
    return "degraded" if cause == "slow" else "down"


# --- JSON --------------------------------------------------------------------------------------


def as_json(checked: Iterable[Checked]) -> list[dict[str, Any]]:
    """The rows of `checks`."""
    return [_row(one) for one in checked]


def _row(one: Checked) -> dict[str, Any]:
    row = one._asdict()
    row["attempts"] = [_attempt(each) for each in one.attempts]
    row["phases"] = _phases(one.phases)
    row["depends_on"], row["tags"] = list(one.depends_on), list(one.tags)
    return row


def _attempt(one: Attempt) -> dict[str, Any]:
    row = one._asdict()
    row["phases"] = _phases(one.phases)
    row["failed"] = [each._asdict() for each in one.failed]
    return row


def _phases(phases: Phases) -> dict[str, float | None]:
    return {
        name: None if value is None else round(value, 3) for name, value in phases._asdict().items()
    }


def read(rows: object) -> tuple[Checked, ...]:
    """The checks in a result file's `checks`; a row that is none is left out: whoever counts compares with the rows.

    Nothing is believed: unknown words become `unknown`, numbers that are none become None.
    """
    found = rows if isinstance(rows, list) else []
    return tuple(_checked(row) for row in found if isinstance(row, dict) and _text(row, "name"))


def _checked(row: Mapping[str, Any]) -> Checked:
    attempts = row.get("attempts")
    return Checked(
        name=_text(row, "name"),
        kind=cast("Kind", _word(row, "kind", KINDS) or "synthetic"),
        attempts=tuple(
            _read_attempt(each)
            for each in (attempts if isinstance(attempts, list) else [])
            if isinstance(each, dict)
        ),
        file=_text(row, "file") or None,
        line=_whole(row, "line"),
        depends_on=_texts(row, "depends_on"),
        runbook=_text(row, "runbook") or None,
        tags=_texts(row, "tags"),
        skipped=_text(row, "skipped") or None,
        status=_status(row),
        cause=_cause(row),
        message=_text(row, "message"),
    )


def _read_attempt(row: Mapping[str, Any]) -> Attempt:
    failed, phases = row.get("failed"), row.get("phases")
    phases = phases if isinstance(phases, dict) else {}
    return Attempt(
        started_at=_text(row, "started_at"),
        status=_status(row),
        cause=_cause(row),
        message=_text(row, "message"),
        phases=Phases(**{name: _number(phases, name) for name in Phases._fields}),
        http_status=_whole(row, "http_status"),
        url=_text(row, "url"),
        failed=tuple(
            _read_failed(each)
            for each in (failed if isinstance(failed, list) else [])
            if isinstance(each, dict)
        ),
        ours=row.get("ours") is True,
        certificate_ends=_text(row, "certificate_ends"),
    )


def _read_failed(row: Mapping[str, Any]) -> Failed:
    return Failed(
        message=_text(row, "message"),
        line=_whole(row, "line"),
        column=_whole(row, "column"),
        severity="warn" if row.get("severity") == "warn" else "fail",
        expected=_text(row, "expected"),
        actual=_text(row, "actual"),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return value if isinstance(value, str) else ""


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _word(row: Mapping[str, Any], key: str, known: tuple[str, ...]) -> str | None:
    value = _text(row, key)
    return value if value in known else None


def _status(row: Mapping[str, Any]) -> Status:
    return cast("Status", _word(row, "status", STATUSES) or "unknown")


def _cause(row: Mapping[str, Any]) -> Cause | None:
    if row.get("cause") is None:
        return None
    return cast("Cause", _word(row, "cause", CAUSES) or "unknown")


def _whole(row: Mapping[str, Any], key: str) -> int | None:
    value = row.get(key)
    return value if type(value) is int and value >= 0 else None


def _number(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < float("inf") else None
