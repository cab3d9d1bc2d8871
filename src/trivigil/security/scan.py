"""The reading of a scanner's file: how complete it is, and how much it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.security import masked
from trivigil.security.facts import ScanFacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.reading import State
    from trivigil.security.facts import Finding
    from trivigil.sources import Source


def reading(
    source: Source,
    reader: tuple[str, str, str],
    findings: Sequence[Finding],
    *,
    incomplete: Iterable[str] = (),
    notes: Iterable[str] = (),
    crashed: str | None = None,
    counts: Mapping[str, int] | None = None,
    version: str | None = None,
    scope: str | None = None,
    scanned_at: str | None = None,
) -> Reading[ScanFacts]:
    """The reading of these findings; `reader` is its tool, format and unit.

    `incomplete` are sentences for what the tool did not look at, or what could not be read of it: they make the reading
    partial. `crashed` says why the file only tells of a failure. A whole file without active findings is `empty`.
    """
    tool, form, unit = reader
    missing = tuple(incomplete)
    facts = ScanFacts(tuple(findings), dict(counts or {}), scope, scanned_at)
    active = len(facts.active)
    state: State = "partial" if missing else "complete" if active else "empty"
    return Reading(
        path=source.path,
        tool=tool,
        format=form,
        state="crashed" if crashed is not None else state,
        facts=facts,
        count=active,
        unit=unit,
        tool_version=version,
        notes=masked.every((*(() if crashed is None else (crashed,)), *missing, *notes)),
    )


def listed(what: str, items: Sequence[str], most: int = 5) -> tuple[str, ...]:
    """`Bandit could not read a.py: syntax error, and 3 more.`; nothing where there are none."""
    if not items:
        return ()
    named = "; ".join(printable(item, 200).removesuffix(".") for item in items[:most])
    more = f", and {len(items) - most} more" if len(items) > most else ""
    return (f"{what} {named}{more}.",)
