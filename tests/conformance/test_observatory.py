"""Every recorded exchange of the header corpus has the grade that the reference grader gave it.

The corpus is not part of this repository. TRIVIGIL_CORPUS names its folder; without it, `../shared` beside the checkout is tried.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from trivigil.cli import main
from trivigil.monitor import csp

LEAST: Final = {"6": 0.99, "4": 0.98}
"""The share of cases that must be equal in everything: score, grade, counts, each test's result, points and verdict."""
DEVIATIONS: Final[dict[str, dict[str, str]]] = {"6": {}, "4": {}}
"""Cases that differ, by algorithm, each with its reason. A case that is listed and does not differ is an error, too."""


def _corpus() -> Path | None:
    beside = Path(__file__).parents[3] / "shared"
    root = Path(os.environ.get("TRIVIGIL_CORPUS", beside))
    places = (root / "corpus/monitor", root / "monitor")
    return next((place for place in places if (place / "observatory-cases.json").is_file()), None)


CORPUS = _corpus()
pytestmark = pytest.mark.skipif(
    CORPUS is None,
    reason="no corpus: TRIVIGIL_CORPUS names no folder with monitor/observatory-cases.json in it",
)


def _due(case: dict[str, Any], algorithm: str) -> dict[str, Any]:
    """What the reference said, in the shape of the command's answer."""
    said = {"id": case["id"], **case["peer"][f"algorithm-{algorithm}"]}
    for test in said.get("tests", {}).values():
        test.pop("policy", None)  # the reference's notes on a policy are no part of the grade
    return said


@pytest.mark.parametrize("algorithm", ["6", "4"])
def test_recorded_exchanges_have_the_reference_s_grade(
    algorithm: str, capsys: pytest.CaptureFixture[str], tell: Callable[[str], None]
) -> None:
    """The share of equal cases is high enough, and every other case is listed with its reason."""
    assert CORPUS is not None
    path = CORPUS / "observatory-cases.json"
    cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
    call = ["monitor", "headers", "--exchanges", str(path), "--algorithm", algorithm, "--json"]
    assert main(call, {}) == 0
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    differ = {case["id"] for case in cases if found.get(case["id"]) != _due(case, algorithm)}
    share = 1 - len(differ) / len(cases)
    tell(f"algorithm {algorithm}: {share:.1%} of {len(cases)} recorded exchanges equal")
    assert differ == set(DEVIATIONS[algorithm])
    assert share >= LEAST[algorithm]


OPTIONAL: Final = ("SCRIPT_ALLOWLIST_BYPASS", "OBJECT_ALLOWLIST_BYPASS")
"""Of these, HIGH hangs on the evaluator's own lists of hosts, so either severity is right."""


def _weakness(kind: str, severity: str, directive: str, value: str | None) -> tuple[object, ...]:
    listed = kind in OPTIONAL and severity in ("HIGH", "MEDIUM_MAYBE")
    return kind, "either" if listed else severity, directive, value


def test_recorded_policies_have_the_evaluator_s_findings(
    tell: Callable[[str], None],
) -> None:
    """Every recorded policy has the findings of Google's CSP Evaluator, in its order."""
    assert CORPUS is not None
    text = (CORPUS / "csp-evaluator-cases.json").read_text(encoding="utf-8")
    cases = json.loads(text)["cases"]
    differ = []
    for case in cases:
        due = [
            _weakness(one["type"], one["severity"], one["directive"], one.get("value"))
            for one in case["findings"]
        ]
        if [_weakness(*one) for one in csp.evaluate(case["csp"])] != due:
            differ.append(case["id"])
    tell(f"CSP Evaluator: {1 - len(differ) / len(cases):.1%} of {len(cases)} policies equal")
    assert differ == []
