"""What can be wrong with a check.

CheckFileError                exit 2: a check file that cannot be read, with its line and column
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
