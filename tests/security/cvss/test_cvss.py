"""CVSS scores: FIRST's published examples, what malformed vectors give, and that worse is never lower."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivigil.core.errors import SourceError
from trivigil.core.result import Severity
from trivigil.security import cvss
from trivigil.security.cvss import v2, v3, v4, v4_table

EXAMPLES_2 = {  # "A Complete Guide to the CVSS, Version 2.0", section 3.3
    "CVE-2002-0392": ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 7.8),
    "CVE-2003-0818": ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),
    "CVE-2003-0062": ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 6.2),
}
EXAMPLES_3 = {  # "CVSS v3.0 Examples" and "CVSS v3.1 Examples"; 3.0's where the two differ is named so
    "CVE-2013-1937": ("AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
    "CVE-2013-0375": ("AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
    "CVE-2014-3566": ("AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
    "CVE-2012-1516": ("AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9),
    "CVE-2009-0783": ("AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L", 4.2),
    "CVE-2012-0384 in 3.0": ("AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 8.8),
    "CVE-2012-0384 in 3.1": ("AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H", 7.2),
    "CVE-2015-1098": ("AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 7.8),
    "CVE-2014-0160": ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 7.5),
    "CVE-2014-6271": ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
    "CVE-2008-1447": ("AV:N/AC:H/PR:N/UI:N/S:C/C:N/I:H/A:N", 6.8),
    "CVE-2014-2005": ("AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 6.8),
    "CVE-2010-0467": ("AV:N/AC:L/PR:N/UI:N/S:C/C:L/I:N/A:N", 5.8),
    "CVE-2012-1342": ("AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:L/A:N", 5.8),
    "CVE-2013-6014": ("AV:A/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:H", 9.3),
    "CVE-2014-9253": ("AV:N/AC:L/PR:L/UI:R/S:C/C:L/I:L/A:N", 5.4),
    "CVE-2019-7551": ("AV:N/AC:L/PR:L/UI:R/S:C/C:H/I:H/A:H", 9.0),
    "CVE-2011-1265": ("AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 8.8),
    "CVE-2014-2019": ("AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:N", 4.6),
    "CVE-2015-0970": ("AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", 8.8),
}
EXAMPLES_4 = {  # "CVSS v4.0 Examples"
    "CVE-2022-41741": ("AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
    "CVE-2020-3549": ("AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.7),
    "with threat": ("AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", 5.2),
    "CVE-2023-3089": ("AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.3),
    "with environment": (
        "AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N/CR:H/IR:L/AR:L/MAV:N/MAC:H/MVC:H/MVI:L/MVA:L",
        8.1,
    ),
    "CVE-2021-44714": ("AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", 4.6),
    "CVE-2022-21830": ("AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1),
    "CVE-2022-22186": ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 6.9),
    "CVE-2023-21989": ("AV:L/AC:L/AT:N/PR:H/UI:N/VC:N/VI:N/VA:N/SC:H/SI:N/SA:N", 5.9),
    "CVE-2020-3947": ("AV:L/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 9.4),
    "CVE-2023-48228": ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:H/VA:N/SC:H/SI:H/SA:H", 9.3),
    "with supplement": ("AV:P/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:H/SA:N/S:P/V:D", 8.3),
    "CVE-2014-0160": ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N/E:A", 8.7),
    "CVE-2021-44228": ("AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A", 9.3),
    "CVE-2013-6014": ("AV:A/AC:L/AT:N/PR:N/UI:N/VC:N/VI:L/VA:N/SC:H/SI:N/SA:H", 6.4),
    "CVE-2016-5729": ("AV:L/AC:L/AT:N/PR:H/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/R:I", 8.4),
}
Scorer = Callable[[Mapping[str, str]], float]


def _cases() -> list[tuple[str, str, float]]:
    two = [("2.0", f"CVSS:2.0/{vector}", score) for vector, score in EXAMPLES_2.values()]
    three = [
        (version, f"CVSS:{version}/{vector}", score)
        for version in ("3.0", "3.1")
        for vector, score in EXAMPLES_3.values()
    ]
    return two + three + [("4.0", f"CVSS:4.0/{v}", score) for v, score in EXAMPLES_4.values()]


@pytest.mark.parametrize(("version", "vector", "score"), _cases())
def test_first_s_examples(version: str, vector: str, score: float) -> None:
    """Every example that FIRST publishes has the score that FIRST gives it."""
    assert cvss.score(vector) == (version, score)


@pytest.mark.parametrize(
    ("vector", "expected"),
    [
        pytest.param("AV:N/AC:L/Au:N/C:P/I:P/A:P", ("2.0", 7.5), id="2.0 as NVD writes it"),
        pytest.param("(AV:N/AC:L/Au:N/C:P/I:P/A:P)", ("2.0", 7.5), id="2.0 in brackets"),
        pytest.param("CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P", ("2.0", 7.5), id="2.0 with CVSS2#"),
        pytest.param(
            "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", ("3.1", 9.8), id="3 without its prefix"
        ),
        pytest.param(
            "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O",
            ("3.0", 9.8),
            id="temporal metrics do not lower the base score",
        ),
        pytest.param(
            " CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/ ", ("3.1", 9.8), id="a last slash"
        ),
        pytest.param(
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N", ("3.1", 0.0), id="no impact in 3.1"
        ),
        pytest.param("AV:N/AC:L/Au:N/C:N/I:N/A:N", ("2.0", 0.0), id="no impact in 2.0"),
        pytest.param(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N",
            ("4.0", 0.0),
            id="no impact in 4.0",
        ),
        pytest.param(
            "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
            ("4.0", 10.0),
            id="4.0 without its prefix",
        ),
        pytest.param(
            "CVSS:4.0/AV:P/AC:H/AT:P/PR:H/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N",
            ("4.0", 1.0),
            id="the mildest with an impact",
        ),
    ],
)
def test_ways_to_write_one(vector: str, expected: tuple[str, float]) -> None:
    """A vector is read however the tools write it."""
    assert cvss.score(vector) == expected


MALFORMED = [
    pytest.param("", id="nothing"),
    pytest.param("HIGH", id="a word"),
    pytest.param("CVSS:3.1/", id="a prefix alone"),
    pytest.param("CVSS:9.9/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", id="a version nobody knows"),
    pytest.param("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", id="a metric is missing"),
    pytest.param("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:C", id="a value of version 2"),
    pytest.param("CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", id="a metric twice"),
    pytest.param("AV:N/AC:L/C:P/I:P/A:P", id="no metric of one version alone"),
    pytest.param(
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:S/SA:H",
        id="safety stands in modified metrics alone",
    ),
    pytest.param(
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:F",
        id="a threat of version 3",
    ),
]


@pytest.mark.parametrize("vector", MALFORMED)
def test_malformed(vector: str) -> None:
    """What is no vector is a SourceError, and a rating that knows nothing."""
    with pytest.raises(SourceError):
        cvss.score(vector)
    found = cvss.rating("nvd", vector)
    assert (found.severity, found.score, found.vector) == (Severity.UNKNOWN, None, vector)


@pytest.mark.parametrize(
    ("vector", "system", "severity"),
    [
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", "cvss:2.0", Severity.HIGH),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "cvss:3.0", Severity.CRITICAL),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "cvss:3.1", Severity.INFO),
        (
            "CVSS:4.0/AV:L/AC:L/AT:N/PR:N/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N",
            "cvss:4.0",
            Severity.MEDIUM,
        ),
    ],
)
def test_rating(vector: str, system: str, severity: Severity) -> None:
    """A rating says its version, its band (2.0 has no critical), its score and its vector."""
    found = cvss.rating("nvd", vector)
    assert (found.source, found.system, found.severity) == ("nvd", system, severity)
    assert (found.score, found.vector) == (cvss.score(vector)[1], vector)


@pytest.mark.parametrize(
    ("metrics", "score"),
    [
        pytest.param(v2.METRICS, v2.score, id="2.0"),
        pytest.param(v3.METRICS, v3.score, id="3.x"),
    ],
)
def test_worse_is_never_lower(metrics: Mapping[str, str], score: Scorer) -> None:
    """Of all vectors that there are, none has a higher score than one that is worse in one metric."""
    values = [each.split() for each in metrics.values()]
    scores = {
        choice: score(dict(zip(metrics, choice, strict=True)))
        for choice in itertools.product(*values)
    }
    for choice, found in scores.items():
        assert 0 <= found <= 10
        for position, worse in enumerate(_worse(choice, values)):
            assert worse is None or scores[worse] >= found, (choice, position)


def _worse(choice: tuple[str, ...], values: list[list[str]]) -> list[tuple[str, ...] | None]:
    found: list[tuple[str, ...] | None] = []
    for position, known in enumerate(values):
        step = known.index(choice[position]) + 1
        worse = (
            (*choice[:position], known[step], *choice[position + 1 :])
            if step < len(known)
            else None
        )
        found.append(worse)
    return found


@given(st.tuples(*(st.sampled_from(each.split()) for each in v4.METRICS.values())))
def test_worse_is_never_lower_in_4(choice: tuple[str, ...]) -> None:
    """Nor is there one in 4.0."""
    found = v4.score(dict(zip(v4.METRICS, choice, strict=True)))
    assert 0 <= found <= 10
    for worse in _worse(choice, [each.split() for each in v4.METRICS.values()]):
        assert worse is None or v4.score(dict(zip(v4.METRICS, worse, strict=True))) >= found


def test_table_is_whole() -> None:
    """All 270 macro vectors have a score, and a lower class is never scored higher."""
    assert len(v4_table.SCORES) == 270
    scores: dict[tuple[int, ...], float] = dict(v4_table.SCORES.items())
    for macro, score in scores.items():
        for position in range(6):
            found = scores.get((*macro[:position], macro[position] + 1, *macro[position + 1 :]))
            assert found is None or found <= score, macro
