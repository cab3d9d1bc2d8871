"""The verdict table."""

from __future__ import annotations

import pytest

from trivigil.core.gate import Conclusion, conclude
from trivigil.core.result import Kind, Location, Result, Rule, Severity, Suppression


def result(kind: Kind, *, gates: bool = True, accepted: bool = False) -> Result:
    return Result(
        Rule("r", "rule"),
        kind,
        Severity.HIGH,
        "message",
        Location("here"),
        gates=gates,
        suppression=Suppression("known") if accepted else None,
    )


@pytest.mark.parametrize(
    ("results", "problems", "criteria", "expected"),
    [
        pytest.param(
            [result("pass")], [], 1, Conclusion("success", 0), id="all-decided-none-failed"
        ),
        pytest.param([], [], 0, Conclusion("neutral", 0), id="no-criteria"),
        pytest.param([result("fail")], [], 1, Conclusion("failure", 1), id="one-failed"),
        pytest.param([result("open")], [], 1, Conclusion("failure", 1), id="one-undecided"),
        pytest.param(
            [result("fail", gates=False)], [], 1, Conclusion("success", 0), id="a-warning"
        ),
        pytest.param(
            [result("fail", accepted=True)], [], 1, Conclusion("success", 0), id="accepted"
        ),
        pytest.param(
            [result("fail")], [], 0, Conclusion("failure", 1), id="invalid-without-criteria"
        ),
        pytest.param([result("pass")], ["cut"], 1, Conclusion("failure", 2), id="a-damaged-source"),
        pytest.param(
            [result("fail")], ["cut"], 1, Conclusion("failure", 2), id="damage-goes-before-failure"
        ),
    ],
)
def test_conclusion(
    results: list[Result], problems: list[str], criteria: int, expected: Conclusion
) -> None:
    """Every row of the contract's table."""
    assert conclude(results, problems, criteria) == expected
    assert expected.passed is (expected.exit_code == 0)
