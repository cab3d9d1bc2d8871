"""What can be wrong with a check.

CheckFileError   exit 2: a check file that cannot be read, with its line and column
Trouble          a step that cannot go on, or a claim that cannot be judged; becomes part of the result
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trivigil.core.errors import InputError

if TYPE_CHECKING:
    from .model import Place


class CheckFileError(InputError):
    """A check file does not fit its language: `FILE:LINE:COLUMN: what was expected`."""

    def __init__(self, wanted: str, *, path: str, place: Place) -> None:
        super().__init__(wanted, path=path, line=place.line)
        self.place: Final = place

    @property
    def where(self) -> str:
        """File, line and column."""
        return f"{self.path}:{self.place.line}:{self.place.column}"


class Trouble(Exception):
    """A request, query or filter that has no answer. `place` is None until somebody knows it."""

    def __init__(self, title: str, message: str, place: Place | None = None) -> None:
        super().__init__(message)
        self.title: Final = title
        self.message: Final = message
        self.place = place

    def at(self, place: Place) -> Trouble:
        """The same, at a place where it had none."""
        self.place = self.place or place
        return self
