"""A dashboard for Grafana, as JSON (schema 42, the last of the classic model): the application, and what the monitor sees.

No data source is wired in: `$datasource` is chosen when it is imported. Windows follow the panel (`$__rate_interval`), except over the
monitor's gauges, which come once a run.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from trivigil.core.record import NamedTuple
from trivigil.observability import promql, rules
from trivigil.observability.limits import DAY
from trivigil.observability.promql import duration, latest, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.observability.limits import Limits

UID: Final = "trivigil"
SCHEMA: Final = 42
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_RATE: Final = "$__rate_interval"
_JOB: Final = 'job=~"$job"'
_WATCH: Final = 'watch=~"$watch"'
_WIDE, _HIGH = 24, 8
_PERCENT: Final = 100
_COLOURS: Final = ("green", "yellow", "red", "text")
"""By the number of a status."""


class Panel(NamedTuple):
    """One panel; `queries` are expressions with their legends."""

    title: str
    kind: str
    queries: tuple[tuple[str, str], ...]
    unit: str
    width: int
    about: str
    steps: tuple[tuple[str, float], ...] = ()
    """Colours from a value on, above the first one."""
    base: str = "green"
    options: dict[str, Any] = {}  # noqa: RUF012 (a NamedTuple's default, never changed)
    custom: dict[str, Any] = {}  # noqa: RUF012 (likewise)
    mappings: tuple[dict[str, Any], ...] = ()
    instant: bool = False


def document(limits: Limits, title: str = "Trivigil") -> dict[str, Any]:
    """The dashboard, to be imported or provisioned."""
    return {
        "uid": UID,
        "title": title,
        "tags": ["trivigil"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "time": {"from": "now-24h", "to": "now"},
        "refresh": "1m",
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [],
        "templating": {"list": list(_variables())},
        "panels": _laid(
            (
                ("Application", tuple(_application(limits))),
                ("Monitor", tuple(_monitor(limits))),
            )
        ),
    }


def text(limits: Limits) -> str:
    """The same as JSON."""
    return json.dumps(document(limits), indent=2, ensure_ascii=False) + "\n"


def _variables() -> Iterator[dict[str, Any]]:
    yield {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "refresh": 1,
        "hide": 0,
        "includeAll": False,
        "multi": False,
        "regex": "",
    }
    yield _variable("job", "Application", "label_values(http_requests_total, job)")
    yield _variable("watch", "Watch", "label_values(synthetic_last_run_timestamp_seconds, watch)")


def _variable(name: str, label: str, query: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": _SOURCE,
        "definition": query,
        "query": {"query": query, "refId": name},
        "refresh": 2,
        "hide": 0,
        "includeAll": True,
        "allValue": ".*",
        "multi": True,
        "regex": "",
        "sort": 1,
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
    }


# --- what is shown -------------------------------------------------------------------------------


def _application(limits: Limits) -> Iterator[Panel]:
    quantiles = sorted({0.5, 0.95, 0.99, limits.quantile})
    yield Panel(
        "Response time",
        "timeseries",
        tuple(
            (promql.response_time(each, _RATE, _JOB), f"{{{{job}}}} p{number(each * _PERCENT)}")
            for each in quantiles
        ),
        "s",
        8,
        f"Percentiles over the rates of the histogram's buckets. HighResponseTime fires above {number(limits.response_time)} s.",
        (("red", limits.response_time),),
        custom={"thresholdsStyle": {"mode": "line"}},
    )
    yield Panel(
        "Error rate",
        "timeseries",
        ((promql.errors(_RATE, _JOB), "{{job}}"),),
        "percentunit",
        8,
        f"Failed requests by all requests. HighErrorRate fires above {number(limits.error_ratio * _PERCENT)} %.",
        (("red", limits.error_ratio),),
        custom={"thresholdsStyle": {"mode": "line"}, "axisSoftMin": 0},
    )
    yield Panel(
        "Security events",
        "timeseries",
        ((promql.security_events(_JOB), "{{job}} {{type}}"),),
        "short",
        8,
        f"By type, in ten minutes. SuspiciousActivity fires above {number(limits.security_events)}.",
        (("red", limits.security_events),),
        custom={"thresholdsStyle": {"mode": "line"}, "axisSoftMin": 0},
    )


def _monitor(limits: Limits) -> Iterator[Panel]:
    long = duration(4 * limits.interval)
    yield from _checks(duration(limits.window))
    yield _certificates(limits, long)
    yield from _headers(long)
    yield from _runs(limits)


def _checks(window: str) -> Iterator[Panel]:
    yield Panel(
        "Status of the checks",
        "state-timeline",
        ((promql.status(window, _WATCH), "{{watch}} {{check}}"),),
        "none",
        16,
        "What the last run saw. Unknown: nobody could see.",
        tuple(zip(_COLOURS[1:], (1.0, 2.0, 3.0), strict=True)),
        mappings=(_statuses(),),
        options={"mergeValues": True, "showValue": "never"},
    )
    yield Panel(
        "Availability",
        "bargauge",
        ((promql.availability("$__range", _WATCH), "{{watch}} {{check}}"),),
        "percentunit",
        8,
        "Runs that found the check working, of those that could see it, in the time that is shown.",
        (("yellow", 0.99), ("green", 0.999)),
        base="red",
        instant=True,
        options={"displayMode": "basic", "orientation": "horizontal"},
    )
    phases = latest("synthetic_check_duration_seconds", window, _WATCH)
    yield Panel(
        "Phases",
        "timeseries",
        ((f"max by (watch, target, check, phase) ({phases})", "{{check}} {{phase}}"),),
        "s",
        16,
        "Where the time goes: name lookup, connection, TLS, time to first byte, transfer.",
        custom={"fillOpacity": 30, "stacking": {"mode": "normal", "group": "A"}},
    )


def _runs(limits: Limits) -> Iterator[Panel]:
    late = latest("synthetic_run_lateness_seconds", duration(limits.window), _WATCH)
    yield Panel(
        "Lateness",
        "timeseries",
        ((f"max by (watch, target) ({late})", "{{watch}}"),),
        "s",
        8,
        "How much later than planned a run began: GitHub starts schedules when it has time.",
    )
    last = latest("synthetic_last_run_timestamp_seconds", "3d", _WATCH)
    yield Panel(
        "Since the last run",
        "stat",
        ((f"time() - max by (watch, target) ({last})", "{{watch}}"),),
        "s",
        8,
        f"SyntheticMonitorMissing fires above {duration(3 * limits.interval)}.",
        (("red", 3 * limits.interval),),
        instant=True,
    )


def _certificates(limits: Limits, window: str) -> Panel:
    ends = latest("synthetic_tls_not_after_timestamp_seconds", window, _WATCH)
    return Panel(
        "Certificates",
        "stat",
        ((f"(min by (watch, target, check) ({ends}) - time()) / {DAY}", "{{watch}} {{check}}"),),
        "d",
        8,
        "Days until the certificate ends.",
        tuple(zip(("yellow", "green"), (days for days, _ in _days(limits)), strict=False)),
        base="red",
        instant=True,
    )


def _days(limits: Limits) -> list[tuple[float, str]]:
    return sorted(rules.certificate_days(limits))


def _headers(window: str) -> Iterator[Panel]:
    grade = latest("synthetic_header_grade", window, _WATCH)
    yield Panel(
        "Grades of the security headers",
        "stat",
        ((f"max by (watch, target, scale, grade) ({grade})", "{{watch}} {{scale}}: {{grade}}"),),
        "none",
        8,
        "As MDN's HTTP Observatory grades them, and the strict grade beside it.",
        options={"textMode": "name", "colorMode": "none"},
        instant=True,
    )
    score = latest("synthetic_header_score", window, _WATCH)
    yield Panel(
        "Scores of the security headers",
        "timeseries",
        ((f"max by (watch, target, scale) ({score})", "{{watch}} {{scale}}"),),
        "none",
        8,
        "Points; the grade follows from them.",
    )


def _statuses() -> dict[str, Any]:
    return {
        "type": "value",
        "options": {
            str(place): {"text": name, "color": colour, "index": place}
            for place, (name, colour) in enumerate(zip(promql.STATUSES, _COLOURS, strict=True))
        },
    }


# --- how it is laid out --------------------------------------------------------------------------


def _laid(rows: Sequence[tuple[str, Sequence[Panel]]]) -> list[dict[str, Any]]:
    """Panels from left to right, a row's heading above its own; nothing overlaps."""
    laid: list[dict[str, Any]] = []
    top = 0
    for heading, panels in rows:
        laid.append(_heading(heading, len(laid) + 1, top))
        top, left = top + 1, 0
        for panel in panels:
            if left + panel.width > _WIDE:
                top, left = top + _HIGH, 0
            place = {"h": _HIGH, "w": panel.width, "x": left, "y": top}
            laid.append(_panel(panel, len(laid) + 1, place))
            left += panel.width
        top += _HIGH
    return laid


def _heading(title: str, number_: int, top: int) -> dict[str, Any]:
    return {
        "id": number_,
        "type": "row",
        "title": title,
        "collapsed": False,
        "panels": [],
        "gridPos": {"h": 1, "w": _WIDE, "x": 0, "y": top},
    }


def _panel(panel: Panel, number_: int, place: dict[str, int]) -> dict[str, Any]:
    first: dict[str, Any] = {"color": panel.base, "value": None}
    steps = [first, *({"color": colour, "value": value} for colour, value in panel.steps)]
    return {
        "id": number_,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "mappings": list(panel.mappings),
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": panel.custom,
            },
            "overrides": [],
        },
        "options": panel.options,
        "targets": [
            _target(panel, expression, legend, chr(ord("A") + place))
            for place, (expression, legend) in enumerate(panel.queries)
        ],
    }


def _target(panel: Panel, expression: str, legend: str, reference: str) -> dict[str, Any]:
    return {
        "refId": reference,
        "datasource": _SOURCE,
        "editorMode": "code",
        "expr": expression,
        "legendFormat": legend,
        "instant": panel.instant,
        "range": not panel.instant,
    }
