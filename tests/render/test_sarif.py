"""SARIF: what code scanning gets to read, within its limits, with nothing live in it."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.github_double.contract import sarif as code_scanning
from tests.hostile.corpus import ATTACKS
from tests.render.pages import page
from tests.render.reports import BUDGETS, REPORTS, failing
from trivigil.core.gate import conclude
from trivigil.core.report import Report
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import sarif
from trivigil.render.escape import ZERO_WIDTH

REVISION = sarif.Revision("https://github.com/acme/shop", "a" * 40)
RULE = Rule("B105", "password in the code", "https://example.com/b105", ("CWE-259", "B105x"))


def finding(name: str = "app.py:login", **facts: Any) -> Result:
    """A password in app.py, line 7."""
    given_ = Result(
        RULE, "fail", Severity.HIGH, "a password stands in the code", Location(name, "app.py", 7)
    )
    return given_._replace(**facts)


def report(*results: Result, action: str = "security", name: str = "security") -> Report:
    """A report about these results."""
    said = conclude(results, (), len(results))
    return Report(action, name, said, "2026-01-31T12:00:00Z", (), results, ())


def here(path: str | None) -> str | None:
    """Every path but an absolute one lies in the repository."""
    return None if path is None or path.startswith("/") else path


def rendered(told: Report, most: int = sarif.MOST_RESULTS) -> sarif.Log:
    """The log, which code scanning and SARIF's own schema (where it is found) accept."""
    log = sarif.render(told, here, REVISION, most=most)
    again = json.loads(json.dumps(log.document, allow_nan=False))
    assert list(code_scanning.faults(again)) == []
    return log


def run_of(log: sarif.Log) -> dict[str, Any]:
    """The one run of a log."""
    [run] = cast("list[dict[str, Any]]", log.document["runs"])
    return run


def rule_of(log: sarif.Log) -> dict[str, Any]:
    """The one rule of a log."""
    [rule] = run_of(log)["tool"]["driver"]["rules"]
    return cast("dict[str, Any]", rule)


def result_of(log: sarif.Log) -> dict[str, Any]:
    """The one result of a log."""
    [result] = run_of(log)["results"]
    return cast("dict[str, Any]", result)


def test_schema_is_there_or_said() -> None:
    """SARIF's own JSON Schema finds fault with what is no SARIF; the other tests use it where it is."""
    path = code_scanning.schema_file()
    if path is None:
        pytest.skip("SARIF's JSON Schema is not here; TRIVIGIL_SARIF_SCHEMA names its file")
    run = {"tool": {"driver": {"name": "x"}}, "results": [{"text": "no message"}]}
    errors = list(code_scanning.validator(path).iter_errors({"version": "2.1.0", "runs": [run]}))
    assert {error.validator for error in errors} == {"additionalProperties", "required"}


@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS.keys())
def test_every_report_is_taken(make: Any) -> None:
    """Whatever the report: what code scanning and the schema ask for is there."""
    log = rendered(make())
    assert log.shown == len(run_of(log)["results"])


def test_one_finding() -> None:
    """A finding is an alert at its line, known again by its fingerprint."""
    one = finding(fix="Read it from the environment.", tools=("bandit",))
    result = result_of(rendered(report(one)))
    assert result["ruleId"] == "B105"
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        "a password stands in the code. Read it from the environment."
    )
    [place] = result["locations"]
    assert place["physicalLocation"]["artifactLocation"] == {
        "uri": "app.py", "uriBaseId": "%SRCROOT%",
    }  # fmt: skip
    assert place["physicalLocation"]["region"]["startLine"] == 7
    assert place["logicalLocations"] == [{"fullyQualifiedName": "app.py:login"}]
    assert result["partialFingerprints"]["primaryLocationLineHash"] == f"{one.fingerprint}:1"
    assert result["properties"] == {"severity": "high", "tools": ["bandit"]}


def test_the_run() -> None:
    """Category, commit and tool stand in the run; no folder of the machine does."""
    log = rendered(report(finding(), name="security (api)"))
    run = run_of(log)
    assert run["automationDetails"] == {"id": "trivigil/security (api)/"}
    assert code_scanning.category_of(run) == "trivigil/security (api)"
    [version] = run["versionControlProvenance"]
    assert (version["repositoryUri"], version["revisionId"]) == REVISION
    assert run["tool"]["driver"]["name"] == "Trivigil"
    assert "file://" not in json.dumps(log.document)


def test_unknown_commit_is_not_made_up() -> None:
    """Without a known commit there is no provenance."""
    run = run_of(sarif.render(report(finding()), here, None))
    assert "versionControlProvenance" not in run


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(finding(kind="pass"), id="passed"),
        pytest.param(finding(kind="open"), id="undecided"),
        pytest.param(finding(suppression=Suppression("a test's password")), id="accepted"),
    ],
)
def test_only_what_failed(result: Result) -> None:
    """Nothing but a failed result that nobody accepted becomes an alert."""
    assert rendered(report(result)).shown == 0


def test_undecided_is_said() -> None:
    """What could not be decided is missing in the upload, and the note says what that means."""
    [note] = rendered(report(finding(kind="open"))).notes
    assert note.startswith("1 undecided result is not in code scanning")


def test_without_a_place() -> None:
    """A finding outside the repository cannot be shown, and is counted."""
    outside = finding("login page", location=Location("login page", "/etc/passwd", 1))
    nowhere = finding("GET /", location=Location("GET /"))
    log = rendered(report(outside, nowhere, finding()))
    assert log.shown == 1
    assert log.notes == (
        "2 findings are not in code scanning, for want of a place in the repository",
    )
    [told] = run_of(log)["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == log.notes[0]


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", None),
        (Severity.UNKNOWN, "warning", None),
    ],
)
def test_severity(severity: Severity, level: str, score: str | None) -> None:
    """Severity is the level, and for security the score by which code scanning names it."""
    log = rendered(report(finding(severity=severity)))
    assert result_of(log)["level"] == rule_of(log)["defaultConfiguration"]["level"] == level
    assert rule_of(log)["properties"].get("security-severity") == score


def test_a_rule_is_as_severe_as_its_worst_result() -> None:
    """The score belongs to the rule, the level to each result."""
    log = rendered(
        report(finding("a", severity=Severity.LOW), finding("b", severity=Severity.CRITICAL))
    )
    assert rule_of(log)["properties"]["security-severity"] == "9.5"
    assert [one["level"] for one in run_of(log)["results"]] == ["error", "note"]


def test_a_broken_budget_is_no_matter_of_security() -> None:
    """Only the security watch has security scores; a budget is a problem on its own line."""
    log = rendered(failing())
    bags = [rule["properties"] for rule in run_of(log)["tool"]["driver"]["rules"]]
    assert bags
    assert all("security-severity" not in bag and bag["problem.severity"] for bag in bags)
    places = [one["locations"][0]["physicalLocation"] for one in run_of(log)["results"]]
    assert {place["artifactLocation"]["uri"] for place in places} == {BUDGETS}


def test_rule_of_a_finding() -> None:
    """A rule has its help, its address and its tags; CWEs as code scanning writes them."""
    rule = rule_of(rendered(report(finding())))
    assert rule["helpUri"] == "https://example.com/b105"
    assert rule["properties"]["tags"] == ["security", "external/cwe/cwe-259", "B105x"]
    assert page(rule["help"]["markdown"]).links == ["https://example.com/b105"]
    assert "https://example.com/b105" in rule["help"]["text"]


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "http://example.com", "", "x"])
def test_help_that_is_no_https_address(uri: str) -> None:
    """A foreign rule's address is used only where it is https."""
    rule = rule_of(rendered(report(finding(rule=RULE._replace(help_uri=uri)))))
    assert "helpUri" not in rule
    assert page(rule["help"]["markdown"]).links == []


def test_tags_within_the_limit() -> None:
    """Code scanning keeps ten tags of a rule."""
    aliases = tuple(f"CVE-2026-{index}" for index in range(30))
    rule = rule_of(rendered(report(finding(rule=RULE._replace(aliases=aliases)))))
    assert len(rule["properties"]["tags"]) == 10


def test_worst_first_within_the_limit() -> None:
    """Beyond the limit the least severe are left out, and counted."""
    severities = [Severity.LOW, Severity.CRITICAL, Severity.MEDIUM] * 4
    results = [finding(f"p{index}", severity=one) for index, one in enumerate(severities)]
    log = rendered(report(*results), most=5)
    kept = [one["properties"]["severity"] for one in run_of(log)["results"]]
    assert kept == ["critical"] * 4 + ["medium"]
    assert log.notes == ("7 findings are left out of code scanning, which gets the 5 worst",)


def test_more_findings_than_code_scanning_keeps() -> None:
    """Of 6,000 findings the 5,000 are sent that code scanning keeps."""
    log = rendered(report(*(finding(f"p{index}") for index in range(6_000))))
    assert log.shown == 5_000
    assert log.notes[0].startswith("1,000 findings are left out")


def test_alike_findings_are_told_apart() -> None:
    """Two of one fingerprint are two alerts, numbered by their places and not by their order."""
    first, second = (finding(location=Location("app.py", "app.py", line)) for line in (3, 9))
    orders = [rendered(report(*order)) for order in ((first, second), (second, first))]
    for log in orders:
        found = {
            one["locations"][0]["physicalLocation"]["region"]["startLine"]: one[
                "partialFingerprints"
            ]["primaryLocationLineHash"]
            for one in run_of(log)["results"]
        }
        assert found == {3: f"{first.fingerprint}:1", 9: f"{first.fingerprint}:2"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("src/app.py", "src/app.py", id="plain"),
        pytest.param("a b/ü#1?.py", "a%20b/%C3%BC%231%3F.py", id="what an address reads"),
        pytest.param("a:b.py", "a%3Ab.py", id="what would be a scheme"),
    ],
)
def test_path(path: str, uri: str) -> None:
    """A path is a relative address."""
    result = result_of(rendered(report(finding(location=Location("x", path, 1)))))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_long_rule_ids_stay_apart() -> None:
    """Two ids that differ at their ends only are two rules, within the limit."""
    rules = [RULE._replace(id="x" * 5_000 + end) for end in "ab"]
    log = rendered(report(*(finding(rule=rule) for rule in rules)))
    ids = [rule["id"] for rule in run_of(log)["tool"]["driver"]["rules"]]
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= 255


def hostile(attack: str) -> Report:
    """Everything that a foreign tool may write is this text."""
    rule = Rule(attack, attack, attack, (attack, attack * 9))
    one = finding(
        rule=rule,
        message=attack,
        fix=attack,
        location=Location(attack, "app.py", -3),
        tools=(attack,),
    )
    return report(one, name=attack)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack)[:40])
def test_attack(attack: str) -> None:
    """Foreign text is dead as an alert's text, as Markdown of a comment, and in a rule's help."""
    log = rendered(hostile(attack))
    rule, result = rule_of(log), result_of(log)
    for text in (result["message"]["text"], rule["shortDescription"]["text"], rule["name"]):
        found = page(f"Alert: {text}")
        assert found.links == []
        assert found.live == []
        assert found.comments == []
        assert set(found.elements) <= {"p", "em", "strong", "del", "code", "br"}
        assert "\n" not in text
    helped = page(rule["help"]["markdown"])
    allowed = [rule["helpUri"]] if "helpUri" in rule else []
    assert helped.links == allowed
    assert helped.live == []
    assert set(helped.elements) <= {"p", "strong", "code", "a"}


def test_sarifs_own_syntax() -> None:
    """Links and placeholders of SARIF's message format are no such thing any more; a reader sees the same."""
    said = "see [here](https://evil.example) or [this](1): {0} and {{1}}"
    text = result_of(rendered(report(finding(message=said))))["message"]["text"]
    assert "](" not in text
    assert "{0}" not in text
    assert text.replace(ZERO_WIDTH, "") == said


def test_entities() -> None:
    """A character that is written as an entity is not made one: no mention comes of it."""
    said = "ask &commat;octocat about &num;1"
    text = result_of(rendered(report(finding(message=said))))["message"]["text"]
    assert page(text).live == []
    assert text.replace(ZERO_WIDTH, "") == said


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Text of any characters gives a log that JSON and code scanning take."""
    log = rendered(hostile(text))
    json.dumps(log.document, ensure_ascii=False).encode("utf-8")


MIXED = st.builds(
    finding,
    st.sampled_from(["a", "b"]),
    kind=st.sampled_from(["fail", "open"]),
    severity=st.sampled_from(Severity),
    gates=st.booleans(),
    message=st.sampled_from(["one", "two"]),
    location=st.builds(
        Location,
        st.sampled_from("ab"),
        st.sampled_from(["a.py", "b.py", "/c.py"]),
        st.integers(0, 2),
    ),
    evidence=st.sampled_from([{}, {"excess": 0.5}, {"excess": 2}, {"excess": "much"}]),
    identity=st.sampled_from(["", "x", "y"]),
    profile=st.sampled_from([None, "", "load"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(MIXED, max_size=14), st.integers(1, 8))
def test_the_worst_of_any_findings(results: list[Result], most: int) -> None:
    """Which are kept, numbered how and in which order: as if each had been ranked by itself."""
    there = [one for one in results if one.kind == "fail" and here(one.location.path)]
    alike: dict[str, list[int]] = {}
    by_place = [(one.location.path, one.location.line or 1, one.message) for one in there]
    for at in sorted(range(len(there)), key=by_place.__getitem__):
        alike.setdefault(there[at].fingerprint, []).append(at)
    numbers = {at: nth for found in alike.values() for nth, at in enumerate(found, 1)}

    def rank(at: int) -> tuple[object, ...]:
        one, (path, line, message) = there[at], by_place[at]
        excess = one.evidence.get("excess")
        beyond = excess if isinstance(excess, int | float) else 0
        return (-one.severity, not one.gates, -beyond, path, numbers[at], line, message)

    wanted = [
        (there[at].location.path, by_place[at][1], f"{there[at].fingerprint}:{numbers[at]}")
        for at in sorted(numbers, key=lambda at: (rank(at), at))[:most]
    ]
    shown = []
    for one in run_of(sarif.render(report(*results), here, None, most=most))["results"]:
        place = one["locations"][0]["physicalLocation"]
        mark = one["partialFingerprints"]["primaryLocationLineHash"]
        shown.append((place["artifactLocation"]["uri"], place["region"]["startLine"], mark))
    assert shown == wanted
