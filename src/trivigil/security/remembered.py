"""What was made of keys, once for all that share one: many at a time, by columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MOST: Final = 4_096
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Remembered(dict[_Key, _Value], Generic[_Key, _Value]):
    """A value for each key; of many more than `most` the earlier ones are forgotten."""

    def __init__(
        self, make: Callable[[Sequence[_Key]], Iterable[_Value]], most: int = MOST
    ) -> None:
        """`make` gives the values of keys that are not known, in their order."""
        self._make = make
        self._most = most

    def each(self, keys: Iterable[_Key]) -> Sequence[_Value]:
        """The value of each key."""
        wanted = [*keys]
        try:
            return [*map(self.__getitem__, wanted)]
        except KeyError:
            if len(self) >= self._most:
                self.clear()
            new = set(wanted).difference(self)
            if len(new) == len(wanted):
                made = [*self._make(wanted)]
                self.update(zip(wanted, made, strict=True))
                return made
            missing = [*new]
            self.update(zip(missing, self._make(missing), strict=True))
            return [*map(self.__getitem__, wanted)]
