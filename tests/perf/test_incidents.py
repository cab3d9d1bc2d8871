from __future__ import annotations

import pytest

from tests.publish.scene import finding, held, whole
from trivigil.core.report import Report
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.perf import incidents

INCOMPLETE = Result(
    Rule("run.incomplete", "the results are not complete"), "fail", Severity.HIGH, "", Location("OVERALL")
)  # fmt: skip
GONE = INCOMPLETE._replace(rule=Rule("budget.vanished", "budgeted subject is absent"))


@pytest.mark.parametrize(
    ("report", "says"),
    [
        pytest.param(whole((finding(), held(1))), "failing", id="a budget fails"),
        pytest.param(whole((INCOMPLETE,), state="partial"), "failing", id="the run proves nothing"),
        pytest.param(whole((held(),)), "passing", id="complete, and one criterion holds"),
        pytest.param(
            whole((held(), finding(1, gates=False))), "passing", id="a warning fails no gate"
        ),
        pytest.param(whole(()), "silent", id="no criterion"),
        pytest.param(whole((finding(gates=False),)), "silent", id="a warning alone"),
        pytest.param(whole((held(),), state="empty"), "silent", id="nothing was read"),
        pytest.param(whole((held(),))._replace(sources=()), "silent", id="no source"),
    ],
)
def test_what_a_report_says(report: Report, says: str) -> None:
    """Failing as the gate does; passing only as a proof; else silent."""
    [incident] = incidents.of(report)
    assert incident.says == says


def test_what_has_to_hold_again() -> None:
    """Each failed budget by its own fingerprint; what the run as such did wrong is disproved by any proven pass."""
    failed = (finding(), finding(1), INCOMPLETE, GONE, finding(2, gates=False))
    [incident] = incidents.of(whole((*failed, held(3))))
    assert incident.failing == (finding().fingerprint, finding(1).fingerprint)
    assert incident.passed == {held(3).fingerprint}
    assert finding(3).fingerprint == held(3).fingerprint


def test_identity() -> None:
    """One incident for each profile; what fails in it changes nothing."""
    [one], [other] = (incidents.of(whole((finding(n),))) for n in (0, 1))
    [load] = incidents.of(whole((finding(),))._replace(facts={"profile": "load"}))
    assert one.fingerprint == other.fingerprint != load.fingerprint
    assert (one.title, load.title) == ("Performance fails", "Performance fails in the load profile")
    [named] = incidents.of(whole((finding(),), name="api"))
    assert named.title == "Performance (api) fails"
