"""Every attack at every place through every output: nothing of it is alive."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.render.monitor_reports import everywhere as watched
from tests.render.pages import Page
from tests.render.security_reports import everywhere as scanned
from tests.runner_model import Log, pairs, read_action
from tests.runner_model.log import Masks
from trivigil.core.errors import InputError
from trivigil.core.histogram import of_counts
from trivigil.core.report import Report
from trivigil.github.event import Event
from trivigil.github.workflow import Workflow
from trivigil.monitor import facts
from trivigil.publish import Wanted, outputs, payloads, plan, prepare
from trivigil.publish.annotations import MESSAGE_CHARS, TITLE_CHARS, Checkout, issue
from trivigil.publish.channels import issue as issue_channel
from trivigil.publish.channels import sarif
from trivigil.publish.comment import MAX_BYTES, MAX_CHARS
from trivigil.publish.comment import sections as sections_of
from trivigil.publish.issue import first, state_in, turn_comment, turned
from trivigil.publish.section import decode
from trivigil.render import documents, headline, html, junit, preview, text
from trivigil.render import json as report_json
from trivigil.render.documents import document
from trivigil.render.sarif import Anchors

from .corpus import ATTACKS, KINDS
from .places import everywhere, refused
from .scan import controls, filtered, living

SHA = "4f2c9a17be03d5566e8f00a1b2c3d4e5f6a7b8c9"
WORKSPACE = "/home/runner/work/shop/shop"
KIND = pytest.mark.parametrize("kind", KINDS)
PLACED = {kind: [everywhere(attack) for attack in attacks] for kind, attacks in KINDS.items()}
REFUSED = {kind: [refused(attack) for attack in attacks] for kind, attacks in KINDS.items()}
ORIGIN = everywhere("").origin
SCANNED = {kind: [scanned(attack, ORIGIN) for attack in attacks] for kind, attacks in KINDS.items()}
WATCHED = {kind: [watched(attack, ORIGIN) for attack in attacks] for kind, attacks in KINDS.items()}
CASES = {kind: [*PLACED[kind], *REFUSED[kind], *SCANNED[kind], *WATCHED[kind]] for kind in KINDS}
EVENT = Event(
    name="pull_request", repository="octo/shop", actor="octocat", sha="0" * 40, head_sha=SHA,
    base_sha=None, ref="refs/pull/7/merge", pull_number=7, is_fork=False, is_dependabot=False,
    private=False, run_id=4242, run_number=1, run_attempt=1, workflow="ci", job="test",
    server_url="https://github.com", api_url="https://api.github.com",
    graphql_url="https://api.github.com/graphql", event_path=None,
)  # fmt: skip
NIGHT = EVENT._replace(
    name="schedule", pull_number=None, ref="refs/heads/main", default_branch="main", sha=SHA
)
LEVELS = {"failure": "error", "warning": "warning", "notice": "notice"}
ACTION = Path(__file__).parents[2] / "actions" / "perf" / "action.yml"


def sent(report: Report) -> Mapping[str, str]:
    """The exact payloads of all channels, made once for all tests of this file."""
    if id(report) not in _SENT:
        _SENT[id(report)] = _made(report)
    return _SENT[id(report)]


_SENT: dict[int, Mapping[str, str]] = {}


def _made(report: Report) -> Mapping[str, str]:
    ready = prepare(report, EVENT, Checkout(WORKSPACE, WORKSPACE))
    return payloads(plan(report, EVENT, Wanted(), {}), ready, "trivigil-results/report.json")


def test_the_corpus_is_large() -> None:
    """At least 200 attacks of at least a dozen kinds, none of them twice."""
    assert len(ATTACKS) == len(set(ATTACKS)) >= 200
    assert len(KINDS) >= 12


@KIND
def test_the_comment(kind: str) -> None:
    """In the comment nothing is alive, its sections cannot be forged, and it fits."""
    for report in CASES[kind]:
        body = sent(report)["comment.md"]
        assert living(body, comments=3) == [], repr(report.name)
        [section] = sections_of(body)
        assert (section.name, section.head_sha) == (report.name, SHA)
        assert body.count("<!-- trivigil:") == 3, repr(report.name)
        assert controls(body) == [], repr(report.name)
        assert len(body) <= MAX_CHARS
        assert len(body.encode()) <= MAX_BYTES


@KIND
def test_the_check_run(kind: str) -> None:
    """The same for the check run: its summary, title, hidden state and annotations."""
    for report in CASES[kind]:
        body = json.loads(sent(report)["check-run.json"])
        output = body["output"]
        assert living(output["summary"]) == [], repr(report.name)
        kept = decode(output["text"])
        assert kept is not None
        assert kept.name == report.name
        assert output["text"].count("<!--") == 1
        plain = [body["name"], output["title"]]
        for one in output["annotations"]:
            plain += [one["title"], one["message"], one["path"]]
            assert len(one["title"]) <= TITLE_CHARS
            assert len(one["message"]) <= MESSAGE_CHARS
            assert not one["path"].startswith(("/", "../"))
        assert [sign for words in plain for sign in controls(words)] == [], repr(report.name)
        assert all("\n" not in words for words in plain)
        assert len(output["title"]) <= TITLE_CHARS


@KIND
def test_the_issue(kind: str) -> None:
    """The same for the issue: its text, title, hidden marker and state, and the comment of a turn."""
    for report in (*PLACED[kind], *REFUSED[kind], *WATCHED[kind]):
        ready = prepare(report, NIGHT, Checkout(WORKSPACE, WORKSPACE))
        body = json.loads(issue_channel.payloads(ready)["issue.json"])
        written, title = body["body"], body["title"]
        own = next(one for one in ready.issues if one.incident.says == "failing")
        assert living(written, comments=2) == [], repr(report.name)
        assert written.count("<!-- trivigil:") == 2, repr(report.name)
        assert controls(written) == [], repr(report.name)
        assert state_in(written) == first(own), repr(report.name)
        assert len(written.encode("utf-16-le")) // 2 <= MAX_CHARS
        assert len(written.encode()) <= MAX_BYTES
        assert filtered(title) == [], repr(report.name)
        assert controls(title) == [], repr(report.name)
        assert len(title) <= 256
        told = turn_comment(own, turned(first(own), own, "closed"), report.name)
        assert living(told, comments=1) == [], repr(report.name)
        assert controls(told) == [], repr(report.name)


@KIND
def test_the_code_scanning_alerts(kind: str) -> None:
    """The same for the SARIF file: alert texts as Markdown of GitHub's own comment, and rules' help."""
    for report in CASES[kind]:
        # Also of what has no place in the repository, whose words then say where it is.
        anchored = Checkout(WORKSPACE, WORKSPACE, Anchors("Dockerfile", "README.md"))
        ready = prepare(report, EVENT, anchored)
        log = sarif.payloads(ready)["report.sarif"]
        [run] = json.loads(log)["runs"]
        rules = run["tool"]["driver"]["rules"]
        texts = [one["message"]["text"] for one in run["results"]]
        texts += [one["shortDescription"]["text"] for one in rules]
        for words in texts:
            # An alert is no Markdown; where GitHub makes some of it, words struck out are harmless.
            assert set(living(f"Alert: {words}")) <= {"<del>"}, repr(report.name)
            assert controls(words) == [], repr(report.name)
        assert [sign for one in rules for sign in living(one["help"]["markdown"])] == []
        assert [sign for one in rules for sign in controls(one["id"])] == []


@KIND
def test_the_job_summary(kind: str) -> None:
    """The same for the job summary."""
    for report in CASES[kind]:
        written = sent(report)["summary.md"]
        assert living(written) == [], repr(report.name)
        assert controls(written) == [], repr(report.name)
        assert "trivigil:" not in written.lower()


@KIND
def test_the_terminal(kind: str) -> None:
    """What people see in a terminal or log has no escape sequence, and the runner finds no command in it."""
    for report in CASES[kind]:
        printed = text.render(report, width=100, colour=False)
        assert controls(printed) == [], repr(report.name)
        log = Log(Masks())
        log.read(printed)
        log.read(headline(report))
        assert log.commands == [], repr(report.name)


@KIND
def test_the_log(kind: str) -> None:
    """Annotations, warnings, groups and plain lines are the commands that we issue, and no others."""
    for report, attack in zip(PLACED[kind], KINDS[kind], strict=True):
        stream = io.StringIO()
        workflow = Workflow({"GITHUB_ACTIONS": "true"}, stream)
        ready = prepare(report, EVENT, Checkout(WORKSPACE, WORKSPACE))
        issue(workflow, ready.annotations[:3])
        workflow.warning(attack, title=attack, file=attack)
        workflow.debug(attack)
        workflow.log(attack)
        workflow.log(str(InputError(attack, path=attack, key=attack, tip=attack)))
        with workflow.group(attack):
            workflow.log(attack)
        log = Log(Masks())
        log.read(stream.getvalue())
        levels = [LEVELS[one.level] for one in ready.annotations[:3]]
        issued = [*levels, "warning", "debug", "group", "endgroup"]
        assert [command.name for command in log.commands] == issued, repr(attack)
        assert controls(stream.getvalue()) == [], repr(attack)
        for one in log.annotations.shown:
            assert set(one.place) <= {"title", "file", "line"}, repr(attack)


@KIND
def test_the_outputs(kind: str, tmp_path: Path) -> None:
    """The outputs' file holds our keys and no other, each with the value that was set."""
    for report, attack in zip(PLACED[kind], KINDS[kind], strict=True):
        path = tmp_path / "output"
        path.write_bytes(b"")
        workflow = Workflow({"GITHUB_OUTPUT": str(path)})
        values = outputs.values(report, headline(report), attack)
        for name, value in values.items():
            workflow.output(name, value)
        workflow.output("raw", attack)
        found = list(pairs(path.read_bytes().decode("utf-8-sig", "replace")))
        assert [name for name, _ in found] == [*values, "raw"], repr(attack)
        assert {**dict(found), "report": "", "raw": ""} == {**values, "report": "", "raw": ""}
        assert set(values) <= set(read_action(ACTION).outputs)
        assert "\n" not in dict(found)["summary"]


@KIND
def test_the_preview(kind: str) -> None:
    """The preview's page has its own script and no other, no handler, and no address out of data."""
    for report in (*PLACED[kind], *WATCHED[kind]):
        written = preview.page({**sent(report), f"files/{report.name}": report.name})
        assert dangers(written, scripts=1) == [], repr(report.name)


@KIND
def test_the_html(kind: str) -> None:
    """The same for HTML without a Markdown parser, where GitHub's filters find nothing either."""
    for report in CASES[kind]:
        written = html.render(document(report))
        assert dangers(written, scripts=0) == [], repr(report.name)
        assert Page(written).live == [], repr(report.name)


@KIND
def test_the_page(kind: str) -> None:
    """The page with charts has no script, no handler and no foreign address, also in its drawings."""
    for report in CASES[kind]:
        written = documents.page(_drawn(report))
        assert dangers(written, scripts=0) == [], repr(report.name)
        assert Page(written).comments == [], repr(report.name)


def _drawn(report: Report) -> Report:
    """The report with times by which its endpoint is drawn."""
    histogram = of_counts((float(ms), 1) for ms in range(1, 60))
    timed = (m._replace(histogram=histogram) for m in report.measurements)
    return report._replace(measurements=tuple(timed))


@KIND
def test_the_junit_file(kind: str) -> None:
    """Well-formed XML with our elements alone, whatever the text."""
    for report in CASES[kind]:
        root = ElementTree.fromstring(junit.render(report))  # noqa: S314 (our own output)
        assert {element.tag for element in root.iter()} <= JUNIT, repr(report.name)
        cases = (
            len(facts.read(report.facts["checks"]))
            if report.action == "monitor"
            else len(report.results)
        )
        assert len(root.findall("testsuite/testcase")) == cases + len(report.problems)


JUNIT = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out"}


@KIND
def test_the_json(kind: str) -> None:
    """The result file is one JSON document that comes back as it was, whatever the text."""
    for report in CASES[kind]:
        written = report_json.dump(report)
        again = report_json.load(written)
        assert report_json.dump(again) == written
        assert again.results == report_json.load(written).results


def dangers(page: str, *, scripts: int) -> list[str]:
    """What a browser would run, load or follow."""
    found = Page(page)
    wrong = [f"not closed: {tag}" for tag in found.unbalanced]
    wrong += [
        f"<{tag}>"
        for tag in found.elements
        if tag in {"base", "embed", "form", "iframe", "img", "input", "link", "object", "video"}
    ]
    if found.elements.count("script") != scripts:
        wrong.append("another script")
    for tag, key, value in found.attributes:
        if key.startswith("on") or key in {"srcdoc", "srcset", "formaction", "style"}:
            wrong.append(f"{key} on <{tag}>")
        if key in {"href", "src"} and not (value or "").startswith(
            ("#", "https://github.com/octo/shop/", "https://cwe.mitre.org/data/definitions/")
        ):
            wrong.append(f"{tag} to {value}")
    return wrong
