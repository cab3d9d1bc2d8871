"""SARIF of any tool: what is a finding, whose it is, where, how severe, and what makes a file not clean."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from tests.security.readers.reading import DATA, brief_reading, counted, facts, findings, read
from trivigil.core.result import Severity
from trivigil.security import digest, severity
from trivigil.security.facts import Package

if TYPE_CHECKING:
    from pathlib import Path

    from trivigil.core.reading import Reading
    from trivigil.security.facts import Finding, ScanFacts

SARIF = DATA / "sarif"
GENERAL = SARIF / "general"


def written(folder: Path, *runs: dict[str, Any], version: str = "2.1.0") -> Path:
    """A SARIF file of these runs."""
    path = folder / "report.sarif"
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": version}
    path.write_text(json.dumps({**document, "runs": list(runs)}), encoding="utf-8")
    return path


def run(*results: dict[str, Any], name: str = "Scanner", **more: Any) -> dict[str, Any]:
    """A run of a tool."""
    driver = {"name": name, "rules": more.pop("rules", [])}
    return {"tool": {"driver": driver, **more.pop("tool", {})}, "results": list(results), **more}


def one(folder: Path, result: dict[str, Any], **more: Any) -> Finding:
    """The finding of a run with one result."""
    (found,) = findings(written(folder, run({"message": {"text": "m"}, **result}, **more)))
    return found


def at(uri: str | None, **more: object) -> dict[str, Any]:
    """A result at an artifact."""
    artifact = {"uri": uri, **more} if uri is not None else more
    return {"locations": [{"physicalLocation": {"artifactLocation": artifact}}]}


# --- whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        ("Trivy", "trivy"),
        ("Bandit", "bandit"),
        ("CodeQL", "codeql"),
        ("CodeQL command-line toolchain", "codeql"),
        ("OWASP ZAP", "zap"),
        ("ZAP", "zap"),
        ("Semgrep OSS", "semgrep"),
        ("GitHub Actions lint", "actionlint"),
        ("Snyk Open Source", "snyk"),
        ("Anchore Grype Scan", "grype"),
        ("Clair V4", "clair"),
        ("OWASP Dependency-Track", "dependency-track"),
        ("Prisma Cloud", "checkov"),
        ("Tool of (ours) 2", "tool-of-ours-2"),
    ],
)
def test_the_tool_is_the_drivers(name: str, tool: str, tmp_path: Path) -> None:
    """The reading and its findings are of the tool that the driver names, as users write it."""
    path = written(tmp_path, run({"ruleId": "R"}, name=name))
    assert (read(path).tool, findings(path)[0].tool) == (tool, tool)
    assert read(path, tool).problem is None
    assert read(path, "sarif").problem is None


def test_a_file_that_is_named_as_another_tools_is_refused() -> None:
    """`bandit=` reads Bandit's SARIF, and nobody else's."""
    assert read(SARIF / "bandit/plain.sarif", "bandit").count == 6
    reading = read(SARIF / "trivy/plain.sarif", "bandit")
    assert reading.facts is None
    assert reading.problem == "plain.sarif is named as a file of bandit, but it is one of trivy."


def test_several_tools_keep_their_names() -> None:
    """A file of several tools is nobody's own; each finding is of its tool, and the silent one is known too."""
    reading = read(GENERAL / "several.sarif")
    assert (reading.tool, facts(reading).tools) == ("sarif", ("bandit", "gitleaks"))
    assert [each.tool for each in facts(reading).findings] == ["bandit"]
    assert read(GENERAL / "several.sarif", "bandit").problem is not None


# --- what is a finding --------------------------------------------------------------------------


def test_only_what_fails_is_a_finding() -> None:
    """Results that pass, are open, for review, informational or not applicable are counted, and no findings."""
    reading = read(GENERAL / "kinds.sarif")
    assert [each.title for each in facts(reading).findings] == ["fail", "FAIL"]
    assert facts(reading).counts == {"results": 7, "runs": 1, "passed or open": 5}


def test_what_is_absent_is_not_there() -> None:
    """A result that a comparison calls absent is of the past."""
    reading = read(GENERAL / "compared.sarif")
    assert [each.title for each in facts(reading).findings] == ["new", "unchanged", "updated"]
    assert facts(reading).counts["absent"] == 1


def test_a_suppression_counts_where_all_are_accepted() -> None:
    """Rejected ones and those under review leave a result active; reason and last day are kept."""
    found = findings(GENERAL / "suppressed.sarif")
    assert [(each.title, each.accepted, each.expires) for each in found if each.accepted] == [
        ("in source", "suppressed in the source", None),
        ("accepted", "not reachable", "2099-01-31"),
    ]
    assert read(GENERAL / "suppressed.sarif").count == 4


def test_what_zizmor_has_for_review_is_a_finding(tmp_path: Path) -> None:
    """Zizmor writes its informational findings so, and its rules with its own name before them."""
    result = {"kind": "review", "ruleId": "zizmor/x", "level": "note"}
    found = one(
        tmp_path, {**result, "properties": {"zizmor/severity": "Informational"}}, name="zizmor"
    )
    assert (found.id, severity.choose(found).severity) == ("x", Severity.INFO)


def test_checkovs_packages_are_dependencies(tmp_path: Path) -> None:
    """Of Checkov's scan of packages a rule's id is advisory or licence, package and version."""
    ids = ("CVE-2099-1001_demo_web@1.2.0", "GPL-3.0_demo_web@1.2.0", "CKV_AWS_1")
    results = [{"ruleId": each, "message": {"text": "m"}, **at("package.json")} for each in ids]
    made = run(*results, name="Checkov", rules=[{"id": each} for each in ids])
    first, licence, check = findings(written(tmp_path, made))
    assert (first.kind, first.id, first.package) == (
        "dependency",
        "CVE-2099-1001",
        Package("demo_web", "1.2.0", "npm"),
    )
    assert (licence.kind, check.kind) == ("license", "iac")


def test_what_kics_calls_informational_is_a_finding(tmp_path: Path) -> None:
    """KICS writes its findings of the severity INFO so, without a level of their own."""
    rule = {"id": "q", "defaultConfiguration": {"level": "none"}}
    found = one(tmp_path, {"kind": "informational", "ruleId": "q"}, name="KICS", rules=[rule])
    assert severity.choose(found).severity is Severity.INFO


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        pytest.param("9.5", Severity.UNKNOWN, id="what it writes for unknown"),
        pytest.param("9.4", Severity.CRITICAL, id="critical"),
        pytest.param("1", Severity.INFO, id="info"),
        pytest.param("6.1", Severity.MEDIUM, id="another score"),
    ],
)
def test_what_nuclei_calls_open_is_a_finding(
    score: str, expected: Severity, tmp_path: Path
) -> None:
    """All of Nuclei's results are of the kind `open`, at the address that their words say."""
    where = "https:/shop.example/.git/config?key=hunter2"
    artifact = {"uri": "//.git/config", "description": {"text": where}}
    place = {"message": {"text": where}, "physicalLocation": {"artifactLocation": artifact}}
    found = one(
        tmp_path,
        {"kind": "open", "level": "none", "ruleId": "git-config", "locations": [place]},
        name="Nuclei",
        rules=[{"id": "git-config", "properties": {"security-severity": score}}],
    )
    assert (found.kind, found.id, found.place.url, found.place.path) == (
        "web",
        "git-config",
        "https://shop.example/.git/config?key",
        None,
    )
    assert severity.choose(found).severity is expected


@pytest.mark.parametrize(
    ("result", "state"),
    [
        pytest.param({"kind": "open"}, "partial", id="open"),
        pytest.param({"kind": "review", "level": "none"}, "partial", id="for review"),
        pytest.param({"kind": "notApplicable", "level": "error"}, "partial", id="an error of none"),
        pytest.param({"kind": "notApplicable", "level": "none"}, "empty", id="not applicable"),
        pytest.param({"kind": "informational", "level": "note"}, "empty", id="informational"),
        pytest.param(
            {"kind": "review", "suppressions": [{"kind": "external"}]}, "empty", id="suppressed"
        ),
    ],
)
def test_what_a_tool_did_not_decide_is_not_clean(
    result: dict[str, Any], state: str, tmp_path: Path
) -> None:
    """A result that a tool leaves to others is no finding, and no proof that there is none."""
    reading = read(written(tmp_path, run({"message": {"text": "m"}, **result})))
    assert (reading.state, reading.count) == (state, 0)


def test_a_result_without_anything_is_still_one(tmp_path: Path) -> None:
    """A finding counts even where nothing of it is as documented; what is no object is left out and said."""
    path = written(tmp_path, run({}, {"ruleId": 3, "message": [], "locations": {}, "rule": "x"}, 7))  # type: ignore[arg-type]  # on purpose
    reading = read(path)
    assert (reading.count, reading.state) == (2, "partial")
    assert reading.notes == ("`runs[0].results[2]` is left out: it is not an object.",)
    assert {each.id for each in facts(reading).findings} == {"unknown rule"}


# --- rules --------------------------------------------------------------------------------------


RULES = [
    {"id": "A", "guid": "g-a", "shortDescription": {"text": "rule A"}},
    {"id": "B", "name": "RuleB"},
    {"id": "B", "shortDescription": {"text": "a second B"}},
]
EXTENSION = {"name": "pack", "rules": [{"id": "E", "shortDescription": {"text": "rule E"}}]}


@pytest.mark.parametrize(
    ("result", "name", "title"),
    [
        pytest.param({"ruleIndex": 0}, "A", "rule A", id="index"),
        pytest.param({"rule": {"index": 0}}, "A", "rule A", id="reference by index"),
        pytest.param({"rule": {"guid": "g-a"}}, "A", "rule A", id="reference by guid"),
        pytest.param({"ruleId": "A"}, "A", "rule A", id="id"),
        pytest.param({"rule": {"id": "A"}}, "A", "rule A", id="reference by id"),
        pytest.param({"ruleId": "A/1/x"}, "A/1/x", "rule A", id="hierarchical id"),
        pytest.param(
            {"ruleId": "A/1", "ruleIndex": 0}, "A/1", "rule A", id="hierarchical and index"
        ),
        pytest.param(
            {"ruleId": "B", "ruleIndex": 2}, "B", "a second B", id="a doubled id, by index"
        ),
        pytest.param({"ruleId": "B"}, "B", "RuleB", id="a doubled id: the first"),
        pytest.param({"ruleId": "A", "ruleIndex": 1}, "A", "rule A", id="an index of another rule"),
        pytest.param({"ruleId": "A", "ruleIndex": -1}, "A", "rule A", id="an index of none"),
        pytest.param({"ruleId": "A", "ruleIndex": 99}, "A", "rule A", id="an index too high"),
        pytest.param(
            {"rule": {"index": 0, "toolComponent": {"index": 0}}},
            "E",
            "rule E",
            id="extension by index",
        ),
        pytest.param(
            {"ruleId": "E", "rule": {"toolComponent": {"name": "pack"}}},
            "E",
            "rule E",
            id="extension by name",
        ),
        pytest.param({"ruleId": "E"}, "E", "rule E", id="extension by id alone"),
        pytest.param({"ruleId": "Z"}, "Z", "Z", id="a rule that nobody defines"),
        pytest.param({}, "unknown rule", "unknown rule", id="no rule at all"),
    ],
)
def test_rules_are_found(result: dict[str, Any], name: str, title: str, tmp_path: Path) -> None:
    """By index, id, guid, parent, in the driver and its extensions; an index that contradicts the id is not believed."""
    found = one(tmp_path, {**result, "message": {}}, rules=RULES, tool={"extensions": [EXTENSION]})
    assert (found.id, found.title) == (name, title)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        pytest.param({"text": "plain"}, "plain", id="text"),
        pytest.param(
            {"id": "default", "arguments": ["x", "y"]}, "x, not y or {z}", id="id of the rule"
        ),
        pytest.param({"id": "shared", "arguments": ["x"]}, "global x {1}", id="id of the driver"),
        pytest.param({"text": "a {0}", "arguments": [1]}, "a 1", id="own text with arguments"),
        pytest.param({"text": "{0} stays"}, "{0} stays", id="no arguments"),
        pytest.param({"text": "a [link](1) and [b](https://x)"}, "a link and b", id="links"),
        pytest.param({"text": "an \\[index\\]"}, "an [index]", id="escaped brackets"),
        pytest.param({"markdown": "**m**"}, "**m**", id="Markdown alone"),
        pytest.param({"text": "<p>one &amp; two</p>"}, "one & two", id="HTML"),
        pytest.param({"text": "vector<int> of CWE-<n>"}, "vector<int> of CWE-<n>", id="no HTML"),
        pytest.param({"id": "nobody has it"}, "R", id="an unknown id"),
    ],
)
def test_messages_are_made(message: dict[str, Any], text: str, tmp_path: Path) -> None:
    """From their own text or that of an id, with arguments, without links and HTML."""
    rules = [{"id": "R", "messageStrings": {"default": {"text": "{0}, not {1} or {{z}}"}}}]
    driver = {
        "name": "Scanner",
        "rules": rules,
        "globalMessageStrings": {"shared": {"text": "global {0} {1}"}},
    }
    made = {"tool": {"driver": driver}, "results": [{"ruleId": "R", "message": message}]}
    (found,) = findings(written(tmp_path, made))
    assert found.title == text


@pytest.mark.parametrize(
    ("rule", "result"),
    [
        pytest.param({"properties": {"tags": ["external/cwe/cwe-079"]}}, {}, id="CodeQL's tags"),
        pytest.param({"properties": {"tags": ["CWE-79: Cross-site"]}}, {}, id="Semgrep's tags"),
        pytest.param({"properties": {"cwe": "CWE-79: Cross-site"}}, {}, id="a property"),
        pytest.param(
            {"relationships": [{"target": {"id": "79", "toolComponent": {"name": "CWE"}}}]},
            {},
            id="a taxon",
        ),
        pytest.param({}, {"taxa": [{"id": "CWE-79"}]}, id="a taxon of the result"),
        pytest.param({}, {"properties": {"cwe": ["CWE-79"]}}, id="a property of the result"),
    ],
)
def test_weaknesses_are_found(rule: dict[str, Any], result: dict[str, Any], tmp_path: Path) -> None:
    """In tags, properties and taxonomies."""
    found = one(tmp_path, {"ruleId": "R", **result}, rules=[{"id": "R", **rule}])
    assert found.cwes == (79,)


# --- severity -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "rule", "expected"),
    [
        pytest.param({}, {}, Severity.MEDIUM, id="nothing is a warning"),
        pytest.param({"level": "error"}, {}, Severity.HIGH, id="error"),
        pytest.param({"level": "note"}, {}, Severity.LOW, id="note"),
        pytest.param({"level": "none"}, {}, Severity.INFO, id="none"),
        pytest.param({"level": "ERROR"}, {}, Severity.HIGH, id="capitals"),
        pytest.param(
            {}, {"defaultConfiguration": {"level": "error"}}, Severity.HIGH, id="the rule's"
        ),
        pytest.param(
            {"level": "note"},
            {"defaultConfiguration": {"level": "error"}},
            Severity.LOW,
            id="its own first",
        ),
        pytest.param(
            {}, {"properties": {"security-severity": "9.8"}}, Severity.CRITICAL, id="a text"
        ),
        pytest.param({}, {"properties": {"security-severity": 7}}, Severity.HIGH, id="a number"),
        pytest.param({}, {"properties": {"security-severity": "7,5"}}, Severity.HIGH, id="a comma"),
        pytest.param(
            {}, {"properties": {"security-severity": "CRITICAL"}}, Severity.CRITICAL, id="a word"
        ),
        pytest.param(
            {}, {"properties": {"security-severity": "undefined"}}, Severity.MEDIUM, id="undefined"
        ),
        pytest.param({}, {"properties": {"security-severity": None}}, Severity.MEDIUM, id="null"),
        pytest.param(
            {}, {"properties": {"security-severity": "11"}}, Severity.MEDIUM, id="no such score"
        ),
        pytest.param(
            {}, {"properties": {"security-severity": True}}, Severity.MEDIUM, id="no number"
        ),
        pytest.param(
            {"properties": {"security-severity": "9.1"}}, {}, Severity.CRITICAL, id="the result's"
        ),
        pytest.param(
            {},
            {"properties": {"cvssv3_baseScore": 9.1, "cvssv2_score": 5}},
            Severity.CRITICAL,
            id="CVSS pieces",
        ),
        pytest.param(
            {"properties": {"severity": "low"}, "level": "error"}, {}, Severity.LOW, id="a property"
        ),
        pytest.param(
            {"properties": {"DevSkimSeverity": "Critical"}, "level": "error"},
            {},
            Severity.CRITICAL,
            id="DevSkim's",
        ),
        pytest.param(
            {"properties": {"securityRisk": "CRITICAL"}, "level": "error"},
            {},
            Severity.CRITICAL,
            id="a risk",
        ),
        pytest.param(
            {"level": "error"},
            {"properties": {"cvssV3_severity": "CRITICAL"}},
            Severity.CRITICAL,
            id="Docker Scout's",
        ),
        pytest.param({"level": "critical"}, {}, Severity.CRITICAL, id="a severity as level"),
        pytest.param(
            {}, {"defaultConfiguration": {"level": "High"}}, Severity.HIGH, id="the rule's so"
        ),
        pytest.param({"level": "strange"}, {}, Severity.MEDIUM, id="no such level"),
    ],
)
def test_severity_is_read(
    result: dict[str, Any], rule: dict[str, Any], expected: Severity, tmp_path: Path
) -> None:
    """From every odd form that scores have; else from the level in force."""
    found = one(tmp_path, {"ruleId": "R", **result}, rules=[{"id": "R", **rule}])
    assert severity.choose(found).severity is expected


GRYPE_HELP = "Vulnerability CVE-2099-1001\nSeverity: {}\nPackage: demo\nVersion: 1.0\nType: deb\n"


@pytest.mark.parametrize(
    ("word", "score", "expected"),
    [
        pytest.param("unknown", "0.0", Severity.UNKNOWN, id="nobody rated it"),
        pytest.param("negligible", "0.0", Severity.INFO, id="negligible"),
        pytest.param("unknown", "9.1", Severity.CRITICAL, id="a score alone"),
        pytest.param("Critical", None, Severity.CRITICAL, id="a word alone"),
    ],
)
def test_grype_says_the_severity_in_the_help(
    word: str, score: str | None, expected: Severity, tmp_path: Path
) -> None:
    """A score of 0.0 is none where nobody rated the advisory, and so is the level."""
    properties = {} if score is None else {"security-severity": score}
    rule = {"id": "R", "help": {"text": GRYPE_HELP.format(word)}, "properties": properties}
    found = one(tmp_path, {"ruleId": "R", "level": "note"}, name="grype", rules=[rule])
    assert severity.choose(found).severity is expected


def test_older_grype_suppresses_nothing(tmp_path: Path) -> None:
    """Grype before 0.33 writes a suppression beside everything it found: all of it counts."""
    name = "ANCHOREVULN_demo:1.0_CVE-2099-1001_deb_demo_1.0"
    rule = {"id": name, "help": {"text": GRYPE_HELP.format("High")}}
    result = {"ruleId": name, "ruleIndex": 0, "level": "error", "baselineState": "unchanged"}
    found = one(
        tmp_path,
        {**result, "suppressions": [{"kind": "external"}], **at("/var/lib/dpkg/status")},
        name="Anchore Container Vulnerability Report (T0)",
        rules=[rule],
    )
    assert (found.tool, found.kind, found.id) == ("grype", "dependency", "CVE-2099-1001")
    assert (found.accepted, severity.choose(found).severity) == (None, Severity.HIGH)


def test_an_invocation_may_set_the_level(tmp_path: Path) -> None:
    """A level that is set for the run goes before the rule's own."""
    override = {"descriptor": {"id": "R"}, "configuration": {"level": "error"}}
    found = one(
        tmp_path,
        {"ruleId": "R"},
        rules=[{"id": "R", "defaultConfiguration": {"level": "note"}}],
        invocations=[{"executionSuccessful": True, "ruleConfigurationOverrides": [override]}],
    )
    assert severity.choose(found).severity is Severity.HIGH


@pytest.mark.parametrize("name", ["osv-scanner", "govulncheck", "Ruff"])
def test_a_level_that_says_something_else_is_no_opinion(name: str, tmp_path: Path) -> None:
    """What these tools write as level is no severity: nobody rated it."""
    found = one(tmp_path, {"ruleId": "R", "level": "error"}, name=name)
    assert severity.choose(found).severity is Severity.UNKNOWN


# --- places -------------------------------------------------------------------------------------


BASES = {
    "%SRCROOT%": {"uri": "file:///checkout/"},
    "SHOP": {"uri": "shop/", "uriBaseId": "%SRCROOT%"},
    "LOOP": {"uriBaseId": "LOOP"},
    "BELOW": {"uri": "below/", "uriBaseId": "GONE"},
}


@pytest.mark.parametrize(
    ("result", "path"),
    [
        pytest.param(at("src/a.py"), "src/a.py", id="relative"),
        pytest.param(at("./src/a.py"), "src/a.py", id="dot"),
        pytest.param(at("src\\a.py"), "src/a.py", id="backslashes"),
        pytest.param(at("src/with%20space.py"), "src/with space.py", id="percent"),
        pytest.param(at("src/a.py", uriBaseId="%SRCROOT%"), "src/a.py", id="base"),
        pytest.param(at("a.py", uriBaseId="SHOP"), "shop/a.py", id="chain of bases"),
        pytest.param(at("a.py", uriBaseId="GONE"), "a.py", id="a base that nobody defines"),
        pytest.param(at("a.py", uriBaseId="LOOP"), "a.py", id="a base of itself"),
        pytest.param(at("a.py", uriBaseId="BELOW"), "below/a.py", id="a chain that leads nowhere"),
        pytest.param(at("file:///checkout/src/a.py"), "src/a.py", id="absolute below the base"),
        pytest.param(at("/checkout/src/a.py"), "src/a.py", id="a path below the base"),
        pytest.param(at("file:///C:/x/a.py"), "C:/x/a.py", id="a drive"),
        pytest.param(at("C:\\x\\a.py"), "C:/x/a.py", id="a drive as a path"),
        pytest.param(
            at("file:///C:/Documents%20and%20Settings/x/a.py"), "~/a.py", id="a person's folder"
        ),
        pytest.param(at("%SRCROOT%/a.py"), "a.py", id="the base in the address"),
        pytest.param(at(None, index=1), "shop/b c.py", id="by index"),
        pytest.param(at(None, index=9), None, id="an index of nothing"),
        pytest.param({}, None, id="no place"),
        pytest.param(
            {"locations": [{}, *at("b.py")["locations"]]}, "b.py", id="the first that says one"
        ),
        pytest.param({"analysisTarget": {"uri": "t.py"}}, "t.py", id="the target"),
    ],
)
def test_paths_are_of_the_repository(
    result: dict[str, Any], path: str | None, tmp_path: Path
) -> None:
    """Whatever way the file is named: relative, absolute, by base, by index."""
    artifacts = [{}, {"location": {"uri": "b%20c.py", "uriBaseId": "SHOP"}}]
    found = one(tmp_path, result, originalUriBaseIds=BASES, artifacts=artifacts)
    assert found.place.path == path


@pytest.mark.parametrize(
    ("more", "path"),
    [
        pytest.param(
            {"originalUriBaseIds": {"X": {"uri": "file:///p/"}}}, "a.py", id="the only base"
        ),
        pytest.param(
            {"invocations": [{"workingDirectory": {"uri": "file:///p"}}]},
            "a.py",
            id="working folder",
        ),
        pytest.param(
            {
                "originalUriBaseIds": {"A": {"uri": "file:///p/"}, "B": {"uri": "file:///p/q/"}},
                "versionControlProvenance": [
                    {"repositoryUri": "x", "mappedTo": {"uriBaseId": "A"}}
                ],
            },
            "a.py",
            id="version control",
        ),
        pytest.param(
            {"originalUriBaseIds": {"A": {"uri": "file:///x/"}, "B": {"uri": "file:///y/"}}},
            "/p/a.py",
            id="none",
        ),
    ],
)
def test_the_repository_is_found(more: dict[str, Any], path: str, tmp_path: Path) -> None:
    """By what the run says of version control, of its bases, or of where it ran."""
    assert one(tmp_path, at("file:///p/a.py"), **more).place.path == path


def test_no_file_is_no_path(tmp_path: Path) -> None:
    """Scorecard says in the place of a path that there is none."""
    found = one(tmp_path, {"ruleId": "R", **at("no file associated with this alert")})
    assert found.place.path is None


def test_a_message_may_be_a_text_alone(tmp_path: Path) -> None:
    """It was an object only since 2.0, and some tools have not noticed."""
    found = one(tmp_path, {"ruleId": "R", "message": "SQL injection", **at("a.py")})
    assert found.title == "SQL injection"


def test_lines_count_from_one(tmp_path: Path) -> None:
    """A region of bytes or characters alone has no line."""
    regions = [
        {"startLine": 3, "endLine": 5},
        {"byteOffset": 10},
        {"charOffset": 4},
        {"startLine": 0},
    ]
    results = [
        {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": each}}]}
        for each in regions
    ]
    found = findings(written(tmp_path, run(*results)))
    assert [(each.place.line, each.place.end_line) for each in found] == [
        (3, 5),
        *[(None, None)] * 3,
    ]


def test_an_address_is_a_place_of_the_web(tmp_path: Path) -> None:
    """A result at an address is about a site; the values that the address carries are not kept."""
    found = one(tmp_path, at("https://me:secret@shop.example/a?token=secret"))
    assert (found.kind, found.place.path, found.place.url) == (
        "web",
        None,
        "https://shop.example/a?token",
    )


# --- what is not clean --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "state", "note"),
    [
        ("plain", "complete", ""),
        ("empty", "empty", ""),
        ("commas", "complete", "commas before closing brackets"),
        ("failed", "crashed", "codeql says that it failed: Out of memory."),
        ("notified", "partial", "semgrep reports Timeout at big.js."),
        ("no-results", "crashed", "codeql has no `results`"),
        ("no-runs", "crashed", "It has no run"),
        ("v1", "partial", "It is SARIF 1.0.0"),
        ("v2", "partial", "It is SARIF 2.0.0"),
    ],
)
def test_states(name: str, state: str, note: str) -> None:
    """Only a run with results and without failures is whole, and an older version never is."""
    reading = read(GENERAL / f"{name}.sarif")
    assert reading.state == state
    assert note in " ".join(reading.notes)


@pytest.mark.parametrize(
    ("runs", "state"),
    [
        pytest.param(
            [{"invocations": [{"executionSuccessful": False}]}],
            "partial",
            id="failed, with results",
        ),
        pytest.param(
            [{}, {"invocations": [{"executionSuccessful": False}], "results": []}],
            "partial",
            id="one of two",
        ),
        pytest.param([{"results": None}], "crashed", id="null for results"),
        pytest.param(
            [{"invocations": [{"exitSignalName": "SIGKILL"}], "results": []}],
            "crashed",
            id="ended by a signal",
        ),
        pytest.param(
            [{"invocations": [{"processStartFailureMessage": "not found"}], "results": []}],
            "crashed",
            id="did not start",
        ),
        pytest.param([{"results": {}}], "crashed", id="an object for results"),
        pytest.param(
            [{"externalPropertyFileReferences": {"results": [{}]}, "results": None}],
            "partial",
            id="elsewhere",
        ),
        pytest.param(
            [{"invocations": [{"executionSuccessful": True, "exitCode": 1}]}],
            "complete",
            id="findings by exit code",
        ),
    ],
)
def test_states_of_runs(runs: list[dict[str, Any]], state: str, tmp_path: Path) -> None:
    """A failure of one run leaves the file partial; of all runs, it is all that the file says."""
    path = written(tmp_path, *({**run({"ruleId": "R"}), **each} for each in runs))
    assert read(path).state == state


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param("none", id="a text"),
        pytest.param(None, id="null"),
        pytest.param([], id="empty"),
    ],
)
def test_no_run_is_never_clean(runs: object, tmp_path: Path) -> None:
    """A document without runs says that nothing ran."""
    path = tmp_path / "report.sarif"
    path.write_text(json.dumps({"$schema": "sarif-2.1.0", "version": "2.1.0", "runs": runs}))
    assert read(path).state == "crashed"


@pytest.mark.parametrize(
    ("joined", "state"),
    [
        pytest.param("[{0},{0}]", "complete", id="a list"),
        pytest.param('[{0},{{"version":"2.1.0","runs":[]}}]', "partial", id="one without runs"),
        pytest.param("[{1},{1}]", "partial", id="nothing in any"),
        pytest.param("[{0},[]]", "partial", id="something else"),
    ],
)
def test_several_logs_are_as_one(joined: str, state: str, tmp_path: Path) -> None:
    """As `jq` saves them in a list; where none has a result, that is no clean report of one run."""
    log = written(tmp_path, run({"ruleId": "R"}, name="Bandit")).read_text(encoding="utf-8")
    clean = written(tmp_path, run(name="Bandit")).read_text(encoding="utf-8")
    path = tmp_path / "several.sarif"
    path.write_text(joined.format(log, clean), encoding="utf-8")
    reading = read(path)
    assert (reading.state, brief_reading(path).state) == (state, state)
    if state == "complete":
        assert (reading.tool, reading.count) == ("bandit", 2)


def test_results_beside_their_run_are_read(tmp_path: Path) -> None:
    """InlineExternalProperties has results of a run, which are of its tool."""
    made = run(name="Bandit", automationDetails={"guid": "g"})
    document = {
        "version": "2.1.0",
        "runs": [made],
        "inlineExternalProperties": [
            {"runGuid": "g", "results": [{"ruleId": "B1", "message": {"text": "m"}}]}
        ],
    }
    path = tmp_path / "report.sarif"
    path.write_text(json.dumps(document))
    assert [(each.tool, each.id) for each in findings(path)] == [("bandit", "B1")]


def test_a_mark_at_the_start_is_passed_over(tmp_path: Path) -> None:
    """A byte-order mark, as .NET writes it, changes nothing."""
    path = tmp_path / "report.sarif"
    path.write_bytes(b"\xef\xbb\xbf" + (GENERAL / "plain.sarif").read_bytes())
    assert read(path).count == 2


# --- tools --------------------------------------------------------------------------------------


def test_trivy_says_the_severity_in_the_message() -> None:
    """A rule's score is that of the last package; kinds are by the names of rules."""
    found = findings(SARIF / "trivy/plain.sarif")
    assert [(each.kind, each.id, severity.choose(each).severity.label) for each in found] == [
        ("dependency", "CVE-2023-32681", "medium"),
        ("dependency", "CVE-2022-0778", "high"),
        ("iac", "DS002", "high"),
        ("secret", "aws-access-key-id", "critical"),
        ("license", "license:GPL-3.0", "high"),
    ]
    first, second = found[0], found[1]
    assert first.package is not None
    assert (first.package.name, first.package.version) == ("requests", "2.19.0")
    assert (first.package.ecosystem, first.package.fixed) == ("pypi", ("2.31.0", "2.30.1"))
    assert (first.place.path, first.place.line) == ("web/requirements.txt", None)
    assert (second.place.path, second.place.image) == (None, "shop:1.0")
    assert "*" not in found[3].description + found[3].title


def test_zap_keeps_no_request_or_response() -> None:
    """Of ZAP's SARIF stay the alert, where it is, and what to do."""
    (found,) = findings(SARIF / "zap/plain.sarif")
    assert (found.kind, found.id, found.title, found.cwes) == (
        "web",
        "40018",
        "SQL Injection",
        (89,),
    )
    assert (found.place.method, found.place.url) == ("POST", "https://shop.example/login?next")
    assert (found.fix, found.description) == (
        "Use prepared statements.",
        "SQL injection may be possible.",
    )
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("name", "rule", "kind"),
    [
        pytest.param("Scanner", "CVE-2024-1234", "dependency", id="an advisory"),
        pytest.param("Scanner", "GHSA-cccc-ffff-gggg", "dependency", id="GitHub's"),
        pytest.param("Scanner", "R1", "code", id="a rule"),
        pytest.param("ZAP", "CVE-2024-1234", "web", id="what the tool looks at"),
        pytest.param("cfn-guard", "LAMBDA_INSIDE_VPC", "iac", id="infrastructure"),
    ],
)
def test_the_kind_is_known(name: str, rule: str, kind: str, tmp_path: Path) -> None:
    """By the tool, else by the id: advisories are of dependencies."""
    assert one(tmp_path, {"ruleId": rule, **at("a")}, name=name).kind == kind


def test_what_kics_calls_secrets_are_secrets(tmp_path: Path) -> None:
    """As in its JSON, without the message, which may quote one."""
    text = {"text": "Hardcoded hunter2 appears in source"}
    rules = [{"id": "487f4be7", "name": "Passwords And Secrets - Generic Password"}]
    found = one(
        tmp_path,
        {"ruleId": "487f4be7", "message": text, **at("compose.yml")},
        name="KICS",
        rules=rules,
    )
    assert (found.kind, found.title) == ("secret", "Passwords And Secrets - Generic Password")
    assert "hunter2" not in repr(found)


def test_docker_scout_names_the_package(tmp_path: Path) -> None:
    """By a list of package URLs of the rule, with the version that has it no more."""
    told = {"purls": ["pkg:deb/debian/tar@1.34%2Bdfsg?os_name=debian"], "fixed_version": "1.35"}
    found = one(
        tmp_path,
        {"ruleId": "CVE-2024-1234", **at("/usr/share/doc/tar/copyright")},
        name="docker scout",
        rules=[{"id": "CVE-2024-1234", "properties": told}],
    )
    assert found.package is not None
    assert (found.kind, found.package.name) == ("dependency", "debian/tar")
    assert (found.package.version, found.package.fixed) == ("1.34+dfsg", ("1.35",))


@pytest.mark.parametrize(
    ("name", "text", "package"),
    [
        (
            "osv-scanner",
            "Package '@demo/a@1.9.0' is vulnerable to 'CVE-2024-1234' (also known as 'GHSA-cccc-ffff-gggg').",
            ("@demo/a", "1.9.0", "npm"),
        ),
        (
            "Grype",
            "A high vulnerability in npm package: lodash, version 4.17.4 was found at: /package-lock.json",
            ("lodash", "4.17.4", "npm"),
        ),
        (
            "cargo-audit",
            "time 0.1.43 is vulnerable to RUSTSEC-2020-0071 (Segfault)",
            ("time", "0.1.43", "cargo"),
        ),
        (
            "govulncheck",
            "Your code depends on 1 vulnerable module (golang.org/x/text), but doesn't appear to call it.",
            ("golang.org/x/text", None, "golang"),
        ),
    ],
)
def test_packages_are_found(
    name: str, text: str, package: tuple[str | None, ...], tmp_path: Path
) -> None:
    """In the words of each tool."""
    found = one(
        tmp_path,
        {"ruleId": "CVE-2024-1234-lodash", "message": {"text": text}, **at("package-lock.json")},
        name=name,
    )
    assert found.kind == "dependency"
    assert found.package is not None
    assert (found.package.name, found.package.version, found.package.ecosystem) == package
    assert found.id == "CVE-2024-1234"
    assert found.aliases == (("GHSA-cccc-ffff-gggg",) if name == "osv-scanner" else ())


def test_a_package_url_in_a_logical_place_is_the_package(tmp_path: Path) -> None:
    """As Dependency-Check writes it."""
    names = [{"fullyQualifiedName": "pkg:maven/org.codehaus/plexus@3.1.1"}]
    found = one(
        tmp_path,
        {"ruleId": "CVE-2021-4277", "locations": [{"logicalLocations": names}]},
        name="dependency-check",
    )
    assert found.package is not None
    assert (found.package.name, found.package.version) == ("org.codehaus:plexus", "3.1.1")


@pytest.mark.parametrize(
    "result",
    [
        pytest.param(
            {
                "locations": [
                    {
                        "physicalLocation": {
                            "region": {"startLine": 1, "snippet": {"text": "AKIA-hunter2"}}
                        }
                    }
                ]
            },
            id="8",
        ),
        pytest.param({"properties": {"offender": "AKIA-hunter2", "email": "a@b.example"}}, id="7"),
    ],
)
def test_of_a_secret_only_a_digest_is_kept(result: dict[str, Any], tmp_path: Path) -> None:
    """Not the value, not the message, not who committed it."""
    said = {"text": "key AKIA-hunter2 found"}
    who = {"email": "a@b.example", "author": "Somebody", "commitMessage": "add AKIA-hunter2"}
    found = one(
        tmp_path,
        {"ruleId": "k", "message": said, "partialFingerprints": who, **result},
        name="gitleaks",
    )
    assert (found.kind, found.secret) == ("secret", digest.secret("AKIA-hunter2"))
    assert not any(word in repr(found) for word in ("hunter2", "b.example", "Somebody"))


@pytest.mark.parametrize(
    "name", ["secretlint", "Nosey Parker", "kingfisher", "CredSweeper", "our-secrets-scanner"]
)
def test_a_scanner_for_secrets_shows_none(name: str, tmp_path: Path) -> None:
    """Whatever a scanner for secrets is called and writes, neither its message nor its code is kept."""
    shown = {"text": "found token hunter2hunter2", "markdown": "`hunter2hunter2`"}
    region = {"startLine": 3, "snippet": {"text": "token = 'hunter2hunter2'"}}
    place = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": region}}
    result = {"ruleId": "TOKEN", "message": shown, "locations": [place]}
    found = one(tmp_path, {**result, "properties": {"match": "hunter2hunter2"}}, name=name)
    assert (found.kind, found.title, found.place.line) == ("secret", "TOKEN", 3)
    assert "hunter2" not in repr(found)


def test_a_masked_secret_has_no_digest(tmp_path: Path) -> None:
    """All masks are alike, so they name no secret."""
    region = {"region": {"startLine": 1, "snippet": {"text": "REDACTED"}}}
    assert (
        one(tmp_path, {"locations": [{"physicalLocation": region}]}, name="gitleaks").secret is None
    )


def test_bandit_shows_no_password() -> None:
    """What Bandit quotes of a password in code is left out, in SARIF as in JSON, and both are the same finding."""
    sarif = {each.id: each for each in findings(SARIF / "bandit/plain.sarif")}
    plain = {each.id: each for each in findings(DATA / "bandit/v1.9/plain.json")}
    assert "battery" not in repr(sarif) + repr(plain)
    assert sarif["B105"].title == plain["B105"].title == "Possible hardcoded password: …"
    for name, found in plain.items():
        assert (found.place, found.code, found.cwes) == (
            sarif[name].place,
            sarif[name].code,
            sarif[name].cwes,
        )
        assert found.ratings[0] == sarif[name].ratings[0]


@pytest.mark.parametrize(
    ("status", "accepted"),
    [
        pytest.param(None, True, id="null is as none"),
        pytest.param("accepted", True, id="accepted"),
        pytest.param("underReview", False, id="under review"),
        pytest.param("rejected", False, id="rejected"),
        pytest.param(5, False, id="no word"),
        pytest.param({}, False, id="an object"),
    ],
)
def test_only_an_accepted_suppression_hides(status: object, accepted: bool, tmp_path: Path) -> None:
    """Whatever else stands for the status of a suppression, the result counts (section 3.35.3)."""
    result = {
        "ruleId": "A1",
        "level": "error",
        "message": {"text": "bad"},
        "suppressions": [{"kind": "external", "status": status}],
    }
    run = {"tool": {"driver": {"name": "any"}}, "results": [result]}
    path = tmp_path / "report.sarif"
    path.write_text(json.dumps({"version": "2.1.0", "runs": [run]}), encoding="utf-8")
    (found,) = findings(path)
    assert (found.accepted is not None) is accepted


@pytest.mark.parametrize("suppression", [{}, {"kind": "other"}, {"justification": "why"}])
def test_a_suppression_has_its_kind(suppression: dict[str, str], tmp_path: Path) -> None:
    """One that says neither where it stands nor that it is accepted hides nothing (section 3.35.2)."""
    result = {"ruleId": "A1", "message": {"text": "bad"}, "suppressions": [suppression]}
    run = {"tool": {"driver": {"name": "any"}}, "results": [result]}
    path = tmp_path / "report.sarif"
    path.write_text(json.dumps({"version": "2.1.0", "runs": [run]}), encoding="utf-8")
    (found,) = findings(path)
    assert found.accepted is None


# --- the usual, and everything else -------------------------------------------------------------

STRANGE: list[dict[str, Any]] = [
    {"ruleIndex": 0},
    {"ruleIndex": "0"},
    {"rule": {"id": "R1", "index": 0}},
    {"rule": None, "taxa": None},
    {"ruleIndex": -1},
    {"ruleId": None},
    {"ruleId": " R1 "},
    {"level": "ERROR"},
    {"level": None},
    {"kind": "pass"},
    {"kind": "FAIL"},
    {"baselineState": " absent "},
    {"baselineState": "Absent"},
    {"message": {"text": "a <b>b</b> &amp;  c\n\nd"}},
    {"message": {"text": "see [this](1) of {0}", "arguments": ["that"]}},
    {"message": {"text": "{0}", "arguments": [" "]}},
    {"message": {"text": "{1}{{0}}{9} of it", "arguments": ["a", "<b>all</b>"]}},
    {"message": {"text": "{0} of it", "arguments": [7]}},
    {"message": {"markdown": "only *this*"}},
    {"message": {"text": "  "}},
    {"message": {"text": "<br>"}},
    {"message": {"text": " a colon at the end: "}},
    {"message": {"text": "Rule"}},
    {"message": {"text": "long " * 900}},
    {"message": "text"},
    {"properties": {"issue_severity": "HIGH", "cwe": "CWE-89"}},
    {"properties": None},
    {"properties": {"number": 7, "confidence": "high"}},
    {"properties": {"number": 8, "confidence": "high"}},
    {"properties": ["a"]},
    {"properties": {"severity": 10**30, "security-severity": 1e300}},
    {"suppressions": []},
    {"suppressions": [{"kind": "external", "status": "rejected"}]},
    {"suppressions": [{"kind": "external", "justification": "why", "properties": {"expiryUtc": "2030-01-01T00:00:00Z"}}]},
    {"suppressions": None, "fixes": None},
    {"fixes": [{"artifactChanges": []}, {"description": {"text": " ", "markdown": "do *that*"}}]},
    {"suppressions": [{"kind": "inSource"}]},
    {"taxa": [{"id": "CWE-22"}]},
    {"taxa": [{"id": "CWE-798"}], "message": {"text": "The password 'hunter2' is in it"}},
    {"fixes": [{"description": {"text": "do this"}}]},
    {"locations": []},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "https://a.example/?q=1"}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": " ./a//b.py "}, "region": {"startLine": 3.0}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": -3, "endLine": 9}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 0, "endLine": 9}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"snippet": {"text": " x = 1 "}}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 5, "endLine": 7, "snippet": {"text": "é\u00a0= 1\u2003"}}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 1 << 60}}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": None}}]},
    {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}}, "logicalLocations": [{"name": "f"}]}, 7]},
]  # fmt: skip


def leniently(path: Path) -> Reading[ScanFacts]:
    """What is read where no result is a typed record: those that stand apart never are."""
    path.write_text(json.dumps({**json.loads(path.read_text()), "inlineExternalProperties": []}))
    return read(path)


USUAL: dict[str, Any] = {"ruleId": "R1", "message": {"text": "Package: m"}, **at("src/a.py")}
RATED = [
    {
        "id": "R1",
        "shortDescription": {"text": "Rule"},
        "fullDescription": {"text": "More of it."},
        "properties": {"tags": ["CWE-79"], "security-severity": "7.5"},
    }
]
TOOLS = ["Scanner", "Trivy", "Checkov", "Gitleaks", "Grype", "ZAP", "Nuclei", "Secretlint"]


@pytest.mark.parametrize("tool", TOOLS)
def test_the_usual_way_gives_what_the_lenient_way_gives(tool: str, tmp_path: Path) -> None:
    """Results are decoded into typed records where they fit; whether they do is seen nowhere."""
    given = [{**USUAL, **strange} for strange in STRANGE]
    path = written(tmp_path, run(*given, name=tool, rules=RATED))
    typed, brief = read(path), brief_reading(path)
    assert counted(brief) == counted(typed)
    assert typed == leniently(path)
    assert typed.facts is not None
    assert len(typed.facts.findings) == len(STRANGE) - 3


@pytest.mark.parametrize("each", [1, 7, 100])
@pytest.mark.parametrize("tool", TOOLS)
def test_many_results_give_what_each_gives(tool: str, each: int, tmp_path: Path) -> None:
    """Results are read many at a time: which of them stand together, and in which order, is seen nowhere."""
    given: list[Any] = []
    for position in range(1_300):
        line = {"startLine": position + 1, "snippet": {"text": f"value = {position}"}}
        usual = {**USUAL, **at(f"src/{position % 90}.py"), "level": ["note", "error"][position % 2]}
        usual["locations"][0]["physicalLocation"]["region"] = line
        strange = STRANGE[position // each % len(STRANGE)] if position % each == 0 else {}
        given.append({**usual, **strange})
    given[600] = "no result"
    path = written(tmp_path, run(*given, name=tool, rules=RATED))
    typed, brief = read(path), brief_reading(path)
    assert counted(brief) == counted(typed)
    assert typed == leniently(path)
    assert typed.state == "partial"
    assert any("results[600]" in note for note in typed.notes)


TOLD = [
    "Package: demo\nInstalled Version: 1.0\nVulnerability CVE-2024-1000\nSeverity: HIGH\nFixed Version: 1.1, 2.0\nLink: [CVE-2024-1000](https://a.example)",
    "Package: other \n\n\n Installed Version:  2\nSeverity: low",
    "A high vulnerability in npm package: demo, version 1.0 was found at: /web/package-lock.json",
    "Artifact: a\nLicense MIT\nPkgName: demo\nClassification: notice",
    "R1 has detected secret for file src/a.py at commit 0123456.",
    "It is in pkg:npm/demo@1.0 (also known as GHSA-2222-3333-4444)",
    "<b> </b>",
    "&lt;p&gt;",
    " ",
]
SEVERAL: list[dict[str, Any]] = [
    {"id": "R1", "name": "OsPackageVulnerability", "properties": {"tags": ["CVE-2024-1000", "HIGH"]}},
    {"id": "CVE-2024-1000-demo", "name": "LanguageSpecificPackageVulnerability", "help": {"text": "Severity: high\nPackage: demo\nType: npm"}},
    {"id": "AWS-1", "name": "Misconfiguration", "shortDescription": {"text": "Rule"}},
    {"id": "aws-key", "name": "Secret", "fullDescription": {"text": "A key."}},
    {"id": "a:MIT", "name": "License"},
    {},
]  # fmt: skip


@pytest.mark.parametrize("tool", [*TOOLS, "Snyk", "osv-scanner", "cargo-audit", "govulncheck"])
def test_what_results_say_alike_is_kept_apart_from_where_they_are(
    tool: str, tmp_path: Path
) -> None:
    """Messages, rules, manifests, logical places and code in every combination, and each of them twice."""
    manifests = ["web/package-lock.json", "go.mod", "src/a.py"]
    given: list[Any] = []
    for rule, text, file, name, line in [
        *product(range(6), TOLD, manifests, ["", "f@1"], [1, 7])
    ] * 2:
        result: dict[str, Any] = {"message": {"text": text}, **at(file), "ruleIndex": rule}
        result["ruleId"] = SEVERAL[rule].get("id", "")
        location = result["locations"][0]
        location["physicalLocation"]["region"] = {
            "startLine": line,
            "snippet": {"text": f"key = {len(given) % 50}"},
        }
        location["logicalLocations"] = [{"fullyQualifiedName": name}]
        given.append(result)
    path = written(tmp_path, run(*given, name=tool, rules=SEVERAL))
    typed = read(path)
    assert typed == leniently(path)
    assert typed.facts is not None
    assert len(typed.facts.findings) == len(given)


@pytest.mark.parametrize("text", [r"\q", r"\ud83", "a\nb"])
def test_damage_inside_of_a_result_has_its_line(text: str, tmp_path: Path) -> None:
    """It is found where the result is decoded, and said as if all were decoded at once."""
    path = written(tmp_path, run({"ruleId": "R1", "message": {"text": "HERE"}, **at("a.py")}))
    path.write_text("\n\n" + path.read_text().replace("HERE", text))
    made = read(path)
    assert made.state == "partial"
    assert made.problem is not None
    assert "report.sarif:3" in made.problem
    assert brief_reading(path) == made


def test_who_only_counts_is_told_the_same() -> None:
    """The brief reading of every fixture has the state and the numbers of the whole one."""
    files = [path for path in sorted(DATA.rglob("*")) if path.is_file()]
    sarifs = [path for path in files if (reading := read(path)).format == "sarif" and reading.facts]
    assert len(sarifs) > 10
    assert [p for p in sarifs if counted(brief_reading(p)) != counted(read(p))] == []


def test_who_only_counts_is_told_less(tmp_path: Path) -> None:
    """Findings that differ in place and words alone are one."""
    words = [{**USUAL, **at(f"{n}.py"), "message": {"text": f"It is {n}."}} for n in range(5)]
    found = facts(brief_reading(written(tmp_path, run(*words, rules=RATED)))).findings
    assert len(found) == 5
    assert len({id(each) for each in found}) == 1


def test_dependency_track_counts_its_severities(tmp_path: Path) -> None:
    """Its levels know no critical, and call harmless what nobody rated; its ranks say what was meant."""
    purl = {"logicalLocations": [{"fullyQualifiedName": "pkg:maven/org.example/parser@1.1.4"}]}
    ranks = ((0, "error"), (1, "error"), (2, "warning"), (3, "note"), (4, "note"), (5, "none"))
    results = [
        {
            "ruleId": f"CVE-2099-000{rank}",
            "level": level,
            "message": {"text": "m"},
            "locations": [purl],
            "properties": {"severityRank": str(rank), "cvssV3BaseScore": ""},
        }
        for rank, level in ranks
    ]
    found = findings(written(tmp_path, run(*results, name="OWASP Dependency-Track")))
    assert [severity.choose(each).severity for each in found] == [
        Severity.CRITICAL,
        Severity.HIGH,
        Severity.MEDIUM,
        Severity.LOW,
        Severity.INFO,
        Severity.UNKNOWN,
    ]
    assert found[0].package == Package(
        "org.example:parser", "1.1.4", "maven", "pkg:maven/org.example/parser@1.1.4"
    )


def test_trivys_rules_before_0_15(tmp_path: Path) -> None:
    """They stand once for each package, with the severity before the advisory and the package in their text."""
    rules = [
        {
            "id": "[LOW] CVE-2099-0001",
            "name": "dockerfile_scan",
            "help": {
                "text": f"Vulnerability CVE-2099-0001\nSeverity: LOW\nPackage: {name}\n"
                "Installed Version: 1.8.2\nFixed Version: 1.9"
            },
            "properties": {"tags": ["vulnerability", "LOW", name]},
        }
        for name in ("apt", "libapt")
    ]
    results = [
        {
            "ruleId": "[LOW] CVE-2099-0001",
            "ruleIndex": n,
            "level": "error",
            "message": {"text": "."},
        }
        for n in (0, 1)
    ]
    found = findings(written(tmp_path, run(*results, name="Trivy", rules=rules)))
    assert [(each.id, each.kind, each.package) for each in found] == [
        ("CVE-2099-0001", "dependency", Package(name, "1.8.2", fixed=("1.9",)))
        for name in ("apt", "libapt")
    ]
    assert {severity.choose(each).severity for each in found} == {Severity.LOW}


def test_clairs_results_are_of_packages(tmp_path: Path) -> None:
    """Clair's action names package, version and advisory in its messages alone."""
    result = {"ruleId": "12-3", "message": {"text": "zlib - 1:1.2.8 - CVE-2099-0001"}}
    found = one(tmp_path, result, name="Clair V4")
    assert (found.kind, found.package) == ("dependency", Package("zlib", "1:1.2.8"))
