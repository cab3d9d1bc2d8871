"""The document, page and JUnit file of a security report: whole outputs, and what they must not hide."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.render.golden import same, same_page
from tests.render.security_reports import CONTEXT, SECURITY, blocking, unproven
from tests.security.made import advisory, flaw, scan
from trivigil import schemas
from trivigil.core.result import Severity
from trivigil.render import documents, headline, junit, markdown
from trivigil.render import json as report_json
from trivigil.render.security_cards import MOST
from trivigil.security.analysis import analyze
from trivigil.security.facts import Rating


def shown(name: str) -> str:
    document = documents.document(SECURITY[name]())
    return markdown.render(document, chars=60_000, bytes_=200_000, elsewhere="the summary")


@pytest.mark.parametrize("name", SECURITY)
def test_whole_comments(name: str) -> None:
    """The section of the comment as people see it."""
    same(f"security-{name}.md", shown(name))


@pytest.mark.parametrize("name", SECURITY)
def test_whole_pages(name: str) -> None:
    """The page as people see it."""
    same_page(f"security-{name}.html", documents.page(SECURITY[name]()))


@pytest.mark.parametrize("name", SECURITY)
def test_the_result_file_keeps_to_its_schema(name: str) -> None:
    """Every report that can be made is one that the published schema accepts."""
    schema = json.loads(schemas.text("report"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(report_json.dump(SECURITY[name]())))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("clean", "Security: nothing found"),
        ("blocking", "Security: 1 critical, 1 high, 2 findings that do not block, 1 accepted"),
        ("unproven", "Security: the scan is partial, a required scan is not there, 1 high"),
    ],
)
def test_the_headline(name: str, words: str) -> None:
    """The verdict in one line: what proves nothing first, then what blocks."""
    assert headline(SECURITY[name]()) == words


def test_what_blocks_says_what_to_do() -> None:
    """Every blocking finding has its fix, and its tools stand beside it."""
    text = shown("blocking")
    assert "Upgrade django to 2.2.28 or 3.2.13." in text
    assert "grype, trivy" in text
    assert all(r.fix for r in blocking().findings if r.gates)


def test_a_page_of_advice_does_not_fill_the_page() -> None:
    """A card and the list of what to do have the first words of it, and the result file everything."""
    report = blocking()
    words = " ".join(f"word{number}" for number in range(400))
    report = report._replace(results=tuple(each._replace(fix=words) for each in report.results))
    points, cards, *_ = documents.page(report).split("What to do</h2>")[1].split("locking</h2>")
    for part in (points, cards):
        assert "word20 " in part
        assert "word80 " not in part
    assert words in report_json.dump(report)


def test_the_advice_for_the_worst_comes_first() -> None:
    """Of fixes that mend as many, that of the critical finding."""
    found = [
        flaw("bandit", "B608", 12)._replace(fix="Bind the parameters."),
        advisory("trivy", "CVE-2022-28346", severity="critical", fixed=("2.2.28",)),
    ]
    points = documents.page(analyze([scan(found)], CONTEXT)).split("What to do</h2>")[1]
    assert points.index("Upgrade django") < points.index("Bind the parameters")


def test_long_advice_says_what_it_is_for() -> None:
    """Tools write the same essay for many findings, and it does not name the problem."""
    essay = "Assume that all input is malicious. " * 20
    flaws = [
        flaw("zap", "40018", line)._replace(fix=essay, title="SQL Injection") for line in (1, 9)
    ]
    document = documents.document(analyze([scan(flaws, "zap")], CONTEXT))
    text = markdown.render(document, chars=60_000, bytes_=200_000, elsewhere="the summary")
    assert "SQL Injection (and 1 more): Assume that all input" in text


def test_one_word_of_a_unit_is_a_word() -> None:
    """A source with one match or one vulnerability says so."""
    one = scan([flaw("grype", "r", 1)], "grype")
    for unit, word in (("matches", "1 match"), ("vulnerabilities", "1 vulnerability")):
        page = documents.page(analyze([one._replace(unit=unit)], CONTEXT))
        assert f"complete, {word}</li>" in page


def test_a_rating_without_its_score_is_not_said_twice() -> None:
    """Where a source gives word and score, the score says both."""
    ratings = (
        Rating("nvd", "cvss:3.1", Severity.CRITICAL, 9.8),
        Rating("nvd", "word", Severity.CRITICAL, word="critical"),
        Rating("redhat", "word", Severity.HIGH, word="high"),
    )
    one = advisory("trivy", "CVE-2022-28346")._replace(ratings=ratings)
    page = documents.page(analyze([scan([one])], CONTEXT))
    assert "critical by nvd (CVSS 3.1: 9.8), high by redhat" in page


def test_an_unproven_scan_is_said_before_any_finding() -> None:
    """Without a whole scan nothing else is certain, so it comes first."""
    text = shown("unproven")
    assert text.index("proves nothing") < text.index("B608")


def test_junit_has_a_case_for_each_finding() -> None:
    """Failed, open and accepted ones, by their place."""
    text = junit.render(unproven())
    assert text.count("<testcase") == len(unproven().results)
    assert 'classname="gitleaks"' in text


def test_a_rule_s_findings_are_one_card_with_all_places() -> None:
    """What is said in the same words at several places is said once; none of the places is left out."""
    flaws = [flaw("bandit", "B608", line) for line in range(1, 31)]
    page = documents.page(analyze([scan([*flaws, flaw("bandit", "B105", 3)], "bandit")], CONTEXT))
    assert page.count("<article") == 2
    assert "and 18 more places" in page
    assert all(f"db.py:{line}<" in page for line in range(1, 31))


def test_what_a_tool_says_of_each_place_is_on_a_card_of_its_own() -> None:
    """Findings of one rule and title that are described differently: no description is lost."""
    flaws = [flaw("bandit", "B608", line) for line in (1, 2)]
    flaws = [each._replace(description=f"Where {n} is.") for n, each in enumerate(flaws)]
    page = documents.page(analyze([scan(flaws, "bandit")], CONTEXT))
    assert page.count("<article") == 2
    assert all(f"Where {n} is." in page for n in (0, 1))


def test_more_findings_than_anybody_reads_are_rows() -> None:
    """Cards come first, and every other finding has a row below them."""
    flaws = [flaw("bandit", f"B{number}", number) for number in range(1, MOST + 51)]
    page = documents.page(analyze([scan(flaws, "bandit")], CONTEXT))
    assert (page.count("<article"), page.count("<tr><td")) == (MOST, 50)


def test_a_card_says_who_rated_and_what_the_tool_tells() -> None:
    """Opinions that differ, weaknesses, other names and the description, which has no markup of its own."""
    nvd = Rating("nvd", "cvss:3.1", Severity.CRITICAL, 9.8)
    told = [
        advisory("trivy", "CVE-2022-28346")._replace(ratings=(nvd,)),
        advisory("grype", "CVE-2022-28346", aliases=("GHSA-2gwj-7jmv-h26r",)),
    ]
    told = [each._replace(description="<b>First</b>\nsecond", cwes=(89,)) for each in told]
    page = documents.page(analyze([scan([one], one.tool) for one in told], CONTEXT))
    card = page.split("<article")[1].split("</article>")[0]
    assert "high by grype, critical by nvd (CVSS 3.1: 9.8)" in card
    assert ("definitions/89.html" in card, "GHSA-2gwj-7jmv-h26r" in card) == (True, True)
    assert "&lt;b&gt;First&lt;/b&gt;\nsecond" in card
