"""What a public repository does not tell everybody: details of secrets, of web findings and of a team's own tests.

What a scanner says of itself (why it could not read a file) is shown only where everything that it found is shown: nobody knows
what else it would speak of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.result import Location, Rule, Suppression
from trivigil.security.analysis import PROVES_NOTHING, is_scan, tools_of

if TYPE_CHECKING:
    from trivigil.core.report import Report, SourceRecord
    from trivigil.core.result import Result

_WITHHELD: Final = {
    "secret": "a secret in the repository",
    "web": "a weakness of the running application",
    "custom": "a finding of the team's own security tests",
}
NOTE: Final = (
    "Details of secrets, of findings in the running application and of own tests are not shown in a public repository: run the "
    "scanners on your machine to see them, or set `disclose: true`."
)
SOURCE_NOTE: Final = "What the scanner said is not shown in a public repository."
_REASON: Final = "its reason is not shown in a public repository"
_QUOTED: Final = re.compile(r"`.*`", re.DOTALL)


def conceal(report: Report) -> Report:
    """The report without those details: counts, severities, states and tools stay."""
    shown = _shown_tools(report)
    hidden = report._replace(
        results=tuple(_concealed(result, shown) for result in report.results),
        sources=tuple(
            _blank_source(source, silent=not shown.issuperset(tools_of(report, *source[:2])))
            for source in report.sources
        ),
        # Without a source it is about the settings, in our own words.
        problems=tuple(map(_blank, report.problems)) if report.sources else report.problems,
    )
    if hidden == report or NOTE in report.notes:
        return hidden
    return hidden._replace(notes=(*report.notes, NOTE))


def _shown_tools(report: Report) -> frozenset[str]:
    """Tools that found something, and nothing that is withheld."""
    found: dict[str, bool] = {}
    for result in report.results:
        if not is_scan(result):
            for tool in result.tools:
                found[tool] = found.get(tool, True) and not _withheld(result)
    return frozenset(tool for tool, shown in found.items() if shown)


def _withheld(result: Result) -> bool:
    return result.evidence.get("finding") in _WITHHELD


def _concealed(result: Result, shown: frozenset[str]) -> Result:
    if is_scan(result):
        said, end, why = result.message.partition(PROVES_NOTHING)
        kept = f" {_blank(why.strip())}" if why and shown.issuperset(result.tools) else ""
        return result._replace(message=f"{said}{end}{kept}")
    if not _withheld(result):
        return result
    kind = str(result.evidence["finding"])
    title, accepted = _WITHHELD[kind], result.suppression
    return result._replace(
        rule=Rule(f"withheld.{kind}", title),
        message=title.capitalize(),
        location=Location("withheld"),
        fix=None,
        aliases=(),
        ratings=(),
        suppression=accepted and Suppression(_REASON, None, accepted.expires),
        evidence={"finding": kind, "withheld": True},
        identity=f"withheld {result.fingerprint}",
    )


def _blank_source(source: SourceRecord, *, silent: bool) -> SourceRecord:
    notes = (SOURCE_NOTE,) if silent and source.notes else source.notes
    return source._replace(notes=notes, problem=source.problem and _blank(source.problem))


def _blank(sentence: str) -> str:
    """Without what stood in the file, which is quoted between backticks."""
    return _QUOTED.sub("`…`", sentence)
