"""A watch's section of the sticky comment, and how it is kept, hidden, in its own check run.

The comment has several writers and no conditional write, so the truth of a section is its writer's
check run: `output.text` holds, in an HTML comment that nobody sees, the section in several lengths,
from which every writer rebuilds the same comment. It is bounded, versioned, and read as foreign data.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from trivigil.core.untrusted import printable, visible
from trivigil.publish import delta, hidden

if TYPE_CHECKING:
    from trivigil.core.gate import Verdict
    from trivigil.core.report import Report
    from trivigil.publish.delta import Before
    from trivigil.publish.texts import Texts

LENGTHS: Final = (40_000, 12_000, 4_000, 1_200)
"""Characters of the lengths in which a section offers itself."""
BYTES_PER_CHAR: Final = 3
HEADLINE_CHARS: Final = 300
DIGEST_CHARS: Final = 16
STATE_CHARS: Final = 60_000
"""`output.text` holds 65,535 characters (OpenAPI, checks/create)."""
MOST_INCIDENTS: Final = 64
"""Of which a check run's state tells what was said."""
SEEN: Final = "What the pull request's comment shows of this run is kept here, hidden."

_STATE = re.compile(r"<!-- trivigil:state:1 ([A-Za-z0-9+/=]{1,65000}) -->")
_MARKS: Final = {"failure": "❌", "neutral": "⚪", "success": "✅"}


class Section(NamedTuple):
    """What one watch says about one commit, and from which run."""

    name: str
    run_id: int
    run_attempt: int
    head_sha: str
    verdict: Verdict
    headline: str
    """One line of plain text."""
    texts: tuple[str, ...]
    """Ready Markdown, longest first; shorter than the last is only the headline."""
    failed: str = ""
    """A digest of the failures' fingerprints: two sections with the same one fail in the same places."""
    failures: tuple[str, ...] | None = None
    """The failures themselves, for the next commit's comparison; None where they are not known."""
    before: Before | None = None
    """What failed at the commit that this one was compared with."""
    incidents: tuple[tuple[str, str], ...] = ()
    """What the report says of its incidents, by fingerprint: failing or passing."""

    @property
    def age(self) -> tuple[int, int]:
        """The greater is the newer, for one name."""
        return (self.run_id, self.run_attempt)

    @property
    def line(self) -> str:
        """The headline as a line of Markdown that stands for the section where room is short."""
        from trivigil.render.escape import inline

        return f"{_MARKS[self.verdict]} {inline(self.headline)}"


def identity(name: str) -> str:
    """The external_id of a watch's check runs."""
    return f"trivigil:{name}"


def check_name(name: str) -> str:
    """How a watch's check run is called."""
    return f"Trivigil / {printable(name, 200)}"


def of(
    report: Report,
    texts: Texts,
    *,
    run: tuple[int, int],
    head_sha: str,
    before: Before | None = None,
) -> Section:
    """The section of a report, in all its lengths; equal ones stand once. `run`: id and attempt."""
    return Section(
        name=report.name,
        run_id=run[0],
        run_attempt=run[1],
        head_sha=head_sha,
        verdict=report.conclusion.verdict,
        headline=visible(texts.headline)[:HEADLINE_CHARS],
        texts=_lengths(texts),
        failed=_digest(report),
        failures=delta.failures(report),
        before=before,
    )


def _digest(report: Report) -> str:
    from hashlib import sha256

    each = zip(report.fingerprints, report.results, strict=True)
    prints = sorted(f"{own} {one.kind} {one.gates}" for own, one in each if one.finding)
    return sha256("\n".join((*prints, *report.problems)).encode("utf-8", "replace")).hexdigest()[
        :DIGEST_CHARS
    ]


def says_the_same(one: Section, other: Section) -> bool:
    """Whether verdict and failures are the same, whatever the numbers are."""
    return (one.verdict, one.failed) == (other.verdict, other.failed)


def _lengths(texts: Texts) -> tuple[str, ...]:
    """The texts, longest first. What fits already is not rendered again for the next length."""
    found: list[str] = []
    for chars in LENGTHS:
        room = chars * BYTES_PER_CHAR
        if found and len(found[-1]) * 2 <= chars and len(found[-1].encode()) <= room:
            break
        text = texts.markdown(chars=chars, bytes_=room, elsewhere="the job summary")
        if text and text not in found:
            found.append(text)
    return tuple(found)


def newest(*groups: tuple[Section, ...]) -> tuple[Section, ...]:
    """Of each name the newest section; among equals the one of the earlier group."""
    found: dict[str, Section] = {}
    for group in groups:
        for section in group:
            known = found.get(section.name)
            if known is None or section.age > known.age:
                found[section.name] = section
    return tuple(found.values())


def meta(section: Section) -> dict[str, object]:
    """What a section says about itself, besides its text."""
    kept = section.failures
    compared = {} if section.before is None else {"before": delta.meta(section.before)}
    return {
        **({} if kept is None else {"failures": delta.packed(kept)}),
        **compared,
        "name": section.name,
        "run": section.run_id,
        "attempt": section.run_attempt,
        "sha": section.head_sha,
        "verdict": section.verdict,
        "headline": section.headline,
        "failed": section.failed,
        **({"incidents": dict(section.incidents)} if section.incidents else {}),
    }


def from_meta(data: object, texts: tuple[str, ...]) -> Section | None:
    """The inverse of `meta`; None for anything that `meta` would not write."""
    if not isinstance(data, dict):
        return None
    name, sha, headline = (data.get(key) for key in ("name", "sha", "headline"))
    run, attempt, verdict = (data.get(key) for key in ("run", "attempt", "verdict"))
    if not (isinstance(name, str) and isinstance(sha, str) and isinstance(headline, str)):
        return None
    if type(run) is not int or type(attempt) is not int or verdict not in _MARKS:
        return None
    if not re.fullmatch(r"[0-9a-f]{40,64}", sha) or len(headline) > HEADLINE_CHARS:
        return None
    failed = data.get("failed", "")
    if not isinstance(failed, str) or not re.fullmatch(r"[0-9a-f]{0,16}", failed):
        return None
    failures, before = delta.unpacked(data.get("failures")), delta.from_meta(data.get("before"))
    found = Section(name, run, attempt, sha, verdict, headline, texts, failed, failures, before)
    return found._replace(incidents=_incidents(data.get("incidents")))


def _incidents(data: object) -> tuple[tuple[str, str], ...]:
    entries = data.items() if isinstance(data, dict) and len(data) <= MOST_INCIDENTS else ()
    return tuple(
        (mark, says)
        for mark, says in entries
        if re.fullmatch(r"[0-9a-f]{32}", str(mark)) and says in {"failing", "passing"}
    )


def encode(section: Section) -> str:
    """The section for a check run's `output.text`; of too many texts the longest are left out."""
    texts = section.texts
    while True:
        packed = hidden.pack({**meta(section), "texts": texts})
        if len(packed) <= STATE_CHARS or not texts:
            return f"{SEEN}\n\n<!-- trivigil:state:1 {packed} -->"
        texts = texts[1:]


def decode(text: str) -> Section | None:
    """The section in a check run's `output.text`; None where there is none or it is not ours."""
    match = _STATE.search(text)
    if match is None:
        return None
    data = hidden.unpack(match[1])
    texts = data.get("texts") if isinstance(data, dict) else None
    if not isinstance(texts, list) or len(texts) > len(LENGTHS):
        return None
    if not all(isinstance(one, str) and len(one) <= LENGTHS[0] for one in texts):
        return None
    return from_meta(data, tuple(texts))
