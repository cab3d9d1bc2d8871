"""Findings made for tests, as readers would make them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.reading import Reading
from trivigil.core.result import Severity
from trivigil.security.facts import Finding, Package, Place, Rating, ScanFacts
from trivigil.security.severity import of_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trivigil.core.reading import State
    from trivigil.security.facts import Kind


def rating(word: str, source: str = "tool") -> Rating:
    return Rating(source, "word", of_word(word), word=word)


def advisory(
    tool: str,
    name: str,
    package: str = "django",
    *,
    aliases: tuple[str, ...] = (),
    path: str | None = "requirements.txt",
    version: str = "2.2.0",
    severity: str = "high",
    fixed: tuple[str, ...] = (),
) -> Finding:
    """A vulnerable package of PyPI."""
    return Finding(
        tool,
        "dependency",
        name,
        f"{name} in {package}",
        Place(path=path),
        aliases=aliases,
        ratings=(rating(severity, tool),) if severity else (),
        package=Package(package, version, "pypi", None, fixed),
    )


def flaw(
    tool: str,
    rule: str,
    line: int,
    *,
    path: str = "app/db.py",
    cwe: int | None = None,
    severity: str = "high",
    code: str | None = None,
    kind: Kind = "code",
) -> Finding:
    """A place in the code."""
    return Finding(
        tool,
        kind,
        rule,
        f"{rule} at {path}",
        Place(path=path, line=line),
        cwes=() if cwe is None else (cwe,),
        ratings=(rating(severity, tool),),
        code=code,
    )


def scan(
    findings: Iterable[Finding] = (),
    tool: str = "trivy",
    state: State = "complete",
    problem: str | None = None,
) -> Reading[ScanFacts]:
    """A reading of these findings."""
    facts = ScanFacts(tuple(findings))
    return Reading(
        f"{tool}.json", tool, "json", state, facts, len(facts.active), "findings", problem=problem
    )


SEVERITIES = tuple(severity.label for severity in Severity)
