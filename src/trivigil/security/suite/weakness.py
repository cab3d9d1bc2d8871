"""What a check found, and how a check ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.result import Severity

State = Literal["found", "passed", "skipped", "failed"]
"""`skipped` does not apply here or was not asked for; `failed` could not be decided, which is no pass."""


class Weakness(NamedTuple):
    """One weakness of the site. Its texts are ours and the same in every run; what the site said is in no field."""

    id: str
    title: str
    severity: Severity
    description: str
    url: str
    """Without the values of its query."""
    cwe: int
    fix: str
    """What to do; a header's exact line where a header is missing."""
    method: str = "GET"
    parameter: str | None = None
    """A header in lower case, a cookie, or a field of a query or form: it tells apart what has one place and one CWE."""
    facts: Mapping[str, object] = {}
    """Statuses, counts and names; never a body, a cookie's value or a token."""


class Outcome(NamedTuple):
    """How one check ended."""

    id: str
    title: str
    category: str
    state: State
    reason: str | None = None
    """Why it was skipped or failed."""
    requests: int = 0
    weaknesses: tuple[Weakness, ...] = ()


class Skipped(Exception):
    """The check does not apply to this site."""


class Failed(Exception):
    """The check could not be decided: no answer, or one that says nothing."""
