"""Merging: one finding for each problem, whatever the tools are called and in whatever order they come."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.security.made import SEVERITIES, advisory, flaw, rating
from trivigil.core.result import Severity
from trivigil.security import same_advisory
from trivigil.security.alone import Alone
from trivigil.security.facts import Finding, Package, Place
from trivigil.security.groups import group
from trivigil.security.identity import identities
from trivigil.security.merge import joined, merge
from trivigil.security.problems import Group, Problems
from trivigil.security.said import Line
from trivigil.security.same_place import keys, spot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.result import Result

CVE, GHSA, PYSEC = "CVE-2022-28346", "GHSA-2gwj-7jmv-h26r", "PYSEC-2022-190"


def tools(scans: Sequence[Sequence[Finding]]) -> list[tuple[str, ...]]:
    """Which tools found each problem."""
    return sorted(result.tools for result in merge(scans, Severity.HIGH))


@pytest.mark.parametrize(
    ("scans", "found"),
    [
        pytest.param(
            [
                [advisory("trivy", CVE)],
                [advisory("grype", GHSA, aliases=(CVE,))],
                [advisory("pip-audit", PYSEC, aliases=(CVE, GHSA), path=None)],
                [advisory("osv-scanner", GHSA, "Django", aliases=(PYSEC,))],
            ],
            [("grype", "osv-scanner", "pip-audit", "trivy")],
            id="four names of one advisory",
        ),
        pytest.param(
            [
                [advisory("osv-scanner", GHSA, aliases=(PYSEC,))],
                [advisory("trivy", CVE)],
                [advisory("pip-audit", PYSEC, aliases=(CVE,))],
            ],
            [("osv-scanner", "pip-audit", "trivy")],
            id="joined by a third tool",
        ),
        pytest.param(
            [[advisory("trivy", CVE), advisory("trivy", CVE, "flask")]],
            [("trivy",), ("trivy",)],
            id="two packages",
        ),
        pytest.param(
            [[advisory("trivy", CVE, version="2.2.0")], [advisory("grype", CVE, version="2.2")]],
            [("grype", "trivy")],
            id="the version is no part of it",
        ),
        pytest.param(
            [
                [advisory("trivy", CVE), advisory("trivy", CVE, path="docs/requirements.txt")],
                [advisory("safety", CVE, path=None)],
            ],
            [("safety", "trivy"), ("safety", "trivy")],
            id="two manifests, and a tool that names none",
        ),
        pytest.param(
            [
                [advisory("trivy", CVE)],
                [advisory("osv-scanner", CVE, path="/build/x/requirements.txt")],
            ],
            [("osv-scanner", "trivy")],
            id="an absolute path of the same manifest",
        ),
        pytest.param(
            [
                [advisory("redhat", "RHSA-2022:1", aliases=("CVE-2022-1", "CVE-2022-2"))],
                [advisory("trivy", "CVE-2022-1")],
                [advisory("trivy", "CVE-2022-2")],
            ],
            [("redhat",), ("trivy",), ("trivy",)],
            id="a bulletin of several CVEs joins none of them",
        ),
        pytest.param(
            [[flaw("bandit", "B608", 12, cwe=89)], [flaw("semgrep", "sql-injection", 12, cwe=89)]],
            [("bandit", "semgrep")],
            id="the same weakness on the same line",
        ),
        pytest.param(
            [[flaw("bandit", "B608", 12, cwe=89)], [flaw("semgrep", "sql-injection", 14, cwe=89)]],
            [("bandit",), ("semgrep",)],
            id="another line",
        ),
        pytest.param(
            [[flaw("bandit", "B608", 12), flaw("bandit", "B608", 12)]],
            [("bandit",), ("bandit",)],
            id="two of one scan stay two",
        ),
        pytest.param(
            [[flaw("bandit", "B608", 12), flaw("bandit", "B608", 12)]] * 2,
            [("bandit",), ("bandit",)],
            id="the same scan in two files stays what it is",
        ),
        pytest.param(
            [[flaw("checkov", "CKV_1", 3, kind="iac")], [flaw("checkov", "CKV_2", 3, kind="iac")]],
            [("checkov",), ("checkov",)],
            id="two checks of one resource",
        ),
    ],
)
def test_what_is_one_problem(
    scans: Sequence[Sequence[Finding]], found: list[tuple[str, ...]]
) -> None:
    """Each problem once, with every tool that sees it, in every order of the scans."""
    for order in permutations(scans):
        assert tools(order) == sorted(found)


def test_a_secret_is_one_by_its_digest_or_its_place() -> None:
    """Tools that show the value agree by its digest, those that mask it by line."""

    def secret(tool: str, line: int, digest: str | None, path: str = "a.env") -> Finding:
        return Finding(tool, "secret", "key", "A key", Place(path=path, line=line), secret=digest)

    same = [
        [secret("gitleaks", 3, "d1")],
        [secret("trufflehog", 4, "d1")],
        [secret("trivy", 4, None)],
    ]
    assert tools(same) == [("gitleaks", "trivy", "trufflehog")]
    assert (
        tools([[secret("gitleaks", 3, "d1")], [secret("gitleaks", 9, "d2")]]) == [("gitleaks",)] * 2
    )


def test_a_web_finding_is_one_by_its_path_without_numbers() -> None:
    """The same alert on /users/1 and /users/2 is one, on another parameter it is another."""

    def web(url: str, parameter: str) -> Finding:
        place = Place(url=url, method="GET", parameter=parameter)
        return Finding("zap", "web", "40012", "XSS", place, cwes=(79,))

    twice = [[web("https://x.example/users/1?q=1", "q")], [web("https://x.example/users/2", "q")]]
    assert len(merge(twice, None)) == 1
    assert (
        len(
            merge(
                [[web("https://x.example/users/1", "q"), web("https://x.example/users/1", "p")]],
                None,
            )
        )
        == 2
    )


ADVISORIES = st.builds(
    advisory,
    st.sampled_from(["trivy", "grype", "safety"]),
    st.sampled_from([CVE, GHSA, PYSEC, "CVE-2020-1234"]),
    st.sampled_from(["django", "flask"]),
    aliases=st.sampled_from([(), (CVE,), (GHSA,), (CVE, "CVE-2020-1234")]),
    path=st.sampled_from([None, "requirements.txt", "/x/requirements.txt", "b/requirements.txt"]),
    severity=st.sampled_from(SEVERITIES),
)
FLAWS = st.builds(
    flaw,
    st.sampled_from(["bandit", "semgrep"]),
    st.sampled_from(["B1", "B2"]),
    st.integers(1, 3),
    cwe=st.sampled_from([None, 79, 89]),
    severity=st.sampled_from(SEVERITIES),
    code=st.sampled_from([None, "c1", "c2"]),
)
FINDINGS = st.one_of(ADVISORIES, FLAWS)
SCANS = st.lists(st.lists(FINDINGS, max_size=5), max_size=4)


def shape(results: Sequence[Result]) -> list[tuple[object, ...]]:
    """Everything that must not depend on the order."""
    return [
        (r.fingerprint, r.rule.id, r.severity, r.tools, r.location, r.message, r.fix)
        for r in results
    ]


@settings(max_examples=150, deadline=None)
@given(SCANS, st.randoms(use_true_random=False))
def test_no_order_changes_the_result(scans: list[list[Finding]], chance: object) -> None:
    """Files and findings in any order give the same results with the same fingerprints."""
    shuffled = [chance.sample(scan, len(scan)) for scan in chance.sample(scans, len(scans))]  # type: ignore[attr-defined]
    assert shape(merge(scans, Severity.HIGH)) == shape(merge(shuffled, Severity.HIGH))


@settings(max_examples=100, deadline=None)
@given(SCANS)
def test_the_same_input_twice_is_the_same_result(scans: list[list[Finding]]) -> None:
    """A file that is named twice adds nothing."""
    assert shape(merge([*scans, *scans], Severity.HIGH)) == shape(merge(scans, Severity.HIGH))


def test_of_twins_the_one_that_another_joins_is_the_first() -> None:
    """Two findings alike in all, of which a third joins one, keep their numbers when each file is named twice."""
    twin = flaw("bandit", "B1", 1, cwe=89, code="c1")
    scans = [[flaw("bandit", "B1", 1, code="c2", severity="low")], [twin, twin]]
    for order in (scans, scans[::-1], [*scans, *scans]):
        first, second = merge(order, None)
        assert (len(first.ratings), len(second.ratings)) == (2, 1)
        assert second.identity == f"{first.identity}\x1f2"


@settings(max_examples=100, deadline=None)
@given(SCANS)
def test_no_finding_is_lost(scans: list[list[Finding]]) -> None:
    """Every finding is in a problem, and only tools that found something are named."""
    problems = group(scans)
    kept = [*problems.alone, *(f for each in problems.joined for f in each.findings)]
    assert set(kept) == {finding for scan in scans for finding in scan}


TEXTS = st.sampled_from(["", "Bad.", "Bad\u202e ::set x", "w" * 300])
MAYBE = st.sampled_from([None, "a/b.py", "shop:1"])
PACKAGES = st.builds(
    Package,
    st.sampled_from(["", "Bad", "Bad\u202e ::x", "@a/b", "é b"]),
    st.sampled_from([None, "", "1.0"]),
    st.sampled_from([None, "pypi", "npm"]),
    st.sampled_from([None, "", "pkg:npm/%40a/b@1?x=y", "no purl"]),
    st.sampled_from([(), ("",), ("2", "1.1", "2"), ("3", "")]),
)
ABOUT = {
    "tool": st.sampled_from(["bandit", "zap"]),
    "kind": st.sampled_from(["code", "lint", "secret", "iac", "web", "image", "license", "custom"]),
    "id": st.sampled_from(["B1", CVE, "cwe 1", " cve-2022-28346", GHSA.upper(), " "]),
    "title": TEXTS,
    "place": st.builds(
        Place, MAYBE, st.sampled_from([None, 0, 7]), st.sampled_from([None, 9]), MAYBE, MAYBE
    ),
    "description": TEXTS,
    "aliases": st.sampled_from([(), (CVE, GHSA)]),
    "cwes": st.sampled_from([(), (89, 79)]),
    "ratings": st.sampled_from([(), (rating("high"),), (rating("low"), rating("high"))]),
    "confidence": st.sampled_from([None, "high", "odd"]),
    "fix": st.sampled_from([None, "", "Mend it."]),
    "help_uri": st.sampled_from([None, "https://semgrep.dev/r/x", "https://x.example/"]),
    "accepted": st.sampled_from([None, "", "told so"]),
    "malicious": st.booleans(),
}
LONE = st.builds(Finding, package=st.one_of(st.none(), st.none(), PACKAGES), **ABOUT)
LONE_PACKAGES = st.builds(Finding, package=PACKAGES, **ABOUT)


def lone(finding: Finding) -> Group:
    """The group that it makes by itself."""
    return next(same_advisory.groups([finding])) if finding.package else Group((finding,))


@settings(max_examples=200, deadline=None)
@given(st.lists(LONE, max_size=6), st.sampled_from([None, *Severity]), st.booleans())
def test_the_straight_way_gives_what_a_group_of_one_gives(
    findings: list[Finding], fail_on: Severity | None, unknown_fails: bool
) -> None:
    """Whatever the findings beside it are, from which it takes what their rules share."""
    line = Line(fail_on, unknown_fails)
    names = [str(number) for number in range(len(findings))]
    made = Alone(findings, line).results(names)
    assert made == [*joined([*map(lone, findings)], names, line)]


@settings(max_examples=200, deadline=None)
@given(st.lists(LONE, max_size=6))
def test_an_identity_is_that_of_a_group_of_one(findings: list[Finding]) -> None:
    """Whether it is made of columns, or of the finding."""
    names = Alone(findings, Line(None, unknown_fails=False)).identities()
    assert identities(Problems(findings, []), names) == identities(
        Problems([], [*map(lone, findings)]), ()
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(LONE_PACKAGES, ADVISORIES), max_size=8))
def test_a_package_s_findings_that_share_no_id_are_groups_of_one(findings: list[Finding]) -> None:
    """What is sorted out before the others are compared is what comparing all of them leaves alone."""
    problems = group([findings])
    found = [*map(lone, problems.alone), *problems.joined]
    assert sorted(map(repr, found)) == sorted(map(repr, same_advisory.groups(findings)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.one_of(LONE, FINDINGS), max_size=4), max_size=3))
def test_findings_without_a_common_spot_have_no_common_key(scans: list[list[Finding]]) -> None:
    """So that those at a spot of their own need not be compared with any other."""
    findings = [each for scan in scans for each in scan if each.package is None]
    for one, other in combinations(findings, 2):
        if set(keys(one)) & set(keys(other)):
            assert spot(one) == spot(other)


@settings(max_examples=60, deadline=None)
@given(SCANS, st.sampled_from(SEVERITIES))
def test_severity_words_and_lines_are_in_no_identity(
    scans: list[list[Finding]], severity: str
) -> None:
    """Re-rated, re-worded and moved by as many lines everywhere: the same fingerprints."""

    def moved(finding: Finding) -> Finding:
        place = finding.place
        line = None if place.line is None else place.line + 40
        package = finding.package and finding.package._replace(version="9")
        return finding._replace(
            title="other words",
            description="x",
            place=place._replace(line=line),
            ratings=(rating(severity),),
            package=package,
        )

    after = [[moved(finding) for finding in scan] for scan in scans]
    names = [sorted(r.fingerprint for r in merge(each, None)) for each in (scans, after)]
    assert names[0] == names[1]


def test_what_disagrees_is_shown_and_the_highest_counts() -> None:
    """Two tools, two severities: the higher one, with every rating kept."""
    (result,) = merge(
        [
            [advisory("trivy", CVE, severity="medium")],
            [advisory("grype", CVE, severity="critical")],
        ],
        None,
    )
    assert result.severity is Severity.CRITICAL
    assert result.evidence["disagree"] is True
    assert {r["word"] for r in result.ratings} == {"medium", "critical"}


def test_an_image_is_one_by_its_name() -> None:
    """Trivy adds the distribution behind the image's name, Grype does not."""
    found = [
        [advisory(tool, CVE, path=None)._replace(place=Place(image=image))]
        for tool, image in (("trivy", "alpine:3.10 (alpine 3.10.2)"), ("grype", "alpine:3.10"))
    ]
    assert tools(found) == [("grype", "trivy")]


def test_a_purl_and_a_bare_name_are_one_package() -> None:
    """pkg:pypi/Zope.Interface and zope-interface of pip are the same."""
    one = advisory("trivy", CVE)._replace(package=Package("zope-interface", "5", "pip"))
    other = advisory("grype", CVE)._replace(
        package=Package("Zope.Interface", "5", None, "pkg:pypi/zope.interface@5.0?x=y")
    )
    assert len(merge([[one], [other]], None)) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("accepted", "nosec", id="one that the tool does not count"),
        pytest.param("confidence", "low", id="one that the tool doubts"),
        pytest.param("fix", "Use a parameter.", id="one with advice"),
    ],
)
def test_twins_have_their_number_whatever_comes_first(field: str, value: str) -> None:
    """Two findings that differ in one thing alone keep who is the first, so that no fingerprint follows the file's order."""
    one = flaw("bandit", "B608", 3)
    change: dict[str, Any] = {field: value}
    other = one._replace(**change)
    assert shape(merge([[one, other]], Severity.HIGH)) == shape(
        merge([[other, one]], Severity.HIGH)
    )


def test_advice_is_one_line() -> None:
    """Whatever paragraphs a tool writes: it stands in cells of tables and in points of lists."""
    long = Finding("zap", "web", "7", "Inclusion", fix="Know your files.\n\nRefuse  all\tothers. ")
    (alone,) = Alone([long], Line(None, unknown_fails=False)).results(["1"])
    assert alone.fix == "Know your files. Refuse all others."
    [of_group] = joined([lone(long)], ["1"], Line(None, unknown_fails=False))
    assert of_group.fix == alone.fix
    (bare,) = Alone([long._replace(fix=" \n")], Line(None, unknown_fails=False)).results(["1"])
    assert bare.fix == "Change what the application answers."
