"""The commit status, where the check run is refused or where it is named."""

from __future__ import annotations

import pytest

from trivigil.publish import parse_wanted

from .scene import ALL, Scene, finding, report

STATUS = {"contents": "read", "statuses": "write", "pull-requests": "write"}


def test_a_status_stands_in_for_a_refused_check_run(scene: Scene) -> None:
    """A token that may write statuses and no check runs still leaves its verdict on the commit."""
    told = scene.run(report(results=(finding(),)), scene.token(STATUS))
    assert "status" in told.published.done
    [status] = scene.shop.statuses(scene.head)
    assert (status.state, status.context) == ("failure", "Trivigil / perf")
    assert (status.description or "").startswith("Performance: 1 of 1 budget")


def test_a_personal_token_writes_a_status(scene: Scene) -> None:
    """A personal token may not write check runs; the status is what it can do."""
    token = scene.github.personal_token("somebody", scene.shop)
    told = scene.run(report(), token)
    assert {"status", "comment"} <= set(told.published.done)
    assert [status.state for status in scene.shop.statuses(scene.head)] == ["success"]


def test_no_status_beside_a_check_run(scene: Scene) -> None:
    """One verdict on the commit is enough."""
    told = scene.run(report(), scene.token({**ALL, "statuses": "write"}))
    assert "status" not in told.published.done
    assert not scene.shop.statuses(scene.head)


def test_a_status_that_is_named_is_set(scene: Scene) -> None:
    """`publish: status` sets it and nothing else."""
    told = scene.run(report(), scene.token(STATUS), wanted=parse_wanted("status"))
    assert told.published.done == ("status", "outputs")


def test_a_stand_in_that_is_refused_too_is_no_warning(scene: Scene) -> None:
    """One missing permission is one warning: the line that mends the check run."""
    told = scene.run(report(), scene.token({**ALL, "checks": "read"}))
    warnings = [line for line in told.log.splitlines() if line.startswith("::warning")]
    assert len(warnings) == 1
    assert "checks: write" in warnings[0]


@pytest.mark.parametrize("name", ["a" * 100, "@octocat\x1b[31m #1"])
def test_names_are_harmless_and_within_the_limits(scene: Scene, name: str) -> None:
    """The double refuses a description beyond 140 characters; control characters are spelled out."""
    scene.run(report(name), scene.token(STATUS), wanted=parse_wanted("status"))
    [status] = scene.shop.statuses(scene.head)
    assert "\x1b" not in status.context + (status.description or "")
    assert len(status.description or "") <= 140
