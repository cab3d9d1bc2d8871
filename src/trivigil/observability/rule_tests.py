"""Unit tests for the rules, as `promtool test rules` reads them: from the same limits, so that they fail when a rule does not fit them.

A course is a series' values as promtool writes them; each case says when which alert fires, with all its labels, or that none does.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from trivigil.observability import application_courses, monitor_courses
from trivigil.observability.promql import duration

if TYPE_CHECKING:
    from trivigil.observability.course import Case, Expectation
    from trivigil.observability.limits import Limits

EVALUATED: Final = "1m"


def document(limits: Limits, rules: str) -> dict[str, Any]:
    """The test file; `rules` is the path of the rule file, relative to where this one will be."""
    cases = chain(application_courses.cases(limits), monitor_courses.cases(limits))
    return {
        "rule_files": [rules],
        "evaluation_interval": EVALUATED,
        "tests": [_test(each) for each in cases],
    }


def _test(case: Case) -> dict[str, Any]:
    return {
        "name": case.name,
        "interval": duration(case.interval),
        "input_series": [{"series": name, "values": values} for name, values in case.series],
        "promql_expr_test": [_expected(each) for each in case.expected],
    }


def _expected(one: Expectation) -> dict[str, Any]:
    return {
        "expr": one.expression,
        "eval_time": duration(one.at),
        "exp_samples": [{"labels": labels, "value": value} for labels, value in one.samples],
    }
