"""Vegeta's single results, counted: every one has its time of day, its address and, where it failed, why.

A result failed where its status is not from 200 to 399, as `Success` of lib/metrics.go of tsenart/vegeta has it; status 0 is no answer.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable
from trivigil.perf.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.perf.readers.vegeta_lines import TimedLine

_FIRST_HELD: Final = 200
_FIRST_FAILED: Final = 400
_NOWHERE: Final = "(no address)"
_US: Final = 1000


class Hit(NamedTuple):
    """One result: when it was sent (Unix ms), how long it took (ns), its status, and its error."""

    begin: float
    latency: int
    code: int
    error: str
    method: str
    address: str


class Results:
    """What is counted while results go by."""

    def __init__(self) -> None:
        self.samples = Samples()

    def at_once(self, lines: Sequence[TimedLine]) -> bool:
        """Count results by columns; False, and nothing is counted, where one is impossible or the clock goes back.

        Raises OverflowError for a time beyond all calendars.
        """
        latencies, codes = [line.latency for line in lines], [line.code for line in lines]
        several = set(codes)
        if not lines or min(latencies) < 0 or min(several) < 0:
            return False
        bad = {code for code in several if not _FIRST_HELD <= code < _FIRST_FAILED}
        failed = [code in bad for code in codes] if bad else []
        prefix, subjects = _subjects(lines)
        times = [(latency + _US // 2) // _US / 1000 for latency in latencies]
        begins = [line.timestamp.timestamp() * 1000 for line in lines]
        if self.samples.add_all(subjects, begins, times, failed, prefix) is None:
            return False
        for line in compress(lines, failed):
            self.samples.failed(_subject(line.method, line.url), _why(line.code, line.error))
        return True

    def add_all(self, hits: Sequence[Hit], first: int) -> None:
        """Count results that stand in lines from this one on. Raises SourceError with the line where the clock goes back."""
        failed = [not _FIRST_HELD <= hit.code < _FIRST_FAILED for hit in hits]
        subjects = [_subject(hit.method, hit.address) for hit in hits]
        times = [(hit.latency + _US // 2) // _US / 1000 for hit in hits]
        begins = [hit.begin for hit in hits]
        if not hits or self.samples.add_all(subjects, begins, times, failed) is not None:
            for hit, subject, fails in zip(hits, subjects, failed, strict=True):
                if fails:
                    self.samples.failed(subject, _why(hit.code, hit.error))
            return
        for line, (hit, subject, time, fails) in enumerate(
            zip(hits, subjects, times, failed, strict=True), first
        ):
            try:
                begin = hit.begin / 1000
                self.samples.add(
                    subject, begin, time, failed=fails, error=_why(hit.code, hit.error)
                )
            except SourceError as error:
                raise SourceError(error.message, line=line, tip=error.tip) from None


def checked(hit: Hit, line: int) -> Hit:
    """The result itself. Raises SourceError with the line of an impossible one."""
    if hit.latency < 0 or hit.code < 0:
        message = f"a latency of {hit.latency} ns with status {hit.code} cannot be."
        raise SourceError(message, line=line)
    return hit


def _subjects(lines: Sequence[TimedLine]) -> tuple[str, list[str]]:
    """What all subjects begin with, and how each goes on: nearly always there is one method, and no name has to be put together."""
    addresses = [line.url for line in lines]
    methods = {line.method for line in lines}
    if len(methods) == 1 and all(addresses):
        return f"{methods.pop()} ", addresses
    return "", [_subject(line.method, line.url) for line in lines]


def _subject(method: str, address: str) -> str:
    return f"{method} {address}" if address else _NOWHERE


def _why(code: int, error: str) -> str:
    if code:
        return f"HTTP {code}"
    return f"no answer: {printable(error, 300)}" if error else "no answer"
