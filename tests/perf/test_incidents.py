from __future__ import annotations

from typing import Any

import pytest

from tests.publish.scene import finding, held, whole
from trivigil.core.gate import conclude
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
    load, watch = incidents.of(whole((finding(),))._replace(facts={"profile": "load"}))
    assert (watch.fingerprint, watch.says) == (one.fingerprint, "silent")
    assert one.fingerprint == other.fingerprint != load.fingerprint
    assert (one.title, load.title) == ("Performance fails", "Performance fails in the load profile")
    [named] = incidents.of(whole((finding(),), name="api"))
    assert named.title == "Performance (api) fails"


def of_profiles(*results: tuple[str, Result], **facts: Any) -> dict[str, str]:
    """What a report of several profiles says of each; the whole watch has no name."""
    report = whole(tuple(result._replace(profile=profile) for profile, result in results))
    found = incidents.of(report._replace(**facts))
    return {
        one.title.removeprefix("Performance fails").removeprefix(" in the "): one.says
        for one in found
    }


def test_several_profiles() -> None:
    """Each profile has its own incident: one that passes is proven, whatever the others do."""
    told = of_profiles(("smoke", held()), ("load", finding()), ("load", held(1)))
    assert told == {"smoke profile": "passing", "load profile": "failing", "": "silent"}
    told = of_profiles(("smoke", held()), ("load", held()))
    assert told == {"smoke profile": "passing", "load profile": "passing", "": "passing"}


def test_a_problem_of_one_profile() -> None:
    """An unusable input is the incident of the profile that it names, else of the whole watch."""
    failed = conclude((), ("x",), 1)
    told = of_profiles(
        ("smoke", held()), ("load", held()), problems=("load: cut short",), conclusion=failed
    )
    assert told == {"smoke profile": "passing", "load profile": "failing", "": "silent"}
    [watch] = incidents.of(whole(())._replace(problems=("no file",), conclusion=failed))
    assert (watch.says, watch.title) == ("failing", "Performance fails")


def test_a_refused_watch_is_over_with_the_first_proven_pass() -> None:
    """What failed before its profile was known is told passing by a pass of any profile."""
    [refused] = incidents.of(whole(())._replace(conclusion=conclude((), ("x",), 1)))
    *_, watch = incidents.of(whole((held(),))._replace(facts={"profile": "load"}))
    assert (refused.fingerprint, refused.failing, watch.says) == (watch.fingerprint, (), "passing")
