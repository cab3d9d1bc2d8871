"""Reading the baseline file: `read(text, path) -> Baseline`. Every error names file, line and key. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable
from trivigil.monitor.baseline import kept
from trivigil.monitor.baseline.comparison import FEWEST, PHASES, Tolerance, Usual, usual
from trivigil.monitor.baseline.kept import ABOUT, AGAIN, LONGEST_TEXT, MOST, SCHEMA, Baseline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.located import Node

_KEYS: Final = ("schema", "target", "created_at", "valid_days", "samples", "runner", "tolerance")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LONGEST: Final = 600_000.0
_MOST_DAYS: Final = 3650
_ROUNDING: Final = 0.01


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
    return printable(node.value, LONGEST_TEXT)


def _time(node: Node, path: str) -> str:
    text = _text(node, path, "created_at")
    try:
        kept.seconds(text if _TIME.fullmatch(text) else "")
    except ValueError:
        _refuse(path, node.line, "created_at", "a time such as 2027-06-30T12:00:00Z was expected.")
    return text


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
    raise InputError(message, path=path, line=line, key=printable(key), tip=tip)
