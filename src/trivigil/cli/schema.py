"""`trivigil schema NAME`: print a published JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil import schemas
from trivigil.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Print the schema on standard output."""
    parser = Parser("trivigil schema", description="Print a published JSON Schema.")
    parser.add_argument("name", metavar="NAME", help=", ".join(schemas.NAMES))
    console.answer(schemas.text(parser.parse_args(argv).name))
    return 0
