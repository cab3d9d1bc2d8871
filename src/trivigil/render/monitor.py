"""The document of a monitoring report: the verdict, what is not up and why, then everything else that was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.render import monitor_figures as figures
from trivigil.render.document import (
    Block,
    Bullets,
    Code,
    Column,
    Details,
    Document,
    Icon,
    IconName,
    Item,
    Paragraph,
    Row,
    Section,
    Spans,
    Table,
    Text,
    counted,
    prose,
    text,
)
from trivigil.render.monitor_baseline import baseline
from trivigil.render.places import place
from trivigil.render.security import problems, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.core.report import Report
    from trivigil.core.result import Result
    from trivigil.monitor.facts import Checked

SIGNS: Final[dict[str, IconName]] = {
    "up": "pass",
    "degraded": "warning",
    "down": "fail",
    "unknown": "open",
}
_HIGH, _NOTED, _FOLDED, _FOOTER = 90, 60, 50, 70
DASH: Final = "\N{EN DASH}"
_LATE_SECONDS: Final = 900
_OPENLY: Final = 10


def document(report: Report, *, artifact_url: str | None = None) -> Document:  # noqa: ARG001 -- as every document is made
    """Everything a reader wants to know, most urgent first; details are folded away."""
    seen = figures.checks(report)
    wrong = [check for check in seen if check.status != "up"]
    blocks: list[Block] = [
        verdict(report),
        *problems(report),
        *about(report),
        *troubles(wrong, report),
        *told(report),
        *the_rest([check for check in seen if check.status == "up"]),
        *baseline(report),
        *headers(report),
        *footer(report),
    ]
    return Document(tuple(blocks))


# --- the run -----------------------------------------------------------------------------------


def about(report: Report) -> Iterable[Block]:
    """The target, the grades, and how late the run began where that is much."""
    spans: list[Spans] = []
    target = figures.text(report.facts, "target")
    if target:
        spans.append((Text("Target "), Code(target)))
    grades = figures.mapping(report, "headers")
    if grade := figures.text(grades, "grade"):
        strict = figures.text(grades, "strict_grade")
        spans.append(text(f"headers {grade}{f' (strict {strict})' if strict else ''}"))
    late = report.facts.get("lateness_s")
    if isinstance(late, int | float) and late >= _LATE_SECONDS:
        spans.append(text(f"began {late / 60:.0f} minutes after it was due"))
    if spans:
        joined = [span for one in spans for span in (Text(" · "), *one)][1:]
        yield Paragraph(tuple(joined), _HIGH)


def footer(report: Report) -> Iterable[Block]:
    """What is to be known of the run beside all that."""
    for note in report.notes:
        yield Paragraph(prose(note), _FOOTER, small=True)


# --- checks ------------------------------------------------------------------------------------


def troubles(checks: Sequence[Checked], report: Report) -> Iterable[Block]:
    """What is not up: its cause, what was seen, and the claims that do not hold, each at its line."""
    if not checks:
        return
    columns = (Column("Check"), Column("Status"), Column("What was seen"), Column("Where"))
    by_name = {result.location.name: result for result in reversed(report.results)}
    rows = tuple(_row(check, by_name.get(check.name), report) for check in checks)
    yield Section(text("Not up"), (Table(columns, rows, "check"),))
    claims = [item for check in checks for item in _claims(check)]
    if claims:
        yield Details(
            text(
                f"{counted(len(claims), 'claim')} that do{'es' if len(claims) == 1 else ''} not hold"
            ),
            (Bullets(tuple(claims), "claim"),),
        )


def _row(check: Checked, result: Result | None, report: Report) -> Row:
    where = place(result.location, report.origin) if result is not None else ()
    fix = prose(f" {result.fix}.") if result is not None and result.fix else ()
    return Row(
        (
            (Code(check.name),),
            status(check),
            (*prose(check.message or DASH), *fix),
            where or text(DASH),
        ),
        _HIGH,
    )


def status(check: Checked) -> Spans:
    """Sign, status and cause, and how often it was tried."""
    tries = f", {len(check.attempts)} attempts" if len(check.attempts) > 1 else ""
    cause: Spans = (Text(" "), Code(check.cause)) if check.cause else ()
    return (Icon(SIGNS[check.status]), Text(f" {check.status}"), *cause, Text(tries))


def _claims(check: Checked) -> Iterable[Item]:
    for failed in check.failed:
        line = f":{failed.line}" if failed.line is not None else ""
        where = Code(f"{check.file or check.name}{line}")
        sign = Icon("fail" if failed.severity == "fail" else "warning")
        found: Spans = (Text(" found "), Code(failed.actual)) if failed.actual else ()
        wanted: Spans = (Text(", expected "), Code(failed.expected)) if failed.expected else ()
        yield Item(
            (sign, Text(" "), where, Text(" "), *prose(failed.message), *found, *wanted), _NOTED
        )


def the_rest(checks: Sequence[Checked]) -> Iterable[Block]:
    """What is up, with its times."""
    if checks:
        yield Details(text(f"{counted(len(checks), 'check')} up"), (times(checks),))


def times(checks: Sequence[Checked]) -> Table:
    """The phases of each check, in milliseconds, of the attempt that decided."""
    phases = ("dns", "connect", "tls", "ttfb", "transfer")
    columns = (
        Column("Check"),
        Column("Total ms", "right"),
        *(
            Column({"dns": "DNS", "tls": "TLS", "ttfb": "TTFB"}.get(one, one.title()), "right")
            for one in phases
        ),
        Column("Attempts", "right"),
    )
    rows = []
    for check in checks:
        values = check.phases._asdict()
        cells = [_milliseconds(values[one]) for one in phases]
        total = _milliseconds(
            check.phases.total if any(v is not None for v in values.values()) else None
        )
        rows.append(
            Row(((Code(check.name),), total, *cells, text(str(len(check.attempts)))), _FOLDED)
        )
    return Table(columns, tuple(rows), "check")


def _milliseconds(value: float | None) -> Spans:
    return text(DASH if value is None else f"{value:,.1f}")


# --- who was told ------------------------------------------------------------------------------


def told(report: Report) -> Iterable[Block]:
    """What is open, who was told of it, and why nobody was."""
    rows = figures.rows(report, "incidents")
    items = [Item(_incident(row), _NOTED) for row in rows]
    if items:
        yield Section(text("Who was told"), (Bullets(tuple(items), "incident"),))


def _incident(row: Mapping[str, object]) -> Spans:
    state = figures.text(row, "state") or "unknown"
    events = row.get("events")
    event = ", ".join(str(one) for one in events) if isinstance(events, list) else ""
    sent = row.get("notices_sent")
    names = (
        [figures.text(one, "receiver") for one in sent if isinstance(one, dict)]
        if isinstance(sent, list)
        else []
    )
    withheld = figures.text(row, "notices_withheld")
    parts = [f"told: {', '.join(names)}"] if names else ["nobody was told in this run"]
    if withheld:
        parts.append(withheld)
    since = figures.text(row, "since")
    begun = f" since {since}" if since else ""
    return (
        Code(figures.text(row, "name")),
        Text(f" {state} ({event}){begun}: {'; '.join(parts)}"),
    )


# --- headers -----------------------------------------------------------------------------------


def headers(report: Report) -> Iterable[Block]:
    """What the strict grade was lost for, with the exact line to send."""
    findings = [result for result in report.results if result.rule.id.startswith("header.")]
    graded = figures.mapping(report, "headers")
    problem = figures.text(graded, "problem")
    if problem:
        yield Paragraph(prose(problem), _NOTED)
    if not findings:
        return
    rows = tuple(
        Row(
            (text(result.severity.label), prose(result.message), prose(result.fix or DASH)),
            _FOLDED + min(result.severity, 5),
        )
        for result in findings
    )
    columns = (Column("Severity"), Column("Finding"), Column("What to do"))
    title = f"{counted(len(findings), 'finding')} about security headers"
    yield Details(text(title), (Table(columns, rows[:100], "finding", max(len(rows) - 100, 0)),))
