"""The verdict: one table for all actions (contract, section 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.result import Result

Verdict = Literal["success", "neutral", "failure"]

EXIT_PASSED, EXIT_FAILED, EXIT_INPUT, EXIT_FAULT = 0, 1, 2, 3


class Conclusion(NamedTuple):
    """What the gate says, and the exit code that carries it."""

    verdict: Verdict
    exit_code: int

    @property
    def passed(self) -> bool:
        """Whether the gate lets the change through."""
        return self.verdict != "failure"


def conclude(results: Sequence[Result], problems: Sequence[str], criteria: int) -> Conclusion:
    """Conclude from results, from sources that could not be used, and from how many criteria were asked.

    A problem (exit 2) goes before a failed gate (exit 1); without any criterion the facts are neutral.
    """
    if problems:
        return Conclusion("failure", EXIT_INPUT)
    # `Result.finding` spelled out: there may be a hundred thousand of which none gates.
    if any(r.gates and r.suppression is None and r.kind != "pass" for r in results):
        return Conclusion("failure", EXIT_FAILED)
    return Conclusion("success" if criteria else "neutral", EXIT_PASSED)
