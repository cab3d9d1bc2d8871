"""What a scanner's exit code says beside its file: where they contradict each other, the scan proves nothing.

Scanners crash with the code of a finding, end with 0 when they read nothing, and leave half a file when they are killed. So a file is
believed as a whole only where the code is one that its documentation lists for such a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trivigil.core.reading import Reading
from trivigil.security.tool import UNKNOWN, Meaning

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trivigil.core.reading import State
    from trivigil.security.facts import ScanFacts
    from trivigil.security.tool import Ended

_WHOLE = ("complete", "empty")


def without_file(
    path: str, name: str, tool: str, ended: Ended, codes: Mapping[int, Meaning], limit: float
) -> Reading[ScanFacts]:
    """The reading of a scanner that wrote no file: crashed, or missing where the machine could not run it."""
    meaning = _meaning(ended, codes)
    state: State = "missing" if meaning.kind == "unstarted" else "crashed"
    why = _failure(name, ended, meaning, limit)
    sentence = why or f"{name} ended with exit code {ended.code}."
    return Reading(path, tool, None, state, None, notes=(f"{sentence} It wrote no file.",))


def missing(path: str, tool: str, why: str) -> Reading[ScanFacts]:
    """The reading of a scanner that could not be run at all."""
    return Reading(path, tool, None, "missing", None, notes=(why,))


def weigh(
    reading: Reading[ScanFacts],
    name: str,
    ended: Ended,
    codes: Mapping[int, Meaning],
    limit: float,
    doubts: Iterable[str] = (),
) -> Reading[ScanFacts]:
    """The reading of a file with what its scanner's end says of it.

    Of a scan that failed, what is wrong with the file is no fault of a user's: it is crashed.
    """
    meaning = _meaning(ended, codes)
    failure = _failure(name, ended, meaning, limit)
    said = tuple(
        s
        for s in (failure or _contradiction(reading, name, ended, meaning), *doubts)
        if s and s not in reading.notes
    )
    if not said:
        return reading
    if failure and reading.problem:
        notes = (*said, reading.problem, *reading.notes)
        return reading._replace(state="crashed", problem=None, notes=notes)
    state: State = "partial" if reading.state in _WHOLE else reading.state
    return reading._replace(state=state, notes=(*said, *reading.notes))


def doubts(printed: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """The sentences for what a scanner printed."""
    return tuple(why for pattern, why in known.items() if re.search(pattern, printed))


def _meaning(ended: Ended, codes: Mapping[int, Meaning]) -> Meaning:
    return codes.get(ended.code, UNKNOWN)


def _failure(name: str, ended: Ended, meaning: Meaning, limit: float) -> str:
    """A sentence for a scanner that did not come to its own end; empty where it did."""
    if ended.timed_out:
        return f"{name} was stopped after {limit:g} s, before its own end."
    if ended.code < 0:
        return f"{name} was killed by signal {-ended.code}."
    if meaning.kind in ("failed", "unstarted"):
        return f"{name} ended with exit code {ended.code}: {meaning.why}."
    return ""


def _contradiction(reading: Reading[ScanFacts], name: str, ended: Ended, meaning: Meaning) -> str:
    """A sentence where the code says another thing than the file; a file that cannot be read says nothing."""
    if reading.problem or meaning.kind == "either":
        return ""
    said = f"{name} ended with exit code {ended.code}, which says that it found"
    if meaning.kind == "clean" and reading.count:
        return f"{said} nothing, and its file has {reading.count} {reading.unit}."
    if meaning.kind == "found" and not reading.count and reading.state in _WHOLE:
        return f"{said} something, and its file has nothing."
    return ""
