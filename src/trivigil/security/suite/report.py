"""`security_report_<UTC time>.json`: what the tests found, what was tested, and what could not be.

A superset of the shape that reports of own security tests have: `vulnerabilities[]{severity, category, description}`. A target
that did not answer has `complete: false` and its reason in `errors`, never just an empty list.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from trivigil import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.security.suite.weakness import Outcome, Weakness

SCHEMA: Final = "trivigil/security-report/1"
TOOL: Final = "trivigil security test"


def file_name(now: str) -> str:
    """The file of a run at this time (UTC, ISO 8601): `security_report_20260102T030405Z.json`."""
    return f"security_report_{re.sub('[-:]', '', now)}.json"


def dump(target: str, now: str, outcomes: Sequence[Outcome], errors: Iterable[str] = ()) -> str:
    """The report as text. `target` without the values of its query."""
    failed = [f"{each.id}: {each.reason}" for each in outcomes if each.state == "failed"]
    wrong = [*errors, *failed]
    report = {
        "schema": SCHEMA,
        "tool": TOOL,
        "version": __version__,
        "target": target,
        "generated_at": now,
        "complete": not wrong and bool(outcomes),
        "errors": wrong,
        "vulnerabilities": [
            _vulnerability(each, outcome.category)
            for outcome in outcomes
            for each in outcome.weaknesses
        ],
        "tests": [_test(outcome) for outcome in outcomes],
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _vulnerability(found: Weakness, category: str) -> dict[str, object]:
    return {
        "id": found.id,
        "severity": found.severity.label,
        "category": category,
        "title": found.title,
        "description": found.description,
        "url": found.url,
        "method": found.method,
        "parameter": found.parameter,
        "cwe": f"CWE-{found.cwe}",
        "fix": found.fix,
        "facts": dict(found.facts),
    }


def _test(outcome: Outcome) -> dict[str, object]:
    return {
        "id": outcome.id,
        "title": outcome.title,
        "category": outcome.category,
        "state": outcome.state,
        "reason": outcome.reason,
        "requests": outcome.requests,
        "found": len(outcome.weaknesses),
    }
