from __future__ import annotations

from typing import Any

import pytest

from trivigil.github.refusal import Refused, permission_line, translate

NOW = 1_700_000_000.0
NO_ACCESS = {"message": "Resource not accessible by integration"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("checks=write", "checks: write", id="one"),
        pytest.param(
            "issues=write; pull_requests=write", "pull-requests: write",
            id="of alternatives the one that lets a job touch less",
        ),
        pytest.param(
            "contents=read,issues=write; pull_requests=write", "pull-requests: write",
            id="the alternative with fewer lines",
        ),
        pytest.param(
            "pull_requests=write,contents=read", "contents: read, pull-requests: write",
            id="what is needed together",
        ),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
        pytest.param("nonsense", None, id="of another form"),
    ],
)  # fmt: skip
def test_permission_line(header: str | None, expected: str | None) -> None:
    """The header becomes the line that belongs below `permissions:`."""
    assert permission_line(header) == expected


@pytest.mark.parametrize(
    ("status", "headers", "data", "limited", "pause"),
    [
        pytest.param(403, {"retry-after": "7"}, {}, True, 7.0, id="a secondary limit that says when"),
        pytest.param(
            403, {}, {"message": "You have exceeded a secondary rate limit. Please wait."}, True, 60.0,
            id="a secondary limit that does not: a minute",
        ),
        pytest.param(429, {}, {}, True, 60.0, id="429 that does not say when"),
        pytest.param(
            403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 90)}, {}, True, 91.0,
            id="a primary limit until its reset",
        ),
        pytest.param(
            403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "12"}, {}, True, 1.0,
            id="a reset that has passed",
        ),
        pytest.param(429, {"retry-after": "soon"}, {}, True, 60.0, id="words for a number"),
        pytest.param(403, {"x-ratelimit-remaining": "9"}, NO_ACCESS, False, 0.0, id="a permission"),
    ],
)  # fmt: skip
def test_limits(status: int, headers: Any, data: Any, pause: float, *, limited: bool) -> None:
    """A rate limit is told apart from a missing permission, and how long it lasts is read."""
    refused = translate(status, headers, data, now=NOW)
    assert (refused.limited, refused.pause, refused.unclear) == (limited, pause, False)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_server_errors_are_unclear(status: int) -> None:
    """A server's error does not say whether the call was carried out."""
    assert translate(status, {}, {"data": "<html>"}, now=NOW).unclear


@pytest.mark.parametrize(
    ("status", "data", "text"),
    [
        (401, {"message": "Bad credentials"}, "does not accept the token"),
        (403, {"message": "You must authenticate via a GitHub App."}, "not a personal token"),
        (403, {"message": "Unable to create comment because issue is locked."}, "is locked"),
        (403, {"message": "Repository was archived so is read-only."}, "is archived"),
        (404, {"message": "Not Found"}, "finds no such place"),
        (404, {"message": "commit not found"}, "(404: commit not found)"),
        (410, {"message": "Gone"}, "switched off or gone"),
        (
            410,
            {"message": "Issues has been disabled in this repository."},
            "issues are switched off in this repository",
        ),
        (
            422,
            {"message": "Validation Failed", "errors": [{"field": "milestone", "code": "invalid"}]},
            "milestone: invalid",
        ),
        (422, {"message": "Validation Failed", "errors": [{"message": "too long"}]}, "too long"),
        (422, {"message": "Validation Failed", "errors": "odd"}, "Validation Failed"),
        (418, [1], r"refused \(418\)"),
    ],
)
def test_sentences(status: int, data: Any, text: str) -> None:
    """Each refusal has its sentence."""
    with pytest.raises(Refused, match=text):
        raise translate(status, {}, data, now=NOW)


def test_words_of_the_server_are_harmless() -> None:
    """What a server says can hold no workflow command and no line of its own."""
    said = translate(422, {}, {"message": "a\n::error::b ##[add-mask]c"}, now=NOW).message
    assert "\n" not in said
    assert "::" not in said
    assert "##[" not in said


@pytest.mark.parametrize(
    ("header", "channel", "expected"),
    [
        pytest.param(
            "pull_requests=read", "comment", "pull-requests: write", id="a read on the way"
        ),
        pytest.param("", "check-run", "checks: write", id="a server that sends no header"),
        pytest.param("issues=write", "comment", "issues: write", id="what the header says"),
        pytest.param(
            "issues=write; pull_requests=write",
            "issue",
            "issues: write",
            id="an issue is no pull request, whatever the header says of the path",
        ),
    ],
)
def test_line_of_a_channel(header: str, channel: str, expected: str) -> None:
    """A refusal names what its whole channel needs."""
    headers = {"x-accepted-github-permissions": header}
    refusal = translate(403, headers, NO_ACCESS, now=NOW).of(channel)
    assert refusal.permission == expected
    assert f"add `{expected}`" in refusal.sentence


def test_no_line_where_no_permission_is_missing() -> None:
    """A refusal for another reason names no permission, whatever the header says."""
    headers = {"x-accepted-github-permissions": "issues=write"}
    refusal = translate(422, headers, {"message": "no"}, now=NOW).of("comment")
    assert refusal.permission is None
