"""The headers of a live target, graded twice: by the compatible algorithm that is asked for, and strictly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trivigil.monitor import observatory, strict
from trivigil.monitor.graded import Graded
from trivigil.monitor.observatory import live, scan, urls
from trivigil.monitor.observatory.algorithm import ALGORITHMS
from trivigil.web import target
from trivigil.web.probe import Rules

if TYPE_CHECKING:
    from trivigil.monitor.observatory.scan import Scan
    from trivigil.monitor.planned import Bounds


def grade(bounds: Bounds, algorithm: str) -> Graded:
    """Both grades of the target; a target that does not answer has none, and says why."""
    at = target.read(bounds.target)
    rules = Rules(timeout=bounds.timeout, allow_private=bounds.allow_private, roots=bounds.roots)
    site = live.Site(rules)
    try:
        seen = scan.walk(urls.normal(at.url) or at.url, site.fetch, {}, time.time())
    except scan.Unreachable:
        why = (
            "its address is not allowed"
            if site.blocked
            else "it answers neither by http nor by https"
        )
        return Graded(algorithm, problem=f"the headers have no grade: {why}")
    return _graded(seen, algorithm, site)


def _graded(seen: Scan, algorithm: str, site: live.Site) -> Graded:
    try:
        compatible = observatory.grade(seen, ALGORITHMS[algorithm])
    except observatory.Ungraded as error:
        return Graded(algorithm, problem=f"the headers have no grade: {error}")
    severe = strict.grade(seen, site.others(seen))
    return Graded(
        algorithm,
        compatible.grade,
        compatible.score,
        severe.grade.grade,
        severe.grade.score,
        {
            name: {"result": test.result, "modifier": test.modifier, "pass": test.passed}
            for name, test in compatible.tests.items()
        },
        severe.findings,
    )
