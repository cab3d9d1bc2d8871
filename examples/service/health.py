"""Ask a URL for its health: `python3 -m service.health URL`, exit 0 where it answers 200.

Health checks of containers use it, because slim images have no curl.
"""

from __future__ import annotations

import sys
from urllib.request import ProxyHandler, build_opener

PATIENCE_S = 4


def main(arguments: list[str]) -> int:
    """0 where the URL answers 200, else 1 and why."""
    try:
        # No proxy: a container's own port is never behind the one in its environment.
        with build_opener(ProxyHandler({})).open(arguments[0], timeout=PATIENCE_S) as answer:
            return 0 if answer.status == 200 else 1
    except (OSError, ValueError, IndexError) as error:
        print(f"Not healthy: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
