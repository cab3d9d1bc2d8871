"""Issues of the double, as GitHub's answer in the cases that a client has to know."""

from __future__ import annotations

from typing import Any

import pytest

from tests.github_double import GitHubDouble, Repository

from .asking import ask

PATH = "/repos/octo/shop/issues"


@pytest.fixture
def double() -> Any:
    with GitHubDouble() as github:
        yield github


def shop(double: GitHubDouble) -> tuple[Repository, str]:
    made = double.repository("octo/shop")
    return made, double.installation_token(made, {"issues": "write"})


def test_labels_assignees_and_milestone(double: GitHubDouble) -> None:
    """A new issue has what was asked for; labels are made, the others have to be there."""
    place, token = shop(double)
    place.collaborators.add("octocat")
    number = place.milestone("Soon").number
    asked = {"title": "x", "labels": ["new"], "assignees": ["octocat"], "milestone": number}
    made = ask(double, "POST", PATH, token, asked).body
    assert [one["name"] for one in made["labels"]] == ["new"]
    assert [one["login"] for one in made["assignees"]] == ["octocat"]
    assert made["milestone"]["title"] == "Soon"


@pytest.mark.parametrize(
    ("wish", "field"), [({"assignees": ["nobody"]}, "assignees"), ({"milestone": 9}, "milestone")]
)
def test_what_is_not_there(double: GitHubDouble, wish: dict[str, Any], field: str) -> None:
    """Somebody who is no collaborator, and a milestone that does not exist, are 422."""
    _, token = shop(double)
    refused = ask(double, "POST", PATH, token, {"title": "x", **wish})
    assert (refused.status, refused.body["errors"][0]["field"]) == (422, field)


def test_dropped_without_a_word(double: GitHubDouble) -> None:
    """Who may not triage gets 201, and nothing of it."""
    place, token = shop(double)
    place.triage = False
    made = ask(double, "POST", PATH, token, {"title": "x", "labels": ["new"], "milestone": 9})
    assert (made.status, made.body["labels"], made.body["milestone"]) == (201, [], None)
    assert list(place.labels()) == []


def test_who_closed_it_stands_in_the_issue_alone(double: GitHubDouble) -> None:
    """A list does not say who closed an issue, the issue itself does; opened again it is nobody."""
    place, token = shop(double)
    number = place.issue("x").number
    change = {"state": "closed", "state_reason": "not_planned"}
    closed = ask(double, "PATCH", f"{PATH}/{number}", token, change).body
    assert (closed["state_reason"], closed["closed_by"]["type"]) == ("not_planned", "Bot")
    [listed] = ask(double, "GET", f"{PATH}?state=closed", token).body
    assert "closed_by" not in listed
    opened = ask(double, "PATCH", f"{PATH}/{number}", token, {"state": "open"}).body
    assert (opened["closed_by"], opened["closed_at"]) == (None, None)


def test_a_duplicate(double: GitHubDouble) -> None:
    """The original of a duplicate is named by its id, and has to be there."""
    place, token = shop(double)
    first, second = place.issue("x"), place.issue("x")
    path = f"{PATH}/{second.number}"
    change = {"state": "closed", "state_reason": "duplicate"}
    refused = ask(double, "PATCH", path, token, {**change, "duplicate_issue_id": 1})
    assert refused.status == 422
    assert (
        ask(double, "PATCH", path, token, {**change, "duplicate_issue_id": first.id}).status == 200
    )
    assert place.issues()[second.number].state_reason == "duplicate"


def test_a_deleted_issue(double: GitHubDouble) -> None:
    """A deleted issue is 410, as are all issues where they are switched off."""
    place, token = shop(double)
    number = place.issue("x").number
    place.delete_issue(number)
    assert ask(double, "GET", f"{PATH}/{number}", token).status == 410
    place.has_issues = False
    assert ask(double, "GET", PATH, token).status == 410


def test_whose_word_it_is(double: GitHubDouble) -> None:
    """A collaborator's comment is told apart from a stranger's."""
    place, token = shop(double)
    place.collaborators.add("hubot")
    number = place.issue("x").number
    for author in ("hubot", "mallory"):
        place.comment(number, "x", author=author)
    listed = ask(double, "GET", f"{PATH}/{number}/comments", token).body
    assert [one["author_association"] for one in listed] == ["COLLABORATOR", "NONE"]
