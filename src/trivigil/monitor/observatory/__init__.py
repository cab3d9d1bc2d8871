"""The MDN HTTP Observatory's grade of a site's security headers, by its algorithms 4, 5 and 6.

A target and a way to fetch make a `Scan` (`scan.walk`), the rules give each test its result, `score` adds them up. Nothing here
opens a connection: recorded exchanges (`exchanges`) and a live site are fetched through the same argument.

What each test looks for is documented at https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring; the
readings that differ from the browsers' own are kept on purpose, for a compatible grade has to be wrong in the same places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.monitor.observatory import rules, score

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan
    from trivigil.monitor.observatory.score import Grade


class Ungraded(Exception):
    """The answer's status is one that nobody grades; the sentence says so."""


def grade(scan: Scan, algorithm: Algorithm) -> Grade:
    """Grade a scan. Raises Ungraded for a status other than 2xx, 3xx, 401 and 403."""
    status = scan.page.status
    if status not in range(200, 400) and status not in (401, 403):
        raise Ungraded(f"Site did respond with an unexpected HTTP status code {status}.")
    tests = {name: judge(scan, algorithm) for name, judge in rules.of(algorithm).items()}
    return score.add({name: score.worth(result, algorithm) for name, result in tests.items()})
