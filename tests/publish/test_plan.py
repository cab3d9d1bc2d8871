from __future__ import annotations

from typing import Any

import pytest

from trivigil.core.errors import InputError
from trivigil.github.event import Event
from trivigil.github.refusal import Refusal
from trivigil.publish import Plan, Wanted, parse_wanted, plan

from .scene import report

PULL = Event(
    name="pull_request", repository="octo/shop", actor="octocat", sha="m" * 40, head_sha="a" * 40,
    base_sha=None, ref="refs/pull/7/merge", pull_number=7, is_fork=False, is_dependabot=False,
    private=False, run_id=1, run_number=1, run_attempt=1, workflow="ci", job="test",
    server_url="https://github.com", api_url="https://api.github.com",
    graphql_url="https://api.github.com/graphql", event_path=None,
)  # fmt: skip
PUSH = PULL._replace(name="push", pull_number=None, ref="refs/heads/main")
REFUSED = Refusal("check-run", 403, "no", "checks: write")
AUTO = Wanted()


def does(chosen: Plan) -> set[str]:
    """The channels that are to be used, without the outputs, which always are."""
    assert chosen.does("outputs")
    used: set[str] = {step.channel for step in chosen.steps if step.act == "do"}
    return used - {"outputs"}


@pytest.mark.parametrize(
    ("event", "wanted", "refused", "expected"),
    [
        pytest.param(PULL, AUTO, {}, {"check-run", "comment", "summary"}, id="a pull request"),
        pytest.param(PUSH, AUTO, {}, {"check-run", "summary"}, id="a push has no comment"),
        pytest.param(
            PULL._replace(name="merge_group", pull_number=None), AUTO, {},
            {"check-run", "summary"}, id="a merge group has no pull request of its own",
        ),
        pytest.param(
            PULL._replace(is_fork=True), AUTO, {}, {"annotations", "summary"},
            id="a fork may only read",
        ),
        pytest.param(
            PULL._replace(is_fork=True), parse_wanted("comment check-run"), {}, set(),
            id="nothing raises a fork's token, even where the channels are named",
        ),
        pytest.param(
            PULL._replace(is_dependabot=True), AUTO, {}, {"annotations", "summary"},
            id="Dependabot may only read by default",
        ),
        pytest.param(
            PULL._replace(is_dependabot=True), parse_wanted("comment"), {}, {"comment"},
            id="Dependabot is tried where the channel is named",
        ),
        pytest.param(
            PULL, AUTO, {"check-run": REFUSED}, {"annotations", "comment", "status", "summary"},
            id="a status and commands stand in for a refused check run",
        ),
        pytest.param(PULL, parse_wanted("none"), {}, set(), id="nothing asked for"),
        pytest.param(PULL, parse_wanted("summary"), {}, {"summary"}, id="only the summary"),
        pytest.param(
            PULL, parse_wanted("comment, annotations"), {}, {"comment", "annotations"},
            id="commands where no check run is asked for",
        ),
        pytest.param(
            PULL, AUTO, {"check-run": REFUSED._replace(permission=None)},
            {"annotations", "comment", "summary"},
            id="what is refused for another reason than a permission has no status either",
        ),
        pytest.param(PULL, parse_wanted("status"), {}, {"status"}, id="a status that is named"),
        pytest.param(None, AUTO, {}, set(), id="outside Actions nothing can be published"),
    ],
)  # fmt: skip
def test_channels(event: Any, wanted: Wanted, refused: Any, expected: set[str]) -> None:
    """What is published follows from event, wish and earlier refusals."""
    assert does(plan(report(), event, wanted, refused)) == expected


def test_every_step_has_a_reason() -> None:
    """Each channel says why it is used or not."""
    chosen = plan(report(), PULL, AUTO, {"comment": REFUSED})
    assert all(step.reason for step in chosen.steps)
    assert chosen.step("comment").refusal == REFUSED


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        pytest.param("", None, id="unset"),
        pytest.param("auto", None, id="auto"),
        pytest.param(" none ", set(), id="none"),
        pytest.param("comment,summary", {"comment", "summary"}, id="commas"),
        pytest.param("comment\ncheck-run\n", {"comment", "check-run"}, id="lines"),
    ],
)
def test_wanted(text: str, channels: set[str] | None) -> None:
    """The `publish` input is auto, none or a list."""
    expected = Wanted(None if channels is None else frozenset(channels))
    assert parse_wanted(text) == expected
    assert expected.explicit is (channels is not None)


@pytest.mark.parametrize("text", ["comments", "auto, comment", "outputs", "teams"])
def test_unknown_channel(text: str) -> None:
    """A name that is no channel, or not one yet, is an error that lists the channels."""
    with pytest.raises(
        InputError, match="check-run, status, comment, issue, sarif, annotations, summary"
    ):
        parse_wanted(text)


FORK = PULL._replace(is_fork=True)
DEPENDABOT = PULL._replace(is_dependabot=True)
EVERY = parse_wanted("check-run, status, comment, sarif, annotations, summary")


@pytest.mark.parametrize(
    ("event", "wanted", "expected"),
    [
        pytest.param(FORK, AUTO, {"check-run", "comment"}, id="a fork"),
        pytest.param(FORK, EVERY, {"check-run", "status", "comment"}, id="all that can be, and no code scanning"),
        pytest.param(FORK, parse_wanted("summary"), set(), id="nothing on GitHub is asked for"),
        pytest.param(FORK, parse_wanted("none"), set(), id="nothing is asked for"),
        pytest.param(FORK, Wanted(comment="never"), {"check-run"}, id="a comment that is never written"),
        pytest.param(FORK, Wanted(comment="on-failure"), {"check-run", "comment"}, id="whether it is written, the second half sees"),
        pytest.param(FORK._replace(is_dependabot=True), AUTO, {"check-run", "comment"}, id="Dependabot in a fork"),
        pytest.param(DEPENDABOT, AUTO, {"check-run", "comment"}, id="Dependabot"),
        pytest.param(DEPENDABOT, EVERY, set(), id="Dependabot where the workflow may have raised the token"),
        pytest.param(DEPENDABOT._replace(name="push", pull_number=None), AUTO, set(), id="a push of Dependabot has no pull request"),
        pytest.param(FORK._replace(name="pull_request_review"), AUTO, set(), id="an event that the second half is not for"),
        pytest.param(FORK._replace(name="pull_request_target"), AUTO, set(), id="a fork under an event whose token may write"),
        pytest.param(FORK._replace(pull_number=None), AUTO, set(), id="no number"),
        pytest.param(PULL, AUTO, set(), id="a token that may write"),
        pytest.param(PUSH, AUTO, set(), id="a push"),
        pytest.param(None, AUTO, set(), id="outside Actions"),
    ],
)  # fmt: skip
def test_what_is_handed_over(event: Any, wanted: Wanted, expected: set[str]) -> None:
    """A pull request whose run may only read hands over what a second workflow can publish; nothing of it is done."""
    chosen = plan(report(), event, wanted, {})
    assert {step.channel for step in chosen.handed_over} == expected
    assert all("docs/forks.md" in step.reason for step in chosen.handed_over)
    assert not expected & does(chosen)


def test_what_is_not_handed_over_says_so() -> None:
    """Code scanning for a fork is skipped, with the reason; the runner's own channels are used."""
    chosen = plan(report(), FORK, EVERY, {})
    assert chosen.step("sarif").act == "skip"
    assert chosen.step("sarif").reason.endswith("this channel is not handed over")
    assert does(chosen) == {"annotations", "summary"}
