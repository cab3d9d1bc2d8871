"""Sets of things that are the same, joined by naming two of them: union-find with path halving, over numbers from zero on."""

from __future__ import annotations


class Joining:
    """Things are numbered as they come; each is a set of its own until it is joined."""

    def __init__(self, number: int = 0) -> None:
        """So many things at first."""
        self._parents = [*range(number)]

    def add(self) -> int:
        """One more thing."""
        own = len(self._parents)
        self._parents.append(own)
        return own

    def root(self, thing: int) -> int:
        """The one that stands for its set."""
        parents = self._parents
        while parents[thing] != thing:
            parents[thing] = parents[parents[thing]]
            thing = parents[thing]
        return thing

    def join(self, one: int, other: int) -> None:
        """The two are the same; the lower number stands for them."""
        a, b = sorted((self.root(one), self.root(other)))
        self._parents[b] = a
