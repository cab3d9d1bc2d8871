"""The strict grade: what a browser makes of the headers, where the compatible grade looks away.

Each test starts without a fault; every rule that it breaks costs points by its severity, once. There is no bonus, so nothing makes up for
a fault. What the compatible grade punishes and no browser minds (an empty member of a list, an expired cookie) costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple
from trivigil.monitor.observatory import score
from trivigil.monitor.strict import (
    caching,
    cookies,
    framing,
    isolation,
    permissions,
    policies,
    referrer,
    scripts,
    sharing,
    sniffing,
    steadiness,
    transport,
)
from trivigil.monitor.strict.finding import POINTS, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from trivigil.monitor.observatory.answer import Answer
    from trivigil.monitor.observatory.scan import Scan

    Judge = Callable[[Scan], Iterator[Finding]]

TESTS: Final[Mapping[str, Judge]] = {
    "content-security-policy": policies.judge,
    "cookies": cookies.judge,
    "cross-origin-resource-sharing": sharing.judge,
    "redirection": transport.redirection,
    "referrer-policy": referrer.judge,
    "strict-transport-security": transport.hsts,
    "subresource-integrity": scripts.judge,
    "x-content-type-options": sniffing.judge,
    "x-frame-options": framing.judge,
    "cross-origin-resource-policy": isolation.resource,
    "cross-origin-opener-policy": isolation.opener,
    "cross-origin-embedder-policy": isolation.embedder,
    "permissions-policy": permissions.judge,
    "cache-control": caching.judge,
    "consistency": steadiness.judge,
}


class Strict(NamedTuple):
    """The grade, and what each point was lost for."""

    grade: score.Grade
    findings: tuple[Finding, ...]


def grade(scan: Scan, others: Mapping[str, Answer] | None = None) -> Strict:
    """Grade a scan; `others` are further pages of the host, for the comparison with the page that is graded."""
    found: list[Finding] = []
    tests: dict[str, score.Test] = {}
    for name, judge in TESTS.items():
        faults = list(judge(scan))
        if name == "consistency":
            faults += steadiness.compare(scan.page, others or {})
        found += [fault._replace(test=name) for fault in faults]
        tests[name] = _test(name, faults)
    return Strict(score.add(tests), tuple(found))


def _test(name: str, faults: list[Finding]) -> score.Test:
    """Each rule costs once, however many places break it."""
    costs = {fault.rule: POINTS[fault.severity] for fault in faults}
    if not any(costs.values()):
        return score.Test(f"{name}-good", 0, passed=True)
    worst = max(costs, key=lambda rule: costs[rule])
    return score.Test(worst, -sum(costs.values()), passed=False)
