"""The ratings of many findings, known by ids: to look them up by all that they say takes longer than to choose of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.security import said, severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trivigil.security.facts import Rating
    from trivigil.security.severity import Chosen

    Opinions = tuple[Mapping[str, object], ...]


class Ratings:
    """What findings have for ratings. Equal ones have one id; it holds those that it gives one, so that no other gets it."""

    def __init__(self) -> None:
        """Of none yet."""
        self._equal: dict[tuple[Rating, ...], int] = {}
        self._by_id: dict[int, tuple[Rating, ...]] = {}
        self._said: dict[tuple[int, bool], tuple[Chosen, Opinions]] = {}

    def ids(self, ratings: Iterable[tuple[Rating, ...]]) -> list[int]:
        """The id of each."""
        each = [*ratings]
        own = [*map(id, each)]
        there = dict(zip(own, each, strict=True))
        names = {name: self._equal.setdefault(them, name) for name, them in there.items()}
        self._by_id.update((name, there[name]) for name in names if names[name] == name)
        return [*map(names.__getitem__, own)]

    def said(
        self, ids: Sequence[int], malicious: Sequence[bool]
    ) -> tuple[list[Chosen], list[Opinions]]:
        """The severity of each, and its opinions as they are shown."""
        keys = [*zip(ids, malicious, strict=True)]
        for name, bad in set(keys).difference(self._said):
            ratings = self._by_id[name]
            chosen = severity.chosen(ratings, malicious=bad)
            self._said[name, bad] = chosen, said.opinions(ratings)
        found = [*map(self._said.__getitem__, keys)]
        return [chosen for chosen, _ in found], [opinions for _, opinions in found]
