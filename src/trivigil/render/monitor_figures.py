"""What renderers of a monitoring report count and look up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from trivigil.monitor import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.report import Report
    from trivigil.monitor.facts import Checked


def checks(report: Report) -> tuple[Checked, ...]:
    """The checks of a report, in their order."""
    return facts.read(report.facts.get("checks"))


def by_status(report: Report) -> Mapping[str, int]:
    """How many checks came out so, none left out."""
    counts: Counter[str] = Counter(check.status for check in checks(report))
    return {status: counts[status] for status in facts.STATUSES}


def mapping(report: Report, key: str) -> Mapping[str, Any]:
    """A fact that is an object; an empty one where it is none."""
    found = report.facts.get(key)
    return found if isinstance(found, dict) else {}


def rows(report: Report, key: str) -> tuple[Mapping[str, Any], ...]:
    """A fact that is a list of objects."""
    found = report.facts.get(key)
    return tuple(one for one in (found if isinstance(found, list) else []) if isinstance(one, dict))


def text(row: Mapping[str, Any], key: str) -> str:
    """A text of an object; empty where it is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""
