"""What Safety's formats share: a vulnerability of a package as a finding.

Safety rates nothing itself; with a key it gives the CVSS scores of the CVE. Its ids are numbers of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.security import advisory, lenient, prose
from trivigil.security.cvss import rating
from trivigil.security.facts import Finding, Package, Place, Rating
from trivigil.security.severity import of_score, of_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trivigil.foreign import Fields
    from trivigil.security.facts import System

TOOL: Final = "safety"
_PINNED: Final = re.compile(
    r"\s*[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s,;*]+)"
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def finding(
    package: str | None,
    version: str | None,
    name: str | None,
    *,
    text: str = "",
    names: Sequence[str] = (),
    ratings: Sequence[Rating] = (),
    fixed: Sequence[str] = (),
    path: str | None = None,
    help_uri: str | None = None,
) -> Finding:
    """A vulnerability of a package, by Safety's own id and the names that others have for it."""
    of, own = package or "unknown package", name or "unknown advisory"
    aliases = tuple(dict.fromkeys(each for each in names if each != own))
    what = prose.sentence(prose.plain(text)) or next(iter(aliases), own)
    return Finding(
        tool=TOOL,
        kind="dependency",
        id=own,
        title=what if of.lower() in what.lower() else f"{of}: {what}",
        place=Place(path=path),
        description=prose.plain(text),
        aliases=aliases,
        ratings=tuple(ratings),
        package=Package(of, version, "pypi", fixed=tuple(each for each in fixed if each)),
        help_uri=help_uri,
        malicious=advisory.is_malware(aliases),
    )


def names(value: object) -> tuple[str, ...]:
    """The ids of a text, a list or an object with a `name`; those of Safety's own list (PVE) too."""
    if isinstance(value, dict):
        value = value.get("name")
    texts = lenient.texts(value)
    parts = (part for text in texts for part in re.split(r"[\s,;]+", text))
    return tuple(advisory.normal(part) for part in parts if part)


def scores(severity: Fields) -> Iterator[Rating]:
    """The scores that Safety gives for a CVE: `cvssv3`, then `cvssv2`."""
    for key, version in (("cvssv3", "3.1"), ("cvssv2", "2.0")):
        yield from score(lenient.inner(severity, key), version)


def score(cvss: Fields, version: str) -> Iterator[Rating]:
    """One CVSS of `{base_score, base_severity, vector_string}`; its word where there is no number."""
    value, vector = cvss.value.get("base_score"), lenient.text(cvss, "vector_string")
    word = lenient.text(cvss, "base_severity")
    if (vector or "").startswith("CVSS:3.0"):
        version = "3.0"
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= _HIGHEST:
        yield Rating(TOOL, _SYSTEMS[version], of_score(value, version), float(value), vector, word)
    elif word:
        yield Rating(TOOL, "word", of_word(word), vector=vector, word=word)
    elif vector:
        yield rating(TOOL, vector)


_HIGHEST: Final = 10
_SYSTEMS: Final[dict[str, System]] = {"3.1": "cvss:3.1", "3.0": "cvss:3.0", "2.0": "cvss:2.0"}


def date(value: object) -> str | None:
    """The day of a time, as YYYY-MM-DD."""
    match = _DATE.match(value) if isinstance(value, str) else None
    return match.group() if match else None


def pinned(requirement: str | None) -> str | None:
    """The one version that a requirement allows; None where it is not pinned."""
    match = _PINNED.match(requirement or "")
    return match.group(1) if match else None
