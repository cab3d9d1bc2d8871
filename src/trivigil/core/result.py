"""Results: one rule, judged at one place.

The words follow SARIF 2.1.0 (kind, rule, location, fingerprint, baselineState) reduced to what three
actions share: `fail`, `pass`, and `open` for what could not be decided, which is never a pass.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from trivigil.core.record import NamedTuple

if TYPE_CHECKING:
    import hashlib
    from collections.abc import Callable, Iterable, Mapping

Kind = Literal["pass", "fail", "open"]
BaselineState = Literal["new", "unchanged", "absent"]


class Severity(IntEnum):
    """One scale for all actions; unknown is never folded into another."""

    UNKNOWN = 0
    INFO = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    # Enum's own is a call of Python's for each look-up.
    __hash__ = int.__hash__

    @property
    def label(self) -> str:
        """The public lower-case name."""
        return _LABELS[self]


_LABELS = tuple(severity.name.lower() for severity in Severity)


class Rule(NamedTuple):
    """What was judged. The id is stable and public."""

    id: str
    title: str
    help_uri: str | None = None
    aliases: tuple[str, ...] = ()


class Location(NamedTuple):
    """Where: a stable name, and the file and line that people can open."""

    name: str
    path: str | None = None
    line: int | None = None


class Suppression(NamedTuple):
    """Why a failed result is accepted, by whom and until when."""

    reason: str
    owner: str | None = None
    expires: str | None = None


@cache
def _sha256() -> tuple[Callable[[bytes], hashlib._Hash], Callable[[hashlib._Hash], str]]:
    """The algorithm, and what says a digest of its in hexadecimal; imported when the first is made, and looked up once."""
    from hashlib import sha256

    return sha256, type(sha256()).hexdigest


class Result(NamedTuple):
    """A rule's outcome at a location."""

    rule: Rule
    kind: Kind
    severity: Severity
    message: str
    location: Location
    gates: bool = True
    """Whether a fail or an open of this result fails the gate; a warning does not."""
    fix: str | None = None
    tools: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    ratings: tuple[Mapping[str, object], ...] = ()
    baseline_state: BaselineState | None = None
    suppression: Suppression | None = None
    evidence: Mapping[str, object] = {}
    profile: str | None = None
    identity: str = ""
    """What says that it is the same one in another run, where rule and place do not say it."""

    @property
    def fingerprint(self) -> str:
        """Identity across runs: rule, place and profile; never severity, message, line or order."""
        sha256, hexadecimal = _sha256()
        return hexadecimal(sha256(_named(self).encode("utf-8", "surrogatepass")))[:32]

    @property
    def told(self) -> str:
        """What was found, and what to do."""
        if not self.fix:
            return self.message
        end = "" if self.message.endswith((".", "!", "?", "…")) else "."
        return f"{self.message}{end} {self.fix}"

    @property
    def finding(self) -> bool:
        """Whether this is a failed or undecided result that nobody has accepted."""
        return self.kind != "pass" and self.suppression is None


def _named(result: Result) -> str:
    if result.identity:
        return f"{result.identity}\0{result.profile or ''}"
    return f"{result.rule.id}\0{result.location.name}\0{result.profile or ''}"


def fingerprints(results: Iterable[Result]) -> list[str]:
    """The fingerprint of each: a column of a hundred thousand takes half the time of asking one by one."""
    names = list(map(_named, results))
    sha256, hexadecimal = _sha256()
    digests = map(hexadecimal, map(sha256, _utf_8(names)))
    return list(map(itemgetter(slice(32)), digests))


def _utf_8(names: list[str]) -> Iterable[bytes]:
    try:
        return list(map(str.encode, names))
    except UnicodeEncodeError:
        return [name.encode("utf-8", "surrogatepass") for name in names]
