"""Strict-Transport-Security of the final https answer, and the preload list, which outweighs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.monitor.observatory import ecma, preload

if TYPE_CHECKING:
    from trivigil.monitor.observatory.algorithm import Algorithm
    from trivigil.monitor.observatory.scan import Scan

NAME: Final = "strict-transport-security"
PASSES: Final = ("hsts-preloaded", "hsts-implemented-max-age-at-least-six-months")
SIX_MONTHS: Final = 15_552_000
"""Seconds of 180 days, the length that many sites chose for half a year."""


def judge(scan: Scan, _algorithm: Algorithm) -> str:
    """The result's name."""
    answer = scan.https.answer
    if answer is None:
        return "hsts-not-implemented-no-https"
    if preload.covers(scan.preload, scan.host):
        return "hsts-preloaded"
    if not scan.https.verified:
        return "hsts-invalid-cert"
    header = answer.header(NAME)
    return "hsts-not-implemented" if header is None else _stated(header[:1024])


def _stated(header: str) -> str:
    """The last max-age decides. What is no number passes: the reference compares it, and nothing is less than not a number."""
    ages = [word[8:128] for word in _words(header) if word.startswith("max-age=")]
    if not ages or "," in header:
        return "hsts-header-invalid"
    age = ecma.whole_number(ages[-1])
    if age is not None and age < SIX_MONTHS:
        return "hsts-implemented-max-age-less-than-six-months"
    return "hsts-implemented-max-age-at-least-six-months"


def _words(header: str) -> list[str]:
    return [ecma.trim(word).lower() for word in header.split(";")]
