"""The baseline file: what it was measured from, by how much a phase may be slower, and the samples themselves.

`monitoring-baseline.json`, written by us and reviewed by people. Described by schemas/monitoring-baseline.schema.json. Median and MAD
stand in it for the reader; they have to be those of the values, so that nobody changes a number and thinks it counts.
"""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Final, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.monitor.baseline.comparison import Tolerance, by_phase, usual

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.monitor.baseline.comparison import Usual
    from trivigil.web.observation import Phases

SCHEMA: Final = "trivigil/monitoring-baseline/1"
FILE: Final = "monitoring-baseline.json"
MOST: Final = 100
"""Samples that a file holds."""
DAYS: Final = 365
"""For so many days a baseline is valid where nobody says otherwise."""
OLD: Final = 0.5
"""From this part of its days on it is said to grow old."""
LONGEST_TEXT: Final = 300
"""Characters."""
ABOUT: Final = ("os", "arch", "environment", "region")
_ID: Final = (
    "https://raw.githubusercontent.com/trivigil/trivigil/v1/schemas/monitoring-baseline.schema.json"
)
_AHEAD: Final = 1.0
"""Days that another machine's clock may be ahead."""
AGAIN: Final = "Measure again: trivigil monitor baseline --accept."


class Baseline(NamedTuple):
    """What is usual for a target."""

    target: str
    """As it may be shown."""
    created_at: str
    """UTC, ISO 8601 with Z."""
    samples: int
    phases: Mapping[str, Usual]
    tolerance: Tolerance = Tolerance()
    valid_days: int = DAYS
    runner: Mapping[str, str] = {}
    """What is known of the machine that measured: os, arch, environment, region."""
    lines: Mapping[str, int] = {}
    """Where each key and each phase stands in the file."""

    def days(self, now: float) -> float:
        """Its age at that time, in seconds since 1970."""
        return (now - seconds(self.created_at)) / 86400


def make(
    target: str,
    created_at: str,
    samples: Sequence[Phases],
    *,
    tolerance: Tolerance = Tolerance(),  # noqa: B008 -- immutable
    valid_days: int = DAYS,
    runner: Mapping[str, str] | None = None,
) -> Baseline:
    """The baseline that these samples make; of more than MOST the last ones."""
    kept = samples[-MOST:]
    found = {
        phase: usual([round(each, 2) for each in values])
        for phase, values in by_phase(kept).items()
    }
    about = {key: printable(str(value), 100) for key, value in (runner or {}).items() if value}
    shown = printable(target, LONGEST_TEXT)
    return Baseline(shown, created_at, len(kept), found, tolerance, valid_days, about)


def dump(baseline: Baseline) -> str:
    """The file's text: a line for each phase's values, so that a change of it can be read."""
    phases = (
        f'    "{phase}": {{\n      "median": {_number(one.median)},\n      "mad": {_number(one.mad)},\n'
        f'      "n": {len(one.values)},\n      "values": [{", ".join(map(_number, one.values))}]\n    }}'
        for phase, one in baseline.phases.items()
    )
    head = {
        "$schema": _ID,
        "schema": SCHEMA,
        "target": baseline.target,
        "created_at": baseline.created_at,
        "valid_days": baseline.valid_days,
        "samples": baseline.samples,
        "runner": dict(baseline.runner),
        "tolerance": baseline.tolerance._asdict(),
    }
    text = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
    listed = ",\n".join(phases)
    return f'{text},\n  "phases": {{\n{listed}\n  }}\n}}\n'


def _number(value: float) -> str:
    return f"{round(value, 3):g}" if value < 1000 else f"{value:.2f}"  # noqa: PLR2004 (no exponent)


def seconds(text: str) -> float:
    """A time as the file has it, in seconds since 1970. Raises ValueError."""
    return datetime.datetime.fromisoformat(text).timestamp()


def check_target(baseline: Baseline, path: str, target: str) -> None:
    """Raises InputError where the baseline is of another target than this, as it is shown."""
    if baseline.target.rstrip("/") != printable(target, LONGEST_TEXT).rstrip("/"):
        measured, watched = printable(baseline.target, 100), printable(target, 100)
        message = f"it was measured at {measured}, and {watched} is watched."
        tip = "Name the file of this target, or measure a new one."
        _refuse(baseline, path, "target", message, tip)


def check_age(baseline: Baseline, path: str, now: float) -> None:
    """Raises InputError where the baseline is too old at that time, in seconds since 1970, or not made yet."""
    age = baseline.days(now)
    if age > baseline.valid_days:
        message = f"it is {age:.0f} days old, and valid for {baseline.valid_days}."
        _refuse(baseline, path, "created_at", message, AGAIN)
    if age < -_AHEAD:
        message = "it was measured after today, so a clock is wrong."
        _refuse(baseline, path, "created_at", message)


def _refuse(
    baseline: Baseline, path: str, key: str, message: str, tip: str | None = None
) -> NoReturn:
    raise InputError(message, path=path, line=baseline.lines.get(key), key=key, tip=tip)
