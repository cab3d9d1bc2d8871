"""Open the shop: `python3 -m service`, on $HOST (127.0.0.1) and $PORT (8000; 0: any free one).

$SHOP_SECURITY is `weak` (it has what security tests look for), `hardened` (it has none of it) or unset.
$TLS_CERTIFICATE is a PEM file with key and certificate; the shop then speaks HTTPS.
"""

from __future__ import annotations

import os
import signal
import ssl
import sys
import warnings

from .hardened import HardenedShop
from .jobs import open_queue
from .server import Server
from .shop import Shop
from .weak import WeakShop

SHOPS: dict[str, type[Shop]] = {"": Shop, "weak": WeakShop, "hardened": HardenedShop}


def _end(_signal: int, _frame: object) -> None:
    raise SystemExit(0)


def main() -> int:
    """Serve until SIGTERM or SIGINT. 1 where the address is taken, or a variable makes no sense."""
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    queue = open_queue(os.environ.get("REDIS_URL"))
    kind = os.environ.get("SHOP_SECURITY", "")
    if kind not in SHOPS:
        print(f"SHOP_SECURITY is weak, hardened or unset, not {kind!r}", file=sys.stderr)
        return 1
    verbose = os.environ.get("LOG_LEVEL", "").upper() == "DEBUG"
    try:
        tls = _tls(os.environ.get("TLS_CERTIFICATE"), old=kind == "weak")
        server = Server((host, int(port)), SHOPS[kind](queue), verbose=verbose, tls=tls)
    except (OSError, ValueError, OverflowError) as error:
        print(f"The shop cannot listen on {host}:{port}: {error}", file=sys.stderr)
        return 1
    with server:
        scheme = "https" if tls else "http"
        where = f"{scheme}://{host}:{server.server_port}"
        print(f"Listening on {where} (jobs: {queue.name})", flush=True)
        server.serve_forever()
    return 0


def _tls(path: str | None, *, old: bool) -> ssl.SSLContext | None:
    """What to speak TLS with; `old`: also with versions that nobody should speak any more."""
    if not path:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if old:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


if __name__ == "__main__":
    sys.exit(main())
