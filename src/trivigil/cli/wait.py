"""`trivigil wait URL…`: wait until services are healthy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trivigil.cli.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trivigil.cli.console import Console


def run(argv: Sequence[str], _environ: Mapping[str, str], console: Console) -> int:
    """Exit 0 when every URL has answered, 2 when one did not in time."""
    from trivigil.launching.duration import seconds
    from trivigil.web.wait import wait

    parser = Parser(
        "trivigil wait",
        description="Wait until services answer: http(s) with 200 to 399, tcp://HOST:PORT.",
    )
    parser.add_argument("urls", nargs="+", metavar="URL")
    parser.add_argument(
        "--timeout", default="2m", metavar="T", help="such as 30s or 2m (the default)"
    )
    arguments = parser.parse_intermixed_args(argv)
    wait(arguments.urls, timeout=seconds(arguments.timeout, "--timeout"), say=console.say)
    return 0
