"""Budgets: the thresholds file that a team writes, in its plain and in its full form.

Plain (JSON or YAML): `{"default": {"p95_response_time": 500}, "GET /login": {"error_rate": 1}}`; a number is
the most that is allowed, for throughput and requests the least. Full: `budgets:` with a list of entries
of subject, limits, owner, reason, expires and optional. Both are described by schemas/budgets.schema.json;
docs/budgets.md explains them.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NoReturn, cast

from trivigil.core import error_budget
from trivigil.core.errors import InputError
from trivigil.core.measurement import Metric, metric, names
from trivigil.core.record import NamedTuple
from trivigil.core.threshold import Limit, Operator, Pattern, Threshold
from trivigil.core.untrusted import printable
from trivigil.perf.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.located import Node

SCHEMA = "trivigil/budgets/1"

_ALIASES = {
    "avg_response_time": "latency.mean",
    "median_response_time": "latency.p50",
    "min_response_time": "latency.min",
    "max_response_time": "latency.max",
}
_PERCENTILE_ALIAS = re.compile(r"p(\d{1,2}(?:[._]\d{1,4})?)_response_time")
_CONDITION = re.compile(
    r"\s*(<=|>=|<|>)?\s*([0-9]+(?:\.[0-9]+)?)\s*(ms|s|%|/s|req/s|requests/s)?\s*"
)
_UNITS = {
    ("ms", "ms"): 1.0,
    ("s", "ms"): 1000.0,
    ("s", "s"): 1.0,
    ("ms", "s"): 0.001,
    ("%", "%"): 1.0,
}
_PER_SECOND = ("/s", "req/s", "requests/s")
_ENTRY_KEYS = (
    "subject",
    "limits",
    "profile",
    "owner",
    "reason",
    "expires",
    "optional",
    "judge",
    "objective",
)
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


class Budgets(NamedTuple):
    """The thresholds of one file, in the order they are written."""

    path: str
    thresholds: tuple[Threshold, ...]


def read(text: str, path: str) -> Budgets:
    """Read a budgets file. Raises InputError that names file, line and key."""
    from trivigil.located import load

    root = load(text, path)
    if isinstance(root.value, list):
        from trivigil.perf import lighthouse_budget

        listed = tuple(lighthouse_budget.thresholds(root, path))
        if not listed:
            _refuse(path, root.line, None, "there is no budget in it.")
        return Budgets(path, listed)
    members = _mapping(root, path, "the file")
    full = "budgets" in members or "schema" in members
    entries = _full(members, path) if full else _plain(members, path)
    thresholds = tuple(entries)
    if not thresholds:
        _refuse(path, root.line, None, "there is no budget in it.")
    return Budgets(path, thresholds)


def _plain(members: dict[str, Node], path: str) -> Iterable[Threshold]:
    for subject, node in members.items():
        if subject == "$schema":
            continue
        pattern = Pattern("default" if subject == "default" else "exact", subject)
        for name, value in _mapping(node, path, subject).items():
            key = f"{subject}.{name}"
            known = _metric(name, value, path, key)
            if known.name == error_budget.METRIC:
                _refuse(
                    path, value.key_line, key, "an error budget needs the full form's `objective`."
                )
            if isinstance(value.value, bool) or not isinstance(value.value, int | float):
                _refuse(path, value.key_line, key, f"a number was expected, not {value.kind}.")
            limit = _plain_limit(known, value, path, key)
            yield Threshold(pattern, known, limit, path=path, line=value.key_line)


def _full(members: dict[str, Node], path: str) -> Iterable[Threshold]:
    for name, node in members.items():
        if name not in ("$schema", "schema", "budgets"):
            _refuse(
                path, node.key_line, name, "unknown key; the full form has `schema` and `budgets`."
            )
    schema = members.get("schema")
    if schema is not None and schema.value != SCHEMA:
        _refuse(path, schema.line, "schema", f"this version reads `{SCHEMA}`.")
    listed = members.get("budgets")
    if listed is None or not isinstance(listed.value, list):
        _refuse(path, listed.line if listed else 1, "budgets", "a list of entries was expected.")
    for index, node in enumerate(listed.value):
        yield from _entry(node, path, f"budgets[{index}]")


def _entry(node: Node, path: str, key: str) -> Iterable[Threshold]:
    entry = _mapping(node, path, key)
    for name, member in entry.items():
        if name not in _ENTRY_KEYS:
            tip = _suggestion(name, _ENTRY_KEYS)
            _refuse(path, member.key_line, f"{key}.{name}", f"unknown key.{tip}")
    for needed in ("subject",) if "objective" in entry else ("subject", "limits"):
        if needed not in entry:
            _refuse(path, node.line, key, f"the entry has no `{needed}`.")
    pattern = _pattern(entry["subject"], path, f"{key}.subject")
    limits = _mapping(entry["limits"], path, f"{key}.limits") if "limits" in entry else {}
    if "limits" in entry and not limits:
        _refuse(path, entry["limits"].line, f"{key}.limits", "there is no limit in it.")
    common = _common(entry, path, key)
    for name, limit in limits.items():
        place = f"{key}.limits.{name}"
        known = _metric(name, limit, path, place)
        if known.name == error_budget.METRIC and common.objective is None:
            _refuse(path, limit.key_line, place, "an error budget needs the entry's `objective`.")
        fail, warn = _levels(known, limit, path, place)
        yield common._replace(
            pattern=pattern,
            metric=known,
            fail=fail or (common.fail if known.name == error_budget.METRIC else None),
            warn=warn,
            objective=common.objective if known.name == error_budget.METRIC else None,
            line=limit.key_line,
        )
    if common.objective is not None and error_budget.METRIC not in limits:
        yield common._replace(pattern=pattern, line=entry["objective"].key_line)


def _by_value(node: Node | None, path: str, key: str) -> bool:
    """Whether the value alone decides; by itself the end of its interval does."""
    if node is None:
        return False
    if node.value not in ("interval", "value"):
        _refuse(path, node.line, key, "`interval` or `value` was expected.")
    return node.value == "value"


def _objective(node: Node | None, path: str, key: str) -> float | None:
    """Percent of requests that must succeed: 99.5 or "99.5%"."""
    if node is None:
        return None
    text = str(node.value).strip().removesuffix("%").strip()
    known = re.fullmatch(r"\d{1,2}(\.\d{1,6})?", text) is not None
    if isinstance(node.value, bool) or not known or not float(text):
        _refuse(
            path, node.line, key, "a percentage above 0 and below 100 was expected, such as 99.5%."
        )
    return float(text)


def _common(entry: dict[str, Node], path: str, key: str) -> Threshold:
    """What an entry says once for all its limits, as a threshold without a subject yet: its error budget."""
    optional = entry.get("optional")
    if optional is not None and not isinstance(optional.value, bool):
        _refuse(path, optional.line, f"{key}.optional", "true or false was expected.")
    return Threshold(
        Pattern("default", ""),
        metric(error_budget.METRIC),
        Limit("<=", 100),
        objective=_objective(entry.get("objective"), path, f"{key}.objective"),
        optional=bool(optional and optional.value),
        by_value=_by_value(entry.get("judge"), path, f"{key}.judge"),
        owner=_text(entry.get("owner"), path, f"{key}.owner"),
        reason=_text(entry.get("reason"), path, f"{key}.reason"),
        expires=_date(entry.get("expires"), path, f"{key}.expires"),
        path=path,
        profiles=_profiles(entry.get("profile"), path, f"{key}.profile"),
    )


def _profiles(node: Node | None, path: str, key: str) -> tuple[str, ...]:
    """One load profile, or a list of them."""
    if node is None or node.value is None:
        return ()
    nodes = node.value if isinstance(node.value, list) else [node]
    for each in nodes:
        if each.value not in tuple(PROFILES):  # not every node's value can be hashed
            known = ", ".join(PROFILES)
            _refuse(path, each.line, key, f"a load profile was expected: {known}.")
    return tuple(cast("str", each.value) for each in nodes)


def _levels(known: Metric, node: Node, path: str, key: str) -> tuple[Limit | None, Limit | None]:
    if not isinstance(node.value, dict):
        return _limit(known, node, path, key), None
    for name, member in node.value.items():
        if name not in ("fail", "warn"):
            _refuse(
                path,
                member.key_line,
                f"{key}.{name}",
                "unknown key; a limit has `fail` and `warn`.",
            )
    fail, warn = (
        _limit(known, node.value[level], path, f"{key}.{level}") if level in node.value else None
        for level in ("fail", "warn")
    )
    if fail is None and warn is None:
        _refuse(path, node.line, key, "a limit needs `fail`, `warn` or both.")
    return fail, warn


def _limit(known: Metric, node: Node, path: str, key: str) -> Limit:
    if isinstance(node.value, str):
        return _condition(known, node, node.value, path, key)
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        _refuse(
            path,
            node.line,
            key,
            f'a number or text such as "<= 500" was expected, not {node.kind}.',
        )
    return _plain_limit(known, node, path, key)


def _plain_limit(known: Metric, node: Node, path: str, key: str) -> Limit:
    value = cast("float", node.value)
    if not math.isfinite(value) or value < 0:
        _refuse(path, node.line, key, "a number of zero or more was expected.")
    return Limit(_natural(known), value)


def _condition(known: Metric, node: Node, text: str, path: str, key: str) -> Limit:
    match = _CONDITION.fullmatch(text)
    if match is None:
        shown = printable(text, 60)
        _refuse(
            path, node.line, key, f'`{shown}` is not a condition such as "<= 500ms" or ">= 20/s".'
        )
    operator, number, unit = match.groups()
    factor = _factor(unit, known.unit)
    if factor is None:
        _refuse(path, node.line, key, f"{known.name} is measured in {known.unit}, not in {unit}.")
    return Limit(
        cast("Operator", operator) if operator else _natural(known), float(number) * factor
    )


def _factor(unit: str | None, own: str) -> float | None:
    if unit is None:
        return 1.0
    if unit in _PER_SECOND:
        return 1.0 if own == "1/s" else None
    return _UNITS.get((unit, own))


def _natural(known: Metric) -> Operator:
    """What a bare number means: the most where lower is better, the least where higher is."""
    return "<=" if known.better == "lower" else ">="


def _metric(name: str, node: Node, path: str, key: str) -> Metric:
    canonical = _ALIASES.get(name, name)
    if (match := _PERCENTILE_ALIAS.fullmatch(name)) is not None:
        canonical = f"latency.p{match.group(1).replace('.', '_')}"
    try:
        return metric(canonical)
    except KeyError:
        tip = _suggestion(name, (*_ALIASES, "p95_response_time", *names()))
        _refuse(path, node.key_line, key, f"`{printable(name, 60)}` is not a metric.{tip}")


def _pattern(node: Node, path: str, key: str) -> Pattern:
    text = _text(node, path, key)
    if not text:
        _refuse(path, node.line, key, "a name, a glob or a /regular expression/ was expected.")
    if len(text) > 2 and text.startswith("/") and text.endswith("/") and _is_expression(text):  # noqa: PLR2004 (more than both slashes)
        return _expression(text[1:-1], node, path, key)
    if text == "default":
        return Pattern("default", text)
    return Pattern("glob" if "*" in text or "?" in text else "exact", text)


def _is_expression(text: str) -> bool:
    """`/reports/` could be a path; it is an expression only with a sign that paths do not have."""
    return re.search(r"[\\^$()|+\[\]{}*]", text[1:-1]) is not None


def _expression(text: str, node: Node, path: str, key: str) -> Pattern:
    try:
        re.compile(text)
    except re.error as error:
        _refuse(path, node.line, key, f"the regular expression does not compile: {error}.")
    return Pattern("regex", text)


def _text(node: Node | None, path: str, key: str) -> str | None:
    if node is None or node.value is None:
        return None
    if not isinstance(node.value, str):
        _refuse(path, node.line, key, f"text was expected, not {node.kind}.")
    return node.value


def _date(node: Node | None, path: str, key: str) -> str | None:
    text = _text(node, path, key)
    if text is not None and not _DATE.fullmatch(text):
        _refuse(path, node.line if node else 1, key, "a date such as 2027-06-30 was expected.")
    return text


def _mapping(node: Node, path: str, key: str) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        _refuse(path, node.key_line or node.line, key, f"an object was expected, not {node.kind}.")
    return node.value


def _suggestion(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1)
    return f" Did you mean `{close[0]}`?" if close else ""


def _refuse(path: str, line: int, key: str | None, message: str) -> NoReturn:
    raise InputError(message, path=path, line=line, key=printable(key, 120) if key else None)
