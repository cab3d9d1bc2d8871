"""What a report derives of itself."""

from __future__ import annotations

import gc

from tests.render.security_reports import blocking
from trivigil.core.report import Report


def test_what_is_derived_is_made_once() -> None:
    """Every channel asks for the same lists; the second time they are there."""
    asked: list[Report] = []

    def derive(report: Report) -> int:
        asked.append(report)
        return len(asked)

    report = blocking()
    assert (report.once(derive), report.once(derive), len(asked)) == (1, 1, 1)
    assert report.findings is report.findings


def test_another_report_has_its_own() -> None:
    """A copy with other results answers for these; what is derived is no part of what a report says."""
    report = blocking()
    assert report.findings
    other = report._replace(results=())
    assert (other.findings, report._replace(), report._replace(name="x") == report) == (
        (),
        report,
        False,
    )


def test_what_is_derived_goes_with_the_report() -> None:
    """Nothing else keeps the lists of a report that nobody needs any more."""

    class Heavy:
        living = 0

        def __init__(self, _: Report) -> None:
            Heavy.living += 1

        def __del__(self) -> None:
            Heavy.living -= 1

    gc.disable()
    try:
        report = blocking()
        report.once(Heavy)
        assert Heavy.living == 1
        del report
        assert Heavy.living == 0
    finally:
        gc.enable()
