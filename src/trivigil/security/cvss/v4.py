"""The score of CVSS 4.0: section 8 of FIRST's specification.

Every vector belongs to a macro vector of six equivalence classes, whose most severe vector the experts scored. How far a vector is
below it, in steps of single metrics, lowers the score by as much of the way to the next lower macro vector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.security.cvss import v4_table as table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.security.cvss.v4_table import Macro

METRICS: Final = {
    "AV": "P L A N",
    "AC": "H L",
    "AT": "P N",
    "PR": "H L N",
    "UI": "A P N",
    "VC": "N L H",
    "VI": "N L H",
    "VA": "N L H",
    "SC": "N L H",
    "SI": "N L H",
    "SA": "N L H",
}
"""Every base metric and its values, from the least severe to the most."""
OPTIONAL: Final = {
    "E": "X A P U",
    **dict.fromkeys(("CR", "IR", "AR"), "X H M L"),
    **{f"M{name}": f"X {values}" for name, values in METRICS.items()},
    "MSI": "X N L H S",
    "MSA": "X N L H S",
    "S": "X N P",
    "AU": "X N Y",
    "R": "X A U I",
    "V": "X D C",
    "RE": "X L M H",
    "U": "X Clear Green Amber Red",
}
"""Every other metric and its values, in any order."""

_STEPS: Final = {
    "AV": "NALP",
    "PR": "NLH",
    "UI": "NPA",
    "AC": "LH",
    "AT": "NP",
    **dict.fromkeys(("VC", "VI", "VA"), "HLN"),
    **dict.fromkeys(("SC", "SI", "SA"), "SHLN"),
    **dict.fromkeys(("CR", "IR", "AR"), "HML"),
}
"""Values one step below each other, from the most severe."""
_EXPLOIT: Final = {"X": 0, "A": 0, "P": 1, "U": 2}
_GROUPS: Final = (
    ("AV", "PR", "UI"),
    ("AC", "AT"),
    ("VC", "VI", "VA", "CR", "IR", "AR"),
    ("SC", "SI", "SA"),
)


def score(metrics: Mapping[str, str]) -> float:
    """The score of all metrics that are given, 0.0 to 10.0."""
    given = _effective(metrics)
    if all(given[name] == "N" for name in ("VC", "VI", "VA", "SC", "SI", "SA")):
        return 0.0
    macro = _macro(given)
    top = table.SCORES[macro]
    lowered = [
        (top - lower) * below / depth
        for lower, below, depth in zip(
            _lower(macro), _below(given, macro), _depths(macro), strict=True
        )
        if lower is not None
    ]
    exact = top - (sum(lowered) / len(lowered) if lowered else 0.0)
    return int(max(exact, 0.0) * 10 + 0.5 + 1e-5) / 10


def _effective(metrics: Mapping[str, str]) -> dict[str, str]:
    """The values that count: modified ones over base ones; requirements that are not defined are high."""
    given = {}
    for name in METRICS:
        modified = metrics.get(f"M{name}", "X")
        given[name] = metrics[name] if modified == "X" else modified
    for name in ("CR", "IR", "AR"):
        required = metrics.get(name, "X")
        given[name] = "H" if required == "X" else required
    given["E"] = metrics.get("E", "X")
    return given


def _macro(given: Mapping[str, str]) -> Macro:
    """The equivalence classes (section 8.2, tables 24 to 29)."""
    high = {name for name in ("VC", "VI", "VA", "SC", "SI", "SA") if given[name] == "H"}
    easy = given["AC"] == "L" and given["AT"] == "N"
    needed = any(given[f"{each}R"] == "H" and f"V{each}" in high for each in "CIA")
    return (
        _way_in(given),
        0 if easy else 1,
        _harm(high),
        _harm_beyond(given, high),
        _EXPLOIT[given["E"]],
        0 if needed else 1,
    )


def _way_in(given: Mapping[str, str]) -> int:
    """EQ1."""
    unhindered = [given[name] == "N" for name in ("AV", "PR", "UI")]
    if all(unhindered):
        return 0
    return 1 if any(unhindered) and given["AV"] != "P" else 2


def _harm(high: set[str]) -> int:
    """EQ3."""
    if {"VC", "VI"} <= high:
        return 0
    return 1 if high & {"VC", "VI", "VA"} else 2


def _harm_beyond(given: Mapping[str, str], high: set[str]) -> int:
    """EQ4."""
    if "S" in (given["SI"], given["SA"]):
        return 0
    return 1 if high & {"SC", "SI", "SA"} else 2


def _lower(macro: Macro) -> Iterable[float | None]:
    """The scores of the next lower macro vectors: for EQ1, EQ2, EQ3 with EQ6, EQ4 and EQ5."""
    one, two, three, four, five, six = macro
    found = table.SCORES.get
    yield found((one + 1, two, three, four, five, six))
    yield found((one, two + 1, three, four, five, six))
    if six == 1:
        yield found((one, two, three + 1, four, five, six))
    else:
        ways = [found((one, two, three, four, five, 1))]
        if three == 0:
            ways.append(found((one, two, 1, four, five, 0)))
        yield max((way for way in ways if way is not None), default=None)
    yield found((one, two, three, four + 1, five, six))
    yield found((one, two, three, four, five + 1, six))


def _below(given: Mapping[str, str], macro: Macro) -> Iterable[int]:
    """How many steps the vector is below the most severe one, in the same groups; for EQ5 there are none."""
    highest: tuple[Sequence[str], ...] = (
        table.HIGHEST_1[macro[0]],
        table.HIGHEST_2[macro[1]],
        table.HIGHEST_36[macro[2], macro[5]],
        table.HIGHEST_4[macro[3]],
    )
    for names, tops in zip(_GROUPS, highest, strict=True):
        yield _steps(given, names, tops)
    yield 0


def _steps(given: Mapping[str, str], names: Sequence[str], tops: Iterable[str]) -> int:
    """Steps below the first top that is nowhere less severe."""
    for top in tops:
        steps = [
            _STEPS[name].index(given[name]) - _STEPS[name].index(value)
            for name, value in zip(names, top, strict=True)
        ]
        if min(steps) >= 0:
            return sum(steps)
    raise AssertionError(names)  # every vector of a class has one (section 8.3)


def _depths(macro: Macro) -> tuple[int, ...]:
    one, two, three, four, _, six = macro
    return (
        table.DEPTH_1[one],
        table.DEPTH_2[two],
        table.DEPTH_36[three, six],
        table.DEPTH_4[four],
        1,
    )
