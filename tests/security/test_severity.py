"""Severity: words, bands, which rating is believed, and what stays unknown."""

from __future__ import annotations

import pytest

from tests.security.made import advisory
from trivigil.core.result import Severity
from trivigil.security.facts import Rating
from trivigil.security.severity import choose, highest, of_score, of_word

V4 = Rating("nvd", "cvss:4.0", Severity.CRITICAL, 9.3)
V3 = Rating("nvd", "cvss:3.1", Severity.HIGH, 7.5)
V2 = Rating("nvd", "cvss:2.0", Severity.MEDIUM, 5.0)
WORD = Rating("ubuntu", "word", Severity.LOW, word="low")
NOBODY = Rating("x", "word", Severity.UNKNOWN, word="whatever")


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("Important", Severity.HIGH),
        (" moderate ", Severity.MEDIUM),
        ("Negligible", Severity.INFO),
        ("UNDEFINED", Severity.UNKNOWN),
        ("", Severity.UNKNOWN),
        (None, Severity.UNKNOWN),
        (3, Severity.UNKNOWN),
    ],
)
def test_words(word: object, severity: Severity) -> None:
    """Every tool's word on one scale; what is no word of it is unknown, never a guess."""
    assert of_word(word) is severity


@pytest.mark.parametrize(
    ("score", "version", "severity"),
    [
        (9.0, "3.1", Severity.CRITICAL),
        (8.9, "3.1", Severity.HIGH),
        (7.0, "4.0", Severity.HIGH),
        (6.9, "3.0", Severity.MEDIUM),
        (3.9, "3.1", Severity.LOW),
        (0.0, "3.1", Severity.INFO),
        (10.0, "2.0", Severity.HIGH),
        (3.9, "2.0", Severity.LOW),
    ],
)
def test_bands(score: float, version: str, severity: Severity) -> None:
    """The bands of the CVSS specifications, of which version 2 knows no critical."""
    assert of_score(score, version) is severity


@pytest.mark.parametrize(
    ("ratings", "severity", "rule", "disagree"),
    [
        pytest.param((), Severity.UNKNOWN, "nobody rated it", False, id="nobody"),
        pytest.param((NOBODY,), Severity.UNKNOWN, "nobody rated it", False, id="a word of nobody"),
        pytest.param((V2, V3, V4), Severity.CRITICAL, "cvss:4.0 of nvd", True, id="newest CVSS"),
        pytest.param((V3, WORD), Severity.LOW, "word of ubuntu", True, id="the vendor's word"),
        pytest.param(
            (V3, NOBODY), Severity.HIGH, "cvss:3.1 of nvd", False, id="unknown is no vote"
        ),
    ],
)
def test_which_rating_is_believed(
    ratings: tuple[Rating, ...], severity: Severity, rule: str, disagree: bool
) -> None:
    """The vendor's word, then the newest CVSS; and whether they disagree."""
    chosen = choose(advisory("trivy", "CVE-1-1111")._replace(ratings=ratings))
    assert tuple(chosen) == (severity, rule, disagree)


def test_malware_is_critical() -> None:
    """Whatever anybody rated."""
    assert (
        choose(advisory("osv", "MAL-2024-1")._replace(malicious=True)).severity is Severity.CRITICAL
    )


def test_the_highest_of_several_tools() -> None:
    """Unknown only where no tool knows."""
    low = choose(advisory("a", "CVE-1-1111", severity="low"))
    none = choose(advisory("b", "CVE-1-1111", severity=""))
    assert highest([none, low]).severity is Severity.LOW
    assert highest([none, none]).severity is Severity.UNKNOWN
