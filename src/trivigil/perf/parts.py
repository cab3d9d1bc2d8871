"""Splitting: which files belong to one run, where shards or repetitions lie beside each other.

Two files of one format that say different things are of two runs: the parts of what is judged. Every other file belongs
to the part whose file its path is nearest to, because tools write a run's files with one prefix or in one folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from trivigil.core.errors import InputError
from trivigil.core.record import NamedTuple
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts

    Readings = Sequence[Reading[RunFacts]]

Mode = Literal["auto", "shards", "repetitions"]
MODES: Final[tuple[Mode, ...]] = ("auto", "shards", "repetitions")


class Merging(NamedTuple):
    """What several runs among the files are to each other, as the user says it."""

    mode: Mode = "auto"
    """`auto`: shards where their times overlap, or where no two of them measured the same benchmark."""
    parts: int | None = None
    """How many there must be; None where the user does not say."""


AUTO: Final = Merging()


def split(
    readings: Readings, rank: Callable[[Reading[RunFacts]], int | None], merging: Merging
) -> tuple[Readings, ...]:
    """The readings by run, in their order; one group where nothing says that there are several.

    Raises InputError where a file could belong to several runs, or there are not so many as there must be.
    """
    anchors = _anchors(readings, rank, empty_counts=merging.mode != "auto")
    _expect(merging, anchors, readings)
    if len(anchors) < 2:  # noqa: PLR2004 (one alone is no several)
        return (readings,)
    groups: list[list[Reading[RunFacts]]] = [[anchor] for anchor in anchors]
    for reading in readings:
        if not any(reading is anchor for anchor in anchors):
            groups[_home(reading, anchors)].append(reading)
    return tuple(groups)


def _anchors(
    readings: Readings,
    rank: Callable[[Reading[RunFacts]], int | None],
    *,
    empty_counts: bool,
) -> Readings:
    """The files that stand for a run each: of the format that most runs have, the most exact one."""
    formats: dict[str, list[Reading[RunFacts]]] = {}
    for reading in readings:
        if reading.facts is None or rank(reading) is None:
            continue
        if reading.state == "empty" and not empty_counts:
            continue
        known = formats.setdefault(f"{reading.tool} {reading.format}", [])
        if all(reading.facts != other.facts or reading.state == "empty" for other in known):
            known.append(reading)
    return max(formats.values(), key=lambda each: (len(each), -(rank(each[0]) or 0)), default=[])


def _home(reading: Reading[RunFacts], anchors: Readings) -> int:
    """Which run a file belongs to. One that gave nothing belongs anywhere: it is told all the same."""
    shared = [_alike(reading.path, anchor.path) for anchor in anchors]
    best = max(shared)
    if shared.count(best) > 1 and reading.facts is not None and not _twin(reading, anchors):
        raise InputError(
            f"{printable(reading.path)} could belong to any of {len(anchors)} runs.",
            tip="Keep the files of each run in a folder of its own.",
        )
    return shared.index(best)


def _alike(one: str, other: str) -> int:
    """How many characters two paths begin with in common."""
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def _twin(reading: Reading[RunFacts], anchors: Readings) -> bool:
    return reading.state == "empty" or any(reading.facts == anchor.facts for anchor in anchors)


def _expect(merging: Merging, anchors: Readings, readings: Readings) -> None:
    found = len(anchors) or bool(readings)
    if merging.parts is None or merging.parts == found:
        return
    names = ", ".join(printable(anchor.path, 100) for anchor in anchors[:5]) or "none"
    raise InputError(
        f"{merging.parts} parts of the run are expected, and {found} {'is' if found == 1 else 'are'} there ({names}).",
        key="parts",
        tip="See whether every job of the matrix uploaded its results.",
    )
