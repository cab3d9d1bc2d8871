"""The document, page and JUnit file of a security report: whole outputs, and what they must not hide."""

from __future__ import annotations

import json

import jsonschema
import pytest

from tests.render.golden import same
from tests.render.security_reports import SECURITY, blocking, unproven
from trivigil import schemas
from trivigil.render import documents, headline, junit, markdown
from trivigil.render import json as report_json


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
    same(f"security-{name}.html", documents.page(SECURITY[name]()))


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
    """A row has the first words of it, the list of what to do some more, and the result file everything."""
    report = blocking()
    words = " ".join(f"word{number}" for number in range(400))
    report = report._replace(results=tuple(each._replace(fix=words) for each in report.results))
    rows, *_, points = documents.page(report).split("What to do</h2>")
    assert "word10 " in rows
    assert "word20 " not in rows
    assert "word40 " in points
    assert "word80 " not in points.split("Not blocking")[0]
    assert words in report_json.dump(report)


def test_an_unproven_scan_is_said_before_any_finding() -> None:
    """Without a whole scan nothing else is certain, so it comes first."""
    text = shown("unproven")
    assert text.index("proves nothing") < text.index("B608")


def test_junit_has_a_case_for_each_finding() -> None:
    """Failed, open and accepted ones, by their place."""
    text = junit.render(unproven())
    assert text.count("<testcase") == len(unproven().results)
    assert 'classname="gitleaks"' in text
