"""Notices for tests: one of each kind, and one with a text at every place that a foreign text can fill."""

from __future__ import annotations

from trivigil.alert import Moment
from trivigil.core.notice import Notice
from trivigil.core.result import Severity

NOON = 1_769_860_800.0
"""2026-01-31T12:00:00Z."""
MOMENT = Moment(NOON, 1800.0)
RUN = "https://github.com/octo/shop/actions/runs/4242"
DOWN = Notice(
    turn="failing",
    fingerprint="4f2c9a17be03d5566e8f00a1b2c3d4e5",
    name="login",
    watch="shop",
    target="https://shop.example/",
    title="shop / login is down",
    message="The answer was 503 & the body <empty>; expected status 200.",
    severity=Severity.HIGH,
    status="down",
    cause="http-5xx",
    since="2026-01-31T11:30:02Z",
    at="2026-01-31T12:00:01Z",
    runs=2,
    run_url=RUN,
    issue_url="https://github.com/octo/shop/issues/7",
    runbook="https://wiki.example/login?a=1&b=2",
)
SLOW = DOWN._replace(
    fingerprint="0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    name="search",
    title="shop / search is degraded",
    message="The first byte took 2,310 ms; 800 ms were expected.",
    severity=Severity.MEDIUM,
    status="degraded",
    cause="slow",
    runs=1,
    issue_url=None,
    runbook=None,
    notes=("Told at once, because the memory of earlier runs is lost.",),
)
OVER = DOWN._replace(
    turn="recovered",
    fingerprint="ffeeddccbbaa99887766554433221100",
    name="certificate",
    title="certificate holds again",
    message="",
    status="up",
    cause=None,
    runs=1,
    runbook=None,
)
THREE = (OVER, SLOW, DOWN)


def many(count: int) -> tuple[Notice, ...]:
    """So many, each with its own name."""
    return tuple(
        DOWN._replace(
            name=f"page-{number}",
            fingerprint=f"{number:032x}",
            title=f"shop / page-{number} is down",
        )
        for number in range(count)
    )


def everywhere(attack: str) -> Notice:
    """The text as every field that is one."""
    return DOWN._replace(
        fingerprint=attack, name=attack, watch=attack, target=attack, title=attack, message=attack,
        status=attack, cause=attack, since=attack, at=attack, run_url=attack, issue_url=attack,
        runbook=attack, notes=(attack, attack),
    )  # fmt: skip
