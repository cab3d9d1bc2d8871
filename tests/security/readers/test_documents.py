"""Records however they are saved: as lines, as documents one after another, as lists one after another, as lists in a list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.security.readers.reading import DATA, facts, findings, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILES = (
    "actionlint/v1.7/plain.json",
    "code-scanning/plain/out.json",
    "dependabot/plain/out.json",
    "nuclei/made/list.json",
    "ruff/v0.17/plain.json",
    "trufflehog/v3/list.json",
    "trufflehog3/v3.0/plain.json",
)
WAYS: dict[str, Callable[[list[object]], str]] = {
    "lines": lambda records: "\n".join(json.dumps(each) for each in records) + "\n",
    "jq .": lambda records: "\n".join(json.dumps(each, indent=2) for each in records) + "\n",
    "gh --paginate": lambda records: "".join(json.dumps([each]) for each in records),
    "gh --paginate --slurp": lambda records: json.dumps([[each] for each in records], indent=1),
    "an empty last page": lambda records: json.dumps(records) + "[]",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FILES)
def test_each_record_is_read(name: str, way: str, tmp_path: Path) -> None:
    """The findings are those of the plain list, and the reading is as whole."""
    plain = read(DATA / name)
    records = json.loads((DATA / name).read_text(encoding="utf-8"))
    path = tmp_path / "report.json"
    path.write_text(WAYS[way](records), encoding="utf-8")
    reading = read(path)
    assert (reading.problem, reading.state, reading.notes) == (None, plain.state, plain.notes)
    assert facts(reading).findings == findings(DATA / name)


@pytest.mark.parametrize("name", FILES)
def test_a_cut_document_is_never_clean(name: str, tmp_path: Path) -> None:
    """Documents one after another, of which the last is cut, are a problem, or partial with what could be read."""
    records = json.loads((DATA / name).read_text(encoding="utf-8"))
    path = tmp_path / "report.json"
    path.write_text(WAYS["jq ."](records)[:-3], encoding="utf-8")
    reading = read(path)
    assert reading.problem is not None or reading.state == "partial"


def test_pages_of_a_graphql_answer(tmp_path: Path) -> None:
    """Answers one after another are whole where they have as many alerts as GitHub counts, and the last has no next page."""
    page = json.loads((DATA / "dependabot/graphql/page.json").read_text(encoding="utf-8"))
    alerts = page["data"]["repository"]["vulnerabilityAlerts"]
    alerts["totalCount"] = 2
    first = json.dumps(page)
    alerts["pageInfo"]["hasNextPage"] = False
    path = tmp_path / "alerts.json"
    path.write_text(first + json.dumps(page), encoding="utf-8")
    assert (read(path).state, read(path).count) == ("complete", 2)
    path.write_text(json.dumps(page) + first, encoding="utf-8")
    assert read(path).state == "partial"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            '{"data": {"repository": {"vulnerabilityAlerts": {"nodes": [], "totalCount": 0}}}}',
            id="Dependabot",
        ),
        pytest.param('{"paging": {"total": 0}, "issues": []}', id="SonarQube"),
    ],
)
def test_a_clean_report_that_stands_twice(text: str, tmp_path: Path) -> None:
    """A file that two runs wrote into proves neither; one answer alone is clean."""
    path = tmp_path / "report.json"
    path.write_text(text, encoding="utf-8")
    assert read(path).state == "empty"
    path.write_text(text + text, encoding="utf-8")
    assert read(path).state == "partial"


def test_one_page_of_repositories(tmp_path: Path) -> None:
    """A search that has more repositories has not all alerts, though it has all of those that it names."""
    alerts = {"nodes": [], "totalCount": 0, "pageInfo": {"hasNextPage": False}}
    path = tmp_path / "alerts.json"
    for more, state in ((False, "empty"), (True, "partial")):
        found = {"pageInfo": {"hasNextPage": more}, "nodes": [{"vulnerabilityAlerts": alerts}]}
        path.write_text(json.dumps({"data": {"search": found}}), encoding="utf-8")
        assert read(path).state == state


def test_a_refusal_between_the_pages(tmp_path: Path) -> None:
    """Where GitHub refuses a page, what the others have is read, and the reading partial."""
    path = tmp_path / "alerts.json"
    listed = (DATA / "dependabot/plain/out.json").read_text(encoding="utf-8")
    path.write_text(
        listed + '{"message": "API rate limit exceeded", "documentation_url": "https://d.example"}',
        encoding="utf-8",
    )
    reading = read(path)
    assert facts(reading).findings == findings(DATA / "dependabot/plain/out.json")
    assert (reading.state, reading.notes[0]) == (
        "partial",
        "GitHub answered: API rate limit exceeded.",
    )


def test_alerts_of_which_fields_were_picked(tmp_path: Path) -> None:
    """Alerts without `security_vulnerability` have the package of their dependency."""
    alerts = json.loads((DATA / "dependabot/plain/out.json").read_text(encoding="utf-8"))
    for alert in alerts:
        del alert["security_vulnerability"]
    path = tmp_path / "alerts.json"
    path.write_text(json.dumps(alerts), encoding="utf-8")
    found = findings(path)[0]
    assert found.package is not None
    assert (found.package.name, found.package.ecosystem) == ("demo-http", "npm")


@pytest.mark.parametrize("name", FILES)
def test_another_tool_s_report_behind_it(name: str, tmp_path: Path) -> None:
    """What another tool wrote into the same file is not passed over: the reading is partial, or a problem."""
    path = tmp_path / "report.json"
    other = (DATA / "brakeman/made/plain.json").read_text(encoding="utf-8")
    path.write_text((DATA / name).read_text(encoding="utf-8") + other, encoding="utf-8")
    reading = read(path)
    assert reading.problem is not None or reading.state == "partial"
