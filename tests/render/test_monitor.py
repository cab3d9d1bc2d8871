"""The document, page, JUnit file and result file of a monitoring report: whole outputs, and what they must not hide."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from tests.render.golden import same, same_page
from tests.render.monitor_reports import (
    CONTEXT,
    MONITOR,
    attempt,
    certificate,
    check,
    down,
    many,
    no_network,
    reachability,
    up,
)
from tests.render.pages import Page
from trivigil import schemas
from trivigil.core.report import Report
from trivigil.monitor import analysis, facts
from trivigil.monitor.facts import Checked, Failed, concluded
from trivigil.monitor.graded import Graded
from trivigil.render import documents, headline, junit, markdown, monitor_charts, text
from trivigil.render import json as report_json
from trivigil.render.monitor_words import MEANINGS, moment, remaining, span
from trivigil.web.observation import CAUSES, Phases


def shown(report: Report, chars: int = 60_000) -> str:
    document = documents.document(report)
    return markdown.render(document, chars=chars, bytes_=200_000, elsewhere="the summary")


@pytest.mark.parametrize("name", MONITOR)
def test_whole_comments(name: str) -> None:
    """The section of the comment as people see it."""
    same(f"monitor-{name}.md", shown(MONITOR[name]()))


@pytest.mark.parametrize("name", ["up", "down", "refused"])
def test_whole_terminals(name: str) -> None:
    """The same in a terminal."""
    same(f"monitor-{name}.txt", text.render(MONITOR[name](), width=100, colour=False) + "\n")


@pytest.mark.parametrize("name", [name for name in MONITOR if name != "many"])
def test_whole_pages(name: str) -> None:
    """The page as people see it."""
    same_page(f"monitor-{name}.html", documents.page(MONITOR[name]()))


@pytest.mark.parametrize("name", ["up", "down", "no-network", "refused"])
def test_whole_junit_files(name: str) -> None:
    """The file as other programs read it."""
    same(f"monitor-{name}.junit.xml", junit.render(MONITOR[name]()))


@pytest.mark.parametrize("name", MONITOR)
def test_the_result_file_keeps_to_its_schema(name: str) -> None:
    """Every report that can be made is one that the published schema accepts, and comes back as the same file."""
    written = report_json.dump(MONITOR[name]())
    jsonschema.Draft202012Validator(json.loads(schemas.text("report"))).validate(
        json.loads(written)
    )
    assert report_json.dump(report_json.load(written)) == written


@pytest.mark.parametrize(
    "key",
    [
        "target", "scheduled_for", "started_at", "lateness_s", "checks", "headers", "baseline", "incidents",
    ],
)  # fmt: skip
def test_the_schema_misses_what_is_promised(key: str) -> None:
    """A monitoring result file without one of its keys is none."""
    data = json.loads(report_json.dump(down()))
    del data[key]
    errors = jsonschema.Draft202012Validator(json.loads(schemas.text("report"))).iter_errors(data)
    assert [key in error.message for error in errors] == [True]


@pytest.mark.parametrize(
    ("where", "value"),
    [
        pytest.param(("checks", 3, "status"), "fine", id="a status of no kind"),
        pytest.param(("checks", 3, "cause"), "gremlins", id="a cause that is not on the list"),
        pytest.param(("checks", 3, "phases", "dns"), "3 ms", id="a time in words"),
        pytest.param(("checks", 3, "attempts", 0, "failed"), None, id="claims that are none"),
        pytest.param(("headers", "tests"), [], id="tests without names"),
        pytest.param(("incidents", 0, "state"), "ajar", id="an incident of no state"),
        pytest.param(("baseline", "phases", "ttfb", "slower"), "yes", id="a verdict in words"),
    ],
)
def test_the_schema_refuses(where: tuple[str | int, ...], value: object) -> None:
    """What is of another shape is refused, at its place."""
    data = json.loads(report_json.dump(down()))
    inner = data
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    errors = jsonschema.Draft202012Validator(json.loads(schemas.text("report"))).iter_errors(data)
    assert [tuple(error.absolute_path) for error in errors] == [where]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("up", "Monitoring: all 4 checks are up"),
        ("down", "Monitoring: 1 of 6 checks is down, 1 is degraded, 1 is unknown"),
        ("expiring", "Monitoring: 1 of 3 checks is degraded"),
        ("no-network", "Monitoring: our runner had no network, nothing is known of the target"),
        ("refused", "Monitoring: the input could not be used"),
    ],
)
def test_the_headline(name: str, words: str) -> None:
    """The verdict in one line."""
    assert headline(MONITOR[name]()).replace(" · shop", "").endswith(words.partition(": ")[2])


# --- the words ---------------------------------------------------------------------------------


def test_every_cause_has_its_meaning() -> None:
    """The closed list is explained in plain words, each cause by words of its own."""
    assert set(MEANINGS) == set(CAUSES)
    assert len(set(MEANINGS.values())) == len(CAUSES)


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "assertion"])
def test_a_cause_is_explained_wherever_it_is_shown(cause: str) -> None:
    """Comment, terminal, page and JUnit file say what the cause means, beside its name."""
    tried = attempt("down", cause, "seen so")  # type: ignore[arg-type]
    made = analysis.analyze((check("login", tried),), CONTEXT)
    words = MEANINGS[cause]
    page = " ".join(Page(documents.page(made)).words)
    for output in (
        _words_of(shown(made)),
        text.render(made, width=100, colour=False),
        page,
        junit.render(made),
    ):
        assert words[1:] in re.sub(r"[\u200b\\]", "", output)
        assert "een so" in output


def _words_of(written: str) -> str:
    from tests.render.pages import page

    return "".join(page(written).words)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (62.9, "ends in 62 days"),
        (2.0, "ends in 2 days"),
        (1.5, "ends in 36 hours"),
        (-0.5, "ended 12 hours ago"),
        (-3.2, "ended 3 days ago"),
    ],
)
def test_what_is_left_of_a_certificate(days: float, words: str) -> None:
    """Whole days that are really left; hours where every one counts."""
    assert remaining(days) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(60, "1 minute"), (1802, "30 minutes"), (3 * 3600, "3 hours"), (3 * 86_400, "3 days")],
)
def test_how_late(seconds: float, words: str) -> None:
    """In the unit that people would choose."""
    assert span(seconds) == words


def test_a_time_that_is_none_stays_as_it_is() -> None:
    """Only what is a time is written anew."""
    assert moment("2026-01-31T12:07:30.250Z") == "2026-01-31 12:07 UTC"
    assert moment("@octocat") == "@octocat"


# --- what must not be hidden -------------------------------------------------------------------


def test_what_is_down_comes_first() -> None:
    """Down, then degraded, then what nobody could see, whatever the order of the checks."""
    written = shown(down())
    places = [written.index(f"`{name}`") for name in ("checkout", "search", "receipt")]
    assert places == sorted(places)


def test_one_reason_of_many_is_said_once() -> None:
    """A runner without network is one sentence that names the checks, and no outage of each."""
    written = shown(no_network())
    assert written.count("had no network") == 2
    assert all(f"`{name}`" in written for name in ("reachability", "certificate", "login"))


def test_short_room_loses_the_times_first() -> None:
    """Where a comment is short, what is down stays, and the rest is counted."""
    written = shown(many(), 3000)
    assert len(written) <= 3000
    assert written.count("is **down**") == 9
    assert "Not shown here" in written or "more check" in written


@pytest.mark.parametrize(
    ("late", "told"), [(2.0, False), (899.0, False), (900.0, True), (None, False)]
)
def test_lateness_only_where_it_matters(late: float | None, told: bool) -> None:
    """A quarter of an hour is said, seconds are not."""
    made = analysis.analyze((check("login"),), CONTEXT._replace(lateness=late))
    assert ("after it was due" in shown(made)) is told
    assert ("after it was due" in documents.page(made)) is told


@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("https://wiki.example/x", True),
        ("http://wiki.example/x", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_https_runbooks_are_links(address: str, links: bool) -> None:
    """Another address is shown and leads nowhere."""
    made = analysis.analyze((check("a", attempt("down", "reset"), runbook=address),), CONTEXT)
    assert (f"({address})" in shown(made)) is links
    assert (address in Page(documents.page(made)).links) is links


def test_why_nobody_was_told_is_said() -> None:
    """Each incident names its receivers, or the reason that there is none."""
    written = shown(down())
    assert "Told slack and webhook." in written
    assert "Nobody was told: it failed in 1 of 2 runs before an alert." in written


def test_the_line_to_send_is_whole() -> None:
    """A header line longer than any other code is not cut."""
    line = "Content-Security-Policy: " + "; ".join(
        f"img-src https://a{n}.example" for n in range(9)
    )
    finding = {"severity": "high", "message": "x", "send": line}
    made = analysis.analyze((check("a"),), CONTEXT, headers=Graded("6", "F", 0))
    made = made._replace(facts={**made.facts, "headers": {"grade": "F", "findings": [finding]}})
    assert f"`{line}`" in shown(made)


# --- figures and charts ------------------------------------------------------------------------


def bars(written: str) -> list[list[tuple[float, float]]]:
    """Left edge and width of each part of each bar."""
    rows = re.findall(r'<div class="fall \w+".*?</svg>', written)
    return [
        [(float(x), float(w)) for x, w in re.findall(r'x="([\d.]+)" y="3" width="([\d.]+)"', row)]
        for row in rows
    ]


def test_bars_follow_each_other_to_scale() -> None:
    """Each phase begins where the one before it ends, on one scale for all checks."""
    one = check("a", attempt(phases=Phases(10.0, 20.0, 30.0, 100.0, 40.0)))
    other = check("b", attempt(phases=Phases(None, 50.0, None, 50.0)))
    first, second = bars(monitor_charts.waterfall([("", one), ("", other)]))
    assert first == [(0, 50), (50, 100), (150, 150), (300, 500), (800, 200)]
    assert second == [(0, 250), (250, 250)]


def test_a_bar_beyond_the_scale_is_cut_and_says_so() -> None:
    """A timeout does not make the other bars invisible, and its own time is beside it."""
    quick = [check(f"c{n}", attempt(phases=Phases(ttfb=100.0))) for n in range(9)]
    slow = check("slow", attempt("down", "ttfb-timeout", phases=Phases(ttfb=10_000.0)))
    written = monitor_charts.waterfall([("", one) for one in (*quick, slow)])
    drawn = bars(written)
    assert drawn[0] == [(0, 1000)]
    assert drawn[-1] == [(0, 980), (990, 10)]
    assert "longer than the scale" in written
    assert "10,000 ms" in written


def test_no_bar_leaves_the_drawing() -> None:
    """Whatever was measured: no part begins or ends outside."""
    for row in bars(documents.page(many())):
        assert all(x >= 0 and x + width <= 1002 for x, width in row)


def test_nothing_measured_is_no_chart() -> None:
    """A check without times has no bar, and no bars are no chart."""
    skipped = concluded(Checked("a", "synthetic", (), skipped="b is down"))
    assert monitor_charts.waterfall([("", skipped)]) == ""


def test_attempts_stand_at_their_times() -> None:
    """On a line from the first beginning to the last end."""
    tries = (
        attempt("down", "reset", phases=Phases(ttfb=1000.0), at="2026-11-23T12:00:00.000Z"),
        attempt("up", phases=Phases(ttfb=2000.0), at="2026-11-23T12:00:02.000Z"),
    )
    written = monitor_charts.attempts(check("a", *tries))
    assert re.findall(r'class="(\w+)" x="([\d.]+)" y="2" width="([\d.]+)"', written) == [
        ("fail", "0.0", "250.0"),
        ("pass", "500.0", "500.0"),
    ]
    assert monitor_charts.attempts(check("a")) == ""


def test_a_short_last_attempt_stays_inside() -> None:
    """A millisecond at the end of a long wait is drawn, and not beyond the edge."""
    tries = tuple(
        attempt("down", "reset", phases=Phases(ttfb=1.0), at=f"2026-11-23T12:00:{second}.000Z")
        for second in ("00", "02", "12")
    )
    written = monitor_charts.attempts(check("a", *tries))
    places = re.findall(r'x="([\d.]+)" y="2" width="([\d.]+)"', written)
    assert len(places) == 3
    assert all(float(x) + float(width) <= 1000 for x, width in places)


def test_what_the_message_says_is_not_said_again() -> None:
    """Expected and found follow only where the message has not named them."""
    told = Failed("the site answered 404, not 201", 3, expected="201", actual="404")
    made = analysis.analyze(
        (check("a", attempt("down", "http-4xx", told.message, failed=[told])),), CONTEXT
    )
    assert "not 201. " in shown(made)
    other = Failed("the status is another", 3, expected="201", actual="404")
    made = analysis.analyze(
        (check("a", attempt("down", "http-4xx", other.message, failed=[other])),), CONTEXT
    )
    assert "another: expected `201`, found `404`." in shown(made)


def test_every_anchor_is_there_once() -> None:
    """Each tile leads to one place of the page, and no two places share a name."""
    for make in MONITOR.values():
        found = Page(documents.page(make()))
        anchors = [value for _, key, value in found.attributes if key == "id"]
        leads = [link.removeprefix("#") for link in found.links if link.startswith("#")]
        assert len(anchors) == len(set(anchors))
        assert set(leads) <= set(anchors)


def test_drawings_have_words() -> None:
    """Each bar names its phases for those who do not see it."""
    found = Page(documents.page(up()))
    labels = [value for tag, key, value in found.attributes if (tag, key) == ("svg", "aria-label")]
    assert labels[0] == "DNS 3.20 ms, Connect 11.4 ms, TLS 24.8 ms, TTFB 88.1 ms, Transfer 6.30 ms"
    assert len(labels) == 4


def test_the_certificate_that_ends_first_is_told() -> None:
    """Of several certificates the summary names the one with the fewest days."""
    other = certificate("2026-12-01T12:00:00Z")._replace(name="certificate of the shop's API")
    made = analysis.analyze((reachability(), certificate(), other), CONTEXT)
    assert "certificate ends in 7 days" in shown(made)


# --- JUnit -------------------------------------------------------------------------------------


def suite(report: Report) -> ET.Element:
    return ET.fromstring(junit.render(report))[0]  # noqa: S314 (our own output)


def test_junit_has_one_case_for_each_check() -> None:
    """With the file as its class and its seconds; neither claims nor advice on headers are cases."""
    report = down()
    cases = suite(report).findall("testcase")
    names = [check.name for check in facts.read(report.facts["checks"])]
    assert [case.get("name") for case in cases] == names
    assert cases[3].get("classname") == "checks/checkout.hurl"
    assert float(cases[3].get("time") or 0) == pytest.approx(3.768)


def test_junit_says_what_is_down_and_what_nobody_saw() -> None:
    """Down is a failure with its claims, unknown and skipped are errors, degraded passes with its words."""
    cases = {case.get("name"): case for case in suite(down()).findall("testcase")}
    told = cases["checkout"].findtext("failure") or ""
    assert "checks/checkout.hurl:15" in told
    assert "expected 42.50, found null" in told
    assert cases["receipt"].find("error") is not None
    assert "slow" in (cases["search"].findtext("system-out") or "")
    assert len(suite(no_network()).findall("testcase/error")) == 4


def test_the_words_of_a_claim_stay_in_their_line() -> None:
    """A body with line breaks makes no line of its own in the file."""
    failed = Failed("x", 1, expected="a", actual="b\nattempt 1: up")
    tried = attempt("down", "assertion", "x", failed=[failed])
    made = analysis.analyze((check("a", tried),), CONTEXT)
    told = suite(made).findtext("testcase/failure") or ""
    assert "b\\nattempt 1: up" in told
