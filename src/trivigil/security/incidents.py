"""The incidents of a security report: one for each group of findings that is mended together, as long as it blocks.

Scanners tell what they find and never what is gone. So what failed is remembered together with who found it, in which files and, where
a file says so, in what (an image, a site, a folder); it is over only when whole scans by the same tools of the same do not find it any more.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from trivigil.core.incident import Incident
from trivigil.security.analysis import CLEAN, is_scan, target_of, tools_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from trivigil.core.incident import Saying
    from trivigil.core.report import Report
    from trivigil.core.result import Result

LABEL: Final = "security"
MOST: Final = 20
"""Groups that have an issue of their own, the worst; the rest is told in the watch's."""
_CHARS: Final = 16
_TARGET_CHARS: Final = 8


class Gone(AbstractSet[str]):
    """The marks of everything that whole scans looked for and did not find: there is no list of it, only a test."""

    def __init__(self, scopes: frozenset[str], present: frozenset[str]) -> None:
        self._targets = dict(scope.split(".") for scope in scopes)
        self._present = present

    def __contains__(self, mark: object) -> bool:
        fingerprint, _, scope = str(mark).partition(".")
        files, _, target = scope.partition(".")
        now = self._targets.get(files)
        if now is None or fingerprint in self._present:
            return False
        return target == now or not (target and now)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    @classmethod
    def _from_iterable(cls, it: Iterable[object]) -> AbstractSet[object]:  # type: ignore[override]  # operators give plain sets
        """What set operations make of it."""
        return frozenset(it)


def of(report: Report) -> tuple[Incident, ...]:
    """One for each group of findings that blocks, one for the watch itself, and one for everything that is gone."""
    blocking = [result for result in report.findings if result.gates]
    groups = _groups(result for result in blocking if not is_scan(result))
    scopes = _scopes(report, whole=False)
    gone = _gone(report, blocking)
    each = [_of_group(report, *group, scopes, gone) for group in groups[:MOST]]
    left = [result for _, results in groups[MOST:] for result in results]
    rest = [*left, *(result for result in blocking if is_scan(result))]
    watch = _incident(report, ("gate",), "fails", rest, scopes, gone)
    told = _says(report, rest, each)
    return (*each, watch._replace(says=told[0], reason=told[1]), _of_gone(report, gone))


def _groups(found: Iterable[Result]) -> list[tuple[tuple[str, ...], list[Result]]]:
    """What is mended together: a package's advisories, a weakness of the code, all secrets; the worst first."""
    groups: dict[tuple[str, ...], list[Result]] = {}
    for result in found:
        groups.setdefault(_key(result), []).append(result)
    return sorted(groups.items(), key=lambda one: (-max(r.severity for r in one[1]), one[0]))


def _key(result: Result) -> tuple[str, ...]:
    kind, package = str(result.evidence.get("finding")), result.evidence.get("package")
    if isinstance(package, dict):
        return (kind, str(package.get("purl")))
    cwes = result.evidence.get("cwes")
    weakness = f"CWE-{cwes[0]}" if isinstance(cwes, list | tuple) and cwes else result.rule.id
    return (kind, "" if kind == "secret" else weakness)


def _of_group(
    report: Report,
    key: tuple[str, ...],
    results: Sequence[Result],
    scopes: Mapping[str, str],
    gone: Gone,
) -> Incident:
    first = max(results, key=lambda one: (one.severity, one.rule.id))
    package = first.evidence.get("package")
    what = f"{first.rule.id} {first.rule.title}"
    if isinstance(package, dict):
        what = f"{package.get('name')} has known vulnerabilities"
    incident = _incident(report, key, what, results, scopes, gone)
    prints = tuple(result.fingerprint for result in results)
    return incident._replace(about=prints, says="failing", reason="it is found, and blocks")


def _incident(
    report: Report,
    key: tuple[str, ...],
    what: str,
    results: Sequence[Result],
    scopes: Mapping[str, str],
    gone: Gone,
) -> Incident:
    named = f" ({report.name})" if report.name not in {"", report.action} else ""
    found = [result for result in results if not is_scan(result)]
    worst = max((result.severity for result in results), default=None)
    return Incident(
        fingerprint=_hash("security", *key)[: 2 * _CHARS],
        title=f"Security{named}{'' if what == 'fails' else ':'} {what}",
        says="silent",
        reason="",
        failing=tuple(mark for result in found for mark in _marks(result, scopes)),
        passed=gone,
        labels=(LABEL, *(() if worst is None else (worst.label,))),
    )


def _says(report: Report, rest: Sequence[Result], each: Sequence[Incident]) -> tuple[Saying, str]:
    """What the watch's own incident says: of scans that prove nothing, unusable input, and what has no issue of its own."""
    if report.problems or rest or (report.conclusion.verdict == "failure" and not each):
        return "failing", "the gate fails"
    if report.conclusion.verdict == "neutral":
        return "silent", "nothing found can fail here"
    if each:
        return "passing", "the scans are whole, and what blocks has issues of its own"
    return "passing", "the scans are whole, and nothing that they find blocks"


def _gone(report: Report, blocking: Iterable[Result]) -> Gone:
    present = frozenset(result.fingerprint for result in blocking)
    return Gone(frozenset(_scopes(report, whole=True).values()), present)


def _of_gone(report: Report, gone: Gone) -> Incident:
    """Where something is judged at all, what is not found by whole scans is over."""
    judged = report.conclusion.verdict != "neutral" and not report.problems
    says: Saying = "passing" if judged else "silent"
    reason = "whole scans by the same tools do not find it any more, or it does not block"
    return Incident("", "Security", says, reason, passed=gone, about=(), sweeps=True)


def _marks(result: Result, scopes: Mapping[str, str]) -> Iterable[str]:
    """One for each tool that found it; all of them have to be over."""
    for tool in result.tools:
        yield f"{result.fingerprint}.{scopes.get(tool, '')}"


def _scopes(report: Report, *, whole: bool) -> dict[str, str]:
    """What each tool looked at: its files without numbers, which may be times, and what they say they are of.

    `whole`: only proven ones. The second half is empty where no file says it.
    """
    paths: dict[str, set[str]] = {}
    targets: dict[str, set[str]] = {}
    broken: set[str] = set()
    for source in report.sources:
        for tool in tools_of(report, source.path, source.tool):
            paths.setdefault(tool, set()).add(re.sub(r"\d+", "0", source.path))
            targets.setdefault(tool, set()).update(target_of(report, source.path))
            if source.state not in CLEAN:
                broken.add(tool)
    return {
        tool: f"{_hash(tool, *sorted(found))[:_CHARS]}.{_together(targets[tool])}"
        for tool, found in paths.items()
        if not (whole and tool in broken)
    }


def _together(targets: Iterable[str]) -> str:
    found = sorted(targets)
    return _hash(*found)[:_TARGET_CHARS] if found else ""


def _hash(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
