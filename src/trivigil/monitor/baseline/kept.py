"""The baseline file: what it was measured from, by how much a phase may be slower, and the samples themselves.

`monitoring-baseline.json`, written by us and reviewed by people. Described by schemas/monitoring-baseline.schema.json. Median and MAD
stand in it for the reader; they have to be those of the values, so that nobody changes a number and thinks it counts.
"""

from __future__ import annotations

import datetime
import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.monitor.baseline.comparison import FEWEST, PHASES, Tolerance, Usual, by_phase, usual

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.located import Node
    from trivigil.web.observation import Phases

SCHEMA: Final = "trivigil/monitoring-baseline/1"
FILE: Final = "monitoring-baseline.json"
MOST: Final = 100
"""Samples that a file holds."""
DAYS: Final = 365
"""For so many days a baseline is valid where nobody says otherwise."""
OLD: Final = 0.5
"""From this part of its days on it is said to grow old."""
ABOUT: Final = ("os", "arch", "environment", "region")
_ID: Final = (
    "https://raw.githubusercontent.com/trivigil/trivigil/v1/schemas/monitoring-baseline.schema.json"
)
_KEYS: Final = ("schema", "target", "created_at", "valid_days", "samples", "runner", "tolerance")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LONGEST_TEXT: Final = 300
_LONGEST: Final = 600_000.0
_MOST_DAYS: Final = 3650
_ROUNDING: Final = 0.01
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
        return (now - _seconds(self.created_at)) / 86400


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
    return Baseline(target, created_at, len(kept), found, tolerance, valid_days, about)


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


# --- reading -----------------------------------------------------------------------------------


def check_target(baseline: Baseline, path: str, target: str) -> None:
    """Raises InputError where the baseline is of another target than this, as it is shown."""
    if baseline.target.rstrip("/") != target.rstrip("/"):
        measured, watched = printable(baseline.target, 100), printable(target, 100)
        message = f"it was measured at {measured}, and {watched} is watched."
        tip = "Name the file of this target, or measure a new one."
        _refuse(path, baseline.lines.get("target", 0), "target", message, tip)


def check_age(baseline: Baseline, path: str, now: float) -> None:
    """Raises InputError where the baseline is too old at that time, in seconds since 1970, or not made yet."""
    age, line = baseline.days(now), baseline.lines.get("created_at", 0)
    if age > baseline.valid_days:
        message = f"it is {age:.0f} days old, and valid for {baseline.valid_days}."
        _refuse(path, line, "created_at", message, AGAIN)
    if age < -_AHEAD:
        message = "it was measured after today, so a clock is wrong."
        _refuse(path, line, "created_at", message)


def read(text: str, path: str) -> Baseline:
    """The baseline in a file's text. Raises InputError that names file, line and key."""
    from trivigil.located import load

    root = load(text, path)
    members = _mapping(root, path, "the file")
    for name, node in members.items():
        if name not in ("$schema", *_KEYS, "phases"):
            _refuse(path, node.key_line, name, "unknown key; a baseline does not have it.")
    for name in (*_KEYS, "phases"):
        if name not in members:
            _refuse(path, root.line, name, "it is missing; this is no monitoring baseline.")
    if members["schema"].value != SCHEMA:
        _refuse(path, members["schema"].line, "schema", f"this version reads `{SCHEMA}`.")
    phases = _mapping(members["phases"], path, "phases")
    if not phases:
        _refuse(path, members["phases"].line, "phases", "there is no phase in it.")
    return Baseline(
        target=_text(members["target"], path, "target"),
        created_at=_time(members["created_at"], path),
        samples=_whole(members["samples"], path, "samples", FEWEST, MOST),
        phases={name: _phase(node, path, name) for name, node in phases.items()},
        tolerance=_tolerance(members["tolerance"], path),
        valid_days=_whole(members["valid_days"], path, "valid_days", 1, _MOST_DAYS),
        runner=_runner(members["runner"], path),
        lines={name: node.key_line for name, node in (*members.items(), *phases.items())},
    )


def _phase(node: Node, path: str, name: str) -> Usual:
    key = f"phases.{printable(name, 40)}"
    if name not in PHASES:
        _refuse(path, node.key_line, key, f"no phase; there are {', '.join(PHASES)}.")
    members = _members(node, path, key, ("median", "mad", "n", "values"))
    listed = members["values"].value
    if not isinstance(listed, list) or not FEWEST <= len(listed) <= MOST:
        line = members["values"].line
        _refuse(path, line, f"{key}.values", f"a list of {FEWEST} to {MOST} numbers was expected.")
    found = usual([_amount(each, path, f"{key}.values") for each in listed])
    for part, value in (("median", found.median), ("mad", found.mad), ("n", len(listed))):
        _same(members[part], path, f"{key}.{part}", value)
    return found


def _same(node: Node, path: str, key: str, found: float) -> None:
    if abs(_amount(node, path, key) - found) > _ROUNDING:
        _refuse(
            path,
            node.line,
            key,
            f"the values give {found:g}; a baseline is measured and not edited.",
            AGAIN,
        )


def _tolerance(node: Node, path: str) -> Tolerance:
    members = _members(node, path, "tolerance", Tolerance._fields)
    return Tolerance(
        *(_amount(members[each], path, f"tolerance.{each}") for each in Tolerance._fields)
    )


def _runner(node: Node, path: str) -> dict[str, str]:
    found = _mapping(node, path, "runner")
    for name, member in found.items():
        if name not in ABOUT:
            _refuse(
                path,
                member.key_line,
                f"runner.{printable(name, 40)}",
                f"there are {', '.join(ABOUT)}.",
            )
    return {name: _text(member, path, f"runner.{name}") for name, member in found.items()}


def _mapping(node: Node, path: str, key: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        _refuse(path, node.line, key, f"an object was expected, found {node.kind}.")
    return node.value


def _members(node: Node, path: str, key: str, names: Sequence[str]) -> dict[str, Node]:
    """The members of an object that has exactly these."""
    found = _mapping(node, path, key)
    for name, member in found.items():
        if name not in names:
            _refuse(
                path,
                member.key_line,
                f"{key}.{printable(name, 40)}",
                f"there are {', '.join(names)}.",
            )
    for name in names:
        if name not in found:
            _refuse(path, node.line, f"{key}.{name}", "it is missing.")
    return found


def _text(node: Node, path: str, key: str) -> str:
    if not isinstance(node.value, str) or not node.value.strip():
        _refuse(path, node.line, key, f"a text was expected, found {node.kind}.")
    return printable(node.value, _LONGEST_TEXT)


def _time(node: Node, path: str) -> str:
    text = _text(node, path, "created_at")
    try:
        _seconds(text if _TIME.fullmatch(text) else "")
    except ValueError:
        _refuse(path, node.line, "created_at", "a time such as 2027-06-30T12:00:00Z was expected.")
    return text


def _seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp()


def _whole(node: Node, path: str, key: str, least: int, most: int) -> int:
    value: Any = node.value
    if type(value) is not int or not least <= value <= most:
        _refuse(path, node.line, key, f"a whole number from {least} to {most} was expected.")
    return value


def _amount(node: Node, path: str, key: str) -> float:
    value: Any = node.value
    if type(value) not in (int, float) or not 0 <= value <= _LONGEST:
        _refuse(path, node.line, key, f"a number from 0 to {_LONGEST:g} was expected.")
    return float(value)


def _refuse(path: str, line: int, key: str, message: str, tip: str | None = None) -> NoReturn:
    raise InputError(message, path=path, line=line or None, key=printable(key), tip=tip)
