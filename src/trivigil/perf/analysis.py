"""From what was read to what is concluded: pure, and in one straight line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core import report as core_report
from trivigil.core.certainty import few
from trivigil.core.gate import conclude
from trivigil.core.measurement import OVERALL
from trivigil.core.record import NamedTuple
from trivigil.core.report import Origin, Report
from trivigil.core.result import Location, Result, Rule, Severity
from trivigil.core.threshold import judge
from trivigil.perf import audit
from trivigil.perf.intervals import with_intervals
from trivigil.perf.profiles import QUESTIONS
from trivigil.perf.questions import ask
from trivigil.perf.questions.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.reading import Reading
    from trivigil.core.report import SourceRecord
    from trivigil.core.threshold import Threshold
    from trivigil.perf.facts import RunFacts, Window
    from trivigil.perf.profiles import Profile
    from trivigil.perf.runs import Run

MAX_TIMELINE = 300
"""Points of the run's course that a report keeps."""


class Context(NamedTuple):
    """What the analysis cannot know by itself."""

    name: str
    now: str
    """UTC, ISO 8601 with Z."""
    root: str
    """The folder that the budgets' path is relative to."""
    origin: Origin = Origin()
    budgets: str | None = None
    """The thresholds file, as it is shown: relative to the root."""
    profile: str | None = None
    load: Profile | None = None
    """The load that was planned, where we started the tool: its question is asked of the run."""


def analyze(
    run: Run, thresholds: Sequence[Threshold], context: Context, verdicts: Sequence[Result] = ()
) -> Report:
    """Judge one run against its thresholds; `verdicts` are what the tool's own process said."""
    facts = run.facts._replace(measurements=with_intervals(run.facts.measurements))
    problems = tuple(reading.problem for reading in run.readings if reading.problem)
    applying = [threshold for threshold in thresholds if threshold.applies(context.profile)]
    answer = ask(context.load, facts, applying) if context.load and not problems else Answer()
    measurements = (*facts.measurements, *answer.measurements)
    judged = judge(applying, measurements, context.now[:10]) if not problems else ()
    criteria = len(applying) + sum(verdict.gates for verdict in facts.verdicts)
    results = (
        *verdicts,
        *_validity(run, _short(facts, context)),
        *answer.results,
        *facts.verdicts,
        *judged,
    )
    return Report(
        action="perf",
        name=context.name,
        conclusion=conclude(results, problems, criteria),
        generated_at=context.now,
        sources=tuple(core_report.record(reading) for reading in run.readings),
        results=_with_profile(results, context.profile),
        measurements=tuple(m._replace(profile=context.profile) for m in measurements),
        origin=context.origin,
        problems=problems,
        notes=(*run.notes, *few(judged), *_elsewhere(thresholds, context)),
        facts=_facts(facts, len(thresholds), context) | _asked(context, answer),
    )


def _short(facts: RunFacts, context: Context) -> tuple[str, ...]:
    """What of the planned load never came. Of tools that open arrivals the users are an outcome, not the plan."""
    load = context.load
    return () if load is None or load.arrivals else audit.users(facts, load.users)


def _elsewhere(thresholds: Sequence[Threshold], context: Context) -> tuple[str, ...]:
    """What is said of a run without a profile, for which some budgets are not meant."""
    others = sum(not threshold.applies(context.profile) for threshold in thresholds)
    if not others or context.profile:
        return ()
    said = f"{others} of {len(thresholds)} budgets are for load profiles only and were not judged"
    return (f"{said}: say with `profile` which one the results are of.",)


def _asked(context: Context, answer: Answer) -> dict[str, object]:
    """The load that was planned, and what its question's answer shows."""
    if context.load is None:
        return {}
    load = context.load
    planned: dict[str, object] = {
        "name": load.name,
        "question": QUESTIONS[load.name],
        "users": load.users,
        "spawn_rate": load.spawn_rate,
        "run_time": load.run_time,
    }
    return {"profiles": [planned | dict(answer.facts)]}


def refused(problem: str, context: Context) -> Report:
    """The report of a run that could not be judged at all, because of what a user can mend."""
    facts: dict[str, object] = {
        "thresholds": {"path": context.budgets, "count": 0},
        "profile": context.profile,
    }
    return core_report.refused("perf", context.name, problem, context.now, context.origin, facts)


WITHHELD = (
    "Error texts, names of the load script's checks and raw output of the load tool are not shown in a public "
    "repository, because they may hold secrets: run the test on your machine to see them, or set `disclose: true`."
)
UNMEASURED = " was not measured: "
"""After it stands why, in the benchmark's own words (`benchmark.failed`)."""
_PLAIN = re.compile(r"[A-Za-z_]\w{0,127}: [a-z]+(\(\d+(\.\d+)?\))?\s*[<>=!]{1,3}\s*[\d.eE+-]+")
"""A threshold of k6 in which nothing is free text: a metric's name, an aggregate and a number."""
_SPAN = re.compile(r"`([^`]*)`")


def conceal(report: Report) -> Report:
    """The report without what the load tool said in its own words: counts stay."""
    facts = report.facts
    told = [key for key in ("errors", "exceptions") if facts.get(key)]
    counts = {f"{key}_withheld": _total(facts[key]) for key in told}
    names = {measurement.subject for measurement in report.measurements}
    hidden = report._replace(
        results=tuple(_concealed(result) for result in report.results),
        sources=tuple(_blank_source(source, names) for source in report.sources),
        # Without a source it is about the settings, in our own words.
        problems=tuple(_blank(problem, names) for problem in report.problems)
        if report.sources
        else report.problems,
        facts={**facts, **counts, **{key: [] for key in told}} if told else facts,
    )
    if hidden == report or WITHHELD in report.notes:
        return hidden
    return hidden._replace(notes=(*report.notes, WITHHELD))


def _concealed(result: Result) -> Result:
    """What the tool itself judged keeps its verdict and its place in the order, not its words."""
    if result.rule.id == "run.exceptions":
        said = f"The load script raised {result.evidence['count']} exceptions."
        return result._replace(message=said)
    if result.rule.id == "run.invalid":
        said, found, _ = result.message.partition(UNMEASURED)
        return result._replace(message=f"{said}{UNMEASURED.rstrip(' :')}.") if found else result
    ours = not result.tools or result.rule.id.startswith("run.")
    if ours or _PLAIN.fullmatch(result.location.name):
        return result
    from hashlib import sha256

    words = f"{result.rule.id} {result.location.name}".encode("utf-8", "surrogatepass")
    mark = sha256(words).hexdigest()[:8]
    kind, _, free = result.rule.id.partition(":")
    rule = result.rule._replace(id=f"{kind}:{mark}" if free else kind)
    whole = result.location.name == OVERALL
    state = "held" if result.kind == "pass" else "failed"
    return result._replace(
        rule=rule,
        message=f"{rule.title} ({mark}) {state}; its name is not shown",
        location=result.location if whole else Location(f"{rule.title} {mark}"),
        evidence={},
    )


def _blank_source(source: SourceRecord, names: set[str]) -> SourceRecord:
    return source._replace(
        notes=tuple(_blank(note, names) for note in source.notes),
        problem=None if source.problem is None else _blank(source.problem, names),
    )


def _blank(sentence: str, names: set[str]) -> str:
    """A reader's sentence without what stood in the file, which readers put between backticks.

    Names of subjects stay, as everywhere. What was quoted may hold a backtick itself, so everything
    from the first to the last goes.
    """
    quoted = _SPAN.findall(sentence)
    if sentence.count("`") == 2 * len(quoted) and all(span in names for span in quoted):
        return sentence
    before, _, rest = sentence.partition("`")
    return f"{before}`…`{rest.rpartition('`')[2]}"


def _total(listed: object) -> int:
    return sum(int(entry["count"]) for entry in listed) if isinstance(listed, list) else 0


_UNMEASURED: Final = {
    "benchmarks": (
        Rule("run.no-benchmarks", "nothing was measured"),
        "No benchmark was measured, so the run proves nothing.",
        "Check that the benchmarks were found, and that none of them failed before its measurement.",
    ),
    "requests": (
        Rule("run.no-requests", "the run made no requests"),
        "The run made no requests, so it proves nothing.",
        "Check that the host is right, that users were started and that the script has tasks.",
    ),
}
"""What is said of a run without what it is about."""
_INCOMPLETE: Final = Rule("run.incomplete", "the results are not complete")
_INVALID: Final = Rule("run.invalid", "the run does not prove what it should")


def _validity(run: Run, short: Sequence[str]) -> Iterable[Result]:
    """What makes a run prove nothing, or deserves a warning, whatever the budgets say."""
    if run.state == "empty":
        benchmarks = any(reading.unit == "benchmarks" for reading in run.readings)
        yield _doubt(run, *_UNMEASURED["benchmarks" if benchmarks else "requests"])
    elif run.state != "complete":
        said = f"The results are {run.state}, so they prove nothing."
        fix = "See the notes on the sources, and run the load test again."
        yield _doubt(run, _INCOMPLETE, said, fix)
    for sentence in (*run.facts.invalid, *short):
        yield _doubt(
            run, _INVALID, sentence, "Mend the load test or its machine, and run it again."
        )
    yield from _exceptions(run)


def _doubt(run: Run, rule: Rule, message: str, fix: str) -> Result:
    return Result(
        rule=rule,
        kind="fail",
        severity=Severity.HIGH,
        message=message,
        location=Location(OVERALL),
        fix=fix,
        tools=_tools(run.readings),
    )


def _exceptions(run: Run) -> Iterable[Result]:
    count = sum(exception.count for exception in run.facts.exceptions)
    if not count:
        return
    worst = max(run.facts.exceptions, key=lambda exception: exception.count)
    yield Result(
        rule=Rule("run.exceptions", "the load script raised exceptions"),
        kind="fail",
        severity=Severity.LOW,
        message=f"The load script raised {count} exceptions, most often: {worst.message[:300]}",
        location=Location(OVERALL),
        gates=False,
        evidence={"count": count},
        fix="A task that raises stops early and is not counted as a failed request: mend the script.",
        tools=_tools(run.readings),
    )


def _tools(readings: Iterable[Reading[RunFacts]]) -> tuple[str, ...]:
    return tuple(sorted({reading.tool for reading in readings if reading.tool}))


def _with_profile(results: Iterable[Result], profile: str | None) -> tuple[Result, ...]:
    return tuple(result._replace(profile=profile) for result in results)


def _facts(facts: RunFacts, criteria: int, context: Context) -> dict[str, object]:
    return {
        "thresholds": {"path": context.budgets, "count": criteria},
        "profile": context.profile,
        "errors": [
            {"subject": error.subject, "text": error.text, "count": error.count}
            for error in sorted(facts.errors, key=lambda error: -error.count)
        ],
        "exceptions": [
            {"message": exception.message, "count": exception.count}
            for exception in facts.exceptions
        ],
        "timeline": [_point(window) for window in _thinned(facts.timeline)],
        **({"host": dict(facts.host)} if facts.host else {}),
    }


def _thinned(timeline: Sequence[Window]) -> Sequence[Window]:
    """The whole run's windows, evenly reduced to MAX_TIMELINE."""
    overall = [window for window in timeline if window.subject == OVERALL]
    step = -(-len(overall) // MAX_TIMELINE) or 1
    return overall[::step]


def _point(window: Window) -> dict[str, object]:
    percentiles = dict(window.percentiles)
    return {
        "at": window.at,
        "users": window.users,
        "throughput": window.throughput,
        "failures": window.failures,
        "p50": percentiles.get("latency.p50"),
        "p95": percentiles.get("latency.p95"),
    }
