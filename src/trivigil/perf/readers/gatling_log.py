"""What both forms of Gatling's simulation.log record, counted: requests, groups, users and errors.

A request is called as on Gatling's console, its groups before it. A group has the cumulated response time of its requests, as in Gatling's reports,
and is no request. An error that is no request (a session that crashed) is an exception of the script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.core.errors import SourceError
from trivigil.perf import samples
from trivigil.perf.facts import ExceptionCount, RunFacts
from trivigil.perf.samples import MAX_TEXTS, Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import Reading
    from trivigil.sources import Source

TOOL = "gatling"
_NO_REQUEST = "(other errors)"


class Log:
    """Counts what is recorded."""

    def __init__(self) -> None:
        self.samples = Samples()
        self.version: str | None = None
        self.users = self.groups = 0
        self._errors: dict[str, int] = {}

    def request(
        self, groups: Sequence[str], name: str, begin: int, end: int, *, ok: bool, message: str
    ) -> None:
        """A request from one Unix time to another (ms). Raises SourceError where it ends before it begins."""
        if end < begin:
            message = f"a request ends {begin - end} ms before it begins: the clock goes back."
            raise SourceError(message)
        self.samples.add(
            " / ".join((*groups, name)), begin / 1000, float(end - begin),
            failed=not ok, error=message.strip() or "KO", users=self.users,
        )  # fmt: skip

    def group(self, groups: Sequence[str], cumulated: int, *, ok: bool) -> None:
        """The end of a group. Raises SourceError for a time below 0."""
        if cumulated < 0:
            raise SourceError(f"a group takes {cumulated} ms, which cannot be.")
        self.groups += 1
        self.samples.group(" / ".join(groups), float(cumulated), failed=not ok)

    def user(self, *, starts: bool) -> None:
        """A virtual user starts or ends."""
        self.users = max(0, self.users + (1 if starts else -1))

    def error(self, message: str) -> None:
        """An error that is no request."""
        text = message.strip()
        if text not in self._errors and len(self._errors) >= MAX_TEXTS:
            text = _NO_REQUEST
        self._errors[text] = self._errors.get(text, 0) + 1

    def reading(
        self,
        source: Source,
        form: str,
        damage: SourceError | None,
        drifted: tuple[str, ...] = (),
    ) -> Reading[RunFacts]:
        """The reading of the whole log."""
        raised = tuple(ExceptionCount(text, count) for text, count in self._errors.items())
        note = f"{self.groups} records are groups: they have their own times and are no requests of the whole run."
        made = samples.reading(
            source,
            (TOOL, form),
            self.samples,
            damage=damage,
            drifted=drifted,
            notes=(note,) if self.groups else (),
            facts=RunFacts(exceptions=raised),
            kind="group",
        )
        return made._replace(tool_version=self.version)
