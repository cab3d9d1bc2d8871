"""What a public repository does not tell everybody: details of secrets, of web findings and of a team's own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.result import Location, Rule

if TYPE_CHECKING:
    from trivigil.core.report import Report
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
_SOURCE_NOTE: Final = "What the scanner said is not shown in a public repository."


def conceal(report: Report) -> Report:
    """The report without those details: counts, severities and tools stay."""
    results = tuple(_concealed(result) for result in report.results)
    if results == report.results:
        return report
    sources = tuple(
        source._replace(notes=(_SOURCE_NOTE,)) if source.notes else source
        for source in report.sources
    )
    return report._replace(results=results, sources=sources, notes=(*report.notes, NOTE))


def _concealed(result: Result) -> Result:
    kind = result.evidence.get("finding")
    if not isinstance(kind, str) or kind not in _WITHHELD:
        return result
    title = _WITHHELD[kind]
    return result._replace(
        rule=Rule(f"withheld.{kind}", title),
        message=title.capitalize(),
        location=Location("withheld"),
        fix=None,
        aliases=(),
        ratings=(),
        evidence={"finding": kind, "withheld": True},
        identity=f"withheld {result.fingerprint}",
    )
