"""Start nginx in front of a shop without containers: `python3 -m service.proxy`.

It uses nginx.test.conf of the container stack, with three things changed: where nginx listens
($PROXY_PORT, 8080, on 127.0.0.1 only), where the shop is ($BACKEND, 127.0.0.1:8000), and a folder
of its own in place of /tmp.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIGURATION = Path(__file__).parent.parent / "nginx.test.conf"


def localized(text: str, *, port: str, backend: str, folder: str) -> str:
    """The configuration for this machine; ValueError where a line to change is not in it."""
    changes = {
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "server backend:8000;": f"server {backend};",
        " /tmp/": f" {folder}/",
    }
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"{CONFIGURATION.name} has no {old.strip()!r}")
        text = text.replace(old, new)
    return text


def main() -> int:
    """Run nginx until SIGTERM, and clean up after it. 1 where it is not installed."""
    nginx = shutil.which("nginx")
    if nginx is None:
        print("nginx is not installed", file=sys.stderr)
        return 1
    port = os.environ.get("PROXY_PORT", "8080")
    backend = os.environ.get("BACKEND", "127.0.0.1:8000")
    text = CONFIGURATION.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="shop-proxy-") as folder:
        configuration = Path(folder, "nginx.conf")
        changed = localized(text, port=port, backend=backend, folder=folder)
        configuration.write_text(changed, encoding="utf-8")
        options = ["-e", "stderr", "-p", folder, "-c", str(configuration), "-g", "daemon off;"]
        # Workers of an nginx that root starts are another user, and buffer large bodies here.
        Path(folder).chmod(0o755)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return _run([nginx, *options])


def _run(words: list[str]) -> int:
    with subprocess.Popen(words) as nginx:
        try:
            return nginx.wait()
        except KeyboardInterrupt:
            nginx.terminate()
            return nginx.wait()


if __name__ == "__main__":
    sys.exit(main())
