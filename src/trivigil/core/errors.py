"""Errors that people can act on.

TrivigilError                 anything we foresee; one sentence, no traceback
├── InputError                exit 2: a file, an input or a setting that its owner can mend
│   └── SourceError           exit 2: a result file that is missing, damaged or of another kind
└── PublishError              a channel failed; a warning, never the verdict

Everything else that escapes is our own fault: exit 3, with a report to paste.
"""

from __future__ import annotations


class TrivigilError(Exception):
    """What happened, where, and what to do about it, as one line of text."""

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        key: str | None = None,
        tip: str | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column: int | None = None
        """From 1, where whoever raised it knows the column; it is not said."""
        self.key = key
        self.tip = tip
        self.detail = detail
        """What a program printed: for the log only, where the runner masks secrets; never published."""

    @property
    def where(self) -> str:
        """`file:line: key` as far as known, else the empty string."""
        place = self.path or ""
        if place and self.line is not None:
            place = f"{place}:{self.line}"
        if self.key is not None:
            place = f"{place}: {self.key}" if place else self.key
        return place

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head} {self.tip}" if self.tip else head


class InputError(TrivigilError):
    """Something a user wrote or named is wrong; the run ends with exit 2."""


class SourceError(InputError):
    """A result file cannot be used: missing, empty, cut, too large or of another kind."""


class PublishError(TrivigilError):
    """A channel could not be used. Never changes the verdict."""
