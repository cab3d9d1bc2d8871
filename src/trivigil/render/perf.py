"""The document of a performance report: the verdict, what failed, what to do, and then the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.render.document import (
    Block,
    Bullets,
    Code,
    Details,
    Document,
    Fence,
    Heading,
    Icon,
    Item,
    Link,
    Paragraph,
    Section,
    Span,
    Spans,
    Table,
    Text,
    prose,
    text,
)
from trivigil.render.perf_profiles import answer, apart, views
from trivigil.render.perf_results import (
    by_excess,
    finding_item,
    finding_row,
    has_numbers,
    ownership_items,
    result_columns,
)
from trivigil.render.perf_run import (
    course,
    endpoints,
    errors,
    exceptions,
    held,
    key_numbers,
    sources,
)
from trivigil.render.places import repository_url
from trivigil.render.verdict import Tally, icon, own_name, sentence, tally, title

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result

_COMMAND_LINE, _COMMAND_SOURCES = 90, 20
_OPENLY = 10
"""How many findings of a kind are shown before the rest is folded away."""
_FIX = "Bring the value back within its budget, or change the budget on the line that is named, with a reason."
_HIGH, _ADVICE, _FOOTER, _NOTED, _FOLDED = 90, 85, 70, 60, 50


def document(
    report: Report,
    *,
    artifact_url: str | None = None,
    folded: int = 0,  # noqa: ARG001 -- its lists are short
) -> Document:
    """Everything a reader wants to know, most urgent first; details are folded away."""
    sums = tally(report)
    blocks: list[Block] = [
        verdict(report),
        *_problems(report),
        *_failed(report, sums),
        *_undecided(report, sums),
        *_advice(report, sums, artifact_url),
        *_warnings(report, sums),
        *_accepted(sums),
        *(apart(report) if views(report) else _one_run(report, sums)),
        *sources(report),
        *footer(report),
    ]
    return Document(tuple(blocks))


def _one_run(report: Report, sums: Tally) -> Iterable[Block]:
    yield from _whole_run(report, sums)
    yield from endpoints(report)
    yield from errors(report)
    yield from exceptions(report)
    yield from held(report, sums.held)


def findings(report: Report) -> Iterable[Block]:
    """What failed, is undecided, warns or was accepted, and what to do about it."""
    sums = tally(report)
    yield from _problems(report)
    yield from _failed(report, sums)
    yield from _undecided(report, sums)
    yield from _advice(report, sums, None)
    yield from _warnings(report, sums)
    yield from _accepted(sums)


def verdict(report: Report) -> Heading:
    """The first line: sign, subject, name and verdict."""
    name = own_name(report)
    named: Spans = (Text(" · "), Code(name)) if name else ()
    return Heading(
        (Icon(icon(report)), Text(f" {title(report)}"), *named, Text(f": {sentence(report)}"))
    )


def _problems(report: Report) -> Iterable[Block]:
    if report.problems:
        items = (
            Item((Icon("invalid"), Text(" "), *prose(problem)), _HIGH)
            for problem in report.problems
        )
        yield Bullets(tuple(items), "problem")


def _failed(report: Report, sums: Tally) -> Iterable[Block]:
    """Failures with numbers as a table, worst first; others, which need words, before it."""
    worded = [result for result in sums.failed if not has_numbers(result)]
    if worded:
        items = [finding_item(result, report.origin, "fail", _HIGH) for result in worded]
        yield from _folded(items, "failure")
    numbered = by_excess(result for result in sums.failed if has_numbers(result))
    several = bool(views(report))
    first = tuple(finding_row(r, report.origin, _HIGH, several=several) for r in numbered[:_OPENLY])
    rest = tuple(
        finding_row(r, report.origin, _FOLDED, several=several) for r in numbered[_OPENLY:]
    )
    columns = result_columns("Over by")
    if first:
        yield Table(columns, first, "failure")
    if rest:
        yield Details(text(f"{len(rest):,} more"), (Table(columns, rest, "failure"),))


def _undecided(report: Report, sums: Tally) -> Iterable[Block]:
    if sums.undecided:
        items = [finding_item(r, report.origin, "open", _ADVICE) for r in sums.undecided]
        yield Section(text("Undecided"), _folded(items, "undecided budget"))


def _warnings(report: Report, sums: Tally) -> Iterable[Block]:
    if sums.warnings:
        items = [
            finding_item(r, report.origin, "warning", _NOTED) for r in by_excess(sums.warnings)
        ]
        yield Section(text("Warnings"), _folded(items, "warning"))


def _accepted(sums: Tally) -> Iterable[Block]:
    if sums.accepted:
        items = [_accepted_item(result) for result in sums.accepted]
        yield Section(text("Accepted"), _folded(items, "accepted failure"))


def _folded(items: Sequence[Item], noun: str) -> tuple[Block, ...]:
    """The first few openly, the rest folded away."""
    first = tuple(items[:_OPENLY])
    rest = tuple(item._replace(priority=_FOLDED) for item in items[_OPENLY:])
    if not rest:
        return (Bullets(first, noun),)
    return (Bullets(first, noun), Details(text(f"{len(rest):,} more"), (Bullets(rest, noun),)))


def _accepted_item(result: Result) -> Item:
    said = (
        f"{result.message}. Accepted: {result.suppression.reason}"
        if result.suppression
        else result.message
    )
    return Item(prose(said), _NOTED)


def _advice(report: Report, sums: Tally, artifact_url: str | None) -> Iterable[Block]:
    """What to do, only where there is something to do."""
    broken = (*sums.failed, *sums.undecided)
    if not broken and not report.problems:
        return
    items = [Item(prose(fix), _ADVICE) for fix in _fixes((*broken, *sums.warnings))]
    items += ownership_items(broken, _ADVICE)
    items += _ways(artifact_url)
    command = _command(report)
    blocks: list[Block] = [Bullets(tuple(items), "hint")] if items else []
    if command:
        blocks.append(Paragraph(text("Judge the same files on your machine:"), _NOTED))
        blocks.append(Fence(command, _NOTED))
    if blocks:
        yield Section(text("What to do"), tuple(blocks))


def _fixes(results: Iterable[Result]) -> list[str]:
    fixes = (
        result.fix or (_FIX if has_numbers(result) and result.gates else "") for result in results
    )
    return list(dict.fromkeys(fix for fix in fixes if fix))


def _ways(artifact_url: str | None) -> list[Item]:
    """Where the files of this run are."""
    if artifact_url:
        return [
            Item(
                (
                    Text("The files of the load test are in "),
                    *_linked("the run's artifact", artifact_url),
                ),
                _NOTED,
            )
        ]
    return []


def _linked(words: str, url: str) -> Spans:
    return (Link((Text(words),), url), Text("."))


def _command(report: Report) -> str:
    """The command that judges the same files again; empty where it is not known or too long to copy."""
    import shlex

    thresholds = report.facts.get("thresholds")
    path = thresholds.get("path") if isinstance(thresholds, dict) else None
    sources = [shlex.quote(source.path) for source in report.sources]
    if not sources or len(sources) > _COMMAND_SOURCES or views(report):
        return ""
    budgets = [f"--thresholds {shlex.quote(path)}"] if isinstance(path, str) and path else []
    profile = report.facts.get("profile")
    # A profile's name is a plain word; whatever else stands there belongs into no command.
    plain = isinstance(profile, str) and profile.isascii() and profile.isalpha()
    named = [f"--profile {profile}"] if plain else []
    words = ["trivigil perf analyze", *sources, *budgets, *named]
    line = " ".join(words)
    return line if len(line) <= _COMMAND_LINE else " \\\n  ".join(words)


def _whole_run(report: Report, sums: Tally) -> Iterable[Block]:
    """The run's key numbers; they need a title where something else stands before them."""
    blocks = (*answer(report), *key_numbers(report), *course(report))
    if sums.failed or sums.undecided or sums.warnings or sums.accepted:
        return (Section(text("The whole run"), blocks),) if blocks else ()
    return blocks


def footer(report: Report) -> Iterable[Block]:
    """Which commit, which run, by which tool: one small line. Tools alone say nothing that the sources do not."""
    parts: list[Sequence[Span]] = [*_commit(report), *_run(report), *_profile(report)]
    if parts:
        parts += _tools(report)
        spans = [span for part in parts for span in (Text(" · "), *part)][1:]
        yield Paragraph(tuple(spans), _FOOTER, small=True)


def _commit(report: Report) -> Iterable[Spans]:
    commit, base = report.origin.commit, repository_url(report.origin)
    if commit:
        short = Code(commit[:7])
        yield (Text("Commit "), Link((short,), f"{base}/commit/{commit}") if base else short)


def _run(report: Report) -> Iterable[Spans]:
    if report.origin.run_url:
        yield (Link((Text(report.origin.run_title),), report.origin.run_url),)


def _profile(report: Report) -> Iterable[Spans]:
    profile = report.facts.get("profile")
    if isinstance(profile, str) and profile:
        yield (Text("profile "), Code(profile))
    elif names := [view.facts["profile"] for view in views(report)]:
        yield text(f"profiles {', '.join(map(str, names))}")


def _tools(report: Report) -> Iterable[Spans]:
    tools = {f"{s.tool} {s.tool_version or ''}".strip() for s in report.sources if s.tool}
    yield from (text(tool) for tool in sorted(tools)[:4])
