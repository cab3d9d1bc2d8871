"""Open the shop: `python3 -m service`, on $HOST (127.0.0.1) and $PORT (8000; 0: any free one)."""

from __future__ import annotations

import os
import signal
import sys

from .jobs import open_queue
from .server import Server
from .shop import Shop


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def main() -> int:
    """Serve until SIGTERM or SIGINT. 1 where the address is taken or $PORT is no port."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    queue = open_queue(os.environ.get("REDIS_URL"))
    verbose = os.environ.get("LOG_LEVEL", "").upper() == "DEBUG"
    try:
        server = Server((host, int(port)), Shop(queue), verbose=verbose)
    except (OSError, ValueError, OverflowError) as error:
        print(f"The shop cannot listen on {host}:{port}: {error}", file=sys.stderr)
        return 1
    with server:
        print(f"Listening on http://{host}:{server.server_port} (jobs: {queue.name})", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
