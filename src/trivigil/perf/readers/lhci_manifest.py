"""Lighthouse CI's `manifest.json`: the scores of every run by page, and which run stands for the page.

The fields are those of packages/cli/src/upload/upload.js of GoogleChrome/lighthouse-ci (target `filesystem`). Scores are from 0 to 1. The
representative run is the one whose values count; several entries may name one file, because a pattern without a unique part
overwrites it, so the reports themselves are not looked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil import foreign
from trivigil.core.errors import SourceError
from trivigil.core.measurement import Measurement, metric, names
from trivigil.core.reading import Reading
from trivigil.core.untrusted import printable
from trivigil.perf.facts import RunFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trivigil.foreign import Fields
    from trivigil.sources import Source

TOOL = "lhci"
FORMAT = "manifest-json"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_SHAPE: Final = re.compile(
    rb'\s*\[\s*\{\s*"url"\s*:\s*"(?:[^"\\]|\\.)*"\s*,\s*"isRepresentativeRun"\s*:'
)


def recognises(source: Source) -> bool:
    """Whether it is a list of runs of pages."""
    return _SHAPE.match(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """The scores of the representative run of every page, all its runs as rounds."""
    decoded = foreign.load(source, TOOL)
    if not isinstance(decoded, list):
        raise SourceError("the JSON is not a list, as LHCI writes it.")
    entries = foreign.of_list(decoded)
    pages = dict.fromkeys(entry.text("url") for entry in entries)
    drifted: list[str] = []
    found: list[Measurement] = []
    for page in pages:
        own = [entry for entry in entries if entry.value.get("url") == page]
        try:
            found += _scores(page, own)
        except SourceError as error:
            drifted.append(f"`{printable(page, 200)}` is left out: {error.message}")
    return Reading(
        path=source.path,
        tool=TOOL,
        format=FORMAT,
        state="partial" if drifted else "complete" if found else "empty",
        facts=RunFacts(measurements=tuple(found)),
        count=len(entries),
        unit="runs",
        notes=(*drifted, *_shared(entries)),
    )


def _scores(page: str, runs: list[Fields]) -> Iterator[Measurement]:
    chosen = [run for run in runs if run.value.get("isRepresentativeRun") is True]
    if len(chosen) != 1:
        raise SourceError(f"{len(chosen)} of its runs are said to stand for it, and one is due.")
    summary = chosen[0].nested("summary")
    for key in summary.value:
        name = f"score.{key.replace('-', '_')}"
        value = summary.maybe_number(key)
        if value is not None and name in names():
            rounds = [run.maybe_nested("summary").maybe_number(key) for run in runs]
            known = tuple(each for each in rounds if each is not None)
            yield Measurement(page, metric(name), value, len(runs), rounds=known)


def _shared(entries: tuple[Fields, ...]) -> Iterator[str]:
    files = [entry.value.get("jsonPath") for entry in entries]
    if len(set(map(str, files))) < len(files):
        yield "Several runs name one report, so later runs overwrote earlier ones: give `reportFilenamePattern` a unique part."
