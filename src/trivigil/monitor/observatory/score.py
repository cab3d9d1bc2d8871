"""What each result is worth, and how results become a score and a grade.

The numbers are the grader's documented ones. Bonuses count only where the penalties alone leave 90; there is a floor at 0 and no ceiling.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.monitor.observatory.algorithm import Algorithm

START: Final = 100
LEAST_FOR_BONUS: Final = 90
_GRADES: Final = (
    (100, "A+"),
    (90, "A"),
    (85, "A-"),
    (80, "B+"),
    (70, "B"),
    (65, "B-"),
    (60, "C+"),
    (50, "C"),
    (45, "C-"),
    (40, "D+"),
    (30, "D"),
    (25, "D-"),
)
GRADES: Final = (*(grade for _, grade in _GRADES), "F")
"""From the best to the worst."""

_PASSED: Final = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-but-duplicate-directives": 0,
    "csp-implemented-with-insecure-scheme-in-passive-content-only": -10,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-secure-with-httponly-sessions": 0,
    "cookies-not-found": 0,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-public-access": 0,
    "cross-origin-resource-sharing-implemented-with-restricted-access": 0,
    "redirection-to-https": 0,
    "redirection-not-needed-no-http": 0,
    "redirection-all-redirects-preloaded": 0,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "hsts-preloaded": 5,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "sri-implemented-and-external-scripts-loaded-securely": 5,
    "sri-not-implemented-but-no-scripts-loaded": 0,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-response-not-html": 0,
    "x-content-type-options-nosniff": 0,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 5,
    "x-frame-options-allow-from-origin": 0,
    "corp-implemented-with-same-origin": 10,
    "corp-implemented-with-same-site": 10,
    "corp-implemented-with-cross-origin": 0,
    "corp-not-implemented": 0,
    "coop-implemented-with-same-origin": 10,
    "coop-implemented-with-same-origin-allow-popups": 10,
    "coop-implemented-with-noopener-allow-popups": 10,
    "coop-implemented-with-unsafe-none": 0,
    "coop-not-implemented": 0,
    "coep-implemented-with-require-corp": 10,
    "coep-implemented-with-credentialless": 10,
    "coep-implemented-with-unsafe-none": 0,
    "coep-not-implemented": 0,
}
_FAILED: Final = {
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-header-invalid": -25,
    "csp-not-implemented": -25,
    "csp-not-implemented-but-reporting-enabled": -25,
    "cookies-without-secure-flag-but-protected-by-hsts": -5,
    "cookies-session-without-secure-flag-but-protected-by-hsts": -10,
    "cookies-without-secure-flag": -20,
    "cookies-samesite-flag-invalid": -20,
    "cookies-anticsrf-without-samesite-flag": -20,
    "cookies-session-without-httponly-flag": -30,
    "cookies-session-without-secure-flag": -40,
    "redirection-off-host-from-http": -5,
    "redirection-not-to-https-on-initial-redirection": -10,
    "redirection-not-to-https": -20,
    "redirection-missing": -20,
    "redirection-invalid-cert": -20,
    "referrer-policy-unsafe": -5,
    "referrer-policy-header-invalid": -5,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "hsts-header-invalid": -20,
    "hsts-not-implemented-no-https": -20,
    "hsts-invalid-cert": -20,
    "sri-not-implemented-but-external-scripts-loaded-securely": -5,
    "sri-implemented-but-external-scripts-not-loaded-securely": -20,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "x-content-type-options-not-implemented": -5,
    "x-content-type-options-header-invalid": -5,
    "x-frame-options-not-implemented": -20,
    "x-frame-options-header-invalid": -20,
    "corp-header-invalid": -5,
    "coop-header-invalid": -5,
    "coep-header-invalid": -5,
}


class Test(NamedTuple):
    """One test's outcome."""

    result: str
    modifier: int
    passed: bool


class Grade(NamedTuple):
    """The whole of one scan."""

    score: int
    grade: str
    tests: Mapping[str, Test]

    @property
    def tests_passed(self) -> int:
        """How many tests passed; a test may pass and cost points."""
        return sum(test.passed for test in self.tests.values())

    @property
    def tests_failed(self) -> int:
        """All the others."""
        return len(self.tests) - self.tests_passed


def worth(result: str, algorithm: Algorithm) -> Test:
    """A result with its points."""
    if result == "x-frame-options-sameorigin-or-deny":
        return Test(result, algorithm.framing_bonus, passed=True)
    passed = result in _PASSED
    return Test(result, _PASSED[result] if passed else _FAILED[result], passed)


def add(tests: Mapping[str, Test]) -> Grade:
    """Score and grade of all tests."""
    score = total(test.modifier for test in tests.values())
    return Grade(score, letter(score), tests)


def total(modifiers: Iterable[int]) -> int:
    """The score of these points."""
    points = list(modifiers)
    base = START + sum(point for point in points if point < 0)
    bonus = sum(point for point in points if point > 0)
    return max(0, base + bonus if base >= LEAST_FOR_BONUS else base)


def letter(score: int) -> str:
    """The grade of a score, in steps of five."""
    step = score - score % 5
    return next((grade for least, grade in _GRADES if step >= least), "F")
