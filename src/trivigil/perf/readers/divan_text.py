"""The tree that divan prints: fastest, slowest, median and mean of every leaf, each with its unit.

The columns are those of src/tree_painter.rs of nvzqz/divan. Lines below a leaf are its data rate, its rate of items or its
allocations. A leaf's name is its way from the root, as `bench::group::leaf`; the last branch of a whole tree is drawn with a corner.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from trivigil.core.errors import SourceError
from trivigil.core.untrusted import printable
from trivigil.perf import benchmark, printed, units
from trivigil.perf.benchmark import Benchmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trivigil.core.reading import Reading
    from trivigil.perf.facts import RunFacts
    from trivigil.sources import Source

TOOL = "divan"
FORMAT = "text"
RANK: int | None = 0
LAG = ""
WINDOWED = False

_COLUMNS: Final = r"fastest\s+│ slowest\s+│ median\s+│ mean\s+│ samples │ iters"
_SHAPE: Final = re.compile(_COLUMNS.encode())
_ROOT: Final = re.compile(rf"(\S.*?)\s+{_COLUMNS}\s*")
_BRANCH: Final = re.compile(r"((?:[│ ]  )*)([├╰])─ (.*)")
_CELL: Final = r"([\d.]+) (\S+)"
_LEAF: Final = re.compile(
    rf"(.*?)\s\s+{_CELL}\s*│ {_CELL}\s*│ {_CELL}\s*│ {_CELL}\s*│ (\d+)\s*│ (\d+)\s*"
)
_NO_CELLS: Final = re.compile(r"[\s│]*(?:\(ignored\))?[\s│]*")
_BELOW: Final = re.compile(
    r"[│ ]*?\s*([\d.]+(?: \S+)?)\s*│ ([\d.]+(?: \S+)?)\s*│ ([\d.]+(?: \S+)?)\s*│ ([\d.]+(?: \S+)?)\s*│.*"
)
_LABEL: Final = re.compile(r"[│ ]*((?:max )?(?:alloc|dealloc|grow|shrink)):.*")
_POWERS: Final = {"": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_ITEMS: Final = re.compile(r"([KMGTP]?)(?:item|char)/s")


def recognises(source: Source) -> bool:
    """Whether the head of the columns stands in it."""
    return _SHAPE.search(source.head) is not None


def read(source: Source) -> Reading[RunFacts]:
    """All leaves of all trees."""
    tree = _Tree()
    for number, line in printed.lines(source):
        tree.add(line, number)
    if tree.cut():
        tree.drifted.append("The tree has no last branch: the text is cut.")
    return benchmark.reading(source, (TOOL, FORMAT), tuple(tree.found), drifted=tuple(tree.drifted))


class _Tree:
    """What was read so far; the only thing here that changes."""

    def __init__(self) -> None:
        self.found: list[Benchmark] = []
        self.drifted: list[str] = []
        self.way: list[str] = []
        self.open: list[bool] = []
        """By depth, whether another branch must come."""
        self.childless = False
        """Whether the last branch was a group, whose leaves must come."""
        self.label = ""

    def cut(self) -> bool:
        """Whether something is due at the end."""
        return any(self.open) or self.childless

    def add(self, line: str, number: int) -> None:
        """One line."""
        if (root := _ROOT.fullmatch(line)) is not None:
            self.way, self.open, self.childless = [root.group(1)], [True], False
        elif self.way and (branch := _BRANCH.fullmatch(line)) is not None:
            depth, corner, rest = len(branch.group(1)) // 3, branch.group(2), branch.group(3)
            self.open[depth:] = [corner != "╰"]
            self.label = ""
            self._branch(depth, rest, number)
        elif self.way and (label := _LABEL.fullmatch(line)) is not None:
            self.label = label.group(1)
        elif self.way and (below := _BELOW.fullmatch(line)) is not None and self.found:
            self._below(below.group(4))

    def _branch(self, depth: int, rest: str, number: int) -> None:
        leaf = _LEAF.fullmatch(rest)
        name = leaf.group(1) if leaf else rest.split("  ", 1)[0]
        self.way[depth + 1 :] = [name]
        self.childless = leaf is None and "(ignored)" not in rest
        if leaf is not None:
            try:
                self.found.append(_benchmark("::".join(self.way), leaf.groups()[1:], number))
            except SourceError as error:
                self._left_out(name, number, error.message)
        elif _NO_CELLS.fullmatch(rest[len(name) :]) is None:
            self._left_out(name, number, "the line is damaged or cut.")

    def _left_out(self, name: str, number: int, why: str) -> None:
        self.drifted.append(f"`{printable(name, 200)}` (line {number}) is left out: {why}")

    def _below(self, mean: str) -> None:
        """A further line of the last leaf; its fourth column is the mean."""
        last = self.found[-1]
        known = {name for name, _ in last.others}
        for name, value in _further(self.label, mean):
            if name not in known:
                self.found[-1] = last._replace(others=(*last.others, (name, value)))


def _benchmark(subject: str, cells: Sequence[str], line: int) -> Benchmark:
    times = [
        units.seconds(units.number(value, line), unit, line)
        for value, unit in zip(cells[0:8:2], cells[1:8:2], strict=True)
    ]
    fastest, slowest, median, mean = times
    return Benchmark(subject, int(cells[8]), mean, median, fastest, slowest)


def _further(label: str, mean: str) -> tuple[tuple[str, float], ...]:
    value, _, unit = mean.partition(" ")
    amount = units.number(value)
    if label in {"alloc", "max alloc"}:
        factor = units.byte_factor(unit)
        if factor is not None:
            return (("memory.allocated" if label == "alloc" else "memory.peak", amount * factor),)
        return (("memory.allocations", amount),) if label == "alloc" and not unit else ()
    if label:
        return ()
    if (items := _ITEMS.fullmatch(unit)) is not None:
        return (("throughput", amount * _POWERS[items.group(1)]),)
    factor = units.byte_factor(unit.removesuffix("/s")) if unit.endswith("/s") else None
    return (("data_rate", amount * factor),) if factor is not None else ()
