"""A monitoring report on its way to GitHub: what a dry run writes, and what the preview shows of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.render.monitor_reports import down
from trivigil.cli import main
from trivigil.render import json as report_json

CHECK = "\n".join(f"# line {number}" for number in range(1, 20)) + "\n"
COMMIT = "4f2c9a17be03d5566e8f00a1b2c3d4e5f6a7b8c9"
REPOSITORY = {"private": False, "default_branch": "main"}
NIGHT = {"repository": REPOSITORY, "schedule": "7,37 * * * *"}
CHANGE = {
    "repository": REPOSITORY,
    "pull_request": {
        "number": 7,
        "head": {"sha": COMMIT, "repo": {"full_name": "acme/shop"}},
        "base": {"sha": "0" * 40, "repo": {"full_name": "acme/shop"}},
    },
}


@pytest.fixture
def written(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The files of a dry run for an event, by their names."""
    name, ref, event = request.param
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "checkout.hurl").write_text(CHECK, encoding="utf-8")
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
    (tmp_path / "results.json").write_text(report_json.dump(down()), encoding="utf-8")
    environ = {
        "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_REF": ref,
        "GITHUB_REPOSITORY": "acme/shop", "GITHUB_SHA": COMMIT, "GITHUB_RUN_ID": "4242",
        "GITHUB_EVENT_PATH": str(tmp_path / "event.json"), "GITHUB_WORKSPACE": str(tmp_path),
    }  # fmt: skip
    assert main(["publish", "results.json", "--dry-run", "out"], environ) == 0
    pytest.importorskip("cmarkgfm", reason="the preview needs the extra `preview`")
    assert main(["preview", "out"], environ) == 0
    paths = [path for path in Path("out").rglob("*") if path.is_file()]
    return {path.relative_to("out").as_posix(): path.read_text(encoding="utf-8") for path in paths}


SCHEDULED = pytest.mark.parametrize(
    "written", [("schedule", "refs/heads/main", NIGHT)], indirect=True, ids=["schedule"]
)
REVIEWED = pytest.mark.parametrize(
    "written", [("pull_request", "refs/pull/7/merge", CHANGE)], indirect=True, ids=["pull-request"]
)


@SCHEDULED
def test_an_open_incident_has_its_issue(written: dict[str, str]) -> None:
    """By schedule there is an issue about the check that is down, and about no other; a commit alone has no comment."""
    issue = json.loads(written["issue.json"])
    assert issue["title"] == "shop.example: checkout is down"
    assert "is **down**" in issue["body"]
    assert not any(name.startswith("issue-") for name in written)
    plan = {step["channel"]: step for step in json.loads(written["publish-plan.json"])["steps"]}
    assert (plan["issue"]["act"], plan["comment"]["act"]) == ("do", "skip")


@REVIEWED
def test_annotations_stand_on_the_lines_of_the_claims(written: dict[str, str]) -> None:
    """The check that is down fails at its first claim; each other claim warns at its own line."""
    notes = json.loads(written["check-run.json"])["output"]["annotations"]
    places = [
        (one["annotation_level"], one["start_line"])
        for one in notes
        if one["path"] == "checks/checkout.hurl"
    ]
    assert places == [("failure", 12), ("warning", 15), ("warning", 17)]


@REVIEWED
def test_the_preview_shows_them_all(written: dict[str, str]) -> None:
    """Comment, check run, annotated lines and summary are on the page."""
    page = written["preview.html"]
    assert "issue.json" not in written
    for part in ("conversation", "checks", "files", "summary"):
        assert f'<section id="{part}">' in page
    assert "# line 15" in page
    assert "expected <code>42.50</code>" in page
