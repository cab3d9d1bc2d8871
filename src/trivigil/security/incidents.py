"""The incident of a security report: one for each watch, as long as something blocks.

Scanners tell what they find and never what is gone. So what failed is remembered together with who found it and in which files;
it is over only when whole scans by the same tools of the same files do not find it any more.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from trivigil.core.incident import Incident
from trivigil.security.analysis import CLEAN, is_scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from trivigil.core.incident import Saying
    from trivigil.core.report import Report
    from trivigil.core.result import Result

LABEL: Final = "security"
_CHARS: Final = 16


class Gone(AbstractSet[str]):
    """The marks of everything that whole scans looked for and did not find: there is no list of it, only a test."""

    def __init__(self, scopes: frozenset[str], present: frozenset[str]) -> None:
        self._scopes = scopes
        self._present = present

    def __contains__(self, mark: object) -> bool:
        fingerprint, _, scope = str(mark).partition(".")
        return scope in self._scopes and fingerprint not in self._present

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    @classmethod
    def _from_iterable(cls, it: Iterable[object]) -> AbstractSet[object]:  # type: ignore[override]
        """What set operations make of it."""
        return frozenset(it)


def of(report: Report) -> tuple[Incident, ...]:
    """The one incident of a security report."""
    named = f" ({report.name})" if report.name not in {"", report.action} else ""
    says, reason = _says(report)
    blocking = [result for result in report.findings if result.gates]
    found = [result for result in blocking if not is_scan(result)]
    scopes = _scopes(report, whole=False)
    present = frozenset(result.fingerprint for result in blocking)
    return (
        Incident(
            fingerprint=_hash("security", "gate")[: 2 * _CHARS],
            title=f"Security{named} fails",
            says=says,
            reason=reason,
            failing=tuple(mark for result in found for mark in _marks(result, scopes)),
            passed=Gone(frozenset(_scopes(report, whole=True).values()), present),
            labels=(LABEL, *_worst(blocking)),
        ),
    )


def _says(report: Report) -> tuple[Saying, str]:
    if report.conclusion.verdict == "failure":
        return "failing", "the gate fails"
    if report.conclusion.verdict == "neutral":
        return "silent", "nothing found can fail here"
    return "passing", "the scans are whole, and nothing that they find blocks"


def _worst(blocking: Iterable[Result]) -> tuple[str, ...]:
    found = max((result.severity for result in blocking), default=None)
    return () if found is None else (found.label,)


def _marks(result: Result, scopes: Mapping[str, str]) -> Iterable[str]:
    """One for each tool that found it; all of them have to be over."""
    for tool in result.tools:
        yield f"{result.fingerprint}.{scopes.get(tool, '')}"


def _scopes(report: Report, *, whole: bool) -> dict[str, str]:
    """What each tool looked at, by its files without numbers, which may be times; `whole`: only proven ones."""
    paths: dict[str, set[str]] = {}
    broken: set[str] = set()
    for source in report.sources:
        tool = source.tool or ""
        paths.setdefault(tool, set()).add(re.sub(r"\d+", "0", source.path))
        if source.state not in CLEAN:
            broken.add(tool)
    return {
        tool: _hash(tool, *sorted(found))[:_CHARS]
        for tool, found in paths.items()
        if not (whole and tool in broken)
    }


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
