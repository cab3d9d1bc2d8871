"""What people read: sentences on standard error, answers on standard output, nothing untrusted raw."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trivigil.core.errors import TrivigilError


class Console:
    """Standard output for programs, standard error for people; UTF-8 whatever the locale says."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")

    def answer(self, text: str) -> None:
        """An answer that was asked for (help, JSON, a page): standard output, as it is."""
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """One line for people. Harmless whatever is in it."""
        self.show(printable(text, 4000))

    def show(self, text: str) -> None:
        """Text of our own renderers, already harmless: standard error, at once."""
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def error(self, text: str) -> None:
        """The one sentence of exit 2."""
        self.say(f"trivigil: {text}")

    def refuse(self, error: TrivigilError) -> None:
        """An error's sentence, and what a program printed about it."""
        if error.detail:
            self.say(error.detail)
        self.error(str(error))

    def fault(self, error: BaseException) -> None:
        """Our own fault: the report to paste, without any value that a variable held."""
        from trivigil import __version__

        self.show("trivigil: this is a fault of trivigil itself, not of your input. Please report:")
        self.show(f"  trivigil {__version__}, Python {sys.version.split()[0]}, {sys.platform}")
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            self.say(f"  {os.path.basename(code.co_filename)}:{trace.tb_lineno} in {code.co_name}")
            trace = trace.tb_next
        self.say(f"  {type(error).__name__}")

    @property
    def colour(self) -> bool:
        """Whether people read this on a terminal that shows colours."""
        stream: TextIO = sys.stderr
        return (
            stream.isatty()
            and "NO_COLOR" not in self.environ
            and self.environ.get("TERM") != "dumb"
        )

    @property
    def width(self) -> int:
        """Columns of the terminal; 100 where there is none."""
        if not sys.stderr.isatty():
            return 100
        import shutil

        return shutil.get_terminal_size().columns
