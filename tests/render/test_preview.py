"""The preview: one page, complete without a network, harmless whatever the payloads hold."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

from tests.hostile.corpus import ATTACKS
from tests.render.pages import Page
from tests.render.reports import COMMIT, failing, hostile, passing
from trivigil.core.errors import InputError
from trivigil.render import headline, preview
from trivigil.render.markdown import render
from trivigil.render.perf import document
from trivigil.render.preview_checks import read_commands
from trivigil.render.preview_markdown import sanitised, to_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from trivigil.core.report import Report

BUDGET_FILE = '{\n  "GET /search": {\n    "p95_response_time": 500\n  },\n  "x": {}\n}\n'


def annotation(
    line: int, level: str, message: str, path: str = "perf/budgets.json"
) -> dict[str, object]:
    return {
        "path": path,
        "start_line": line,
        "end_line": line,
        "annotation_level": level,
        "title": "budget for p95 latency",
        "message": message,
    }


def sarif_log() -> dict[str, object]:
    """Two alerts, the lesser one first."""

    def result(level: str, words: str) -> dict[str, object]:
        place = {"artifactLocation": {"uri": "perf/budgets.json"}, "region": {"startLine": 3}}
        return {
            "level": level,
            "ruleId": "budget.x",
            "message": {"text": words},
            "locations": [{"physicalLocation": place}],
        }

    rules = [{"id": "budget.x", "shortDescription": {"text": "budget for x"}}]
    run = {
        "tool": {"driver": {"name": "Trivigil", "rules": rules}},
        "automationDetails": {"id": "trivigil/perf/"},
        "results": [result("warning", "a little slow"), result("error", "far too slow")],
    }
    return {"version": "2.1.0", "runs": [run]}


def payloads(report: Report) -> dict[str, str]:
    markdown = render(document(report), chars=60_000, bytes_=200_000)
    output = {
        "title": headline(report),
        "summary": markdown,
        "annotations": [annotation(3, "failure", "too slow")],
    }
    body = {
        "name": "Trivigil / perf",
        "head_sha": COMMIT,
        "conclusion": report.conclusion.verdict,
        "output": output,
    }
    return {
        "comment.md": f"<!-- trivigil:1 -->\n{markdown}",
        "check-run.json": json.dumps(body),
        "check-run-2.json": json.dumps(
            {"output": {"annotations": [annotation(5, "warning", "second request")]}}
        ),
        "check-run-10.json": json.dumps(
            {"output": {"annotations": [annotation(6, "notice", "tenth request")]}}
        ),
        "summary.md": markdown,
        "annotations.txt": "::error file=perf/budgets.json,line=3,title=p95%3A x::is 846 ms%0Asecond line\n",
        "publish-plan.json": json.dumps(
            {
                "schema": "x",
                "steps": [{"channel": "comment", "act": "do", "reason": "on pull request 1"}],
            }
        ),
        "outputs.txt": 'conclusion=failure\npassed=false\ncounts={"failed": 4}\n',
        "status.json": json.dumps(
            {"context": "Trivigil / perf", "state": "failure", "sha": COMMIT, "description": "one"}
        ),
        "report.sarif": json.dumps(sarif_log()),
        "sarif-upload.json": json.dumps({"ref": "refs/pull/7/merge"}),
        "issue.json": json.dumps(
            {
                "title": "Search is slow",
                "body": "### What fails\n\n`GET /search`",
                "labels": ["trivigil"],
                "assignees": ["octocat"],
            }
        ),
        "files/perf/budgets.json": BUDGET_FILE,
    }


@pytest.mark.parametrize("report", [passing, failing, hostile], ids=lambda make: make.__name__)
def test_the_page_is_whole_and_loads_nothing(report: Callable[[], Report]) -> None:
    """Every element is closed, and nothing but a link points anywhere."""
    html = preview.page(payloads(report()))
    found = Page(html)
    assert not found.unbalanced
    assert {"img", "link", "iframe", "object", "form", "base"}.isdisjoint(found.elements)
    assert not [
        value for _, key, value in found.attributes if key in {"src", "style", "onclick", "srcset"}
    ]
    assert all(link.startswith(("https://github.com/acme/shop/", "#")) for link in found.links)
    assert html.count("url(") == html.count('url("data:image/svg+xml,')
    assert "@import" not in html


def test_it_shows_every_payload() -> None:
    """Each channel has its part, in this order, and the page's head leads to all of them."""
    html = preview.page(payloads(failing()))
    anchors = re.findall(r'<section id="([a-z]+)"', html)
    assert anchors == [
        "conversation", "checks", "files", "alerts", "issue", "summary", "commands", "plan", "outputs",
    ]  # fmt: skip
    assert [link for link in Page(html.partition("</nav>")[0]).links if link.startswith("#")] == [
        f"#{anchor}" for anchor in anchors
    ]
    assert "Some checks were not successful" in html
    assert "on pull request 1" in html
    assert "<dt>passed</dt><dd>false</dd>" in html


def test_alerts_stand_worst_first() -> None:
    """Code scanning's alerts: level, rule, words and place; category and ref at the head."""
    html = preview.page(payloads(failing()))
    part = html.partition('<section id="alerts">')[2].partition("</section>")[0]
    assert "2 alerts</b> · trivigil/perf · <code>refs/pull/7/merge</code>" in part
    assert part.index("far too slow") < part.index("a little slow")
    assert "perf/budgets.json:3 · budget.x" in part


def test_many_alerts_are_counted() -> None:
    """A hundred are shown, the rest is a number."""
    log = sarif_log()
    runs = log["runs"]
    assert isinstance(runs, list)
    runs[0]["results"] = runs[0]["results"] * 60
    html = preview.page({"report.sarif": json.dumps(log)})
    assert html.count('<div class="alert-row">') == 100
    assert "and 20 more in report.sarif" in html


def test_the_issue_as_its_page_shows_it() -> None:
    """Title, state, labels, people and the rendered body; further issues follow by number."""
    given = payloads(failing())
    given["issue-10.json"] = json.dumps({"title": "tenth", "state": "closed"})
    given["issue-2.json"] = json.dumps({"title": "second"})
    html = preview.page(given)
    part = html.partition('<section id="issue">')[2].partition("</section>")[0]
    assert part.index("Search is slow") < part.index("second") < part.index("tenth")
    assert '<span class="label">trivigil</span>' in part
    assert "@octocat" in part
    assert "<h3>What fails</h3>" in part
    assert part.count("pill closed") == 1


def test_the_status_stands_beside_the_checks() -> None:
    """Above the merge button, and where it is refused or fails, so does the box."""
    only = preview.page({"status.json": payloads(failing())["status.json"]})
    assert "Some checks were not successful" in only
    assert "Trivigil / perf (status)" in only


def test_the_overview_says_what_becomes_of_each_channel() -> None:
    """Used, skipped, handed over and refused have signs of their own; a permission that mends is named."""
    steps = [
        {"channel": "comment", "act": "do", "reason": "on pull request 7"},
        {"channel": "status", "act": "skip", "reason": "no"},
        {"channel": "sarif", "act": "hand-over", "reason": "a fork"},
        {"channel": "check-run", "act": "skip", "reason": "403", "permission": "checks: write"},
    ]
    html = preview.page({**payloads(failing()), "publish-plan.json": json.dumps({"steps": steps})})
    chips = re.findall(r'class="chip"[^>]*><svg class="(\w+)"', html)
    assert chips == ["success", "neutral", "warning", "failure"]
    assert "add <code>checks: write</code> to the job's permissions" in html
    assert re.findall(r'<span class="act">([^<]*)', html) == [
        "used", "skipped", "handed over", "refused",
    ]  # fmt: skip


def test_what_is_not_there_is_not_shown() -> None:
    """A dry run without a comment or a check run has no such part."""
    html = preview.page({"summary.md": "# Hello", "publish-plan.json": "{}"})
    assert re.findall(r'<section id="([a-z]+)"', html) == ["summary"]


def test_annotations_stand_on_their_lines() -> None:
    """The line of the file, what stands around it, and the words of the annotation below."""
    html = preview.page(payloads(failing()))
    file = html.partition('<section id="files">')[2].partition("</section>")[0]
    numbers = re.findall(r'<td class="n">(\d+)</td>', file)
    assert numbers == ["1", "2", "3", "4", "5", "6"]
    assert re.search(
        r'class="hit"><td class="n">3</td><td>    &quot;p95_response_time&quot;: 500</td>', file
    )
    assert (
        file.index("p95_response_time")
        < file.index("too slow")
        < file.index("second request")
        < file.index("tenth request")
    )


def test_without_the_file_the_line_is_named() -> None:
    """An annotation on a file that is not given still shows where it belongs."""
    given = payloads(failing())
    del given["files/perf/budgets.json"]
    file = preview.page(given).partition('<section id="files">')[2].partition("</section>")[0]
    assert re.findall(r'<td class="n">(\d+)</td>', file) == ["3", "5", "6"]


def test_annotations_of_later_requests_are_counted() -> None:
    """A check run's annotations come in several requests, and the tenth comes after the second."""
    html = preview.page(payloads(failing()))
    assert "Annotations (3)" in html


def test_commands_are_read_as_the_runner_reads_them() -> None:
    """Escapes in the message and the properties are undone; other lines are none."""
    notes = read_commands(
        "::error file=a%2Cb,line=7,title=x%3A%25::one%0Atwo: three\nnot a command\n::notice::plain\n"
    )
    assert [(n.level, n.path, n.line, n.title, n.message) for n in notes] == [
        ("error", "a,b", 7, "x:%", "one\ntwo: three"),
        ("notice", None, None, "", "plain"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "check-run.json",
        "publish-plan.json",
        "annotations.txt",
        "outputs.txt",
        "comment.md",
        "status.json",
        "report.sarif",
        "sarif-upload.json",
        "issue.json",
    ],
)
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "[[[[",
        '{"name": 3, "output": []}',
        "<script>x</script>",
        "[" * 100_000,
    ],
)
def test_odd_payloads_break_nothing(name: str, content: str) -> None:
    """Files of somebody else are shown as far as they can be."""
    found = Page(preview.page({name: content}))
    assert not found.unbalanced
    assert found.elements.count("script") == 1


def test_every_attack_in_every_payload_is_dead() -> None:
    """Attacks in names, titles, messages, plans, outputs and files are words."""
    for attack in ATTACKS:
        output = {
            "title": attack,
            "summary": attack,
            "text": attack,
            "annotations": [annotation(1, attack, attack, attack or "x")],
        }
        given = {
            "comment.md": attack,
            "check-run.json": json.dumps(
                {"name": attack, "conclusion": attack, "head_sha": attack, "output": output}
            ),
            "publish-plan.json": json.dumps(
                {
                    "steps": [
                        {"channel": attack, "act": attack, "reason": attack, "permission": attack}
                    ]
                }
            ),
            "status.json": json.dumps(
                {"context": attack, "state": attack, "description": attack, "sha": attack}
            ),
            "report.sarif": json.dumps(_attacked(attack)),
            "sarif-upload.json": json.dumps({"ref": attack}),
            "issue.json": json.dumps(
                {
                    "title": attack,
                    "body": attack,
                    "labels": [attack],
                    "assignees": [attack],
                    "milestone": attack,
                    "state": attack,
                }
            ),
            "annotations.txt": attack,
            "outputs.txt": attack,
            f"files/{attack or 'x'}": attack,
        }
        found = Page(preview.page(given))
        assert not found.unbalanced, attack
        assert found.elements.count("script") == 1, attack
        assert {"img", "iframe"}.isdisjoint(found.elements), attack
        assert not [key for _, key, _ in found.attributes if key.startswith("on")], attack
        assert all(link.startswith(("#", "https://")) for link in found.links), attack


def _attacked(attack: str) -> dict[str, object]:
    place = {"artifactLocation": {"uri": attack}, "region": {"startLine": attack}}
    result = {
        "level": attack,
        "ruleId": attack,
        "message": {"text": attack},
        "locations": [{"physicalLocation": place}],
    }
    rule = {"id": attack, "shortDescription": {"text": attack}}
    driver = {"name": attack, "rules": [rule]}
    run = {"tool": {"driver": driver}, "automationDetails": {"id": attack}, "results": [result]}
    return {"runs": [run]}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>x", "<p>x</p>", id="closed"),
        pytest.param("</div><p>x</div></p>", "<p>x</p>", id="stray ends"),
        pytest.param("<b><em>x</b>", "<b><em>x</em></b>", id="crossed"),
        pytest.param('<p onclick="x" style="y">z</p>', "<p>z</p>", id="attributes"),
        pytest.param("<script>alert(1)</script>z", "z", id="scripts with their content"),
        pytest.param(
            '<img src="https://evil.example/x" alt="words">', "words", id="images are words"
        ),
        pytest.param('<a href="javascript:x">y</a>', "<a>y</a>", id="addresses of scripts"),
        pytest.param("<!-- x --><p>y</p>", "<p>y</p>", id="comments"),
        pytest.param(
            "<p>@octocat</p>",
            '<p><span class="live" title="GitHub would link this">@octocat</span></p>',
            id="a live mention is betrayed",
        ),
        pytest.param(
            "<p><code>@octocat #1</code></p>",
            "<p><code>@octocat #1</code></p>",
            id="code is not live",
        ),
    ],
)
def test_html_is_reduced_to_what_is_harmless(html: str, expected: str) -> None:
    """An allow-list of elements, everything closed, and marks on what GitHub would link."""
    assert sanitised(html) == expected


def test_without_the_parser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser is an extra; without it one sentence says how to have it."""
    monkeypatch.setitem(sys.modules, "cmarkgfm", None)
    with pytest.raises(InputError, match=re.escape("pip install 'trivigil[preview]'")):
        to_html("x")


def test_both_colour_schemes_are_there() -> None:
    """The reader's system decides, and the button overrules it in both directions."""
    css = preview.styles()
    assert css.count("--bgColor-default: #0d1117") == 2
    assert css.count("--bgColor-default: #ffffff") == 1
    assert ":root[data-theme=dark]" in css
    assert "Sindre Sorhus" in css


def test_the_script_is_the_one_that_is_allowed() -> None:
    """The page's policy names the digest of its own script and lets no other run."""
    import base64
    import hashlib

    html = preview.page({"summary.md": "x"})
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    allowed = re.search(r"script-src 'sha256-([^']+)'", html)
    assert script is not None
    assert allowed is not None
    assert base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode() == allowed[1]
