"""Problems: the findings that mean one, and the order in which they stand, which never depends on that of files or tools."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.security.facts import Finding, Rating

_TOOL: Final = attrgetter("tool")


class Group(NamedTuple):
    """One problem: what each tool says about it, in an order that is always the same."""

    findings: tuple[Finding, ...]
    advisory: str | None = None
    """The id that names it, where it is a published advisory."""
    manifest: str | None = None
    """The file that names the package, where a tool says it."""
    package: str | None = None
    """The package URL of what it is about, without the version."""


class Problems(NamedTuple):
    """The problems of several scans; their order means nothing."""

    alone: Sequence[Finding]
    """Those of one finding, as most are: they need no group."""
    joined: Sequence[Group]


def in_order(problems: Sequence[Finding | Group]) -> list[int]:
    """The positions of problems, in an order that is always the same."""
    firsts = [each.findings[0] if isinstance(each, Group) else each for each in problems]
    # Of one rule in one file most differ in the line, and looking at that takes a fifth of looking at all.
    short = [(f.tool, f.id, f.place.path or "", f.place.line or 0) for f in firsts]
    if len(set(short)) == len(short):
        return sorted(range(len(short)), key=short.__getitem__)
    whole = [_order_of(each) for each in problems]
    return sorted(range(len(whole)), key=whole.__getitem__)


def _order_of(problem: Finding | Group) -> tuple[str, int, list[str]]:
    """By its first finding; of equal ones (twins, of which another tool joined one) that of most findings is the first."""
    if not isinstance(problem, Group):
        return f"{rank(problem)}\0", -1, []
    first, *others = problem.findings
    return (
        f"{rank(first)}\0{problem.manifest or ''}",
        -len(problem.findings),
        [rank(each) for each in others],
    )


def rank(finding: Finding) -> str:
    """By what findings are put in an order that is always the same; different ones differ."""
    place = finding.place
    parts = (
        finding.tool,
        finding.id,
        place.path or "",
        f"{place.line or 0:09}",
        place.url or "",
        place.resource or "",
        finding.title,
        finding.description,
        finding.code or "",
        finding.secret or "",
        " ".join(finding.aliases),
        _marks(finding.cwes, finding.ratings),
        # What may tell twins apart that are alike in all of the above; one that the tool does not count comes last.
        finding.accepted or "",
        f"{place.method or ''}\x01{place.parameter or ''}\x01{finding.confidence or ''}\x01{finding.fix or ''}",
    )
    joined = "\0".join(parts)
    # One text is compared much faster than fourteen; where a part has the separator in it, they are told apart by all of it.
    return joined if joined.count("\0") == len(parts) - 1 else f"{joined}\0{parts!r}"


@lru_cache(maxsize=4_096)
def _marks(cwes: tuple[int, ...], ratings: tuple[Rating, ...]) -> str:
    return f"{cwes}\x01{''.join(str(int(rating.severity)) for rating in ratings)}"


def ordered(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """In that order."""
    if len(found) < 2:  # noqa: PLR2004 (nothing to put in order)
        return tuple(found)
    # Most problems are of tools that each say it once.
    tools = {each.tool for each in found}
    return tuple(sorted(found, key=_TOOL if len(tools) == len(found) else rank))
