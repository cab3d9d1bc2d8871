"""`python -m trivigil` and the `trivigil` command."""

from __future__ import annotations

import os
import sys

from trivigil.cli import main


def run() -> int:
    """The entry point of the installed command."""
    return main(sys.argv[1:], os.environ)


if __name__ == "__main__":
    sys.exit(run())
