"""Lighthouse's JSON report (LHR): scores from 0 to 1, times of the page's load, and what it loaded.

The fields are those of types/lhr/ of GoogleChrome/lighthouse. Where the page could not be scored the report is whole, all scores are null,
and `runtimeError` says why. An audit that did not apply has no number.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.measurement import Measurement, metric, names
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.core.reading import State
    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "lighthouse"
FORMAT = "report-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\{(?=.*"lighthouseVersion"\s*:\s*")(?=.*"(?:requestedUrl|finalDisplayedUrl|finalUrl)"\s*:)',
    re.DOTALL,
)
_UNITS: Final = {"ms": "millisecond", "1": "unitless", "B": "byte", "count": "element"}
_AUDITS: Final = {
    name.removeprefix("page.").replace("_", "-"): name
    for name in names()
    if name.startswith("page.")
}
_RUNTIME_ERROR: Final = "NO_ERROR"


def recognises(source: Source) -> bool:
    """Whether it has Lighthouse's version and the page's address."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """What one load of one page measured; a page that could not be scored makes the run invalid."""
    report = foreign.root(foreign.load(source, TOOL), TOOL)
    subject = _address(report)
    left: list[str] = []
    scores = tuple(_scores(report, subject, left))
    audits = report.nested("audits")
    known = [name for name in _AUDITS if isinstance(audits.value.get(name), dict)]
    names_of = {audits.nested(name).place: _AUDITS[name] for name in known}
    found, drifted = foreign.drifting(
        (audits.nested(name) for name in known),
        lambda audit: _audit(audit, names_of[audit.place], subject),
    )
    resources = tuple(_resources(audits, subject))
    measured = (*scores, *(each for each in found if each is not None), *resources)
    failures = tuple(_failures(report, subject))
    state: State = "crashed" if failures else "partial" if drifted else "complete"
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state=state if measured or failures else "empty",
        facts=RunFacts(
            measurements=() if failures else measured,
            invalid=failures,
            host=dict(_host(report)),
        ),
        count=1,
        unit="pages",
        tool_version=printable(report.text("lighthouseVersion"), 40),
        notes=(*drifted, *left, *_warnings(report)),
    )


def _address(report: Fields) -> str:
    """The address that was asked for: where it led may change from run to run."""
    for key in ("requestedUrl", "finalDisplayedUrl", "finalUrl"):
        if isinstance(found := report.value.get(key), str) and found:
            return found
    raise report.error("requestedUrl", "a text")


def _scores(report: Fields, subject: str, left: list[str]) -> Iterator[Measurement]:
    categories = report.nested("categories")
    for key in categories.value:
        score = categories.nested(key).maybe_number("score")
        name = f"score.{key.replace('-', '_')}"
        if name not in names():
            left.append(f"The category `{printable(key, 60)}` is left out: it has no metric here.")
        elif score is not None:
            yield Measurement(subject, metric(name), score, 1)


def _audit(audit: Fields, name: str, subject: str) -> Measurement | None:
    """The number of an audit; None where it did not apply or could not be computed."""
    known = metric(name)
    if str(audit.value.get("scoreDisplayMode")) in {"error", "notApplicable"}:
        return None
    if (value := audit.maybe_number("numericValue")) is None:
        return None
    unit = audit.value.get("numericUnit")
    if unit is not None and unit != _UNITS[known.unit]:
        raise audit.error("numericUnit", _UNITS[known.unit])
    return Measurement(subject, known, value, 1)


def _resources(audits: Fields, subject: str) -> Iterator[Measurement]:
    """Transfer size and requests by type, of the audit `resource-summary` where there is one."""
    details = audits.maybe_nested("resource-summary").maybe_nested("details")
    for item in details.objects("items") if "items" in details.value else ():
        kind = str(item.value.get("resourceType", "")).replace("-", "_")
        for key, name in (("transferSize", "size"), ("requestCount", "count")):
            if f"resources.{kind}.{name}" in names() and item.value.get(key) is not None:
                yield Measurement(subject, metric(f"resources.{kind}.{name}"), item.number(key), 1)


def _failures(report: Fields, subject: str) -> Iterator[str]:
    error = report.maybe_nested("runtimeError")
    code = error.value.get("code")
    if code not in (None, _RUNTIME_ERROR):
        where, why = printable(subject, 200), printable(str(code), 60)
        yield f"Lighthouse could not score `{where}`: {why}."


def _warnings(report: Fields) -> Iterator[str]:
    warnings = report.value.get("runWarnings")
    for warning in warnings[:10] if isinstance(warnings, list) else ():
        yield f"Lighthouse warns: `{printable(str(warning), 300)}`"


def _host(report: Fields) -> Iterator[tuple[str, str]]:
    """How fast the machine was, and which device was simulated."""
    index = report.maybe_nested("environment").value.get("benchmarkIndex")
    form = report.maybe_nested("configSettings").value.get("formFactor")
    for key, value in (("benchmarkIndex", index), ("formFactor", form)):
        if value is not None:
            yield key, str(value)[:200]
