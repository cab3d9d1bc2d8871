"""What changed since the last commit that the same watch has published about: one line of a section.

The last run's failures stand hidden in its section, as short fingerprints, and beside them those of the
commit that it was compared with; so a second run of a commit is compared with the same commit as the
first, and writers of the same run say the same. What stands there is foreign data: it is bounded, its
form is checked, and the worst that a forged one can do is to make this one line wrong. Where it is not
known what failed (an unusable input, more failures than are kept), nothing is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from trivigil.core.report import Report
    from trivigil.publish.section import Section

MOST: Final = 64
"""Failures that a section keeps; beyond that they are not compared."""
CHARS: Final = 8
"""Of each fingerprint."""

_FORM = re.compile(rf"(?:[0-9a-f]{{{CHARS}}}){{0,{MOST}}}")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


class Before(NamedTuple):
    """What failed at another commit, before."""

    sha: str
    failures: tuple[str, ...]


class Delta(NamedTuple):
    """How the failures differ from those of a commit before."""

    since: str
    new: int
    mended: int
    """Failed then, and passed now."""
    unjudged: int
    """Failed then, and nobody has judged it now: silence is not recovery."""
    absent: int = 0
    """Found then by a scanner, and not now by scans that are whole."""

    @property
    def sentence(self) -> str:
        """Plain words, without the commit; empty where nothing is to be told."""
        parts = []
        if self.new:
            parts.append(f"{self.new:,} new {'failure' if self.new == 1 else 'failures'}")
        if self.mended:
            parts.append(f"{self.mended:,} mended")
        if self.absent:
            parts.append(f"{self.absent:,} no longer found")
        if self.unjudged:
            parts.append(f"{self.unjudged:,} no longer judged")
        return ", ".join(parts)


def failures(report: Report) -> tuple[str, ...] | None:
    """The failures that gate, as a section keeps them; None where they are not known or too many."""
    each = zip(report.fingerprints, report.results, strict=True)
    found = sorted({own[:CHARS] for own, one in each if one.gates and one.finding})
    return tuple(found) if len(found) <= MOST and not report.problems else None


def before(last: Section | None, head_sha: str) -> Before | None:
    """What to compare a run of this commit with, out of the watch's last section."""
    if last is None:
        return None
    if last.head_sha == head_sha:
        return last.before
    return None if last.failures is None else Before(last.head_sha, last.failures)


def compare(report: Report, then: Before | None) -> Delta | None:
    """The difference; None where one side is not known, or nothing is different."""
    now = failures(report)
    if then is None or now is None:
        return None
    old, failed = set(then.failures), set(now)
    passed = {one.fingerprint[:CHARS] for one in report.results} - failed
    gone = old - failed
    silent = len(gone - passed)
    absent = silent if _scanned(report) else 0
    found = Delta(then.sha, len(failed - old), len(gone & passed), silent - absent, absent)
    return found if found.sentence else None


def _scanned(report: Report) -> bool:
    """Whether scanners looked, all of them to the end: they tell what they find, and never what is gone."""
    whole = all(source.state in {"complete", "empty"} for source in report.sources)
    return report.action == "security" and whole and not report.problems


def packed(prints: tuple[str, ...]) -> str:
    """Fingerprints as one word."""
    return "".join(prints)


def unpacked(data: object) -> tuple[str, ...] | None:
    """The inverse of `packed`; None for anything else."""
    if not isinstance(data, str) or not _FORM.fullmatch(data):
        return None
    return tuple(data[start : start + CHARS] for start in range(0, len(data), CHARS))


def from_meta(data: object) -> Before | None:
    """What `meta` has written; None for anything else."""
    if not isinstance(data, dict):
        return None
    sha, found = data.get("sha"), unpacked(data.get("failures"))
    if found is None or not isinstance(sha, str) or not _COMMIT.fullmatch(sha):
        return None
    return Before(sha, found)


def meta(then: Before) -> dict[str, object]:
    """As a section keeps it."""
    return {"sha": then.sha, "failures": packed(then.failures)}
