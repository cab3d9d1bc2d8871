"""Arguments of a command."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from trivigil.core.errors import InputError
from trivigil.core.untrusted import printable

if TYPE_CHECKING:
    from collections.abc import Callable

_DIGITS: Final = 9
_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,9})?").fullmatch


class _Formatter(argparse.HelpFormatter):
    """Help in 96 columns: asking the terminal would import shutil, which every start would pay for."""

    def __init__(self, prog: str, **settings: Any) -> None:
        settings["width"] = 96
        super().__init__(prog, **settings)


class Parser(argparse.ArgumentParser):
    """argparse's parser, without abbreviated options: a new option must not change an old call."""

    def __init__(self, prog: str, *, description: str) -> None:
        super().__init__(
            prog, description=description, formatter_class=_Formatter, allow_abbrev=False
        )

    def error(self, message: str) -> NoReturn:
        """A wrong option is one sentence, like everything else that a user can mend."""
        raise InputError(f"{message.removesuffix('.')}.", tip=f"See `{self.prog} --help`.")


def whole(least: int) -> Callable[[str], int]:
    """How an option reads a whole number that is not below `least`; anything else is refused with a sentence."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) >= least):
            message = f"a whole number from {least} on was expected, not {printable(text, 40)!r}"
            raise argparse.ArgumentTypeError(message)
        return int(text)

    return read


def number(text: str) -> float:
    """How an option reads a number above 0, such as 0.5."""
    if not _NUMBER(text) or float(text) <= 0:
        message = f"a number above 0 was expected, not {printable(text, 40)!r}"
        raise argparse.ArgumentTypeError(message)
    return float(text)
