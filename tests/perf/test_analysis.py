"""From a run to its report: validity, the tool's own thresholds, problems, notes."""

from __future__ import annotations

import pytest

from trivigil.core.gate import Conclusion
from trivigil.core.measurement import OVERALL, Measurement, metric
from trivigil.core.reading import Reading, State
from trivigil.core.report import Report
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.threshold import Limit, Pattern, Threshold
from trivigil.perf.analysis import MAX_TIMELINE, Context, analyze, conceal, refused
from trivigil.perf.facts import ErrorCount, ExceptionCount, RunFacts, Window
from trivigil.perf.profiles import PROFILES
from trivigil.perf.runs import Run
from trivigil.perf.several import together
from trivigil.render.json import dump

CONTEXT = Context("shop", "2026-06-15T10:00:00Z", "/repository", budgets="b.json")
P95 = metric("latency.p95")
BUDGET = Threshold(Pattern("exact", OVERALL), P95, Limit("<=", 500))
FAST = (Measurement(OVERALL, metric("requests"), 10), Measurement(OVERALL, P95, 100.0, 10))


def run(state: State = "complete", problem: str | None = None, **facts: object) -> Run:
    made = RunFacts(**{"measurements": FAST, **facts})  # type: ignore[arg-type]
    reading = Reading("run.json", "locust", "json", state, made, problem=problem)
    return Run((reading,), made, state)


def rules(run_: Run, *thresholds: Threshold) -> dict[str, bool]:
    """The rules of the findings, and whether each gates."""
    return {r.rule.id: r.gates for r in analyze(run_, thresholds, CONTEXT).findings}


@pytest.mark.parametrize(
    ("state", "rule"),
    [("empty", "run.no-requests"), ("partial", "run.incomplete"), ("crashed", "run.incomplete")],
)
def test_a_run_that_is_not_complete_never_passes(state: State, rule: str) -> None:
    """Only a complete reading turns a gate green, with budgets that hold or without any."""
    assert rules(run(state), BUDGET)[rule] is True
    assert analyze(run(state), (), CONTEXT).conclusion.exit_code == 1


def test_what_makes_a_run_invalid_fails_it() -> None:
    """A run that did not do what it should is invalid, with the reason, and never a pass."""
    assert rules(run(invalid=("12 iterations were dropped.",)), BUDGET) == {"run.invalid": True}


def test_the_tools_own_thresholds_are_criteria() -> None:
    """A threshold that the tool itself judged counts, even where no budgets file is given."""
    own = Result(
        Rule("k6.threshold", "threshold"), "fail", Severity.HIGH, "p(95)<1", Location(OVERALL)
    )
    assert analyze(run(verdicts=(own,)), (), CONTEXT).conclusion.verdict == "failure"
    passed = own._replace(kind="pass")
    assert analyze(run(verdicts=(passed,)), (), CONTEXT).conclusion.verdict == "success"


def test_a_verdict_that_does_not_gate_is_no_criterion() -> None:
    """k6's checks are shown; a run that has nothing else was not judged, so it is neutral."""
    check = Result(
        Rule("k6.check", "check"), "fail", Severity.LOW, "ok", Location("ok"), gates=False
    )
    assert analyze(run(verdicts=(check,)), (), CONTEXT).conclusion.verdict == "neutral"


def test_exceptions_of_the_script_are_a_warning() -> None:
    """They are said, and fail nothing by themselves."""
    raised = run(exceptions=(ExceptionCount("boom", 3), ExceptionCount("rare", 1)))
    report = analyze(raised, (BUDGET,), CONTEXT)
    assert report.conclusion.verdict == "success"
    assert [r.message for r in report.findings] == [
        "The load script raised 4 exceptions, most often: boom"
    ]


def test_a_damaged_source_goes_before_everything() -> None:
    """Nothing is judged on damaged input: exit 2, and the sentence is in the report."""
    report = analyze(run("partial", problem="run.json:3: it is cut"), (BUDGET,), CONTEXT)
    assert (report.conclusion.exit_code, report.problems) == (2, ("run.json:3: it is cut",))
    assert not any(r.rule.id.startswith("budget") for r in report.results)


def test_what_could_not_even_start_is_a_report() -> None:
    """A refused run has a name, a commit and its sentence, so that it can be published."""
    report = refused("b.json:1: not valid JSON", CONTEXT)
    assert (report.name, report.conclusion.exit_code) == ("shop", 2)
    assert report.problems == ("b.json:1: not valid JSON",)


def test_the_profile_is_on_every_result_and_measurement() -> None:
    """Results and measurements carry the profile of the run."""
    report = analyze(run(), (BUDGET,), CONTEXT._replace(profile="smoke"))
    assert (
        {r.profile for r in report.results} == {m.profile for m in report.measurements} == {"smoke"}
    )


def test_the_course_of_a_long_run_is_thinned_evenly() -> None:
    """A report keeps at most so many points, first to last, and only of the whole run."""
    windows = tuple(
        Window(float(at), subject, 3, 9.0, 0.0, (("latency.p95", 5.0),), at, 0)
        for at in range(5000)
        for subject in ("GET /a", OVERALL)
    )
    timeline = analyze(run(timeline=windows), (), CONTEXT).facts["timeline"]
    assert isinstance(timeline, list)
    assert 100 < len(timeline) <= MAX_TIMELINE
    assert [timeline[0]["at"], timeline[0]["p95"], timeline[0]["p50"]] == [0.0, 5.0, None]


def test_errors_come_worst_first() -> None:
    """The most frequent error text is the first."""
    errors = (ErrorCount("GET /a", "rare", 1), ErrorCount("GET /b", "often", 9))
    facts = analyze(run(errors=errors), (), CONTEXT).facts
    assert [error["text"] for error in facts["errors"]] == ["often", "rare"]  # type: ignore[attr-defined]


def test_no_benchmark_is_said_in_its_own_words() -> None:
    """Where benchmarks were expected and none was measured, nobody speaks of requests."""
    reading = Reading("b.json", "pytest-benchmark", "json", "empty", RunFacts(), 0, "benchmarks")
    assert rules(Run((reading,), RunFacts(), "empty")) == {"run.no-benchmarks": True}


def test_the_machine_of_benchmarks_is_in_the_report() -> None:
    """Later comparisons need to know where was measured; load tools say nothing of it."""
    assert analyze(run(host={"cpu": "x"}), (), CONTEXT).facts["host"] == {"cpu": "x"}
    assert "host" not in analyze(run(), (), CONTEXT).facts


CANARY = "sk-live-canary-0815"


def test_what_the_tool_said_is_withheld_where_it_must_be() -> None:
    """A concealed report holds counts and no word of the load tool, and says how to see more."""
    raised = run(
        errors=(ErrorCount("GET /a", f"500 for url: /a?key={CANARY}", 7),),
        exceptions=(ExceptionCount(f"KeyError {CANARY}", 3, CANARY),),
    )
    shown = analyze(raised, (BUDGET,), CONTEXT)
    assert CANARY in dump(shown)
    hidden = conceal(shown)
    assert CANARY not in dump(hidden)
    assert (hidden.facts["errors_withheld"], hidden.facts["exceptions_withheld"]) == (7, 3)
    assert "disclose: true" in hidden.notes[-1]
    assert hidden.conclusion == shown.conclusion
    assert [r.message for r in hidden.findings] == ["The load script raised 3 exceptions."]


def test_nothing_said_is_nothing_withheld() -> None:
    """A report without words of the tool has no note about them."""
    shown = analyze(run(), (BUDGET,), CONTEXT)
    assert conceal(shown).notes == shown.notes


def test_budgets_of_other_profiles_are_not_judged_and_counted() -> None:
    """Of a run whose profile nobody said, it is said that they were left out."""
    own = BUDGET._replace(profiles=("load",))
    report = analyze(run(), (BUDGET, own), CONTEXT)
    assert len(report.results) == 1
    assert report.notes[-1].startswith(
        "1 of 2 budgets are for load profiles only and were not judged: say"
    )
    load = analyze(run(), (BUDGET, own), CONTEXT._replace(profile="load"))
    assert (len(load.results), load.facts["thresholds"]["count"]) == (1, 2)  # type: ignore[index]
    assert not any("not judged" in note for note in load.notes)


def test_the_answer_of_the_profile_is_judged_with_the_rest() -> None:
    """What a question measures can have a budget; what fails in it fails the run."""
    failing = (*FAST, Measurement(OVERALL, metric("failures"), 2))
    context = CONTEXT._replace(profile="smoke", load=PROFILES["smoke"])
    cold = Threshold(Pattern("exact", OVERALL), metric("latency.first"), Limit("<=", 100))
    report = analyze(run(measurements=failing, first=250.0), (cold,), context)
    assert {r.rule.id for r in report.findings} == {"smoke.correct", "budget.latency.first"}
    assert report.facts["profiles"][0]["question"].startswith("Is it correct")  # type: ignore[index]


def test_a_load_that_never_came_makes_the_run_invalid() -> None:
    """Fewer users at its best moment than were planned; of a tool that opens arrivals they are no plan."""
    window = Window(1.0, OVERALL, 3, 9.0, 0.0, (("latency.p95", 5.0),), 9, 0)
    load = PROFILES["load"]
    context = CONTEXT._replace(profile="load", load=load)
    report = analyze(run(timeline=(window,)), (BUDGET,), context)
    assert [r.message for r in report.findings if r.rule.id == "run.invalid"] == [
        f"At most 3 of the {load.users} users ran at once, so the service never had the load that was asked for."
    ]
    opened = context._replace(load=load._replace(arrivals=True))
    assert analyze(run(timeline=(window,)), (BUDGET,), opened).conclusion.passed


def report_of(name: str, **facts: object) -> Report:
    """The report of one profile's run."""
    context = CONTEXT._replace(profile=name, load=PROFILES[name])
    return analyze(run(**facts), (BUDGET,), context)  # type: ignore[arg-type]


def test_several_profiles_are_kept_apart_in_one_report() -> None:
    """Each measurement, result, error and moment says whose it is, and messages do too."""
    window = Window(1.0, OVERALL, 100, 9.0, 0.0, (("latency.p95", 5.0),), 9, 0)
    first = report_of("smoke", errors=(ErrorCount("GET /a", "x", 1),), timeline=(window,))
    second = report_of("load", timeline=(window, window))
    whole = together([first, second], [], CONTEXT)
    assert [m.profile for m in whole.measurements] == ["smoke"] * 2 + ["load"] * 2
    assert {r.profile: r.message.partition(":")[0] for r in whole.results} == {
        "smoke": "smoke",
        "load": "load",
    }
    assert len({r.fingerprint for r in whole.results}) == len(whole.results)
    assert [e["profile"] for e in whole.facts["errors"]] == ["smoke"]  # type: ignore[attr-defined]
    assert [e["profile"] for e in whole.facts["timeline"]] == ["smoke", "load", "load"]  # type: ignore[attr-defined]
    assert [p["name"] for p in whole.facts["profiles"]] == ["smoke", "load"]  # type: ignore[attr-defined]
    assert whole.facts["thresholds"] == {"path": "b.json", "count": 2}
    assert whole.conclusion == Conclusion("success", 0)


def test_the_verdict_of_several_is_the_worst() -> None:
    """A failure of one fails all; what the user must mend goes first, and says what was left out."""
    good, bad = report_of("load"), report_of("smoke", state="partial")
    assert together([good, bad], [], CONTEXT).conclusion == Conclusion("failure", 1)
    broken = refused("load.py: no such file", CONTEXT._replace(profile="stress"))
    whole = together([bad, broken], ["endurance"], CONTEXT)
    assert whole.conclusion == Conclusion("failure", 2)
    assert whole.problems == ("stress: load.py: no such file",)
    assert whole.notes[-1] == "Not started after that: endurance."
