"""Arguments of a command."""

from __future__ import annotations

import argparse
from typing import Any


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
