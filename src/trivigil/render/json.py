"""The result file (`performance-analysis.json`): written from a report, and read back.

The file is the hand-over between the step that judges and the step that publishes, and an input of other programs:
docs/formats.md and schemas/report.schema.json describe it. Numbers that JSON cannot say (infinite, not a number) are
written as null. Reading trusts nothing: what does not fit is an InputError that names the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core import collector
from trivigil.core import histogram as histograms
from trivigil.core.gate import Conclusion
from trivigil.core.interval import LEVEL, Interval
from trivigil.core.measurement import Measurement, metric
from trivigil.core.report import SCHEMA, Origin, Report, SourceRecord
from trivigil.core.result import Location, Result, Rule, Severity, Suppression
from trivigil.render import long_lists
from trivigil.render.figures import endpoint_metrics, overall_figures
from trivigil.render.keyed import Keyed, parse
from trivigil.render.long_lists import Made

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from trivigil.core.gate import Verdict
    from trivigil.core.reading import State
    from trivigil.core.result import BaselineState, Kind

_LONG = 1_000_000
"""Characters of a result file from which on reading it by types is worth the import."""
_STATES: tuple[State, ...] = ("complete", "partial", "empty", "crashed", "missing", "stale")
_MONITORING = (
    "target",
    "scheduled_for",
    "started_at",
    "lateness_s",
    "checks",
    "headers",
    "baseline",
    "incidents",
)
_KINDS: tuple[Kind, ...] = ("pass", "fail", "open")
_VERDICTS: tuple[Verdict, ...] = ("success", "neutral", "failure")
_SEVERITIES = {severity.label: severity for severity in Severity}
_BASELINE_STATES: tuple[BaselineState, ...] = ("new", "unchanged", "absent")


def dump(report: Report) -> str:
    """The report as the text of its result file: indented JSON, one trailing newline."""
    return "".join(pieces(report))


def pieces(report: Report) -> Iterator[str]:
    """The same in pieces: a report of a hundred thousand results is never in memory as a whole."""
    with collector.paused():
        yield from long_lists.pieces(document(report))
    yield "\n"


def written(value: object, *, indent: int | None = None) -> str:
    """Any of our documents as JSON text in which no character hides, with one trailing newline."""
    return long_lists.safe(long_lists.dumped(value, indent=indent)) + "\n"


def load(text: str) -> Report:
    """The report that `dump` wrote. Raises InputError, with the key, for anything else."""
    if len(text) > _LONG:
        from trivigil.render import long_results

        if (found := long_results.read(text)) is not None:
            rest, results = found
            return read(Keyed(rest))._replace(results=results)
    return read(parse(text))


def read(root: Keyed) -> Report:
    """The report in a JSON object, which may be a part of another. Raises InputError, with the key."""
    if "schema" not in root.value:
        raise root.error("schema", "it is missing: this is no result file of Trivigil's")
    if root.text("schema") != SCHEMA:
        raise root.error(
            "schema", f"it must be {SCHEMA!r}: this is no result file that this version knows"
        )
    return Report(
        action=root.text("action"),
        name=root.text("name"),
        conclusion=_conclusion(root),
        generated_at=root.text("generated_at"),
        sources=tuple(_source(entry) for entry in root.objects("sources")),
        results=tuple(_result(entry) for entry in root.objects("results")),
        measurements=tuple(
            measurement
            for entry in root.objects("measurements")
            if (measurement := _measurement(entry)) is not None
        ),
        origin=Origin(
            root.maybe_text("commit"), root.maybe_text("run_url"), root.maybe_text("repository")
        ),
        problems=root.texts("problems"),
        notes=root.texts("notes"),
        facts=_facts(root),
    )


def document(report: Report) -> dict[str, object]:
    """The report as JSON's own kinds of values, before numbers that JSON cannot say are left out and lists that wait are made."""
    from trivigil import __version__

    return {
        "schema": SCHEMA,
        "action": report.action,
        "name": report.name,
        "conclusion": report.conclusion.verdict,
        "passed": report.conclusion.passed,
        "exit_code": report.conclusion.exit_code,
        "generated_at": report.generated_at,
        "commit": report.origin.commit,
        "repository": report.origin.repository,
        "run_url": report.origin.run_url,
        "trivigil_version": __version__,
        **_own(report),
        "problems": list(report.problems),
        "notes": list(report.notes),
        "sources": [source._asdict() | {"notes": list(source.notes)} for source in report.sources],
        "results": Made(report.results, _of_result, _lines),
        "measurements": [_of_measurement(measurement) for measurement in report.measurements],
        "facts": {key: value for key, value in report.facts.items() if key not in _beside(report)},
    }


def _beside(report: Report) -> tuple[str, ...]:
    """Facts that stand beside the report itself, and not below `facts`, because other programs look for them there."""
    return _MONITORING if report.action == "monitor" else ()


def _facts(root: Keyed) -> Mapping[str, object]:
    found = dict(root.mapping("facts"))
    if root.text("action") == "monitor":
        whole = root.value
        found |= {key: whole[key] for key in _MONITORING if key in whole}
    return found


def _own(report: Report) -> dict[str, object]:
    """The keys that scripts of this field read, by the action."""
    if report.action == "security":
        from trivigil.render import security_figures

        return security_figures.figures(report)
    if report.action == "monitor":
        return {key: report.facts[key] for key in _MONITORING if key in report.facts}
    return _performance(report)


def _performance(report: Report) -> dict[str, object]:
    """The keys that scripts of this field read; absent from the files of other actions."""
    if report.action != "perf":
        return {}
    failed = (r for r in report.results if r.kind == "fail" and r.gates and r.suppression is None)
    return {
        **overall_figures(report.measurements),
        "sla_violations": [result.message for result in failed],
        "endpoint_metrics": endpoint_metrics(report.measurements),
    }


def _lines(batch: Sequence[Result], between: str) -> str:
    from trivigil.render import entries

    return entries.results(batch, between)


def _of_result(result: Result) -> dict[str, object]:
    rule, place, accepted = result.rule, result.location, result.suppression
    made: dict[str, object] = {
        "rule": rule.id,
        "rule_title": rule.title,
        "rule_help_uri": rule.help_uri,
        "rule_aliases": list(rule.aliases),
        "kind": result.kind,
        "severity": result.severity.label,
        "gates": result.gates,
        "message": result.message,
        "location": {"name": place.name, "path": place.path, "line": place.line},
        "fingerprint": result.fingerprint,
        "tools": list(result.tools),
        "aliases": list(result.aliases),
        "fix": result.fix,
        "baseline_state": result.baseline_state,
        "suppression": None if accepted is None else accepted._asdict(),
        "ratings": [dict(rating) for rating in result.ratings],
        "evidence": dict(result.evidence),
        "profile": result.profile,
    }
    if result.identity:
        made["identity"] = result.identity
    return made


def _of_measurement(measurement: Measurement) -> dict[str, object]:
    written: dict[str, object] = {
        "subject": measurement.subject,
        "metric": measurement.metric.name,
        "unit": measurement.metric.unit,
        "value": measurement.value,
        "n": measurement.n,
        "ci": None if (ci := measurement.ci) is None else _of_interval(ci),
        "profile": measurement.profile,
    }
    if measurement.histogram is not None:
        written["histogram"] = histograms.to_json(measurement.histogram)
    if measurement.rounds:
        written["rounds"] = list(measurement.rounds)
    return written


def _of_interval(ci: Interval) -> dict[str, object]:
    return {"level": LEVEL, "low": ci.low, "high": ci.high}


def _conclusion(root: Keyed) -> Conclusion:
    conclusion = Conclusion(root.one_of("conclusion", _VERDICTS), root.whole("exit_code"))
    if root.flag("passed") != conclusion.passed:
        raise root.error("passed", f"it contradicts the conclusion {conclusion.verdict!r}")
    if (conclusion.exit_code == 0) != conclusion.passed or not 0 <= conclusion.exit_code <= 3:  # noqa: PLR2004 (the contract's exit codes)
        raise root.error("exit_code", f"it contradicts the conclusion {conclusion.verdict!r}")
    return conclusion


def _source(entry: Keyed) -> SourceRecord:
    return SourceRecord(
        path=entry.text("path"),
        tool=entry.maybe_text("tool"),
        format=entry.maybe_text("format"),
        state=entry.one_of("state", _STATES),
        tool_version=entry.maybe_text("tool_version"),
        count=entry.maybe_whole("count"),
        unit=entry.maybe_text("unit"),
        notes=entry.texts("notes"),
        problem=entry.maybe_text("problem"),
    )


def _result(entry: Keyed) -> Result:
    place = entry.nested("location")
    return Result(
        rule=Rule(
            entry.text("rule"),
            entry.text("rule_title"),
            entry.maybe_text("rule_help_uri"),
            entry.texts("rule_aliases"),
        ),
        kind=entry.one_of("kind", _KINDS),
        severity=_SEVERITIES[entry.one_of("severity", tuple(_SEVERITIES))],
        message=entry.text("message"),
        location=Location(place.text("name"), place.maybe_text("path"), place.maybe_whole("line")),
        gates=entry.flag("gates"),
        fix=entry.maybe_text("fix"),
        tools=entry.texts("tools"),
        aliases=entry.texts("aliases"),
        ratings=tuple(rating.value for rating in entry.objects("ratings")),
        baseline_state=entry.maybe_one_of("baseline_state", _BASELINE_STATES),
        suppression=_suppression(entry),
        evidence=entry.mapping("evidence"),
        profile=entry.maybe_text("profile"),
        identity=entry.maybe_text("identity") or "",
    )


def _suppression(entry: Keyed) -> Suppression | None:
    if entry.value.get("suppression") is None:
        return None
    accepted = entry.nested("suppression")
    return Suppression(
        accepted.text("reason"), accepted.maybe_text("owner"), accepted.maybe_text("expires")
    )


def _measurement(entry: Keyed) -> Measurement | None:
    """The measurement; None where its value could not be written, because it was no number."""
    if entry.value.get("value") is None:
        return None
    name = entry.text("metric")
    try:
        known = metric(name)
    except KeyError:
        raise entry.error("metric", f"there is no metric {name!r}") from None
    return Measurement(
        subject=entry.text("subject"),
        metric=known,
        value=entry.number("value"),
        n=entry.maybe_whole("n"),
        histogram=_histogram(entry),
        profile=entry.maybe_text("profile"),
        rounds=_rounds(entry),
        ci=_interval(entry),
    )


def _interval(entry: Keyed) -> Interval | None:
    if entry.value.get("ci") is None:
        return None
    ci = entry.nested("ci")
    high = None if ci.value.get("high") is None else ci.number("high")
    return Interval(ci.number("low"), high)


def _rounds(entry: Keyed) -> tuple[float, ...]:
    """The repetitions; a number that JSON could not say is none."""
    found = entry.value.get("rounds", [])
    if not isinstance(found, list) or any(type(each) not in {int, float} for each in found):
        raise entry.error("rounds", "it is not a list of numbers")
    return tuple(map(float, found))


def _histogram(entry: Keyed) -> histograms.Histogram | None:
    if entry.value.get("histogram") is None:
        return None
    data: Mapping[str, object] = entry.mapping("histogram")
    try:
        return histograms.from_json(data)
    except (ValueError, TypeError, OverflowError):
        raise entry.error("histogram", "it is not a histogram that this version knows") from None
